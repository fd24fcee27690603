from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..models.payment.customer_portal_pack import MAX_CHOSEN
from ..tools.parsing import parse_id
from .portal_page import PortalPage

# What core called these filters; links to them are in mails and bookmarks.
CORE_FILTERS = {"invoices": "all", "overdue_invoices": "overdue"}


def reads_only_but_bills(_controller, _rule, _args):
    """Tell Odoo that the list only reads; core's list of vendor bills writes access tokens."""
    return request.httprequest.args.get("filterby") != "bills"


class PortalInvoices(PortalPage, PortalAccount):
    @route(
        ["/my/invoices", "/my/invoices/page/<page>"],
        type="http",
        auth="user",
        website=True,
        readonly=reads_only_but_bills,
    )
    def portal_my_invoices(self, page=1, filterby=None, **kw):
        """Override of `account`: our list for customers' documents, core's for vendor bills."""
        asked = self._read_portal_invoice_list()
        has_bills = self._has_portal_vendor_bills()
        if has_bills and (filterby == "bills" or not asked):
            return super().portal_my_invoices(page=parse_id(page) or 1, filterby="bills")
        if not asked:
            return self._render_portal_unavailable()
        values = self._prepare_portal_invoice_list_values(asked)
        if has_bills:
            values["chips"].append(
                {
                    "key": "bills",
                    "label": request.env._("Vendor bills"),
                    "url": "/my/invoices?filterby=bills",
                    "active": False,
                }
            )
        request.session["my_invoices_history"] = [row["id"] for row in values["rows"]]
        return request.render("customer_portal_plus.portal_invoices", values)

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        if request.env.user._portal_allows_invoices():
            found = self._search_portal_documents("account.move", "/my/invoices", text)
            sections.append({"key": "invoices", "label": request.env._("Invoices"), **found})
        return sections

    def _get_portal_lists(self):
        entry = {"label": request.env._("Invoices"), "read": self._read_portal_invoice_list}
        return {**super()._get_portal_lists(), "invoices": entry}

    def _read_portal_invoice_list(self):
        """Return which invoices are asked for, see ``_read_portal_list``; None if the contact may
        see none.

        :rtype: dict | None
        """
        if not request.env.user._portal_allows_invoices():
            return None
        filters = request.env["account.move"]._portal_filters()
        filterby = request.params.get("filterby")
        filterby = CORE_FILTERS.get(filterby, filterby)
        return self._read_portal_list("account.move", "/my/invoices", filters, filterby)

    def _prepare_portal_invoice_list_values(self, asked):
        """Return the values of the list of invoices.

        :param dict asked: see ``_read_portal_list``
        :rtype: dict
        """
        values = self._show_portal_list(asked)
        can_pay = request.env.user._portal_can_pay_online()
        for row in values["rows"]:
            row["pay_url"] = self._get_portal_pay_url(row) if can_pay and row["to_pay"] else None
        return {
            **values,
            "page_name": "invoice",
            "may_pay": can_pay and any(row["pay_url"] for row in values["rows"]),
            # Why no archive was made: see `packs.py`.
            "too_many": request.params.get("too_many") and MAX_CHOSEN,
            "too_busy": bool(request.params.get("too_busy")),
            "overdue_invoice_count": 0,  # Core's button for it is not ours.
        }

    def _get_portal_pay_url(self, row):
        """Return the address where one invoice is paid.

        :param dict row: see ``account.move._portal_rows``
        :rtype: str
        """
        return f"{row['url']}?payment=True#portal_pay"

    def _has_portal_vendor_bills(self):
        """Return whether the signed-in user has bills that it sent to one of the companies.

        :rtype: bool
        """
        Move = request.env["account.move"]
        return Move.has_access("read") and bool(
            Move.search_count(Domain(self._get_invoices_domain("in")), limit=1)
        )
