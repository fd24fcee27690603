from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_push_new(self):
        """Override: by what it is."""
        if self.move_type == "out_refund":
            return self.env._("New credit note")
        return self.env._("New invoice")
