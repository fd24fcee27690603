"""Appointments behind the four gates."""

from odoo import api, fields, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "active", "state", "start", "stop", "duration", "location",
        "videocall_location", "partner_ids", "company_id", "access_url", "create_date",
        "write_date",
    ]
)  # fmt: skip


class ResourceBooking(models.Model):
    _name = "resource.booking"
    # The mixin comes first: later ones would be overridden by portal and mail.
    _inherit = ["customer.portal.access.mixin", "portal.mixin", "resource.booking"]

    portal_visible = fields.Boolean(
        "Visible in portal",
        default=True,
        copy=False,
        tracking=True,
        help="Switched off, the customer doesn't see this appointment.",
    )
    # A kind without a company belongs to none whose portal could be on: its gates are shut.
    company_id = fields.Many2one("res.company", related="type_id.company_id", store=True)
    # Not related: when a contact moves to another customer, its appointments must stay behind.
    portal_commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer (commercial entity)",
        compute="_compute_portal_commercial_partner_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends("partner_ids")
    def _compute_portal_commercial_partner_id(self):
        for booking in self:
            booking.portal_commercial_partner_id = booking.partner_ids[:1].commercial_partner_id

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_appointments", "=", True),
            customer=Domain("portal_commercial_partner_id.portal_access", "=", True),
            document=Domain("state", "!=", "canceled") & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_contact_domain(self, contact):
        if not contact._portal_profile().can_see_appointments:
            return Domain.FALSE
        domain = Domain("portal_commercial_partner_id", "=", contact.commercial_partner_id.id)
        if contact._portal_scope() == "own":
            domain &= Domain("partner_ids", "in", contact.ids)
        return domain

    def _portal_customer(self):
        return self.portal_commercial_partner_id

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_needs_no_token(self):
        """Override: nor does the engine's button that opens the portal, over RPC."""
        return super()._portal_needs_no_token() or (self.env.user.share and not self.env.su)

    def _portal_responsible_candidates(self):
        return (
            self.user_id
            | self.type_id.portal_user_id
            | self.combination_id.resource_ids.user_id
            | self.portal_commercial_partner_id.user_id
            | self.company_id.portal_message_user_id
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `mail`: mails about what their receiver can't see have no button."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self or self._portal_is_open_to_customer():
            return groups
        return self._portal_strip_buttons(groups)

    # === PAGES === #

    def _portal_status(self):
        """Return the state of this appointment in plain words.

        :return: ``label`` and ``tone`` as in the list, ``text``: a sentence
        :rtype: dict[str, str]
        """
        self.ensure_one()
        [row] = self._portal_rows()
        _ = self.env._
        texts = {
            "open": _("Please choose a time."),
            "scheduled": _("Please tell us whether you will come."),
            "booked": _("We expect you."),
            "past": _("It is over."),
        }
        return {
            "label": row["state_label"],
            "tone": row["state_tone"],
            "text": texts[row["state"]],
        }

    def _portal_conversation_title(self):
        booking_sudo = self.sudo()  # Asked for whom the appointment is to see.
        return self.env._(
            "Appointment %(number)s: %(name)s",
            number=booking_sudo.id,
            name=booking_sudo._portal_name(),
        )

    def _portal_name(self):
        """Return what this appointment is called.

        :rtype: str
        """
        self.ensure_one()
        return self.name or self.type_id.name
