from odoo import fields, models
from odoo.tools import format_date


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_disputes = fields.Boolean("Customers may dispute invoices")
    portal_allow_promises = fields.Boolean("Customers may promise payments")
    portal_promise_days = fields.Integer(
        "Days ahead", default=15, required=True, help="How far away the promised day may be."
    )
    portal_promise_grace = fields.Integer(
        "Days of grace", default=3, required=True, help="So many days after it are waited, too."
    )
    portal_promise_times = fields.Integer(
        "How often for an invoice",
        default=2,
        required=True,
        help="How often a payment of the same invoice may be promised.",
    )
    portal_promise_limit = fields.Monetary(
        "Promised at most",
        currency_field="currency_id",
        help="What a customer may have promised at a time; nothing means any amount.",
    )
    portal_claim_interest = fields.Boolean("Claim interest of late payment")
    portal_claim_fixed_sum = fields.Boolean(
        "Claim the fixed sum, too",
        help="For the costs of recovery, once for each invoice that is paid late.",
    )
    portal_interest_journal_id = fields.Many2one(
        "account.journal",
        "Charged in",
        domain=[("type", "=", "sale")],
        help="The journal of the drafts; the first one for sales if there is none here.",
    )
    portal_interest_product_id = fields.Many2one(
        "product.product",
        "Charged as",
        domain=[("type", "=", "service")],
        help="Gives the account; without one, it is the journal's. Of its taxes only those of 0 %"
        " are taken.",
    )
    portal_show_347 = fields.Boolean("Customers check the modelo 347")
    portal_347_threshold = fields.Monetary(
        "Declared above",
        currency_field="currency_id",
        default=3005.06,
        help="What a year's operations with a customer must exceed, taxes included.",
    )

    portal_allow_plans = fields.Boolean("Customers may pay in instalments")
    portal_plan_number = fields.Integer(
        "Most instalments", default=6, required=True, help="Without the down payment."
    )
    portal_plan_days = fields.Integer(
        "Days until the first one",
        default=30,
        required=True,
        help="How far away the first instalment may be.",
    )
    portal_plan_smallest = fields.Monetary(
        "Smallest instalment", currency_field="currency_id", default=50.0
    )
    portal_plan_down = fields.Integer(
        "Down payment (%)", default=0, required=True, help="At least so much is to be paid at once."
    )
    portal_plan_grace = fields.Integer(
        "Grace for an instalment",
        default=5,
        required=True,
        help="So many days after its date it is waited for; then the plan ends.",
    )
    portal_sign_plans = fields.Boolean(
        "Plans are signed", help="A payment plan holds once the customer has signed it."
    )

    _portal_promise_policy = models.Constraint(
        "CHECK(portal_promise_days BETWEEN 0 AND 365 AND portal_promise_grace BETWEEN 0 AND 60"
        " AND portal_promise_times > 0 AND COALESCE(portal_promise_limit, 0) >= 0)",
        "Promises: 365 days ahead and 60 days of grace at most, and at least one for an invoice.",
    )
    _portal_plan_policy = models.Constraint(
        "CHECK(portal_plan_number BETWEEN 2 AND 60 AND portal_plan_days BETWEEN 0 AND 366"
        " AND COALESCE(portal_plan_smallest, 0) >= 0 AND portal_plan_down BETWEEN 0 AND 90"
        " AND portal_plan_grace BETWEEN 0 AND 60)",
        "Payment plans: from 2 to 60 instalments, the first one within 366 days, a down payment"
        " of 90 % at most, and 60 days of grace at most.",
    )

    def _portal_plan_policy_texts(self):
        """Return what this company agrees to at once of payment plans, in words.

        :rtype: list[str]
        """
        self.ensure_one()
        _ = self.env._
        latest = fields.Date.add(fields.Date.context_today(self), days=self.portal_plan_days)
        texts = [
            _("up to %s instalments, one each month", self.portal_plan_number),
            _("the first one until %s", format_date(self.env, latest)),
        ]
        if self.portal_plan_smallest:
            smallest = self.currency_id.format(self.portal_plan_smallest)
            texts.append(_("none below %s", smallest))
        if self.portal_plan_down:
            texts.append(_("a down payment of %s %%", self.portal_plan_down))
        return texts

    def _portal_declaring_347(self):
        """Return those of these companies that declare the modelo 347 and have it checked, in
        sudo: their settings are read.

        :rtype: res.company
        """
        return self.sudo().filtered(
            lambda company: (
                company.portal_show_347 and company.account_fiscal_country_id.code == "ES"
            )
        )
