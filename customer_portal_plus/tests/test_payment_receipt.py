"""Receipts: what went where, in the reader's words and dates, sent by mail; and what stands in the
history besides: what came to nothing, and what was paid back."""

import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL, format_date, mute_logger

from ..models.payment.payment_transaction import FAILED_STATES
from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestPaymentReceipt(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.second = cls._create_invoice(cls.alfa, 250.0, due_days=20)
        cls.contact = cls.user_full.partner_id

    def _pay(self, *allocations, **kwargs):
        return self._confirm(self._create_transaction(list(allocations), **kwargs))

    def _mail(self, payment):
        """Return the message with the receipt; empty if there is none."""
        return payment.message_ids.filtered(
            lambda message: message.message_type == "comment" and message.attachment_ids
        )

    def _text(self, payment, contact=None):
        pdf = PdfReader(io.BytesIO(payment._portal_receipt(contact or self.contact)))
        return "".join(page.extract_text() for page in pdf.pages).replace("\u00a0", " ")

    # === WHAT WENT WHERE === #

    def test_parts(self):
        payment = self._pay((self.first, 100.0), (self.second, 30.0))
        self.assertEqual(
            payment._portal_parts(self.contact),
            [(self.first.name, 100.0), (self.second.name, 30.0)],
        )
        text = self._text(payment)
        for words in (self.first.name, "$ 100.00", self.second.name, "$ 30.00", "$ 130.00"):
            self.assertIn(words, text)
        # It is made of the invoices' names.
        self.assertIn(f"Reference\n{payment.memo}", text)
        self.second.portal_visible = False
        self.assertNotIn("Reference", self._text(payment))

    def test_payment_that_does_not_tell_how_much_of_each(self):
        """It says what it is for; where the parts are told, each stands once."""
        payment = self._pay((self.first, 100.0))
        with patch.object(type(payment), "_portal_parts", lambda payment, contact: []):
            self.assertIn(f"For\n{self.first.name}", self._text(payment))
        self.assertNotIn("For\n", self._text(payment))

    def test_surplus_is_credit(self):
        self._pay((self.first, 60.0))
        payment = self._pay((self.first, 100.0))
        self.assertEqual(
            payment._portal_parts(self.contact),
            [(self.first.name, 40.0), ("To your credit", 60.0)],
        )

    def test_hidden_invoices_are_one_sum(self):
        payment = self._pay((self.first, 100.0), (self.second, 30.0))
        self.first.portal_visible = False
        self.assertEqual(
            payment._portal_parts(self.contact),
            [(self.second.name, 30.0), ("Other items", 100.0)],
        )
        self.assertNotIn(self.first.name, self._text(payment))

    def test_discount(self):
        invoice = self._create_discounted()
        payment = self._pay((invoice, 980.0, 20.0))
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(
            payment._portal_parts(self.contact),
            [(invoice.name, 1000.0), ("Discount for paying early", -20.0)],
        )

    def test_foreign_currency(self):
        currency = self.env.ref("base.CHF")
        currency.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 2.0, "name": fields.Date.today()}
        )
        invoice = self._create_invoice(self.alfa, 80.0, currency_id=currency.id)
        payment = self._pay((invoice, 50.0), currency=currency)
        self.assertEqual(payment._portal_parts(self.contact), [(invoice.name, 50.0)])

    def test_date_as_the_reader_writes_it(self):
        self.env["res.lang"]._activate_lang("es_ES")
        payment = self._pay((self.first, 100.0))
        self.contact.lang = "es_ES"
        day = format_date(self.env, payment.date, lang_code="es_ES")
        self.assertNotEqual(day, fields.Date.to_string(payment.date))
        self.assertIn(day, self._text(payment))

    def test_way_of_paying(self):
        """What Odoo calls "Manual Payment" is no word for a customer."""
        payment = self._pay((self.first, 100.0))
        self.assertEqual(payment._portal_method(), self.method.name)
        by_staff = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.second.ids)
            .create({})
            ._create_payments()
        )
        self.assertEqual(by_staff._portal_method(), "Payment")

    # === MAIL === #

    def test_mail_to_who_has_paid(self):
        payment = self._pay((self.first, 100.0), (self.second, 30.0))
        message = self._mail(payment)
        self.assertEqual(message.partner_ids, self.contact)
        self.assertIn(payment.name, message.subject)
        body = message.body.replace("&nbsp;", " ").replace("\u00a0", " ")
        for words in ("$ 130.00", self.first.name, "$ 100.00", self.second.name, "$ 30.00"):
            self.assertIn(words, body)
        self.assertEqual(message.attachment_ids.mimetype, "application/pdf")
        self.assertIn(payment.name.replace("/", "-"), message.attachment_ids.name)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(mail.recipient_ids, self.contact)

    def test_express_payment_goes_to_the_customer_s_address_for_invoices(self):
        """Nobody knows who has paid there."""
        address = self.env["res.partner"].create(
            {
                "name": "Administración",
                "type": "invoice",
                "parent_id": self.alfa.id,
                "email": "admin@example.com",
            }
        )
        tx = self._create_transaction([(self.first, 100.0)])
        tx.partner_id = self.env.ref("base.public_partner")
        self.assertEqual(self._mail(self._confirm(tx)).partner_ids, address)

    def test_who_wants_no_mails_about_payments(self):
        self.contact.portal_mail_payment = False
        payment = self._pay((self.first, 100.0))
        self.assertFalse(self._mail(payment))
        self.assertEqual(self.first.amount_residual, 0.0)

    def test_portal_switched_off(self):
        self.company.portal_enabled = False
        self.assertFalse(self._mail(self._pay((self.first, 100.0))))

    @mute_logger("odoo.addons.customer_portal_plus.models.payment.account_payment_receipt")
    def test_what_can_t_be_sent_is_booked_all_the_same(self):
        Payment = type(self.env["account.payment"])
        with patch.object(Payment, "_portal_receipt", side_effect=OSError):
            payment = self._pay((self.first, 100.0))
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(self.first.amount_residual, 0.0)
        self.assertFalse(self._mail(payment))

    def test_refused_payment_has_no_receipt(self):
        tx = self._create_transaction([(self.first, 100.0)])
        tx._set_error("declined")
        tx._post_process()
        self.assertFalse(tx.payment_id)

    def test_confirmed_report_brings_its_receipt(self):
        basket = self.env["customer.portal.basket"]._build(self.contact, self.first, online=False)
        report = self.env["customer.portal.payment.report"]._declare(
            self.contact, basket, self.today, "transfer", "TRF-1", ""
        )
        report.journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        report.with_user(self.user_accountant).action_confirm()
        message = report.message_ids.filtered(lambda one: "arrived" in (one.body or ""))
        self.assertEqual(message.attachment_ids.mimetype, "application/pdf")
        self.assertEqual(report.payment_id._portal_method(), "Bank transfer")
        self.assertFalse(self._mail(report.payment_id))

    def test_who_gets_the_receipt(self):
        """Who paid, if it is a contact of the customer with an address; else whom its mails about
        payments go to."""
        tx = self._create_transaction([(self.first, 100.0)])
        payment = self._confirm(tx)
        self.assertEqual(payment._portal_receipt_contacts(), self.contact)
        self.contact.portal_profile_id = self.profile_read_only
        self.assertEqual(payment._portal_receipt_contacts(), self.contact)

        def found():
            payment.invalidate_recordset()
            return payment._portal_receipt_contacts()

        others = self._create_contact_user("Tesorería", "treasury", self.alfa).partner_id
        tx.partner_id = self.alfa
        self.assertEqual(found(), self.contact | others)
        tx.partner_id = self.user_stranger.partner_id
        self.assertEqual(found(), self.contact | others)
        tx.partner_id = self.contact
        self.assertEqual(found(), self.contact)
        self.contact.email = False
        self.assertEqual(found(), others)

    def test_a_customer_whom_nobody_represents(self):
        """Mails about its account go to itself, not to whoever works there."""
        customer = self._create_customer("Zeta SL", email="zeta@example.com")
        self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": customer.id, "email": "almacen@example.com"}
        )
        self.assertEqual(customer._portal_find_addressees(bool), customer)
        customer.email = False
        self.assertFalse(customer._portal_find_addressees(bool))

    def test_no_receipt_of_what_was_paid_back(self):
        payment = self._pay((self.first, 100.0))
        before = len(payment.message_ids)
        for payment_type in ("outbound", "inbound"):
            self.env.cr.execute(
                "UPDATE account_payment SET payment_type = %s WHERE id = %s",
                [payment_type, payment.id],
            )
            self.env.invalidate_all()
            payment._portal_send_receipt()
        self.assertEqual(len(payment.message_ids), before + 1, "of what was received alone")

    # === HISTORY === #

    def test_what_is_said_of_a_payment_that_failed(self):
        tx = self._create_transaction([(self.first, 10.0)])
        for state, words in (("error", "declined"), ("cancel", "cancelled")):
            tx.state = state
            self.assertIn(words, tx._portal_failure_text())
        for state in ("draft", "pending", "authorized", "done"):
            tx.state = state
            self.assertEqual(tx._portal_failure_text(), "")

    def test_history_of_whom(self):
        """Asked of the domains alone, as lists, exports and receipts do."""
        paid = self._pay((self.first, 100.0))
        own = self._create_invoice(self.user_own.partner_id, 20.0)
        paid_own = self._pay((own, 20.0), user=self.user_own)
        waiting = self._create_transaction([(self.second, 30.0)])
        waiting._set_pending()
        refused = self._create_transaction([(self.second, 31.0)])
        refused._set_canceled()
        payments, transactions = self.env["account.payment"], self.env["payment.transaction"]

        def seen(user, companies=self.company):
            contact = user.partner_id
            return tuple(
                model.search(domain & Domain("id", "in", among.ids))
                for model, domain, among in (
                    (
                        payments,
                        payments._portal_history_domain(contact, companies),
                        paid | paid_own,
                    ),
                    (
                        transactions,
                        transactions._portal_history_domain(contact, companies),
                        waiting | refused | paid.payment_transaction_id,
                    ),
                )
            )

        nothing = payments.browse(), transactions.browse()
        self.assertEqual(seen(self.user_full), (paid | paid_own, waiting))
        self.assertEqual(seen(self.user_own), (paid_own, nothing[1]))
        for user in (self.user_colleague, self.user_stranger, self.user_branch):
            self.assertEqual(seen(user), nothing, user.login)
        self.assertEqual(seen(self.user_full, self.env["res.company"]), nothing)
        for switch in ("portal_enabled", "portal_show_invoices"):
            self.company[switch] = False
            self.assertEqual(seen(self.user_full), nothing, switch)
            self.company[switch] = True
        domain = transactions._portal_history_domain(self.contact, self.company, FAILED_STATES)
        self.assertIn(refused, transactions.search(domain))
        self.assertNotIn(waiting, transactions.search(domain))

    def test_which_payments_are_history(self):
        """What was received, and what is under way; nothing that was paid to a supplier, checks a
        card, or is a draft."""
        paid = self._pay((self.first, 100.0))
        waiting = self._create_transaction([(self.second, 30.0)])
        wire = self.env.ref("payment.payment_provider_transfer")

        def is_seen(record, **values):
            self.env.flush_all()
            for name, value in values.items():
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(record._table),
                        SQL.identifier(name),
                        value,
                        record.id,
                    )
                )
            self.env.invalidate_all()
            domain = record._portal_history_domain(self.contact, self.company)
            return bool(record.search(domain & Domain("id", "=", record.id)))

        for state, seen in (
            ("in_process", True), ("draft", False), ("canceled", False), ("rejected", False),
            ("paid", True),
        ):  # fmt: skip
            self.assertEqual(is_seen(paid, state=state), seen, state)
        self.assertFalse(is_seen(paid, partner_type="supplier"))
        for state, seen in (
            ("draft", False), ("done", False), ("cancel", False), ("error", False),
            ("authorized", True), ("pending", True),
        ):  # fmt: skip
            self.assertEqual(is_seen(waiting, state=state), seen, state)
        for operation in ("validation", "refund"):
            self.assertFalse(is_seen(waiting, operation=operation))
        self.assertTrue(is_seen(waiting, operation="online_direct"))
        # A transfer is waited for while something of its invoices is to be paid.
        for provider, state, seen in (
            (wire, "not_paid", True), (wire, "partial", True), (wire, "paid", False),
            (self.provider, "paid", True),
        ):  # fmt: skip
            self.env.cr.execute(
                "UPDATE account_move SET payment_state = %s WHERE id = %s", [state, self.second.id]
            )
            self.assertEqual(is_seen(waiting, provider_id=provider.id), seen, state)
        waiting.invoice_ids = False
        self.assertFalse(is_seen(waiting))

    def test_failed_payments_stand_in_the_history(self):
        declined = self._create_transaction([(self.first, 100.0)])
        declined._set_error("insufficient funds, code 51")
        cancelled = self._create_transaction([(self.second, 250.0)])
        cancelled._set_canceled()
        self.sign_in(self.user_full)
        page = self.url_open("/my/payments").text
        for words in (declined.reference, "Declined", cancelled.reference, "Cancelled"):
            self.assertIn(words, page)
        self.assertNotIn("code 51", page)
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            self.assertNotIn(declined.reference, self.url_open("/my/payments").text, user.login)

    def test_what_was_paid_back_stands_in_the_history(self):
        refund = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.alfa.id,
                "amount": 40.0,
            }
        )
        refund.action_post()
        self.sign_in(self.user_full)
        page = self.url_open("/my/payments").text
        self.assertIn(refund.name, page)
        self.assertIn("Paid back", page)
        self.assertIn("-\ufeff40.00", page)
        receipt = f"/my/payments/{refund.id}/receipt"
        self.assertNotIn(receipt, page)
        self.assertEqual(self.url_open(receipt, allow_redirects=False).status_code, 404)
        table = self.url_open("/my/payments/export.csv").text
        self.assertIn(refund.name, table)
        self.assertIn("-40", table)
        for user in (self.user_stranger, self.user_branch, self.user_own):
            self.sign_in(user)
            self.assertNotIn(refund.name, self.url_open("/my/payments").text, user.login)
