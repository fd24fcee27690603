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
    _inherit = "sale.order.line"

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
        """Return the fields that a portal user may read of order lines over RPC.

        :rtype: frozenset[str]
        """
        return READABLE_FIELDS

    def _has_field_access(self, field, operation):
        """Override of `base`: an allow-list of columns for users who are not staff."""
        return super()._has_field_access(field, operation) and (
            self.env.su
            or operation != "read"
            or not self.env.user.share
            or field.name in self._portal_readable_fields()
        )
