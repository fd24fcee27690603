"""What browsers are told of mails."""

from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _portal_push_company(self):
        """Return the company in whose name contacts are told of mails about this record.

        For a module to tell of its mails, it must override this method.

        :return: in sudo; none, if nobody is told
        :rtype: res.company
        """
        return self.env["res.company"].sudo()

    def _portal_push_notice(self, message, contact):
        """Return what a browser shows of a mail about this record.

        For a module to tell of its mails, it must override this method. No names and no amounts:
        it is shown on a telephone that lies on the table.

        :param mail.message message: the mail
        :param res.partner contact: who is told; the language of the environment is its own
        :return: a title and the path of a page of the portal; None, if it is not told
        :rtype: tuple[str, str] | None
        """
        return None

    def _notify_thread_by_web_push(self, message, recipients_data, msg_vals=False, **kwargs):
        """Override of `mail`, which tells employees: contacts are told in their own way."""
        result = super()._notify_thread_by_web_push(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )
        if len(self) == 1:
            contact_ids = [one["id"] for one in recipients_data if one["id"] and one["share"]]
            self.env["customer.portal.push.notice"]._queue(self, message, contact_ids)
        return result
