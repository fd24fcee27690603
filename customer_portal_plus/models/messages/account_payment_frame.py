from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _portal_has_own_look(self):
        """Override: money that customers paid."""
        self.ensure_one()
        payment_sudo = self.sudo()  # Asked for the look of a mail alone.
        return payment_sudo.partner_type == "customer" and payment_sudo.company_id.portal_enabled

    def _portal_mail_summary(self):
        self.ensure_one()
        payment_sudo = self.sudo()  # The mail is about it, and brings its receipt.
        return {
            "label": self.env._("Received"),
            "amount": payment_sudo.currency_id.format(payment_sudo.amount),
            "note": "",
        }

    def _portal_mail_subject(self):
        """Override: how much has arrived; the number of a payment says nothing to who paid."""
        self.ensure_one()
        if not self._portal_has_own_look():
            return ""
        summary = self._portal_mail_summary()
        return self._portal_join_subject(f"{summary['label']}: {summary['amount']}")
