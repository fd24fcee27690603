from odoo import models

from ...tools.text_search import trigram_index


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    _portal_search_idx = models.Index(trigram_index("name"))
