from odoo import api, fields, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "move_id", "move_name", "move_type", "parent_state",
        "display_type", "sequence", "product_id", "product_uom_id", "quantity", "price_unit",
        "discount", "tax_ids", "price_subtotal", "price_total", "currency_id", "company_id",
        "company_currency_id", "partner_id", "date", "invoice_date", "date_maturity",
        "amount_residual", "amount_residual_currency", "create_date", "write_date",
    ]
)  # fmt: skip


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["customer.portal.columns.mixin", "account.move.line"]

    portal_allocation_id = fields.Many2one(
        "customer.portal.allocation",
        "Portal payment for",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The part of a portal payment that this item records.",
    )

    @api.model
    @api.private
    def portal_rule_domain(self, user):
        """Return the domain of the global rule on invoice lines for a user that is not staff.

        Lines follow their invoice. Cost lines are the company's own business; payment terms
        stay, because pages compute instalments from them.

        :param res.users user: a portal or public user
        :rtype: list
        """
        moves = Domain(self.env["account.move"].portal_rule_domain(user))
        return list(Domain("display_type", "!=", "cogs") & Domain("move_id", "any", moves))

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS
