from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..tools.parsing import parse_ids
from .basket import Basket

MAX_SHOWN = 50


class Credit(Basket):
    """What is open to the customer's credit, and its use."""

    def _prepare_portal_payment_links(self):
        links = super()._prepare_portal_payment_links()
        if self._portal_may_see_credit():
            links.append({"label": request.env._("Your credit"), "url": "/my/credit"})
        return links

    def _portal_may_see_credit(self):
        """Return whether the signed-in contact sees the customer's credit: it belongs to all of
        it, so not who sees only its own documents.

        :rtype: bool
        """
        user = request.env.user
        return (
            user._portal_allows("portal_show_credit", "can_see_invoices")
            and user._portal_allows_invoices()
            and self._get_portal_contact()._portal_scope() == "whole"
        )

    @route("/my/credit", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_credit(self, used=None, **kwargs):
        if not self._portal_may_see_credit():
            return self._render_portal_unavailable()
        return self._render_portal_credit(used=bool(used))

    def _render_portal_credit(self, used=False, error=""):
        invoices = request.env["account.move"]
        if self._portal_may_pay():
            invoices = self._get_portal_payable_invoices(limit=MAX_SHOWN)
        return request.render(
            "customer_portal_plus.portal_credit",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "credit",
                "no_breadcrumbs": True,
                "groups": request.env["customer.portal.basket"]._portal_credit_groups(
                    self._get_portal_contact(), request.env.user.company_ids, invoices
                ),
                "used": used,
                "error": error,
            },
            status=422 if error else 200,
        )

    @route("/my/credit/use", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_credit_use(self, invoice="", **kwargs):
        """Settle one invoice with the open credit, as far as it goes."""
        if not self._portal_may_see_credit() or not self._portal_may_pay():
            return self._render_portal_unavailable()
        invoice_sudo = self._get_portal_payable_invoices(Domain("id", "in", parse_ids([invoice])))
        if not invoice_sudo:
            return self._render_portal_credit(
                error=request.env._("This invoice is not to be paid any more. Please choose again.")
            )
        try:
            with request.env.cr.savepoint():
                request.env["customer.portal.basket"]._use_credit_on(
                    self._get_portal_contact(), invoice_sudo
                )
        except UserError as error:
            return self._render_portal_credit(error=str(error))
        return request.redirect("/my/credit?used=1", 303)
