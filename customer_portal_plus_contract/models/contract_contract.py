"""Subscriptions, which the engine calls contracts of customers, behind the four gates."""

from odoo import api, fields, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "active", "display_name", "name", "code", "date", "date_start", "date_end",
        "recurring_rule_type", "recurring_interval", "recurring_invoicing_type",
        "recurring_next_date", "partner_id", "invoice_partner_id", "company_id", "currency_id",
        "contract_type", "line_recurrence", "contract_line_ids", "access_url", "create_date",
        "write_date",
    ]
)  # fmt: skip


class ContractContract(models.Model):
    """Contracts of suppliers stay as the engine has them."""

    _name = "contract.contract"
    # The mixin comes first: later ones would be overridden by portal and mail.
    _inherit = ["customer.portal.access.mixin", "contract.contract"]

    portal_visible = fields.Boolean(
        "Visible in portal",
        default=True,
        copy=False,
        tracking=True,
        help="Switched off, the customer doesn't see this subscription.",
    )
    # Not the engine's related one: when a contact moves to another customer, its old contracts
    # must stay behind.
    portal_commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer (commercial entity)",
        compute="_compute_portal_commercial_partner_id",
        store=True,
        ondelete="restrict",
    )

    _portal_list_idx = models.Index("(portal_commercial_partner_id, date DESC, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_portal_commercial_partner_id(self):
        for contract in self:
            contract.portal_commercial_partner_id = contract.partner_id.commercial_partner_id

    # === GATES === #

    @api.model
    def _portal_scope_domain(self):
        return Domain("contract_type", "=", "sale")

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_subscriptions", "=", True),
            customer=Domain("portal_commercial_partner_id.portal_access", "=", True),
            document=Domain("active", "=", True) & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_contact_domain(self, contact):
        if not contact._portal_profile().can_see_subscriptions:
            return Domain.FALSE
        domain = Domain("portal_commercial_partner_id", "=", contact.commercial_partner_id.id)
        domain &= Domain("company_id.portal_subscriptions_by_profile", "=", True) | Domain(
            "message_partner_ids", "in", contact.ids
        )
        if contact._portal_scope() == "own":
            domain &= Domain("partner_id", "=", contact.id) | Domain(
                "invoice_partner_id", "=", contact.id
            )
        return domain

    def _portal_customer(self):
        return self.portal_commercial_partner_id

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_responsible_candidates(self):
        return (
            self.user_id
            | self.portal_commercial_partner_id.user_id
            | self.company_id.portal_message_user_id
        )

    def _portal_needs_no_token(self):
        """Override: nor do suppliers, in the engine's list, which reads with their own rights."""
        return super()._portal_needs_no_token() or (self.env.user.share and not self.env.su)

    @api.model
    @api.private
    def portal_part_rule_domain(self, user):
        """Return the domain of the global rules on what a contract is made of. The engine lets all
        portal users read lines and changes of all contracts: they follow their contract.

        Public only because rule expressions can't call a name with an underscore.

        :param res.users user: a portal or public user
        :rtype: list
        """
        partner = user.partner_id
        suppliers = ~self._portal_scope_domain() & Domain("message_partner_ids", "in", partner.ids)
        return list(Domain("contract_id", "any", self._portal_domain(partner) | suppliers))

    # === MESSAGES === #

    def _portal_can_message(self, contact):
        """Override: what is said about a subscription is a conversation of its own."""
        return False

    @api.model
    def _portal_is_conversation(self, message):
        """Override: what is mailed of a contract, and what comes back, stays on it, for staff."""
        return False

    def _portal_mail_button(self):
        return self.env._("See the subscription") if self._portal_is_open_to_customer() else ""

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `mail`: mails about what the customer can't see have no button."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self or not self._portal_in_scope() or self._portal_is_open_to_customer():
            return groups
        return self._portal_strip_buttons(groups)
