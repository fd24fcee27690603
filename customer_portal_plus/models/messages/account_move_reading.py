from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    _portal_answered_idx = models.Index(
        "(commercial_partner_id) WHERE portal_answered_on IS NOT NULL"
    )
