"""Modelo 347: what is declared of a customer's year, who checks it, and what it says of it."""

import base64
from datetime import date
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..controllers import modelo_347
from .access_requests_payments import texts_of_xlsx
from .common import PortalHttpCase


class Modelo347Case(PortalHttpCase):
    """Alfa buys for 2,420 in the first quarter, gets 242 back in the second and buys for 1,500 in
    the fourth, of which 500 are on an invoice that it does not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        spain = cls.env.ref("base.es")
        cls.company.write({"account_fiscal_country_id": spain.id, "portal_show_347": True})
        cls.env["account.tax.group"].create({"name": "IVA", "country_id": spain.id})
        cls.year = cls.today.year - 1
        cls.contact = cls.user_full.partner_id
        cls.first = cls._create_taxed(2000.0, invoice_date=date(cls.year, 2, 10))
        cls.refund = cls._create_taxed(
            220.0, tax=10.0, move_type="out_refund", invoice_date=date(cls.year, 6, 30)
        )
        cls.last = cls._create_invoice(cls.alfa, 1000.0, invoice_date=date(cls.year, 12, 31))
        cls.hidden = cls._create_invoice(cls.alfa, 500.0, invoice_date=date(cls.year, 10, 1))
        cls.hidden.portal_visible = False
        cls.Answer = cls.env["customer.portal.347.answer"]
        cls.Operation = cls.env["customer.portal.347.operation"]

    def _declared(self, year=None):
        """Return what Alfa sees; None if it is nothing."""
        companies = self.Answer._portal_companies_of(self.contact, self.company)
        found = self.Answer._portal_declarations(self.contact, companies, year or self.year)
        return found[0] if found else None

    def _amounts(self):
        declared = self._declared()
        return [quarter["amount"] for quarter in declared["quarters"]] if declared else []

    def _send(self, act="agree", **values):
        declared = self._declared()
        data = {
            "company": self.company.id,
            "year": self.year,
            "shown": declared["shown"] if declared else "",
            "act": act,
            **values,
        }
        return self.post_form("/my/347/send", data, page="/my/account")

    def _answer(self):
        return self.Answer.search([("customer_id", "=", self.alfa.id)])

    def _operation(self, user=None, **domain):
        self.env.flush_all()
        self.env.invalidate_all()
        Operation = self.Operation.with_user(user or self.user_accountant)
        return Operation.search([("customer_id", "=", self.alfa.id), ("year", "=", self.year)])


@tagged("post_install", "-at_install")
class TestModelo347(Modelo347Case):
    # === WHAT IS DECLARED === #

    def test_by_quarter(self):
        self.assertEqual(self._amounts(), [2420.0, -242.0, 0.0, 1500.0])
        declared = self._declared()
        self.assertEqual((declared["total"], declared["is_declared"]), (3678.0, True))
        self.assertEqual([one["other"] for one in declared["quarters"]], [0.0, 0.0, 0.0, 500.0])
        self.assertIsNone(self._declared(self.year - 1))

    def test_above_the_threshold(self):
        """Not at it; and a customer of whom more was taken back counts, too."""
        self.company.portal_347_threshold = 3678.0
        self.assertFalse(self._declared()["is_declared"])
        self.assertFalse(self._operation())
        self.company.portal_347_threshold = 3677.99
        self.assertTrue(self._declared()["is_declared"])
        self.assertEqual(self._operation().total, 3678.0)
        self._create_invoice(
            self.alfa, 9000.0, move_type="out_refund", invoice_date=date(self.year, 1, 1)
        )
        self.assertTrue(self._declared()["is_declared"])
        self.assertEqual(self._operation().total, -5322.0)

    def test_what_is_left_out(self):
        before = self._amounts()

        def tax(**values):
            return self.env["account.tax"].create(
                {"name": values.get("name", "x"), "type_tax_use": "sale", "amount": 0.0, **values}
            )

        def invoice(partner=self.alfa, post=True, **values):
            line = {"name": "x", "price_unit": 700.0, "tax_ids": [Command.clear()]}
            line.update(values.pop("line", {}))
            values = {"invoice_date": date(self.year, 3, 1), **values}
            return self._create_invoice(
                partner, post=post, invoice_line_ids=[Command.create(line)], **values
            )

        withheld = tax(name="IRPF", amount=-15.0)
        group = tax(
            name="IVA e IRPF",
            amount_type="group",
            children_tax_ids=[Command.set(withheld.copy({"name": "IRPF 2"}).ids)],
        )
        tag = self.env["account.account.tag"].create(
            {
                "name": "+mod303[60]",
                "applicability": "taxes",
                "country_id": self.env.ref("base.es").id,
            }
        )
        abroad = tax(name="Exportación")
        abroad.invoice_repartition_line_ids.filtered(
            lambda one: one.repartition_type == "base"
        ).tag_ids = tag
        Position = self.env["account.fiscal.position"]
        portugal = Position.create({"name": "PT", "country_id": self.env.ref("base.pt").id})
        others = self.env["res.country.group"].create(
            {"name": "Otros", "country_ids": [Command.set(self.env.ref("base.pt").ids)]}
        )
        elsewhere = Position.create({"name": "Otros", "country_group_id": others.id})
        for one in (withheld, group, abroad):
            invoice(line={"tax_ids": [Command.set(one.ids)]})
        for one in (portugal, elsewhere):
            invoice(fiscal_position_id=one.id)
        invoice(post=False)
        invoice().button_cancel()
        invoice(self.beta)
        invoice(self.alfa_norte)
        invoice(invoice_date=date(self.year - 1, 12, 31))
        invoice(invoice_date=date(self.year + 1, 1, 1))
        charge = invoice()
        self.env["customer.portal.interest.charge"].create(
            {
                "invoice_id": self.first.id,
                "move_id": charge.id,
                "company_id": self.company.id,
                "customer_id": self.alfa.id,
                "currency_id": self.company.currency_id.id,
                "date_from": date(self.year, 3, 1),
                "date_until": date(self.year, 3, 1),
            }
        )
        self.assertEqual(self._amounts(), before)
        self.assertEqual(self._operation().quarter_1, before[0])
        # What is like them in all but that counts.
        spain = Position.create({"name": "ES", "country_id": self.env.ref("base.es").id})
        others.country_ids |= self.env.ref("base.es")
        plain = tax(name="Exento")
        invoice(fiscal_position_id=spain.id, line={"tax_ids": [Command.set(plain.ids)]})
        self.assertEqual(self._amounts()[0], before[0] + 2 * 700.0)

    def test_as_many_queries_for_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._declared()
            companies = self.company
            self.Answer._portal_documents(self.contact, companies, self.year)
            return self.env.cr.sql_log_count - before

        count()  # What is cached for good, is.
        few = count()
        for month in (1, 4, 7, 10):
            self._create_invoice(self.alfa, 10.0, invoice_date=date(self.year, month, 3))
        self.assertEqual(count(), few)

    # === WHO SEES IT === #

    def test_page_and_file(self):
        self.sign_in(self.user_full)
        page = self.url_open("/my/347").text
        for text in ("3,678.00", "2,420.00", "-242.00", self.first.name, self.refund.name):
            self.assertIn(text, page)
        self.assertIn("Other items", page)
        self.assertNotIn(self.hidden.name, page)
        cells = texts_of_xlsx(self.url_open(f"/my/347/export.xlsx?year={self.year}"))
        for text in ("2420", "-242", self.first.name, "Other items"):
            self.assertIn(text, cells)
        self.assertNotIn(self.hidden.name, cells)
        before = self.url_open(f"/my/347?year={self.year - 1}").text
        self.assertIn("no operations to declare", before)

    def test_only_who_may(self):
        urls = ("/my/347", "/my/347/export.xlsx")
        for user in (self.user_colleague, self.user_own):
            self.sign_in(user)
            self.assertEqual([self.url_open(url).status_code for url in urls], [404, 404])
            self.assertEqual(self._send().status_code, 404)
        self.sign_in(self.user_stranger)
        self.assertNotIn(self.first.name, self.url_open("/my/347").text)
        self.sign_in(self.user_full)
        norway = self.env.ref("base.no").id
        for record, name, value in (
            (self.company, "portal_show_347", False),
            (self.company, "portal_show_invoices", False),
            (self.company, "account_fiscal_country_id", norway),
            (self.alfa, "country_id", norway),
            (self.profile_full, "can_check_347", False),
            (self.profile_full, "can_see_invoices", False),
            (self.profile_full, "scope", "own"),
        ):
            before = record[name]
            record[name] = value
            statuses = [self.url_open(url).status_code for url in urls]
            self.assertEqual([*statuses, self._send().status_code], [404] * 3, name)
            record[name] = before
        self.assertFalse(self._answer())
        self.assertEqual(self._send().status_code, 200)

    def test_menu_in_its_months(self):
        self.sign_in(self.user_full)
        link = 'href="/my/347"'
        with patch.object(modelo_347, "CHECKED_IN", range(1, 13)):
            self.assertIn(link, self.url_open("/my").text)
            self.profile_full.can_check_347 = False
            self.assertNotIn(link, self.url_open("/my").text)
            self.profile_full.can_check_347 = True
        with patch.object(modelo_347, "CHECKED_IN", ()):
            self.assertNotIn(link, self.url_open("/my").text)
            self.assertEqual(self.url_open("/my/347").status_code, 200)
        self.assertEqual(modelo_347.CHECKED_IN, (1, 2))

    # === ANSWERS === #

    def test_agreed(self):
        self.assertEqual(self._operation().answer, "silent")
        self.sign_in(self.user_full)
        page = self._send().text
        self.assertIn("We have your answer", page)
        self.assertIn("You agree", page)
        answer = self._answer()
        self.assertEqual(
            (answer.state, answer.contact_id, answer.amount), ("agreed", self.contact, 3678.0)
        )
        self.assertEqual(answer.line_ids.mapped("amount"), [2420.0, -242.0, 0.0, 1500.0])
        self.assertFalse(answer.activity_ids)
        operation = self._operation()
        self.assertEqual((operation.answer, operation.is_changed), ("agreed", False))
        # What is confirmed meanwhile changes what was agreed with.
        self._create_invoice(self.alfa, 1.0, invoice_date=date(self.year, 12, 1))
        self.assertTrue(self._operation().is_changed)
        self.assertIn("have changed since you answered", self.url_open("/my/347").text)

    def test_objected(self):
        self.sign_in(self.user_full)
        words = "Falta el abono de marzo"
        self._send("object", objection_1=words)
        answer = self._answer()
        self.assertEqual(answer.state, "objected")
        self.assertEqual(answer.line_ids.mapped("objection"), [words, "", "", ""])
        self.assertEqual(len(answer.activity_ids), 1)
        self.assertIn(words, answer.activity_ids.note)
        talk = answer.conversation_id
        self.assertEqual((talk.partner_id, talk.company_id), (self.contact, self.company))
        self.assertIn(words, talk.message_ids[0].body)
        self.assertEqual(self._operation().answer, "objected")
        self.assertIn(words, self.url_open("/my/347").text)
        # Once more: in the same conversation, one activity; then it agrees.
        self._send("object", objection_4="Y otro de octubre")
        self.assertEqual(self._answer().line_ids.mapped("objection")[3], "Y otro de octubre")
        self.assertEqual(self._answer().conversation_id, talk)
        self.assertEqual(len(self._answer().activity_ids), 1)
        self._send()
        self.assertEqual(self._answer().state, "agreed")
        self.assertFalse(self._answer().activity_ids)
        self.assertFalse(any(self._answer().line_ids.mapped("objection")))

    def test_objected_without_messages(self):
        """Who may not write in conversations objects all the same."""
        self.profile_full.can_message = False
        self.sign_in(self.user_full)
        self._send("object", objection_1="No")
        self.assertEqual(len(self._answer().activity_ids), 1)
        self.assertFalse(self._answer().conversation_id)

    def test_bad_input_answers_nothing(self):
        self.sign_in(self.user_full)
        for values, status in (
            ({"act": "object"}, 422),
            ({"act": "agree", "objection_1": "No"}, 422),
            ({"act": ""}, 422),
            ({"act": "object", "objection_5": "No"}, 422),
            ({"act": "object", "objection_1": "x" * 1001}, 422),
            ({"act": "object", "objection_1": " \x00 "}, 422),
            ({"shown": "1|2|3|4"}, 422),
            ({"shown": ""}, 422),
            ({"company": "x"}, 404),
            ({"company": 2**40}, 404),
        ):
            answer = self._send(**values)
            self.assertEqual(answer.status_code, status, values)
            self.assertFalse(self._answer(), values)
        self._send("object", objection_1="x" * 1000)
        self.assertEqual(self._answer().state, "objected")

    def test_figures_that_changed_under_way(self):
        self.sign_in(self.user_full)
        shown = self._declared()["shown"]
        self.refund.button_draft()
        answer = self._send(shown=shown, objection_1="mine")
        self.assertIn("have changed meanwhile", answer.text)
        self.assertIn("mine", answer.text)
        self.assertFalse(self._answer())

    def test_nothing_to_answer_below_the_threshold(self):
        self.company.portal_347_threshold = 5000.0
        self.sign_in(self.user_full)
        self.assertNotIn("I agree", self.url_open("/my/347").text)
        self.assertEqual(self._send().status_code, 422)
        self.assertFalse(self._answer())

    # === STAFF === #

    def test_staff_list_and_file(self):
        self.sign_in(self.user_full)
        self._send("object", objection_2="Falta un abono")
        operation = self._operation()
        self.assertEqual(operation.action_open()["res_id"], self._answer().id)
        listed = operation.action_documents()["domain"][0][2]
        self.assertEqual(set(listed), set((self.first | self.refund | self.last | self.hidden).ids))
        wizard = self.env["customer.portal.347.file"].with_user(self.user_accountant).create({})
        self.assertEqual(wizard.year, self.year)
        self.assertIn("modelo-347", wizard.action_download()["url"])
        cells = texts_of_xlsx(SimpleNamespace(content=base64.b64decode(wizard.file)))
        for text in ("Alfa Suministros SL", "3678", "Objected", "2: Falta un abono"):
            self.assertIn(text, cells)
        wizard.year = self.year - 3
        with self.assertRaises(UserError):
            wizard.action_download()

    def test_walls_of_the_models(self):
        self.sign_in(self.user_full)
        self._send()
        for name in (
            "customer.portal.347.answer",
            "customer.portal.347.answer.line",
            "customer.portal.347.operation",
            "customer.portal.347.file",
        ):
            for user in (self.user_full, self.user_stranger, self.user_sales):
                with self.assertRaises(AccessError):
                    self.env[name].with_user(user).search([])
        with self.assertRaises(AccessError):
            self._answer().with_user(self.user_accountant).write({"state": "objected"})
        self.assertEqual(self._answer().state, "agreed")
