"""Tickets behind the four gates."""

from odoo import api, fields, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "active", "display_name", "number", "name", "description", "priority", "sequence",
        "stage_id", "closed", "unattended", "closed_date", "last_stage_update", "partner_id",
        "user_id", "company_id", "category_id", "access_url", "create_date", "write_date",
    ]
)  # fmt: skip


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    # The mixins come first: later ones would be overridden by portal and mail.
    _inherit = ["customer.portal.customer.mixin", "rating.mixin", "helpdesk.ticket"]

    _portal_capability = "can_see_tickets"

    portal_visible = fields.Boolean(help="Switched off, the customer doesn't see this ticket.")
    portal_conversation_ids = fields.One2many(
        "customer.portal.conversation", "portal_ticket_id", "Conversation with the customer"
    )

    _portal_list_idx = models.Index("(portal_commercial_partner_id, create_date DESC, id DESC)")

    _portal_answered_idx = models.Index(
        "(portal_commercial_partner_id) WHERE portal_answered_on IS NOT NULL"
    )

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_tickets", "=", True),
            document=Domain("active", "=", True) & Domain("portal_visible", "=", True),
            by_link=False,
        )

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_responsible_candidates(self):
        return (
            self.user_id
            | self.team_id.user_id
            | self.portal_commercial_partner_id.user_id
            | self.company_id.portal_message_user_id
        )

    # === MESSAGES === #

    def _portal_can_write(self, contact):
        """Return whether ``contact`` may do something with this ticket, in whatever state it is.

        :param res.partner contact: partner of the signed-in user
        :rtype: bool
        """
        self.ensure_one()
        return not self._portal_refusal(contact) and contact._portal_can("can_write_tickets")

    def _portal_can_message(self, contact):
        """Override: what is said about a ticket belongs to it, also where the company takes no
        other messages. A closed one is reopened first."""
        return not self.sudo().closed and self._portal_can_write(contact)

    def _portal_is_open_to_customer(self):
        """Override: no link opens a ticket."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        company = ticket_sudo.company_id
        return bool(
            company.portal_enabled
            and company.portal_show_tickets
            and ticket_sudo.portal_commercial_partner_id.portal_access
            and ticket_sudo.portal_visible
            and ticket_sudo.active
        )

    def _portal_mail_button(self):
        return self.env._("See the ticket") if self._portal_is_open_to_customer() else ""

    def _portal_mails_lead_to_it(self):
        return self._portal_is_open_to_customer()

    # === STAGES === #

    def write(self, vals):
        """Override of `base`: the customer's conversation is closed and opened with its ticket,
        whoever moves it."""
        result = super().write(vals)
        if vals.get("stage_id"):
            for ticket in self.sudo():  # Who moves a ticket need not be allowed to read messages.
                conversation = ticket.portal_conversation_ids
                if conversation and (conversation.state == "closed") != ticket.closed:
                    conversation.state = "closed" if ticket.closed else "open"
        return result
