"""Payments made elsewhere: declared, confirmed against the bank, or refused; and the list of
payments with its receipts."""

import csv
import http.client
import io
import re
from datetime import timedelta
from unittest.mock import patch

from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..controllers import basket as basket_controller
from .common.payment import PaymentCase
from .common.signature import make_pdf

FILES = "odoo.addons.customer_portal_plus.models.lists.customer_portal_file_mixin"


def make_png():
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(buffer, "PNG")
    return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestPaymentReport(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.new = cls._create_invoice(cls.alfa, 250.0, days=-10, due_days=20)
        cls.foreign = cls._create_invoice(cls.beta, 70.0)
        cls._use_bank()

    def _send(self, *invoices, proof=None, **posted):
        """Report a payment on the page; return the answer."""
        data = {
            "invoice": [str(invoice.id) for invoice in invoices],
            "date": (self.today - timedelta(days=1)).isoformat(),
            "method": "transfer",
            "reference": "TRF 2026/77",
            **{f"how_{invoice.id}": "other" for invoice in invoices},
            **{f"amount_{invoice.id}": str(invoice.amount_residual) for invoice in invoices},
            **posted,
        }
        files = {"proof": ("justificante.pdf", proof)} if proof is not None else None
        return self.post_form(
            "/my/payments/report/send", data=data, page="/my/payments/report", files=files
        )

    def test_what_can_just_be_reported(self):
        """The bounds, each from both sides."""
        contact, report = self.user_full.partner_id, self.env["customer.portal.payment.report"]
        today = fields.Date.context_today(report)
        good = {
            "date": today,
            "method": "transfer",
            "reference": "TRF 1",
            "note": "",
            "proof": None,
        }
        pdf = make_pdf()
        for name, bad, values in (
            ("date", today + timedelta(1), [today, today - timedelta(400)]),
            ("date", today - timedelta(401), []),
            ("reference", "x" * 141, ["x" * 140]),
            ("note", "x" * 2001, ["x" * 2000]),
            ("proof", pdf + b"\n" * (10 * 1024 * 1024 - len(pdf) + 1), []),
            ("proof", b"", [pdf]),
        ):
            invoice = self._create_invoice(self.alfa, 10.0)
            for value in (bad, *values):
                basket = self.env["customer.portal.basket"]._build(contact, invoice, online=False)
                declared = {**good, "reference": f"TRF {invoice.id}", name: value}
                if value is bad:
                    with self.assertRaises(ValidationError, msg=name):
                        report._declare(contact, basket, **declared)
                    self.assertFalse(invoice._portal_reports(), name)
                else:
                    found = report._declare(contact, basket, **declared)
                    self.assertEqual(found.invoice_ids, invoice, name)
                    found._withdraw(contact)

    def _reports(self):
        return self.env["customer.portal.payment.report"].search(
            [("customer_id", "in", (self.alfa | self.beta).ids)]
        )

    def _bank_line(self, amount, payment_ref="Transferencia", days=0):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "date": self.today + timedelta(days=days),
                "payment_ref": payment_ref,
                "amount": amount,
            }
        )

    # === REPORTING === #

    def test_report(self):
        self.sign_in(self.user_full)
        answer = self._send(self.old, self.new, proof=make_pdf())
        self.assertIn("We check the payment", answer.text)
        report = self._reports()
        self.assertEqual((report.state, report.amount), ("declared", 350.0))
        self.assertEqual(report.proof_id.mimetype, "application/pdf")
        self.assertEqual(report.activity_ids.user_id, self.old.invoice_user_id)
        self._assert_residuals(old=100.0, new=250.0)  # Declared is not paid.
        self.assertIn("Payment reported", self.url_open("/my/invoices").text)
        self.assertIn("Payment reported", self.url_open(f"/my/invoices/{self.old.id}").text)
        self.assertIn(report.name, answer.text)

    def test_amounts_are_proposed_as_the_customer_writes_them(self):
        self._create_invoice(self.alfa, 1816.79)
        for code, proposed in (("en_US", "1816.79"), ("es_ES", "1816,79")):
            self.user_full.lang = code
            self.sign_in(self.user_full)
            page = self.url_open("/my/payments/report").text
            self.assertIn(f'value="{proposed}"', page)

    def test_many_open_invoices(self):
        """What was paid is found, however many are older; what was typed goes along."""
        self.patch(basket_controller, "PAGE_SIZE", 1)
        self.sign_in(self.user_full)

        def listed(page):
            return re.findall(r'name="invoice"\s+value="(\d+)"', page)

        page = self.url_open(f"/my/payments/report?invoice={self.new.id}").text
        self.assertEqual(listed(page), [str(self.new.id), str(self.old.id)])
        answer = self._send(
            search=self.new.name, find="1", reference="TRF 5", **{f"amount_{self.new.id}": "7.25"}
        )
        self.assertEqual((answer.status_code, listed(answer.text)), (200, [str(self.new.id)]))
        self.assertIn('value="TRF 5"', answer.text)
        self.assertIn('value="7.25"', answer.text)
        self.assertEqual(listed(self._send(page="2").text), [str(self.new.id)])
        self.assertFalse(self._reports())
        self._send(self.new)
        self.assertEqual(self._reports().invoice_ids, self.new)

    def test_proof_by_content(self):
        """What is accepted is decided by what the file is, not by what it is called."""
        self.sign_in(self.user_full)
        html = b"<html><script>alert(1)</script></html>"
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        for proof in (html, svg, b"%PDF-1.4 not really", b"\x89PNG\r\n\x1a\n junk", b"MZ\x90"):
            answer = self._send(self.old, proof=proof)
            self.assertEqual(answer.status_code, 422, proof)
            self.assertIn("PDF or a picture", answer.text)
        self.assertIn("too large", self._send(self.old, proof=b"%PDF-" + b"0" * 10_500_000).text)
        self.assertFalse(self._reports())
        self._send(self.old, proof=make_png())
        self.assertEqual(self._reports().proof_id.mimetype, "image/png")

    def test_empty_proof(self):
        self.sign_in(self.user_full)
        answer = self._send(self.old, proof=b"")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("The file is empty", answer.text)
        self.assertFalse(self._reports())

    def test_huge_upload(self):
        """More than the page takes is refused before it is read: of 200 MB only the start is
        ever sent."""
        self.sign_in(self.user_full)
        answer = self._send(self.old, proof=b"0" * 20_000_000)
        self.assertEqual(answer.status_code, 413)
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', self.url_open("/my/payments/report").text
        )
        start = (
            f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token.group(1)}\r\n'
            '--x\r\nContent-Disposition: form-data; name="proof"; filename="a.pdf"\r\n\r\n%PDF-'
        )
        connection = http.client.HTTPConnection(*self.base_url()[7:].split(":"), timeout=30)
        self.addCleanup(connection.close)
        with self.allow_requests():
            connection.putrequest("POST", "/my/payments/report/send")
            cookies = "; ".join(f"{one.name}={one.value}" for one in self.opener.cookies)
            for name, value in (
                ("Content-Type", "multipart/form-data; boundary=x"),
                ("Content-Length", str(200 * 1024 * 1024)),
                ("Cookie", cookies),
            ):
                connection.putheader(name, value)
            connection.endheaders(start.encode())
            status = connection.getresponse().status
        self.assertEqual(status, 413)
        self.assertFalse(self._reports())

    def test_bad_input(self):
        self.sign_in(self.user_full)
        tomorrow = (self.today + timedelta(days=1)).isoformat()
        for changes, words in (
            ({"date": ""}, "day on which you paid"),
            ({"date": "x"}, "day on which you paid"),
            ({"date": tomorrow}, "day on which you paid"),
            ({"date": "1999-01-01"}, "day on which you paid"),
            ({"method": "magic"}, "how you paid"),
            ({"reference": "x" * 5000}, "too long"),
            ({f"amount_{self.old.id}": "-1"}, "type an amount"),
            ({f"amount_{self.old.id}": "101"}, "at most"),
            ({"invoice": []}, "at least one"),
            ({"invoice": [str(self.foreign.id)]}, "not to be paid any more"),
        ):
            answer = self._send(self.old, **changes)
            self.assertEqual(answer.status_code, 422, changes)
            self.assertIn(words, answer.text)
        self.assertFalse(self._reports())

    def test_the_same_transfer_twice(self):
        self.sign_in(self.user_full)
        self._send(self.old)
        answer = self._send(self.new, reference="trf-2026 77")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("already reported", answer.text)
        answer = self._send(self.old, reference="otra")
        self.assertIn("waits for our confirmation", answer.text)
        self.assertEqual(len(self._reports()), 1)

    def test_what_counts_as_reported_already(self):
        """The same reference, however it is written; without one, the same sum of the same day."""
        reports = self.env["customer.portal.payment.report"]
        contact, day = self.user_full.partner_id, self.today - timedelta(days=2)
        foreign = self._foreign_currency()

        def declare(amount=10.0, date=day, reference="", user=None, **values):
            contact = (user or self.user_full).partner_id
            invoice = self._create_invoice(contact.commercial_partner_id, amount, **values)
            basket = self.env["customer.portal.basket"]._build(contact, invoice, online=False)
            return reports._declare(contact, basket, date, "transfer", reference, "")

        first, bare = declare(20.0, reference="TRF 1"), declare()
        for again in ({"reference": "trf-1"}, {"reference": "TRF 1", "amount": 20.0}, {}):
            with self.assertRaisesRegex(ValidationError, "was already reported"):
                declare(**again)
        stranger = {"user": self.user_stranger}
        for another in (
            {"reference": "TRF 11", "amount": 20.0}, {"amount": 10.01},
            {"date": day - timedelta(days=1)}, {**stranger, "reference": "TRF 1", "amount": 9.0},
            stranger, {"currency_id": foreign.id, "amount": 20.0, "reference": "TRF 1"},
            {"currency_id": foreign.id},
        ):  # fmt: skip
            self.assertTrue(declare(**another))
        # A confirmed one counts on; one that came to nothing does not.
        first.journal_id = self.journal
        first.action_confirm()
        with self.assertRaisesRegex(ValidationError, "was already reported"):
            declare(reference="TRF 1")
        bare._withdraw(contact)
        declare()._refuse("It did not arrive.")
        self.assertTrue(declare())

    def test_who_of_staff_is_told(self):
        """Who is responsible for the invoice, else for the customer, else the administrator."""
        reports, contact = self.env["customer.portal.payment.report"], self.user_full.partner_id
        nobody, second = self.env["res.users"], self.user_accountant
        for of_invoice, of_customer, told in (
            (second, self.user_sales, second), (nobody, self.user_sales, self.user_sales),
            (nobody, nobody, self.env.ref("base.user_admin")),
        ):  # fmt: skip
            invoice = self._create_invoice(self.alfa, 10.0)
            invoice.invoice_user_id, self.alfa.user_id = of_invoice, of_customer
            basket = self.env["customer.portal.basket"]._build(contact, invoice, online=False)
            report = reports._declare(contact, basket, self.today, "transfer", invoice.name, "")
            self.assertEqual(report.activity_ids.user_id, told)

    def test_another_part_after_one_was_confirmed(self):
        """While a report waits, its invoice is not reported again; afterwards it is."""
        reports, contact = self.env["customer.portal.payment.report"], self.user_full.partner_id

        def declare(reference):
            basket = self.env["customer.portal.basket"]._build(
                contact, self.old, {self.old.id: "30"}, online=False
            )
            return reports._declare(contact, basket, self.today, "transfer", reference, "")

        first = declare("TRF 1")
        with self.assertRaisesRegex(ValidationError, "waits for our confirmation"):
            declare("TRF 2")
        first.journal_id = self.journal
        first.action_confirm()
        self.assertFalse(self.old._portal_reports(), "what is confirmed counts as paid, no more")
        self.assertEqual(self.old.amount_residual, 70.0)
        self.assertTrue(declare("TRF 2"))

    # === STAFF === #

    def _report(self, *invoices, **posted):
        self.sign_in(self.user_full)
        self._send(*invoices, **posted)
        self.env.invalidate_all()
        return self._reports().with_user(self.user_accountant)

    def test_confirm(self):
        report = self._report(self.old, self.new, **{f"amount_{self.new.id}": "50"})
        report.journal_id = self.journal
        report.action_confirm()
        self.assertEqual(report.state, "confirmed")
        self.env.invalidate_all()
        self._assert_residuals(old=0.0, new=200.0)
        self.assertEqual(report.payment_id.amount, 150.0)
        self._assert_balanced(report.payment_id)
        message = report.message_ids.filtered(lambda m: "arrived" in (m.body or ""))
        self.assertIn(self.user_full.partner_id, message.notified_partner_ids)
        with self.assertRaises(UserError):
            report.action_confirm()

    def test_confirm_with_a_discount_for_paying_early(self):
        """What counts is the day of the payment, not the day on which staff confirm it."""
        self.in_time, self.too_late = (self._create_discounted(days=-15) for _number in range(2))
        for invoice, days in ((self.in_time, 8), (self.too_late, 2)):
            report = self._report(
                invoice,
                reference=f"TRF-{days}",
                date=(self.today - timedelta(days=days)).isoformat(),
                **{f"amount_{invoice.id}": "980"},
            ).filtered(lambda one: one.state == "declared")
            report.journal_id = self.journal
            report.action_confirm()
            self._assert_balanced(report.payment_id)
            self.assertEqual(report.payment_id.amount, 980.0)
        self.env.invalidate_all()
        self._assert_residuals(in_time=0.0, too_late=20.0)

    def test_confirm_matches_the_bank_line(self):
        other = self._bank_line(100.0, "Otra cosa")
        line = self._bank_line(100.0, "TRF2026-77 ALFA")
        report = self._report(self.old)
        self.assertEqual(report.statement_line_id, line)
        report.action_confirm()
        self.assertTrue(line.is_reconciled)
        self.assertFalse(other.is_reconciled)
        self._assert_residuals(old=0.0)
        self.assertTrue(
            all(
                item.reconciled
                for item in report.payment_id.move_id.line_ids
                if item.account_id == self.account_outstanding
            )
        )

    def test_confirm_without_an_account_on_the_way(self):
        """Journals as Odoo makes them name no account for what is on its way to the bank."""
        self.journal.inbound_payment_method_line_ids.payment_account_id = False
        report = self._report(self.old)
        report.journal_id = self.journal
        report.action_confirm()
        self.env.invalidate_all()
        self._assert_residuals(old=0.0)
        self._assert_balanced(report.payment_id)
        self.assertTrue(report.payment_id.outstanding_account_id.reconcile)

    def test_bank_line_without_an_account_on_the_way(self):
        self.journal.inbound_payment_method_line_ids.payment_account_id = False
        line = self._bank_line(100.0, "TRF2026-77 ALFA")
        self._report(self.old).action_confirm()
        self._assert_residuals(old=0.0)
        self.assertTrue(line.is_reconciled)

    def test_confirm_needs_a_bank(self):
        report = self._report(self.old)
        with self.assertRaisesRegex(UserError, "choose the bank"):
            report.action_confirm()

    def test_correct_before_confirming(self):
        report = self._report(self.old)
        report.allocation_ids.amount = 90.0
        report.journal_id = self.journal
        report.action_confirm()
        self._assert_residuals(old=10.0)

    def test_refuse(self):
        report = self._report(self.old)
        wizard = self.env["customer.portal.payment.refusal"].with_user(self.user_accountant)
        wizard.create({"report_id": report.id, "reason": "No ha llegado."}).action_refuse()
        self.assertEqual(report.state, "refused")
        page = self.url_open("/my/payments").text
        self.assertIn("No ha llegado.", page)
        self.assertNotIn("Payment reported", self.url_open("/my/invoices").text)
        self._send(self.old)  # It may be reported again then.
        self.assertEqual(len(self._reports()), 2)

    # === PAYMENTS === #

    def test_list_receipt_and_export(self):
        payment = self._confirm(self._create_transaction([(self.old, 100.0)]))
        self.sign_in(self.user_full)
        page = self.url_open("/my/payments").text
        self.assertIn(payment.name, page)
        self.assertIn(self.old.name, page)
        receipt = self.url_open(f"/my/payments/{payment.id}/receipt")
        text = PdfReader(io.BytesIO(receipt.content)).pages[0].extract_text()
        self.assertIn(self.old.name, text)
        self.assertIn(payment.name, text)
        table = self.url_open("/my/payments/export.csv").content.decode("utf-8-sig")
        self.assertRegex(table, rf"{re.escape(payment.name)},[^,]*,100\.00,")

    def test_export_as_the_reader_writes_numbers(self):
        self._confirm(self._create_transaction([(self.old, 99.5)]))
        for code, written, mark in (("en_US", "99.50", ","), ("es_ES", "99,50", ";")):
            self.env["res.lang"]._activate_lang(code)
            self.user_full.lang = code
            self.sign_in(self.user_full)
            table = self.url_open("/my/payments/export.csv").content.decode("utf-8-sig")
            [_head, row] = csv.reader(io.StringIO(table), delimiter=mark)
            self.assertEqual(row[3], written)

    def test_export_has_amounts_as_numbers_and_texts_as_texts(self):
        """A text that a spreadsheet would run is made harmless; a negative amount stays one."""
        payment = self._confirm(self._create_transaction([(self.old, 100.0)]))
        payment.payment_transaction_id.payment_method_id.name = "=1+1"
        back = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.alfa.id,
                "amount": 20.0,
                "journal_id": self.journal.id,
            }
        )
        back.action_post()
        self.sign_in(self.user_full)
        table = self.url_open("/my/payments/export.csv").content.decode("utf-8-sig")
        rows = {row[1]: row for row in csv.reader(io.StringIO(table))}
        self.assertEqual(rows[payment.name][2], "'=1+1")
        self.assertEqual(rows[back.name][3], "-20.00")

    def test_export_goes_on_where_a_batch_ended(self):
        """Several payments of one day, in batches that end within it: each stands there once, and
        no batch reads over those before it."""
        Payment = self.registry["account.payment"]
        payments = self.env["account.payment"].union(
            *(self._confirm(self._create_transaction([(self.new, 1.0)])) for _number in range(5))
        )
        payments[1].date = payments[3].date = self.today - timedelta(days=2)
        in_order = payments.sorted(lambda one: (one.date, one.id), reverse=True)
        offsets, kept = [], []
        original = Payment.search

        def search(model, *args, **kwargs):
            offsets.append(kwargs.get("offset") or 0)
            kept.append(len(model._fields["amount"]._get_cache(model.env)))
            return original(model, *args, **kwargs)

        self.sign_in(self.user_full)
        for extension in ("csv", "xlsx"):
            with (
                patch(f"{FILES}.BATCH", 2),
                patch.object(Payment, "search", search),
            ):
                answer = self.url_open(f"/my/payments/export.{extension}")
            if extension == "csv":
                text = answer.content.decode("utf-8-sig")
                names = [row[1] for row in csv.reader(io.StringIO(text))][1:]
            else:
                [sheet] = load_workbook(io.BytesIO(answer.content))
                names = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)][:-1]
            self.assertEqual(names, in_order.mapped("name"))
            self.assertGreater(len(offsets), 3)
            self.assertFalse(any(offsets))
            self.assertLessEqual(max(kept), 2, "The batches before stay in memory.")

    def test_payments_under_way(self):
        tx = self._create_transaction([(self.old, 100.0)])
        self.sign_in(self.user_full)
        self.assertNotIn(tx.reference, self.url_open("/my/payments").text)  # Only started.
        tx._set_pending()
        page = self.url_open("/my/payments").text
        self.assertIn(tx.reference, page)
        self.assertIn("Being processed", page)
        self.assertIn(self.old.name, page)
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            self.assertNotIn(tx.reference, self.url_open("/my/payments").text, user.login)
        self.old.portal_visible = False
        self.sign_in(self.user_full)
        tx.reference = self.old.name  # As they are made.
        page = self.url_open("/my/payments").text
        self.assertIn("Being processed", page)
        self.assertNotIn(self.old.name, page)

    def test_own_scope_sees_what_it_reported(self):
        """Also once it is confirmed; the payments of colleagues stay out of its list."""
        contact = self.user_own.partner_id
        own = self._create_invoice(contact, 40.0)
        basket = self.env["customer.portal.basket"]._build(contact, own, online=False)
        report = self.env["customer.portal.payment.report"]._declare(
            contact, basket, self.today, "transfer", "TRF-OWN", ""
        )
        report.journal_id = self.journal
        report.action_confirm()
        of_colleague = self._report(self.old).filtered(lambda one: one.state == "declared")
        of_colleague.journal_id = self.journal
        of_colleague.action_confirm()
        self.sign_in(self.user_own)
        page = self.url_open("/my/payments").text
        self.assertIn(report.payment_id.name, page)
        self.assertNotIn(of_colleague.payment_id.name, page)

    def test_hidden_invoices_are_not_named(self):
        tx = self._create_transaction([(self.old, 100.0)])
        tx.reference = f"{self.old.name}-1"  # As they are made.
        payment = self._confirm(tx)
        self.old.portal_visible = False
        self.sign_in(self.user_full)
        receipt = self.url_open(f"/my/payments/{payment.id}/receipt")
        text = PdfReader(io.BytesIO(receipt.content)).pages[0].extract_text()
        self.assertIn(payment.name, text)
        self.assertNotIn(self.old.name, text)
        for url in ("/my/payments", "/my/payments/export.csv"):
            self.assertNotIn(self.old.name, self.url_open(url).text)
        self.assertIn(payment.name, self.url_open("/my/payments").text)

    def test_number_of_queries(self):
        """The list costs the same with two payments as with twenty."""
        self._confirm(self._create_transaction([(self.old, 1.0)]))
        self.sign_in(self.user_full)
        self.url_open("/my/payments")
        payments = self.env["account.payment"]
        contact = self.user_full.partner_id
        domain = payments._portal_history_domain(contact, self.company)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            payments.search(domain, limit=25)._portal_history_rows(contact)
            return self.env.cr.sql_log_count - before

        few = count()
        for _number in range(10):
            self._confirm(self._create_transaction([(self.new, 1.0)]))
        self.assertEqual(count(), few)

    # === WALLS === #

    def test_strangers(self):
        payment = self._confirm(self._create_transaction([(self.old, 100.0)]))
        report = self._report(self.new)
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            receipt = self.url_open(f"/my/payments/{payment.id}/receipt", allow_redirects=False)
            self.assertEqual(receipt.status_code, 404, user.login)
            for url in ("/my/payments", "/my/payments/export.csv"):
                page = self.url_open(url).text
                self.assertNotIn(payment.name, page)
                self.assertNotIn(report.name, page)
        self.sign_in(None)
        for url in ("/my/payments", f"/my/payments/{payment.id}/receipt", "/my/payments/report"):
            self.assertIn("/web/login", self.url_open(url).url)

    def test_switched_off(self):
        self.sign_in(self.user_full)
        self.company.portal_allow_payment_report = False
        answer = self.url_open("/my/payments/report", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("Report a payment", self.url_open("/my/payments").text)
