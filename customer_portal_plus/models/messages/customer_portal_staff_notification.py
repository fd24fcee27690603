"""How staff are told what customers do in the portal: as the company chose for each event."""

from markupsafe import Markup, escape

from odoo import api, models


class CustomerPortalStaffNotification(models.AbstractModel):
    """The one way by which staff are told of an event."""

    _name = "customer.portal.staff.notification"
    _description = "Notice to Staff about the Portal"

    @api.model
    def _wants(self, company, event, way):
        """Return whether staff of a company are told of an event in a way.

        :param res.company company: whose staff
        :param str event: what stands behind ``portal_tell_`` in a field of ``res.company``
        :param str way: ``activity`` or ``mail``
        :rtype: bool
        """
        return company.sudo()[f"portal_tell_{event}"] in (way, "both")

    @api.model
    def _tell(
        self,
        record,
        event,
        user,
        summary,
        words="",
        place=None,
        activity_type="mail.mail_activity_data_todo",
        tone="info",
        send_mail=None,
    ):
        """Tell a member of staff what a customer did.

        :param models.Model record: where it was done; with activities and a company
        :param str event: see ``_wants``
        :param res.users user: who is told; without one, at most a mail is sent
        :param str summary: what was done, in one line, in the user's language
        :param str words: who did it, and what it said
        :param str place: what the notice at once says instead of ``words``
        :param str activity_type: xmlid
        :param str tone: of the notice at once, see ``_portal_notify_live``
        :param send_mail: sends the mail of this event; False if it goes another way; None for
            a plain one
        """
        record_sudo = record.sudo()
        company = record_sudo.company_id or self.env.company
        with_activity = self._wants(company, event, "activity")
        with_mail = self._wants(company, event, "mail")
        if user and with_activity:
            # Who has not looked yet finds the latest only. The mail is chosen for itself.
            if activity_type != "mail.mail_activity_data_todo":
                record_sudo.activity_unlink([activity_type], user_id=user.id)
            record_sudo.with_context(mail_activity_quick_update=True).activity_schedule(
                activity_type,
                user_id=user.id,
                summary=summary,
                note=Markup("<p>%s</p>") % words if words else False,
            )
        if user and (with_activity or with_mail):
            self.env["customer.portal.access.mixin"]._portal_notify_live(
                user, summary, place or words, tone
            )
        if with_mail and send_mail:
            send_mail()
        elif with_mail and send_mail is None and user:
            record_sudo.message_notify(
                partner_ids=user.partner_id.ids,
                subject=summary,
                body=Markup("<p>%s</p><p>%s</p>") % (summary, escape(words)),
                author_id=company.partner_id.id,
                email_from=company.email_formatted or user.email_formatted,
            )
