from odoo import models

from .payment_token import find_expiry


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _tokenize(self, payment_data):
        """Override of `payment` to note until when the saved card is valid."""
        super()._tokenize(payment_data)
        if self.token_id and (expiry := find_expiry(payment_data)):
            self.token_id.portal_expires_on = expiry
