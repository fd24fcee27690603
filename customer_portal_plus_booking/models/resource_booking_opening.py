"""The customer books an appointment of a kind that staff offer."""

from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import plaintext2html

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.parsing import clean_value
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

from .resource_booking_slot import parse_moment
from .resource_booking_time import is_ahead

MAX_NOTE_LENGTH = 2000


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    @api.model
    def _portal_draft(self, kind):
        """Return an appointment that is not stored, to ask for free times of a kind.

        :param resource.booking.type kind: see ``_portal_offered``
        :rtype: resource.booking
        """
        return self.sudo().new({"type_id": kind.id, "duration": kind.duration})

    @api.model
    def _portal_book(self, contact, kind, text, note=""):
        """Book an appointment for a contact. Who comes second waits, and then finds it taken.

        :param res.partner contact: partner of the signed-in user
        :param resource.booking.type kind: see ``_portal_offered``, in sudo
        :param text: a slot, as its form sends it
        :param str note: what the contact says about it; anything
        :return: the appointment, in sudo: contacts write none
        :rtype: resource.booking
        :raise PortalRefusal: ``gone``, ``limit``, ``none`` or ``taken``
        """
        bookings_sudo = self.sudo()  # Contacts write none; the gates are asked here.
        lock_rows_or_retry(kind, kind.combination_rel_ids.combination_id.resource_ids)
        if kind not in kind.with_user(self.env.user)._portal_offered():
            raise self._portal_make_slot_refusal("gone")
        moment = parse_moment(text)
        if not moment:
            raise self._portal_make_slot_refusal("none")
        if not is_ahead(moment):
            raise self._portal_make_slot_refusal("taken")
        if twice := bookings_sudo._portal_booked_already(contact, kind, moment):
            return twice
        if kind._portal_is_full(contact.commercial_partner_id):
            raise self._portal_make_slot_refusal("limit")
        if not self._portal_draft(kind)._portal_is_free(moment):
            raise self._portal_make_slot_refusal("taken")
        note = clean_value(note).strip() if isinstance(note, str) else ""
        if len(note) > MAX_NOTE_LENGTH:
            raise PortalRefusal(self.env._("Your text is too long."), "long")
        booking = bookings_sudo.with_context(
            mail_create_nosubscribe=True,
            mail_auto_subscribe_no_notify=True,
        ).create(
            {
                "type_id": kind.id,
                "partner_ids": [Command.set(contact.ids)],
                "user_id": self._portal_organizer(contact, kind).id,
                "duration": kind.duration,
                "categ_ids": [Command.set(kind.categ_ids.ids)],
                "description": plaintext2html(note) if note else False,
            }
        )
        booking._portal_take(moment)
        booking = booking.with_env(bookings_sudo.env)
        booking._portal_tell(contact, "booked", moment)
        return booking

    def _portal_booked_already(self, contact, kind, moment):
        """Return what the contact has booked by the same form, sent a moment ago."""
        return self.search(
            Domain("type_id", "=", kind.id)
            & Domain("start", "=", moment)
            & Domain("state", "=", "confirmed")
            & Domain("partner_ids", "in", contact.ids),
            limit=1,
        )

    def _portal_organizer(self, contact, kind):
        """Return who of the staff organizes what a contact books; none if nobody is named.

        :rtype: res.users
        """
        return (
            kind.portal_user_id
            or kind.combination_rel_ids.combination_id.resource_ids.user_id[:1]
            or contact.commercial_partner_id.user_id
            or kind.company_id.portal_message_user_id
        )
