"""Expenses that are invoiced to the customer: list, page, receipts."""

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.document_lists import DocumentLists

MODEL = "hr.expense"


class Expenses(DocumentLists):
    def _get_portal_document_lists(self):
        return {
            **super()._get_portal_document_lists(),
            "expenses": {
                "label": request.env._("Expenses"),
                "model": MODEL,
                "url": "/my/expenses",
                "pages": ["expense"],
                "sequence": 48,
                "may_see": request.env.user._portal_allows(
                    "portal_show_expenses", "can_see_expenses"
                ),
                "counter": "expense_count",
            },
        }

    # === PAGES === #

    @route(
        ["/my/expenses", "/my/expenses/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_expenses(self, **kwargs):
        values = self._prepare_portal_document_list("expenses")
        if not values:
            return self._render_portal_unavailable()
        return request.render("customer_portal_plus_expense.portal_expenses", values)

    @route("/my/expenses/<int:expense_id>", type="http", auth="user", website=True, methods=["GET"])
    def portal_my_expense(self, expense_id, **kwargs):
        try:
            expense_sudo = self._document_check_access(MODEL, expense_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        [row] = expense_sudo._portal_rows()
        return request.render(
            "customer_portal_plus_expense.portal_expense",
            {
                **self._prepare_portal_layout_values(),
                **row,
                "page_name": "expense",
                "no_breadcrumbs": True,
                "title": row["name"],
                "portal_status": expense_sudo._portal_status(),
                "portal_orders": self._get_portal_followable(expense_sudo.sale_order_id),
                "portal_invoices": self._get_portal_followable(expense_sudo._portal_invoices()),
                "receipts": expense_sudo._portal_receipts(),
                "portal_beacon": request.env["customer.portal.event"]._page_token(expense_sudo),
            },
        )

    # === RECEIPTS === #

    @route(
        "/my/expenses/<int:expense_id>/receipts/<int:place>",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_expense_receipt(self, expense_id, place, **kwargs):
        """Return a receipt as a file."""
        response = self._answer_portal_with_receipt(expense_id, place, shown=False)
        return self._note_portal_download(response, MODEL, expense_id)

    @route(
        "/my/expenses/<int:expense_id>/receipts/<int:place>/shown",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def portal_my_expense_receipt_shown(self, expense_id, place, **kwargs):
        """Return a receipt for the browser to show."""
        return self._answer_portal_with_receipt(expense_id, place, shown=True)

    def _answer_portal_with_receipt(self, expense_id, place, shown):
        """Return the answer with a receipt; that to a place without one is that to no expense."""
        try:
            expense_sudo = self._document_check_access(MODEL, expense_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        for receipt in expense_sudo._portal_receipts():
            if receipt["place"] == place:
                return self._make_portal_file_response(
                    receipt["name"], receipt["content"], shown=shown
                )
        return self._render_portal_unavailable()
