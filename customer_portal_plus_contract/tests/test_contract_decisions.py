"""What staff decide, and what becomes of the contract."""

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import REQUEST, ContractCase


@tagged("post_install", "-at_install")
class TestContractDecisions(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who writes invoices, and may not change a contract.
        cls.user_invoices = cls._create_staff(
            "Administrativa",
            "invoices",
            "administrativa@example.com",
            "account.group_account_invoice",
        )

    def _accept(self, request, user=None):
        request.with_user(user or self.user_accountant).action_accept()

    def _mails(self, request):
        return request.message_ids.filtered(lambda message: message.partner_ids == self.contact)

    def test_accepted_stop_ends_the_contract(self):
        """By the engine's own dates: nothing is billed beyond."""
        end = self._day(months=2, day=15)
        request = self._ask(date=end.isoformat())
        self._accept(request)
        self.assertEqual(request.state, "accepted")
        self.assertEqual(request.decided_by_id, self.user_accountant)
        self.assertFalse(request.activity_ids)
        self.assertEqual(self.line.date_end, end)
        self.assertEqual(self.contract.date_end, end)
        self.assertEqual(self.contract._portal_state(), "ending")
        for _time in range(3):
            invoice = self._bill(self.contract)
        self.assertEqual(self.line.last_date_invoiced, end)
        self.assertTrue(invoice)
        self.assertIsNone(self.contract._portal_next_date())
        self.assertFalse(self.contract._recurring_create_invoice())

    def test_customer_sees_it_and_is_mailed(self):
        request = self._ask()
        request.answer = "Gracias por estos años"
        self._accept(request)
        [mail] = self._mails(request)
        self.assertIn("Mantenimiento de Alfa", mail.subject)
        self.assertIn("accepted", mail.subject)
        self.assertIn("Gracias por estos años", mail.body)
        self.assertIn(self.contract.access_url, mail.body)
        self.sign_in(self.user_full)
        page = self.url_open(self.contract.access_url).text
        for words in ("Accepted", "Gracias por estos años", "Ending"):
            self.assertIn(words, page)

    def test_headings_end_as_well(self):
        self.contract.contract_line_ids = [
            Command.create({"display_type": "line_section", "name": "Servicios", "sequence": 1})
        ]
        self._accept(self._ask())
        end = self._day(days=30)
        self.assertEqual(self.contract.date_end, end)
        self.assertEqual(set(self.contract.contract_line_ids.mapped("date_end")), {end})

    def test_lines_that_end_before_or_begin_after(self):
        contract = self._subscribe(self.alfa, "Varias", line_recurrence=True)
        goes_on = contract.contract_line_ids
        before = goes_on.copy({"contract_id": contract.id, "date_end": self._day(days=5)})
        after = goes_on.copy(
            {
                "contract_id": contract.id,
                "date_start": self._day(days=200),
                "recurring_next_date": self._day(days=200),
            }
        )
        day = self._day(days=40)
        that_day = goes_on.copy(
            {"contract_id": contract.id, "date_start": day, "recurring_next_date": day}
        )
        self._accept(self._ask(contract, date=day.isoformat()))
        self.assertEqual(before.date_end, self._day(days=5))
        self.assertEqual(goes_on.date_end, day)
        self.assertEqual((after.is_canceled, after.date_end), (True, after.date_start))
        self.assertEqual((that_day.is_canceled, that_day.date_end), (False, day))
        self.assertEqual(contract.date_end, day)

    def test_contract_without_lines(self):
        contract = self._subscribe(self.alfa, "Vacía", contract_line_ids=[])
        self._accept(self._ask(contract))
        self.assertEqual(contract.date_end, self._day(days=30))

    def test_more_was_billed_meanwhile(self):
        request = self._ask()
        for _time in range(4):
            self._bill(self.contract)
        with self.assertRaises(ValidationError):
            self._accept(request)
        request.invalidate_recordset()
        self.assertFalse(self.line.date_end)

    def test_it_was_given_an_end_meanwhile(self):
        request = self._ask()
        self.line.date_end = self._day(months=6)
        with self.assertRaisesRegex(UserError, "has an end already"):
            self._accept(request)

    def test_accepted_change_changes_nothing_by_itself(self):
        for kind, typed in (
            ("quantity", {"line": str(self.line.id), "quantity": "5"}),
            ("plan", {}),
            ("pause", {"until": self._day(days=90).isoformat()}),
        ):
            request = self._ask(kind=kind, **typed)
            self._accept(request, self.user_invoices)
            self.assertEqual(request.state, "accepted", kind)
            self.assertTrue(self._mails(request), kind)
        self.assertEqual(self.line.quantity, 2)
        self.assertFalse(self.contract.date_end)

    def test_refused(self):
        request = self._ask()
        with self.assertRaisesRegex(UserError, "why"):
            request.with_user(self.user_invoices).action_refuse()
        self.assertEqual(request.state, "open")
        with Form(request.with_user(self.user_invoices)) as form:
            form.answer = "Hay un compromiso de un año"
        request.with_user(self.user_invoices).action_refuse()
        self.assertEqual(request.state, "refused")
        self.assertFalse(self.contract.date_end)
        [mail] = self._mails(request)
        self.assertIn("not accepted", mail.subject)
        self.assertIn("compromiso de un año", mail.body)
        self.sign_in(self.user_full)
        page = self.url_open(self.contract.access_url).text
        self.assertIn("compromiso de un año", page)
        self.assertIn("stop", dict(self.contract._portal_request_kinds(self.contact)))

    def test_answer_is_read_when_it_is_decided(self):
        request = self._ask()
        request.answer = "A medias"
        self.sign_in(self.user_full)
        self.assertNotIn("A medias", self.url_open(self.contract.access_url).text)

    def test_decided_once(self):
        request = self._ask(kind="plan")
        request.answer = "No"
        self._accept(request)
        for act in ("action_accept", "action_refuse"):
            with self.assertRaisesRegex(UserError, "decided already"):
                getattr(request.with_user(self.user_accountant), act)()
        taken_back = self._ask(kind="plan")
        taken_back._portal_withdraw(self.contact)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._accept(taken_back)

    def test_contact_that_lost_it_is_not_mailed(self):
        request = self._ask()
        self.contract.portal_visible = False
        self._accept(request)
        self.assertEqual(request.state, "accepted")
        self.assertFalse(self._mails(request))

    def test_who_decides(self):
        """Who invoices; a contract is ended by who may change it."""
        request = self._ask()
        request.answer = "No"
        for act in ("action_accept", "action_refuse"):
            with self.assertRaises(AccessError):
                getattr(request.with_user(self.user_sales), act)()
        with self.assertRaises(AccessError):
            self._accept(request, self.user_invoices)
        self.assertEqual(request.state, "open")
        self.assertFalse(self.contract.date_end)
        request.with_user(self.user_invoices).action_refuse()
        self.assertEqual(request.state, "refused")

    def test_of_another_company(self):
        request = self._ask()
        other = self.env["res.company"].create({"name": "Otra"})
        self.user_invoices.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        found = self.env[REQUEST].with_user(self.user_invoices).search([])
        self.assertNotIn(request, found)

    def test_from_the_contract(self):
        request = self._ask()
        contract = self.contract.with_user(self.user_invoices)
        self.assertEqual(contract.portal_open_request_count, 1)
        action = contract.action_portal_requests()
        self.assertEqual(self.env[REQUEST].search(action["domain"]), request)
        action = request.with_user(self.user_invoices).action_open_contract()
        self.assertEqual(action["res_id"], self.contract.id)

    def test_text_after_its_line_is_gone(self):
        request = self._ask(kind="quantity", line=str(self.line.id), quantity="5")
        self.line.unlink()
        self.assertIn("Revisión", request.text)
        self.assertEqual(request.date, self.today + relativedelta(days=30))
