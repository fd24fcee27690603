"""A line of a delivery as the customer reads it."""

from odoo import models

from odoo.addons.customer_portal_plus.tools.pdf_data import number


class StockMove(models.Model):
    _inherit = "stock.move"

    def _portal_name(self):
        """Return what this line is called on the customer's order, else the product's name.

        :rtype: str
        """
        self.ensure_one()
        return self.sale_line_id.name or self.product_id.display_name

    def _portal_quantity_text(self, quantity):
        """Return a quantity of this line with its unit, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        return f"{number(self, quantity)} {self.product_uom.name}"
