"""Whether the account on an invoice is ours: told to who has the invoice, not to who guesses."""

import re
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.payment.res_company_verification import LIMITS
from .common.sign_in import ALIAS, SignInCase, within_one_hour

NO = "confirm an invoice with this number"


@tagged("post_install", "-at_install")
class TestVerification(SignInCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_allow_verification = True
        cls.company.partner_id.bank_ids.unlink()
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": "ES91 2100 0418 4502 0005 1332",
                "acc_holder_name": "Pepino Tech, S.p.A.",
            }
        )
        cls.invoice = cls._create_invoice(cls.alfa, 1234.5)
        cls.invoice.partner_bank_id = cls.bank
        cls.printed = {
            "number": cls.invoice.name,
            "date": fields.Date.to_string(cls.invoice.invoice_date),
            "amount": f"{cls.invoice.amount_total:.2f}",
        }

    def ask(self, **changed):
        return self.post("/verify", {**self.printed, **changed})

    def _assert_told(self, answer):
        self.assertEqual(answer.status_code, 200)
        self.assertIn('data-verified="account">1332</b>', answer.text)
        self.assertIn("Pepino Tech, S.p.A.", answer.text)
        self.assertNotIn("0418", answer.text)
        self.assertNotIn(self.alfa.name, answer.text)

    def _assert_not_told(self, answer):
        self.assertEqual(answer.status_code, 422)
        self.assertIn(NO, answer.text)
        for secret in ("1332", "S.p.A.", self.alfa.name):
            self.assertNotIn(secret, answer.text)

    def test_told(self):
        self._assert_told(self.ask())
        event = self.env["customer.portal.event"].search([], order="id DESC", limit=1)
        self.assertEqual((event.kind, event.res_id), ("view", self.invoice.id))
        self.assertFalse(event.partner_id)

    def test_as_people_type_it(self):
        self._assert_told(self.ask(number=f"  {self.invoice.name.lower()} ", amount="1.234,50"))

    def test_all_three_must_be_right(self):
        day = fields.Date.add(self.invoice.invoice_date, days=1)
        for changed in (
            {"number": self.invoice.name + "1"}, {"number": ""}, {"number": "%"},
            {"number": self.invoice.name[:-1] + "_"},
            {"date": fields.Date.to_string(day)}, {"date": ""}, {"date": "x"},
            {"date": "9999-99-99"},
            {"amount": "1234.51"}, {"amount": "1234.49"}, {"amount": "0"}, {"amount": ""},
            {"amount": "all"}, {"amount": "1e3"}, {"amount": "9" * 300},
        ):  # fmt: skip
            with self.subTest(**changed):
                self._assert_not_told(self.ask(**changed))
                # What is tested here is not how often one may try.
                self.env.cr.execute("DELETE FROM customer_portal_throttle")
        self._assert_told(self.ask())

    def test_of_what_it_is_not_told(self):
        """Drafts, cancelled invoices, credit notes, bills, and invoices of another company."""
        update = "UPDATE account_move SET {} WHERE id = %s"
        other = self.env["res.company"].create({"name": "Other"})
        for column, value in (
            ("state", "draft"), ("state", "cancel"), ("move_type", "out_refund"),
            ("move_type", "in_invoice"), ("company_id", other.id),
        ):  # fmt: skip
            with self.subTest(column=column, value=value):
                before = self.invoice[column]
                before = getattr(before, "id", before)
                query = update.format(f"{column} = %s")
                self.env.cr.execute(query, [value, self.invoice.id])
                self.env.invalidate_all()
                self._assert_not_told(self.ask())
                self.env.cr.execute(query, [before, self.invoice.id])
                self.env.invalidate_all()
        self._assert_told(self.ask())

    def test_no_account_printed(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET partner_bank_id = NULL WHERE id = %s", [self.invoice.id]
        )
        self.env.invalidate_all()
        answer = self.ask()
        self.assertEqual(answer.status_code, 200)
        self.assertIn("No account is printed on it", answer.text)

    def test_wrong_in_any_way_looks_the_same(self):
        def look(**changed):
            self.new_browser()
            token = self.form_token(f"/p/{ALIAS}/verify")
            data = {**self.printed, **changed, "csrf_token": token}
            with self.recorded() as statements:
                answer = self.page("/verify", data=data)
            text = re.sub(r"csrf_token[^,>]*", "", answer.text)
            for value in data.values():
                text = text.replace(value, "")
            return answer.status_code, text, statements

        wrong = {"number": "X" * len(self.invoice.name)}
        look(**wrong)  # What is loaded once per worker is not looked at.
        unknown, other_amount = look(**wrong), look(amount="999.99")
        other_day = look(date="2001-02-03")
        self.assertEqual(unknown, other_amount)
        self.assertEqual(unknown, other_day)

    def test_switched_off(self):
        self.company.portal_allow_verification = False
        self.assertEqual(self.page("/verify").status_code, 404)
        self.assertNotIn("/verify", self.page().text)
        self.assertEqual(
            self.post("/verify", self.printed, page=f"/p/{self.company.portal_alias}").status_code,
            404,
        )
        self.company.portal_allow_verification = True
        self.assertIn("/verify", self.page().text)

    def test_limit_of_a_number(self):
        """Of one number ten guesses an hour, from wherever; then each network has a few left, so
        that no stranger keeps the customer from it."""
        with within_one_hour():
            network = iter(range(1, 30))

            def ask(number, amount="1", last=None):
                return self.company._portal_verify_account(
                    number, self.invoice.invoice_date, amount, f"192.0.2.{last or next(network)}"
                )

            for _time in range(10):
                self.assertIsNone(ask(self.invoice.name))
            # The customer itself.
            self.assertTrue(ask(self.invoice.name, str(self.invoice.amount_total), last=99))
            for _time in range(2):
                self.assertIsNone(ask(self.invoice.name.lower(), last=99))
            with self.assertRaisesRegex(Exception, "too often"):
                ask(self.invoice.name.lower(), last=99)
            self.assertIsNone(ask("OTHER"))
            self.assertIsNone(ask(self.invoice.name))

    def test_limit_of_a_network(self):
        with within_one_hour():
            statuses = [self.ask(number=f"N{number}").status_code for number in range(21)]
        self.assertEqual(statuses, [422] * 20 + [429])

    def test_a_busy_company_is_asked_slower(self):
        """Past the limit that all share nobody is shut out, but may ask less often."""
        self.assertEqual(LIMITS["verify.company"], 500)
        with within_one_hour(), patch.dict(LIMITS, {"verify.company": 2}):
            statuses = [self.ask(number=f"N{number}").status_code for number in range(6)]
        self.assertEqual(statuses, [422] * 5 + [429])
