from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _portal_answered_idx = models.Index(
        "(portal_commercial_partner_id) WHERE portal_answered_on IS NOT NULL"
    )
