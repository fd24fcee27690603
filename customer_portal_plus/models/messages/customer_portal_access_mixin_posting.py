"""Who gets what is written on a document."""

from odoo import api, models

from ...tools.transactions import lock_rows_or_retry
from ..people.res_partner_mail_preferences import MAIL_KINDS


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    @api.model
    def _portal_notify_live(self, user, title, message, tone="info"):
        """Show a notice in the back office of a user, wherever it is open, when this is committed.

        :param res.users user: a staff member
        :param str title: what happened, in the user's language
        :param str message: to which document, and who did it
        :param str tone: ``success``, ``info`` or ``warning``
        """
        user._bus_send("simple_notification", {"type": tone, "title": title, "message": message})

    def message_post(self, **kwargs):
        """Override of `mail`: what a customer writes reaches staff, and the answer reaches it.
        It writes on a document's page, not over RPC."""
        self._portal_check_staff()
        if self._portal_in_scope():
            self._portal_prepare_message(kwargs)
        return super().message_post(**kwargs)

    def _portal_prepare_message(self, values):
        """Let staff get what a customer writes, and the customer the answer.

        :param dict values: parameters of ``message_post``; changed
        """
        author = self.env["res.partner"].sudo().browse(values.get("author_id"))
        by_mail = values.get("message_type") == "email"
        note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        held_back = by_mail and values.get("subtype_id") == note
        from_customer = (
            self.env.user.share
            and values.get("message_type") == "comment"
            or (by_mail and not held_back and author.partner_share)
        )
        if not from_customer and not held_back:
            return
        # Two at the same instant would subscribe the same people, and the second one would fail.
        lock_rows_or_retry(self)
        # Sudo: customers don't manage followers; these two follow from the act of writing.
        document_sudo = self.sudo()
        staff = document_sudo._portal_message_staff().partner_id
        if held_back or not staff:
            staff = staff or document_sudo.company_id.partner_id
            values["partner_ids"] = [*(values.get("partner_ids") or []), *staff.ids]
        else:
            document_sudo.message_subscribe(staff.ids)
        if held_back:
            document_sudo._portal_tell_unverified(values.get("email_from") or "")
            return
        if not self.env.user._is_public() and not by_mail:
            author = author or self.env.user.partner_id
        document_sudo.message_subscribe(author.ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail`: leave out those whom the caller tells in another way, and the
        contacts who do not want such mails. ``portal_mail_kind`` in the context says what the
        mail is about, if it is no message; what is no kind to choose reaches everybody."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        skipped = set(self.env.context.get("portal_skip_partner_ids") or ())
        # Who is asked to do something is told, whatever mails it wants.
        asked = self.env.context.get("portal_asked_partner_ids") or ()
        kind = self.env.context.get("portal_mail_kind", "message")
        if self._portal_is_conversation(message) and self._portal_is_from_customer(message):
            company = self.sudo().company_id or self.env.company
            if not self.env["customer.portal.staff.notification"]._wants(
                company, "message", "mail"
            ):
                told = self._portal_message_staff().partner_id or company.partner_id
                skipped.update(told.ids)
        by_choice = kind != "message" or self._portal_is_conversation(message)
        if by_choice and kind in MAIL_KINDS:
            # Sudo: who writes need not know what the others want.
            contacts = self.env["res.partner"].sudo().browse(r["id"] for r in recipients if r["id"])
            skipped.update(
                contact.id
                for contact in contacts
                if contact.partner_share
                and contact.id not in asked
                and not contact._portal_wants_mail(kind)
            )
        return [recipient for recipient in recipients if recipient["id"] not in skipped]
