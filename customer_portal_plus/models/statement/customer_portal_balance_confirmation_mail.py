"""The mails that ask for a balance to be confirmed: one, and reminders by the company's policy."""

import base64

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.transactions import run_each_in_own_commit


class CustomerPortalBalanceConfirmation(models.Model):
    _inherit = "customer.portal.balance.confirmation"

    mailed_on = fields.Date("Last mail on", readonly=True, copy=False)
    mail_count = fields.Integer("Mails", readonly=True, copy=False, aggregator=None)
    is_unreachable = fields.Boolean(
        "Nobody to write to",
        readonly=True,
        copy=False,
        help="No contact of the customer with an e-mail address may confirm its balance. Looked at"
        " again every day.",
    )

    @api.model
    def _cron_write(self):
        """Mail to all that were not written to yet, and remind those who have not answered. Each in
        a transaction of its own; what a run has mailed no other one mails again."""
        waiting = self.search(
            Domain("state", "=", "sent")
            & Domain("portal_visible", "=", True)
            & Domain("company_id.portal_enabled", "=", True)
            & Domain("company_id.portal_allow_confirmations", "=", True),
            order="id",
        ).filtered(lambda one: one._is_mail_due())
        run_each_in_own_commit(waiting, lambda one: one._write_to_customer())

    def _is_mail_due(self):
        """Return whether the customer is written to today: for the first time, or once more after
        the days and as often as the company wants.

        :rtype: bool
        """
        self.ensure_one()
        if self.state != "sent":
            return False
        if not self.mailed_on:
            return True
        company = self.company_id
        next_on = fields.Date.add(self.mailed_on, days=company.portal_confirmation_days)
        return (
            self.mail_count <= company.portal_confirmation_reminders
            and fields.Date.context_today(self) >= next_on
        )

    def _write_to_customer(self):
        """Mail to those of the customer who may confirm its balance, and note it in the same
        transaction."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset()
        if not self._is_mail_due():
            return
        customer = self.commercial_partner_id
        recipients = customer._portal_confirmation_recipients(self.company_id)
        if not recipients:
            self.is_unreachable = True
            return
        self.write(
            {
                "mailed_on": fields.Date.context_today(self),
                "mail_count": self.mail_count + 1,
                "is_unreachable": False,
            }
        )
        self._portal_mail_contacts(
            recipients,
            self.company_id,
            self.env.ref("customer_portal_plus.mail_template_balance_confirmation"),
            lang=customer.lang,
            email_from=customer._portal_mail_from(self.company_id),
            attachments=[(self.file_name, self._sent_pdf())],
        )

    def _sent_pdf(self):
        """Return the PDF that was made when the balance was frozen.

        :rtype: bytes
        """
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    # === WHAT THE MAIL SHOWS === #

    def _portal_full_url(self):
        """Return the full address of the page, which the mail makes a personal one.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}{self.access_url}"
