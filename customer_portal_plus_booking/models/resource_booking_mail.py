"""Who is told what a customer did with an appointment."""

from odoo import models


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    def _portal_tell(self, contact, what, start):
        """Tell the customer, with a file for its calendar, and staff.

        :param res.partner contact: who did it; empty for a guest who holds the mailed link
        :param str what: ``booked``, ``moved``, ``accepted`` or ``canceled``
        :param datetime.datetime start: when it is, or was
        """
        self.ensure_one()
        self._portal_mail_customer(what, start)
        self._portal_tell_staff(contact, what, start)

    def _portal_mail_customer(self, what, start):
        """Send all who take part a mail, each in its language and time zone."""
        canceled = what == "canceled"
        name = "mail_template_canceled" if canceled else "mail_template_booked"
        template = self.env.ref(f"customer_portal_plus_booking.{name}")
        for partner in self.partner_ids.filtered("email"):
            booking = self.with_context(
                lang=partner.lang or self.env.lang,
                portal_mail_start=start,
                portal_mail_to=partner,
                mail_notify_author_mention=True,  # Also who has done it.
            )
            file = booking._portal_calendar_file(start, canceled=canceled)
            booking._portal_mail_contacts(
                partner,
                booking.company_id,
                template.with_env(booking.env),
                lang=partner.lang,
                email_from=booking._portal_customer()._portal_mail_from(booking.company_id),
                attachments=[file],
            )

    def _portal_mail_when(self):
        """Return when it is, in words, for who gets a mail about it.

        :rtype: str
        """
        self.ensure_one()
        receiver = self.env.context.get("portal_mail_to") or self.partner_id
        start = self.env.context.get("portal_mail_start") or self.start
        when = self._portal_when(start, self._portal_zone(receiver))
        return when["text"] if when else ""

    def _portal_tell_staff(self, contact, what, start):
        user = self._portal_responsible()
        booking = self.with_context(lang=user.lang or self.env.lang)
        _ = booking.env._
        summary = {
            "booked": _("Appointment booked"),
            "moved": _("Appointment moved"),
            "accepted": _("The customer will come to the appointment"),
            "canceled": _("Appointment cancelled"),
        }[what]
        who = contact or self.partner_ids[:1]
        when = booking._portal_when(start, booking._portal_zone(user.partner_id))
        words = f"{who.display_name}: {booking._portal_name()}, {when['text']}"
        self.env["customer.portal.staff.notification"]._tell(
            booking, "appointment", user, summary, words=words
        )
        self.env["customer.portal.event"]._log(
            "message", record=booking, contact=who, detail=f"{summary}: {when['text']}"
        )
