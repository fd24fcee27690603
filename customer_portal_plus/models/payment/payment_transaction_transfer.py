from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _get_communication(self):
        """Override of `payment_custom`, where that is installed: a transfer for several invoices
        names them all, not the first one alone."""
        if len(self.invoice_ids) > 1:
            return self.invoice_ids._portal_transfer_reference()
        return super()._get_communication()
