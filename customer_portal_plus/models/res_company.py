from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_enabled = fields.Boolean(
        "Customer portal",
        default=True,
        help="Customers see their documents of this company in the portal.",
    )
    portal_default_profile_id = fields.Many2one(
        "customer.portal.profile",
        "Default profile",
        default=lambda self: self._default_portal_profile_id(),
        ondelete="restrict",
        help="What a contact may do until it is given a profile of its own.",
    )
    portal_show_invoices = fields.Boolean("Show invoices", default=True)
    portal_show_quotes = fields.Boolean("Show quotes", default=True)
    portal_show_orders = fields.Boolean("Show orders", default=True)
    portal_show_documents = fields.Boolean("Show shared documents", default=True)
    portal_show_address = fields.Boolean("Show our address", default=True)
    portal_show_phone = fields.Boolean("Show our phone and e-mail", default=True)
    portal_show_social = fields.Boolean("Show our social networks", default=True)
    portal_allow_messages = fields.Boolean("Customers may write to us", default=True)
    portal_allow_line_questions = fields.Boolean("Customers may ask about lines", default=True)
    portal_allow_payment = fields.Boolean("Customers may pay online", default=True)
    portal_allow_part_payment = fields.Boolean("Customers may pay in parts", default=True)
    portal_part_payment_minimum = fields.Monetary(
        "Smallest part payment",
        currency_field="currency_id",
        help="In the company's currency; nothing means any amount.",
    )
    portal_allow_payment_report = fields.Boolean("Customers may report payments", default=True)
    portal_show_credit = fields.Boolean("Show open credit", default=True)
    portal_allow_quote_acceptance = fields.Boolean("Customers may accept quotes", default=True)
    portal_allow_quote_rejection = fields.Boolean("Customers may reject quotes", default=True)
    portal_allow_quote_changes = fields.Boolean("Customers may ask for changes", default=True)
    portal_auto_invite = fields.Boolean(
        "Invite new customers",
        help="A customer that is created with an e-mail address, or gets its first invoice, is"
        " given access to the portal and invited by mail, with the default profile.",
    )
    portal_allow_team = fields.Boolean(
        "Customers may manage their team",
        default=True,
        help="Contacts whose profile says so invite colleagues, and change or take away their"
        " access.",
    )
    portal_team_approval = fields.Boolean(
        "Approve invited colleagues",
        help="A colleague whom a customer invites waits until you accept the request.",
    )
    portal_allow_billing_update = fields.Boolean(
        "Customers may update their billing data",
        default=True,
        help="Address, phone and e-mail for invoices change at once; tax ID, legal name and"
        " country wait for your approval once there are documents.",
    )
    portal_log_address_days = fields.Integer(
        "Keep network addresses for",
        default=90,
        help="After so many days the network addresses in the portal's log are erased; the"
        " entries stay. 0: they are not noted at all.",
    )

    _portal_log_address_days_positive = models.Constraint(
        "CHECK(portal_log_address_days >= 0)",
        "Network addresses can't be kept for less than 0 days.",
    )

    def _default_portal_profile_id(self):
        return self.env.ref("customer_portal_plus.profile_full", raise_if_not_found=False)
