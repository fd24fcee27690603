"""Rows for lists as files."""

from .access_cells import NOBODY, SEE_ORDER, Page, shows_mark
from .access_requests_payments import names_in, names_in_xlsx, texts_of_xlsx
from .access_rules import SEE_INVOICE

MINE = {"staff": NOBODY, "links": False, "compare": False}
LIST_FILE = ("/my/<string:key>/export.<any(xlsx,csv):extension>",)


def mark_in_xlsx(cell, response):
    return cell.things["mark"] in texts_of_xlsx(response)


def list_file_rows():
    for extension, shows, marked in (
        ("xlsx", names_in_xlsx, mark_in_xlsx),
        ("csv", names_in, shows_mark),
    ):
        yield Page(
            f"list of invoices as {extension}",
            "invoice",
            LIST_FILE,
            needs=SEE_INVOICE,
            url=f"/my/invoices/export.{extension}",
            shows=shows,
            **MINE,
        )
        yield Page(
            f"list of quotes as {extension}",
            "order",
            LIST_FILE,
            needs=SEE_ORDER,
            url=f"/my/quotes/export.{extension}?filterby=all",
            shows=shows,
            **MINE,
        )
        yield Page(
            f"list of orders as {extension}",
            "order",
            LIST_FILE,
            needs=SEE_ORDER,
            url=f"/my/orders/export.{extension}",
            shows=shows,
            fits=lambda target: target.name == "confirmed order" or not target.published,
            **MINE,
        )
        yield Page(
            f"list of payments as {extension}",
            "payment",
            LIST_FILE,
            needs=SEE_INVOICE,
            url=f"/my/payments/export.{extension}",
            shows=marked,
            **MINE,
        )
