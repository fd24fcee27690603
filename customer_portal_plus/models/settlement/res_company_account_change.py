"""Whether a change of the bank account is really the company's: asked with the code of a mail."""

from odoo import fields, models
from odoo.fields import Domain

# Per hour, as for invoices: see ``res_company_verification``.
LIMITS = {
    "verify_code.network": 20,
    "verify_code.company": 500,
    "verify_code.busy": 3,
}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _portal_verify_code(self, code, network):
        """Return what this company has announced of its bank account, to a stranger who types the
        code of a mail.

        Nothing tells one wrong code from another: not the answer, nor the queries.

        :param str code: as typed
        :param str network: network address of who asks
        :return: ``announced_on``, ``begins_on``, ``account`` (the last characters) and ``holder``;
            None if the code is none
        :rtype: dict | None
        :raise TooManyTries: if that is tried too often
        """
        self.ensure_one()
        who = self.env["customer.portal.challenge"]._network(network)
        self.env["customer.portal.throttle"]._count_at_company(self, "verify_code", who, LIMITS)
        # Sudo: a guest asks. Whoever has the code has the mail.
        mails_sudo = self.env["customer.portal.account.change.mail"].sudo()
        found_sudo = mails_sudo.search(
            Domain("code_digest", "=", mails_sudo._digest(code))
            & Domain("company_id", "=", self.id)
            & Domain("change_id.state", "=", "announced"),
            limit=1,
        )
        if not found_sudo:
            return None
        change_sudo = found_sudo.change_id
        events = self.env["customer.portal.event"]
        events._log(
            "view",
            contact=self.env["res.partner"],
            company=self,
            detail=events._company_words(self)._(
                "Somebody made sure of the announced bank account"
            ),
        )
        return {
            "announced_on": change_sudo.announced_on,
            "begins_on": change_sudo.begins_on,
            "account": change_sudo.ending,
            "holder": change_sudo.holder,
        }

    def _portal_former_accounts(self):
        """Override: those whose end was announced and has come, unless they were announced anew."""
        former = super()._portal_former_accounts()
        # Sudo: whoever pays is told where to.
        changes_sudo = (
            self.env["customer.portal.account.change"]
            .sudo()
            .search(
                Domain("company_id", "=", self.id)
                & Domain("state", "=", "announced")
                & Domain("begins_on", "<=", fields.Date.context_today(self)),
                order="begins_on, id",
            )
        )
        for change_sudo in changes_sudo:
            former = (former | change_sudo.old_account_id) - change_sudo.new_account_id
        return former
