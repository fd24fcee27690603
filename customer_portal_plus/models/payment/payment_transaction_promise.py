"""Bank transfers that a customer has announced by choosing that way to pay."""

from odoo import fields, models
from odoo.exceptions import ValidationError

from ...tools.transactions import lock_rows_or_retry
from ..lists.payment_transaction_under_way import EXPRESS_ROUTE


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _portal_is_promise(self):
        """Return whether this is a bank transfer that was announced and has not come yet.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.filtered_domain(self._portal_promised_domain()))

    def _portal_is_express(self):
        """Return whether this payment was started on the express page, where nobody has signed in.

        :rtype: bool
        """
        self.ensure_one()
        return (self.landing_route or "").startswith(EXPRESS_ROUTE)

    def _portal_started_on(self):
        """Return the day on which this payment was started, where the reader is.

        :rtype: date
        """
        self.ensure_one()
        return fields.Datetime.context_timestamp(self, self.create_date).date()

    def _portal_amount_for(self, invoice):
        """Return what of this payment is meant for an invoice, in the invoice's currency.

        :param account.move invoice: one that it pays
        :rtype: float
        """
        self.ensure_one()
        parts = self.portal_allocation_ids.filtered(lambda part: part.invoice_id == invoice)
        return sum(parts.mapped("amount")) if parts else self.amount

    def _portal_transfer(self):
        """Return how this announced transfer is made; see ``res.partner.bank``.

        Whoever offers transfers as a way to pay tells the account: the one that the invoice or the
        company shows, else that of the provider's journal.

        :return: None if there is no account
        :rtype: dict | None
        """
        self.ensure_one()
        account = (
            self.invoice_ids._portal_bank_account()
            or self.provider_id.journal_id.bank_account_id
            or (self.company_id.partner_id.bank_ids - self.company_id._portal_former_accounts())[:1]
        )
        if not account:
            return None
        return account._portal_transfer(
            self.amount, self.currency_id, self._get_communication(), self.partner_id
        )

    def _get_communication(self):
        """Override of `payment_custom`, where that is installed: a transfer for several invoices
        names them all, not the first one alone. The express page tells no invoice's number."""
        if self._portal_is_express():
            return self.reference
        if self.invoice_ids:
            return self.invoice_ids._portal_transfer_reference()
        return super()._get_communication()

    def _portal_cancel_promise(self, contact):
        """Take back a bank transfer that was announced: what it was for is to be paid again.

        :param res.partner contact: who takes it back; empty for a guest. What it may is checked
            by who calls.
        :raise ValidationError: if it has come, or is not waited for any more
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if not self._portal_is_promise():
            raise ValidationError(
                self.env._("This transfer can't be cancelled here any more. Please write to us.")
            )
        self._set_canceled()
        for invoice in self.invoice_ids:
            words = self.env["customer.portal.event"]._company_words(invoice.company_id)
            invoice.message_post(
                body=words._(
                    "The bank transfer of %s that was announced in the portal was cancelled there.",
                    self.currency_id.format(self.amount),
                ),
                author_id=(contact or invoice.company_id.partner_id).id,
                subtype_xmlid="mail.mt_note",
            )
