"""The mails that tell of a change of bank account, each with a code of its own."""

import secrets

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import hmac

from ...tools.transactions import run_each_in_own_commit

# Letters and digits that nobody takes for others, in groups that can be read out.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUPS, GROUP_LENGTH = 3, 4
MAX_CODE_LENGTH = 40  # As typed; a longer text is no code.


class CustomerPortalAccountChangeMail(models.Model):
    """A customer that is told of a change by mail. The code is drawn as the mail is made, and kept
    here as a keyed digest only."""

    _name = "customer.portal.account.change.mail"
    _inherit = ["mail.thread"]
    _description = "Mail about a Change of Bank Account"
    _order = "id"
    _rec_name = "customer_id"

    change_id = fields.Many2one(
        "customer.portal.account.change",
        "Change",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="set null"
    )
    # A number: a unique constraint on the reference would make merged contacts lose rows.
    customer_ref = fields.Integer("Customer number", readonly=True, required=True, aggregator=None)
    mailed_on = fields.Date(readonly=True)
    recipient_ids = fields.Many2many(
        "res.partner",
        "customer_portal_account_change_mail_recipient_rel",
        "mail_id",
        "partner_id",
        "Sent to",
        readonly=True,
    )
    is_unreachable = fields.Boolean(
        "Nobody to write to",
        readonly=True,
        help="No contact of the customer with an e-mail address sees its open invoices.",
    )
    code_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)

    _customer_unique = models.UniqueIndex("(change_id, customer_ref)")
    _code_idx = models.UniqueIndex("(code_digest) WHERE code_digest IS NOT NULL")

    @api.model
    def _cron_send(self):
        """Mail to all that wait for it; each in a transaction of its own, and once."""
        waiting = self.search(
            Domain("mailed_on", "=", False)
            & Domain("is_unreachable", "=", False)
            & Domain("change_id.state", "=", "announced"),
            order="id",
        )
        run_each_in_own_commit(waiting, lambda mail: mail._send())

    def _send(self):
        """Draw the code and mail it to those of the customer who see what is open."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset()
        change, customer = self.change_id, self.customer_id
        if self.mailed_on or not customer or change.state != "announced":
            return
        invoices = self.env["account.move"].search(
            change._unpaid_domain() & Domain("commercial_partner_id", "=", customer.id)
        )
        recipients = customer._portal_find_addressees(
            lambda contact: (
                contact._portal_can("can_see_invoices")
                and any(not invoice._portal_refusal(contact) for invoice in invoices)
            )
        )
        if not recipients:
            # What was open may be paid by now; else there is nobody.
            self.is_unreachable = True
            return
        code = self._draw_code()
        self.write(
            {
                "mailed_on": fields.Date.context_today(self),
                "recipient_ids": recipients.ids,
                "code_digest": self._digest(code),
            }
        )
        self.with_context(portal_account_code=code)._portal_mail_contacts(
            recipients,
            self.company_id,
            self.env.ref("customer_portal_plus.mail_template_account_change").with_context(
                portal_account_code=code
            ),
            lang=customer.lang,
            email_from=customer._portal_mail_from(self.company_id),
        )

    # === CODES === #

    @api.model
    def _draw_code(self):
        """Return a new code, as it is shown.

        :rtype: str
        """
        return "-".join(
            "".join(secrets.choice(ALPHABET) for _character in range(GROUP_LENGTH))
            for _group in range(GROUPS)
        )

    @api.model
    def _digest(self, code):
        """Return the keyed digest of a code, however it is typed.

        :param str code: as shown, or as typed; anything
        :rtype: str
        """
        typed = "".join(one for one in code[:MAX_CODE_LENGTH].upper() if one in ALPHABET)
        return hmac(self.sudo().env, "customer_portal_plus.account_change.code", typed)

    # === WHAT THE MAIL SHOWS === #

    def _portal_code(self):
        """Return the code; empty but while its mail is made."""
        return self.env.context.get("portal_account_code", "")

    def _portal_verify_url(self):
        """Return the full address of the page where codes are checked.

        :rtype: str
        """
        self.ensure_one()
        return self.company_id._portal_page_url("/verify#code")
