from odoo import fields, models
from odoo.fields import Domain

from ..lists.payment_transaction_under_way import IS_PAYMENT

PAGE_MINUTES = 60  # a payment page that was opened within that time may still be paid on


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_is_being_paid(self):
        """Return whether an online payment of this invoice is under way, may be so at this
        moment, or was confirmed and is still to be booked; a bank transfer that is waited for
        counts.

        :rtype: bool
        """
        self.ensure_one()
        fresh = fields.Datetime.subtract(fields.Datetime.now(), minutes=PAGE_MINUTES)
        transactions = self.sudo().transaction_ids  # Payments are not readable for customers.
        return bool(
            transactions._portal_filter_under_way()
            or self._portal_promises()
            or transactions.filtered_domain(
                IS_PAYMENT & Domain("state", "=", "draft") & Domain("create_date", ">", fresh)
            )
        )

    def _portal_debit_obstacle(self):
        """Return why automatic debit leaves this invoice alone at present, in words.

        For a module to let it wait, it must override this method.

        :return: empty if it does not
        :rtype: str
        """
        self.ensure_one()
        return ""

    def _portal_drop_announced_debits(self, reason):
        """Take back what automatic debit has announced for these invoices and not charged yet. What
        is still to be charged is announced anew, with its amount.

        :param str reason: in words, for staff
        """
        # Sudo: it follows from what the customer has said of its own invoice.
        attempts_sudo = self.env["customer.portal.debit.attempt"].sudo()
        attempts_sudo.search([("invoice_id", "in", self.ids), ("state", "=", "announced")])._drop(
            reason
        )
