from odoo.fields import Domain
from odoo.http import request, route

from ..models.payment.customer_portal_basket import OLDEST_DUE_FIRST
from .basket import MAX_SHOWN, Basket


class LatePaymentInterest(Basket):
    """`/my/interest`: what late payment of all overdue invoices costs, and how it is reckoned."""

    def _prepare_portal_payment_links(self):
        links = super()._prepare_portal_payment_links()
        if self._portal_may_see_interest():
            links.append({"label": request.env._("Late-payment interest"), "url": "/my/interest"})
        return links

    def _portal_may_see_interest(self):
        """Return whether the signed-in contact sees invoices of which interest is claimed.

        :rtype: bool
        """
        user = request.env.user
        return (
            user._portal_allows_invoices()
            and user._portal_allows("portal_claim_interest", "can_see_invoices")
            and user.partner_id.commercial_partner_id.is_company
        )

    @route("/my/interest", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_interest(self, **kwargs):
        if not self._portal_may_see_interest():
            return self._render_portal_unavailable()
        overdue = request.env["account.move"]._portal_overdue_domain()
        Move, allowed = self._get_portal_documents(
            "account.move", overdue & Domain("company_id.portal_claim_interest", "=", True)
        )
        invoices = Move.search(allowed, order=OLDEST_DUE_FIRST, limit=MAX_SHOWN)
        found = invoices._portal_interest_values()
        rows = [
            {
                "name": invoice.name,
                "url": invoice.access_url,
                "currency": invoice.currency_id,
                "interest": found[invoice.id],
            }
            for invoice in invoices
            if invoice.id in found
        ]
        totals = {}
        for row in rows:
            total = totals.setdefault(row["currency"], {"total": 0.0, "saving": 0.0})
            for key in total:
                total[key] = row["currency"].round(total[key] + row["interest"][key])
        return request.render(
            "customer_portal_plus.portal_interest",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "payments",
                "no_breadcrumbs": True,
                "rows": rows,
                "totals": totals,
                "may_pay": self._portal_may_pay(),
            },
        )
