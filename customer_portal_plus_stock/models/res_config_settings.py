from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_show_deliveries = fields.Boolean(
        related="company_id.portal_show_deliveries", readonly=False
    )
    portal_allow_receipt = fields.Boolean(related="company_id.portal_allow_receipt", readonly=False)
    portal_allow_reorder = fields.Boolean(related="company_id.portal_allow_reorder", readonly=False)
    portal_tell_delivery = fields.Selection(
        related="company_id.portal_tell_delivery", readonly=False
    )
    portal_tell_reorder = fields.Selection(related="company_id.portal_tell_reorder", readonly=False)
