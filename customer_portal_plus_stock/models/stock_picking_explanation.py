"""Why a delivery is or is not shown to a contact, in words for staff."""

from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _portal_why_switched_off(self, company):
        return self.env._("%s doesn't show deliveries in the portal.", company.name)
