"""What ``./dev bench`` asks for as somebody of staff: the overview and lists of the back office, by
the calls that the web client makes when it opens them."""

from dataclasses import dataclass

from .bench_client import rpc

LOGIN = "admin"
_OVERVIEW = "customer.portal.overview"
_COLUMNS = (
    "customer_id user_id currency_id invoice_count open overdue overdue_since days_overdue"
    " reminded_on next_step"
)


@dataclass
class StaffList:
    """A list of the back office: ``columns`` are names of fields with blanks between."""

    name: str
    model: str
    domain: list
    columns: str
    order: str = ""

    def call(self):
        """Return where its first page is asked for, and with what; see :func:`rpc`."""
        return rpc(
            self.model,
            "web_search_read",
            domain=self.domain,
            specification={name: {} for name in self.columns.split()},
            order=self.order,
            limit=80,
            count_limit=10001,
        )


# With nothing to load; what times of the back office are multiples of.
FLOOR = StaffList("languages", "res.lang", [], "name code")
CORE_INVOICES = StaffList(
    "invoices",
    "account.move",
    [("move_type", "=", "out_invoice")],
    "name partner_id invoice_date invoice_date_due amount_untaxed_in_currency_signed"
    " amount_total_in_currency_signed amount_residual_signed payment_state state",
    "invoice_date desc",
)
_COLLECTIONS = "customer.portal.collection"
LISTS = (
    StaffList("collections", _COLLECTIONS, [("overdue", ">", 0)], _COLUMNS),
    StaffList("… all, by what is open", _COLLECTIONS, [], _COLUMNS, "open desc"),
    StaffList(
        "use of the portal",
        "customer.portal.adoption",
        [],
        "contact_id customer_id access_on signed_in_on stage",
    ),
    StaffList(
        "opened documents",
        "customer.portal.opening",
        [],
        "name kind customer_id date opened_on",
    ),
)


def calls(visitor):
    """Return the calls that are measured.

    :param Visitor visitor: somebody of staff
    :return: the name of each, and what :func:`rpc` gives
    :rtype: list[tuple[str, tuple]]
    """
    fields = visitor.call(_OVERVIEW, "fields_get", [], ["type"])
    numbers = {name: {} for name in fields}
    page = visitor.call(_OVERVIEW, "web_save", [], {}, specification={})[0]["id"]
    overview = rpc(_OVERVIEW, "web_read", [page], specification=numbers)
    return [("overview", overview), *((one.name, one.call()) for one in LISTS)]
