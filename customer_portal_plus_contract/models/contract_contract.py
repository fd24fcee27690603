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
    _inherit = ["customer.portal.customer.mixin", "contract.contract"]

    _portal_capability = "can_see_subscriptions"
    _portal_addressee_paths = ("partner_id", "invoice_partner_id")
    # What the engine mails of it, and what comes back, stays on it, for staff.
    _portal_has_messages = False

    portal_visible = fields.Boolean(
        help="Switched off, the customer doesn't see this subscription."
    )

    _portal_list_idx = models.Index("(portal_commercial_partner_id, date DESC, id DESC)")

    # === GATES === #

    @api.model
    def _portal_scope_domain(self):
        return Domain("contract_type", "=", "sale")

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_subscriptions", "=", True),
            document=Domain("active", "=", True) & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_contact_domain(self, contact):
        """Override: as in the engine for followers alone, unless the company opened them wider."""
        wider = Domain("company_id.portal_subscriptions_by_profile", "=", True)
        followed = Domain("message_partner_ids", "in", contact.ids)
        return super()._portal_contact_domain(contact) & (wider | followed)

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

    def _portal_mail_button(self):
        return self.env._("See the subscription") if self._portal_is_open_to_customer() else ""

    def _portal_mails_lead_to_it(self):
        """Override: those of contracts of suppliers stay as the engine has them."""
        return not self._portal_in_scope() or self._portal_is_open_to_customer()
