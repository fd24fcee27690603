"""Mails of the portal that the mail server did not take: they are tried again, less and less
often, and staff are told of those that failed for good."""

import sys
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Command

from ...tools.mail_failures import is_refused_for_now

# How long a mail waits after each failure; more than a day and a half together.
RETRY_MINUTES = (5, 15, 60, 240, 720, 1440)
# Models of others on which the portal's mails are, besides those behind the gates.
MAILED_MODELS = ("account.payment", "payment.transaction", "res.partner")


class MailMail(models.Model):
    _inherit = "mail.mail"

    portal_failures = fields.Integer("Failed attempts", readonly=True, copy=False)

    def _portal_is_ours(self):
        """Return whether this mail is one of the portal's, to a customer or about one.

        :rtype: bool
        """
        self.ensure_one()
        model_name = self.model or ""
        return (
            model_name.startswith("customer.portal.")
            or model_name in MAILED_MODELS
            or model_name in self.env["customer.portal.access.mixin"]._portal_models()
        )

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Override of `mail`: where the server is down core notes a failure of whatever it is
        given. What has been sent or called off must not be tried again for that. What the queue
        has sent meanwhile may be deleted by now."""
        mails = self.exists().filtered(
            lambda mail: mail.state == "outgoing" or not mail._portal_is_ours()
        )
        return super(MailMail, mails).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail`: what certainly was not taken goes back into the queue."""
        again = self.browse()
        if failure_type:
            ours = self.filtered(lambda mail: mail._portal_is_ours())
            if failure_type == "mail_smtp" or is_refused_for_now(sys.exc_info()[1]):
                again = ours.filtered(lambda mail: mail.portal_failures < len(RETRY_MINUTES))
                for mail in again:
                    mail._portal_try_again(
                        success_pids, success_emails, failure_type, failure_reason
                    )
            for mail in ours - again:
                reached = self.env["res.partner"].union(*success_pids)
                mail._portal_tell_failure(reached, failure_reason or mail.failure_reason)
        return super(MailMail, self - again)._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _portal_try_again(self, success_pids, success_emails, failure_type, failure_reason):
        """Have the queue send this mail later, to those alone who have not got it.

        :param list success_pids: the partners who got it, see ``_postprocess_sent_message``
        :param list success_emails: the addresses that got it
        :param str failure_type: what the others' notices say until it has been sent
        :param str failure_reason: in words
        """
        self.ensure_one()
        reached = self.env["res.partner"].union(*success_pids)
        at = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[self.portal_failures])
        values = {
            "state": "outgoing",
            "scheduled_date": at,
            "portal_failures": self.portal_failures + 1,
        }
        if reached:
            values["recipient_ids"] = [Command.set((self.recipient_ids - reached).ids)]
        if reached or success_emails:
            # These are the first that core sends to.
            values.update(email_to=False, email_cc=False)
        self.write(values)
        # Sudo: mails leave in the name of whoever triggers the queue.
        notices_sudo = (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("notification_type", "=", "email"),
                    ("mail_mail_id", "=", self.id),
                    ("notification_status", "not in", ("sent", "canceled")),
                ]
            )
        )
        done = notices_sudo.filtered(
            lambda notice: (
                notice.res_partner_id in reached or notice.mail_email_address in success_emails
            )
        )
        done.write({"notification_status": "sent", "failure_type": False, "failure_reason": False})
        # Whoever looks meanwhile sees that it has not left, as the status of an invitation does.
        (notices_sudo - done).write(
            {
                "notification_status": "exception",
                "failure_type": failure_type,
                "failure_reason": failure_reason,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=at)

    def _portal_tell_failure(self, reached, reason):
        """Tell staff that this mail is not tried again: on the record that it is about, and the
        one who looks after that.

        :param res.partner reached: who got it all the same
        :param str reason: what the mail server said
        """
        self.ensure_one()
        # Sudo: mails leave in the name of whoever triggers the queue.
        mail_sudo = self.sudo()
        if mail_sudo.model not in self.env:
            return
        missed = mail_sudo.recipient_ids - reached
        record = self.env[mail_sudo.model].sudo().browse(mail_sudo.res_id).exists()
        if "activity_ids" not in self.env[mail_sudo.model]._fields or not record:
            record = missed.commercial_partner_id[:1]
        if not record:
            return
        company = "company_id" in record._fields and record.company_id or self.env.company
        user = mail_sudo._portal_staff_of(record, company)
        env = self.with_context(lang=user.lang or self.env.lang).env
        names = ", ".join(missed.mapped("display_name")) or mail_sudo.email_to or ""
        summary = env._("A mail to %s was not sent", names)
        words = Markup("<p>%s</p><p>%s</p>") % (
            env._("“%s” could not be sent, and is not tried again.", mail_sudo.subject or ""),
            reason or "",
        )
        # No mail tells of it: that would fail in the same way.
        record._message_log(body=Markup("<p><strong>%s</strong></p>%s") % (summary, words))
        todo = "mail.mail_activity_data_todo"
        told = record.activity_ids.filtered(
            lambda activity: activity.user_id == user and activity.summary == summary
        )
        if user and not told:
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                todo, user_id=user.id, summary=summary, note=words
            )

    def _portal_staff_of(self, record, company):
        """Return who of the staff is told of a failed mail.

        :param models.Model record: what the mail is about, in sudo
        :param res.company company: whose mail it is
        :rtype: res.users
        """
        if record._name in self.env["customer.portal.access.mixin"]._portal_models():
            user = record._portal_message_staff()
        else:
            partner = record if record._name == "res.partner" else self.recipient_ids[:1]
            customer = partner.commercial_partner_id
            user = customer and customer._portal_company_responsible(company)
        return user or company.sudo().portal_message_user_id
