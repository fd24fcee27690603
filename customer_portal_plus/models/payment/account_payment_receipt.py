"""The receipt of a payment: how much of it went to which invoice, on paper and by mail."""

import logging

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from ...report.receipt_pdf import draw_receipt
from ...tools.pdf_data import company_party, logo, paper

_logger = logging.getLogger(__name__)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _portal_parts(self, contact):
        """Return how much of this payment went where.

        :param res.partner contact: for whom; invoices hidden from it are not named
        :return: pairs of words and amount in the currency of the payment: the invoices, the
            oldest first; what went to others; what is still open as credit; the discount that
            was granted on top (negative)
        :rtype: list[tuple[str, float]]
        """
        self.ensure_one()
        Move = self.env["account.move"]
        lines = self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.balance < 0
        )
        by_move = {}
        for partial in lines.matched_debit_ids:
            if (settled := partial.debit_move_id.move_id) != partial.exchange_move_id:
                amount = by_move.get(settled, 0.0) + partial.credit_amount_currency
                by_move[settled] = amount
        invoices = Move.union(*by_move)
        shown = Move.search(
            Move._portal_domain(contact) & Domain("id", "in", invoices.ids),
            order="invoice_date_due, id",
        )
        parts = [(invoice.name, by_move[invoice]) for invoice in shown]
        parts.append(
            (self.env._("Other items"), sum(by_move[invoice] for invoice in invoices - shown))
        )
        credit = -sum(lines.mapped("amount_residual_currency"))
        parts.append((self.env._("To your credit"), credit))
        told = sum(amount for _words, amount in parts)
        if lines:
            parts.append((self.env._("Discount for paying early"), self.amount - told))
        return [(words, amount) for words, amount in parts if not self.currency_id.is_zero(amount)]

    def _portal_receipt(self, contact):
        """Return the receipt of this payment, a PDF in the contact's language.

        :param res.partner contact: for whom
        :rtype: bytes
        """
        self.ensure_one()
        payment = self.with_context(lang=contact.lang or self.env.lang)
        [row] = payment._portal_history_rows(contact)
        _ = payment.env._
        company = payment.company_id
        all_named = len(row["invoices"]) == len(payment.reconciled_invoice_ids)
        parts = payment._portal_parts(contact)
        return draw_receipt(
            company_party(company),
            rows=[
                (_("Number"), payment.name),
                (_("Date"), format_date(payment.env, payment.date)),
                (_("Received from"), payment.partner_id.name),
                (_("Paid by"), row["method"]),
                # The reference of an online payment is made of the invoices' names.
                (_("Reference"), (payment.memo or "") if all_named else ""),
                # Payments without an entry tell for what they are, not how much of each.
                (_("For"), "" if parts else ", ".join(name for name, _url in row["invoices"])),
                *((words, payment.currency_id.format(amount)) for words, amount in parts),
            ],
            total=(_("Amount"), payment.currency_id.format(payment.amount)),
            paper=paper(company, _("Receipt of payment")),
            logo=logo(company),
        )

    # === MAIL === #

    def _portal_receipt_contacts(self):
        """Return who gets the receipt by mail: the contact that paid; on the express page nobody
        knows who that is, and it goes to where the customer's invoices go.

        :rtype: res.partner
        """
        self.ensure_one()
        contact, customer = self.portal_contact_id, self.partner_id.commercial_partner_id
        if contact.commercial_partner_id == customer and contact != customer and contact.email:
            return contact.filtered(lambda one: one._portal_wants_mail("payment"))
        return customer._portal_find_recipients("payment", self.reconciled_invoice_ids)

    def _portal_send_receipt(self):
        """Send the receipt of a payment of invoices, once it is booked.

        What keeps it from being sent keeps no payment from being booked.
        """
        self.ensure_one()
        is_received = self.payment_type == "inbound" and self.company_id.portal_enabled
        invoices = self.reconciled_invoice_ids
        if not is_received or not invoices.filtered(lambda one: one._portal_in_scope()):
            return
        try:
            with self.env.cr.savepoint():
                if contacts := self._portal_receipt_contacts():
                    self._portal_mail_contacts(
                        contacts,
                        self.company_id,
                        self.env.ref("customer_portal_plus.mail_template_payment_receipt"),
                        attachments=[self._portal_receipt_file(contacts[0])],
                    )
        except Exception:
            _logger.exception("The receipt of payment %s was not sent", self.name)

    def _portal_receipt_file(self, contact):
        """Return name and content of the receipt for a contact.

        :rtype: tuple[str, bytes]
        """
        self.ensure_one()
        name = f"{self.name or self.id}.pdf".replace("/", "-")
        return name, self._portal_receipt(contact)
