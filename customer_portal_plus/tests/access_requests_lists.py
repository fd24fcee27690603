"""Rows for lists as files, and for what a customer bought."""

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


def _give_product(cell):
    """Have the invoice bill a product that no other one bills."""
    if "product" not in cell.things:
        product = cell.case.env["product.product"].create({"name": f"BOUGHT BY {cell.target.name}"})
        # In SQL: a posted invoice bills what it bills.
        cell.case.env.cr.execute(
            "UPDATE account_move_line SET product_id = %s"
            " WHERE move_id = %s AND display_type = 'product'",
            [product.id, cell.document.id],
        )
        cell.case.env.invalidate_all()
        cell.things["product"] = product.name


def purchase_rows():
    bought = {"needs": SEE_INVOICE, "before": _give_product, **MINE}

    def names_product(text):
        return lambda cell, response: cell.things["product"] in text(response)

    for url in ("/my/purchases", "/my/purchases/page/1"):
        yield Page(
            f"purchases on {url}",
            "invoice",
            ("/my/purchases", "/my/purchases/page/<page>"),
            url=url,
            shows=names_product(lambda response: response.text),
            **bought,
        )
    for extension, text in (("xlsx", texts_of_xlsx), ("csv", lambda response: response.text)):
        yield Page(
            f"purchases as {extension}",
            "invoice",
            ("/my/purchases/export.<any(xlsx,csv):extension>",),
            url=f"/my/purchases/export.{extension}",
            shows=names_product(text),
            **bought,
        )
