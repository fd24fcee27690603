from odoo import api, models
from odoo.fields import Domain

from .customer_portal_debit import OPEN_STATES


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _portal_covered_domain(self):
        """Override: what automatic debit will take, and invoices of which a payment was
        reported."""
        # Sudo: whoever sees the invoice may know that a payment of it is on its way.
        attempts = self.env["customer.portal.debit.attempt"].sudo()
        reports = self.env["customer.portal.payment.report"].sudo()
        allocations = self.env["customer.portal.allocation"].sudo()
        return Domain(
            "id", "in", attempts._search(Domain("state", "in", OPEN_STATES)).subselect("line_id")
        ) | Domain(
            "move_id",
            "in",
            allocations._search(Domain("report_id", "any", reports._counting_domain())).subselect(
                "invoice_id"
            ),
        )
