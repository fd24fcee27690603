"""Rules of a customer about its own quotes: above which amount a second person must approve."""

from odoo import api, fields, models
from odoo.tools import format_amount


class CustomerPortalApprovalRule(models.Model):
    """Quotes of one company in one currency above an amount need two people of the customer.

    There is no unique constraint: merging two customers would then drop rules. Of several, the
    strictest counts.
    """

    _name = "customer.portal.approval.rule"
    _description = "Amount Above Which a Customer's Quotes Need a Second Person"
    _order = "customer_id, company_id, currency_id, amount, id"

    customer_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_company", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(
        "Above",
        required=True,
        help="Quotes with a greater total, taxes included, need a second person.",
    )

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "The amount must be zero or more.")

    @api.depends("amount", "currency_id", "company_id")
    def _compute_display_name(self):
        for rule in self:
            amount = format_amount(self.env, rule.amount, rule.currency_id)
            rule.display_name = f"{rule.company_id.name}: {amount}"

    @api.model
    def _portal_find(self, customer, company, currency):
        """Return the rule that holds for a customer's quotes; empty if there is none.

        :rtype: customer.portal.approval.rule
        """
        return self.sudo().search(  # Sudo: whoever answers a quote is bound by it.
            [
                ("customer_id", "=", customer.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency.id),
            ],
            order="amount, id",
            limit=1,
        )
