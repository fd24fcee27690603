from odoo import api, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "order_id", "display_type", "sequence", "product_id",
        "product_uom_id", "product_uom_qty", "qty_delivered", "qty_invoiced", "price_unit",
        "discount", "tax_ids", "price_subtotal", "price_tax", "price_total", "currency_id",
        "company_id", "state", "is_downpayment", "create_date", "write_date",
    ]
)  # fmt: skip


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["customer.portal.columns.mixin", "sale.order.line"]

    @api.model
    @api.private
    def portal_rule_domain(self, user):
        """Return the domain of the global rule on order lines: they follow their order.

        :param res.users user: a portal or public user
        :rtype: list
        """
        orders = Domain(self.env["sale.order"].portal_rule_domain(user))
        return list(Domain("order_id", "any", orders))

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS
