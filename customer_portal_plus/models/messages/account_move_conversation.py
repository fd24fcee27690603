from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_conversation_title(self):
        move_sudo = self.sudo()  # Asked for whom the document is to see.
        refund = move_sudo.move_type == "out_refund"
        kind = self.env._("Credit note") if refund else self.env._("Invoice")
        return f"{kind} {move_sudo.name or ''}".strip()
