"""The express page: what the tax ID alone opens, and all that it does not."""

import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..models.sign_in.customer_portal_throttle import TooManyTries
from .common.payment import PaymentCase
from .common.sign_in import ALIAS, SignInCase, within_one_hour

TAX_ID, PERSON_ID = "B85738045", "12345678Z"


@tagged("post_install", "-at_install")
class TestExpress(SignInCase, PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_security_level": "medium"})
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.new = cls._create_invoice(cls.user_full.partner_id, 250.5, due_days=20)
        cls.person = cls._create_customer(
            "Berta Campos", is_company=False, vat=PERSON_ID, email="berta@example.com"
        )
        cls.personal = cls._create_invoice(cls.person, 60.0)
        cls.stranger_invoice = cls._create_invoice(cls.beta, 77.0)
        cls.Express = cls.env["customer.portal.express"]

    def open_express(self, tax_id=TAX_ID, **kwargs):
        answer = self.post("/tax_id", {"tax_id": tax_id})
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}/express"))
        return self.page("/express", **kwargs)

    def key(self, invoice):
        return self.Express._key(invoice)

    def type_number(self, number):
        return self.post("/express", {"number": number}, page=f"/p/{ALIAS}/express")

    def choose(self, *invoices, page="/express"):
        data = {"invoice": [self.key(invoice) for invoice in invoices]}
        return self.post("/express/pay", data, page=f"/p/{ALIAS}{page}")

    def start(self, **kwargs):
        return self.make_jsonrpc_request(
            f"/p/{ALIAS}/express/transaction",
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "flow": "direct",
                "tokenization_requested": True,
                "landing_route": "/my",
                "amount": 1.0,
                "access_token": None,
                **kwargs,
            },
        )

    def assert_asks_for_number(self, page):
        self.assertEqual(page.status_code, 200)
        self.assertIn("o_cpp_express_number", page.text)
        self.assertNotIn("o_cpp_express_pay", page.text)
        for name in ("Alfa", "Beta", "Berta"):
            self.assertNotIn(name, page.text)

    # === WHAT IT SHOWS === #

    def test_shows_what_is_due(self):
        page = self.open_express("es b-85.738.045")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Alfa Suministros SL", page.text)
        for invoice, amount in ((self.old, "100.00"), (self.new, "250.50")):
            self.assertIn(f"…{invoice.name[-4:]}", page.text)
            self.assertIn(amount, page.text)
        self.assertIn("350.50", page.text)
        self.assertIn("Overdue since", page.text)

    def test_shows_nothing_else(self):
        """No number, document, person, address, and nothing of another customer."""
        page = self.open_express()
        for secret in (
            self.old.name, self.new.name, "Tornillo", "Gerencia", "Compras", "Calle Mayor",
            "alfa@example.com", "full@example.com", self.stranger_invoice.name[-4:] + " ",
            "77.00", "/my/invoices", "/my/", "access_token=", self.alfa.vat,
        ):  # fmt: skip
            self.assertNotIn(secret, page.text, secret)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_is_no_session(self):
        self.open_express()
        self.assert_signed_in(None)
        for path in ("", "/pdf", "?report_type=pdf&download=true"):
            answer = self.url_open(f"/my/invoices/{self.old.id}{path}", allow_redirects=False)
            self.assertIn(answer.status_code, (303, 404))
        for path in ("/my/pay", "/my/payments", "/my/team", "/my/account", "/my/documents"):
            answer = self.url_open(path, allow_redirects=False)
            self.assertIn("/web/login", answer.headers.get("Location", ""), path)
        self.assertFalse(self.old.access_token)

    def test_hidden_paid_and_drafts(self):
        self.old.portal_visible = False
        draft = self._create_invoice(self.alfa, 12.34, post=False)
        refund = self._create_invoice(self.alfa, 23.45, move_type="out_refund")
        branch = self._create_invoice(self.alfa_norte, 34.56)
        page = self.open_express()
        self.assertIn("250.50", page.text)
        for amount in ("100.00", "12.34", "23.45", "34.56"):
            self.assertNotIn(amount, page.text)
        self.assertFalse(
            (draft | refund | branch) & self.Express._invoices(self.company, self.alfa)
        )

    def test_nothing_to_pay(self):
        (self.old | self.new).portal_visible = False
        self.assertIn("There is nothing to pay", self.open_express().text)

    def test_opening_is_noted(self):
        before = self.env["customer.portal.event"].search([], limit=1, order="id DESC").id or 0
        self.open_express()
        event = self.env["customer.portal.event"].search([("id", ">", before)])
        self.assertEqual((event.kind, event.customer_id), ("view", self.alfa))
        self.assertFalse(event.partner_id)

    # === WHOM IT REFUSES === #

    def test_high_security_has_none(self):
        self.open_express()
        self.company.portal_security_level = "high"
        for path in ("/express", "/express/payment", "/express/report"):
            self.assertEqual(self.page(path).status_code, 404, path)
        for path in ("/express/pay", "/express/link", "/express/report"):
            answer = self.post(path, {"invoice": self.key(self.old)})
            self.assertEqual(answer.status_code, 404, path)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.start()
        answer = self.post("/tax_id", {"tax_id": TAX_ID})
        self.assertTrue(answer.headers["Location"].endswith("/address"))

    def test_other_switches(self):
        for switch in ("portal_show_invoices", "portal_allow_tax_id"):
            self.company[switch] = False
            self.assertEqual(self.page("/express").status_code, 404, switch)
            self.company[switch] = True
        self.company.portal_allow_payment = False
        self.company.portal_allow_payment_report = False
        page = self.open_express()
        self.assertIn("100.00", page.text)
        self.assertNotIn('type="checkbox"', page.text)
        self.assertNotIn("/express/report", page.text)
        answer = self.choose(self.old)
        self.assertTrue(answer.headers["Location"].endswith("/express"))
        self.assertFalse(self.env["customer.portal.basket"].search([]))
        self.assertTrue(
            self.page("/express/report", allow_redirects=False)
            .headers["Location"].endswith("/express")
        )  # fmt: skip

    def test_without_tax_id(self):
        for path in ("/express", "/express/payment", "/express/report"):
            answer = self.page(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
        answer = self.choose(self.old, page="")
        self.assertTrue(answer.headers["Location"].endswith("/express"))
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.start()

    def test_unknown_and_refused_look_the_same(self):
        """An unknown tax ID, a person's, and customers that are left out: the same page, and the
        same answer to a wrong number."""
        twin = self._create_customer("Beta Dos SL", vat="ESA28015865")
        self._create_invoice(twin, 10.0)
        archived = self._create_customer("Gamma SL", vat="A58818501")
        self._create_invoice(archived, 10.0)
        archived.active = False
        blocked = self._create_customer("Delta SL", vat="B58378431", portal_access=False)
        self._create_invoice(blocked, 10.0)
        self.alfa.portal_express = False
        pages, answers = set(), set()
        for tax_id in (TAX_ID, PERSON_ID, "A28015865", "A58818501", "B58378431", "B65410011"):
            self.new_browser()
            with self.subTest(tax_id):
                page = self.open_express(tax_id)
                self.assert_asks_for_number(page)
                answer = self.type_number("INV/1999/99999")
                self.assertEqual(answer.status_code, 422)
                pages.add(re.sub(r'(csrf_token[^,;>]*|"\w{32,}")', "", page.text))
                answers.add(re.sub(r'(csrf_token[^,;>]*|"\w{32,}")', "", answer.text))
        self.assertEqual((len(pages), len(answers)), (1, 1))

    def test_left_out_customer_does_not_open_with_a_number(self):
        self.alfa.portal_express = False
        self.assert_asks_for_number(self.open_express())
        self.assertEqual(self.type_number(self.old.name).status_code, 422)
        self.assert_asks_for_number(self.page("/express"))

    def test_person_types_a_number(self):
        self.assert_asks_for_number(self.open_express(PERSON_ID))
        for wrong in (self.old.name, self.personal.name[-4:], "", "/", "9" * 10000, "\x00"):
            self.assertEqual(self.type_number(wrong).status_code, 422, wrong[:20])
            self.assert_asks_for_number(self.page("/express"))
        answer = self.type_number(f" {self.personal.name.lower().replace('/', ' ')} ")
        self.assertEqual(answer.status_code, 303)
        page = self.page("/express")
        self.assertIn("60.00", page.text)
        self.assertIn(f"…{self.personal.name[-4:]}", page.text)
        for secret in (self.personal.name, "Berta", "berta@"):
            self.assertNotIn(secret, page.text)

    def test_number_of_a_paid_invoice(self):
        self.open_express(PERSON_ID)
        self.personal.portal_visible = False
        self.assertEqual(self.type_number(self.personal.name).status_code, 422)

    def test_two_customers_with_one_tax_id(self):
        twin = self._create_customer("Alfa Dos SL", vat="ESB85738045")
        invoice = self._create_invoice(twin, 44.0)
        self.assert_asks_for_number(self.open_express())
        self.assertEqual(self.type_number(invoice.name).status_code, 303)
        page = self.page("/express")
        self.assertIn("Alfa Dos SL", page.text)
        self.assertNotIn("250.50", page.text)

    def test_customer_of_one_company_of_the_group(self):
        other = self.env["res.company"].create({"name": "Otra SL"})
        customer = self._create_customer("Épsilon SL", vat="ESB64717838")
        for company in (self.env["res.company"], self.company):
            customer.company_id = company
            found = self.Express._find_customers(self.company, "B64717838")
            self.assertEqual(found, customer)
        customer.company_id = other
        self.assertFalse(self.Express._find_customers(self.company, "B64717838"))

    def test_employee_and_own_company(self):
        employee = self.user_sales.partner_id
        employee.write({"vat": "A58818501", "country_id": self.env.ref("base.es").id})
        self.company.partner_id.vat = "ESB58378431"
        for tax_id in ("A58818501", "B58378431"):
            self.assertFalse(self.Express._find_customers(self.company, tax_id))

    def test_numbers_are_limited(self):
        """Whoever uses them up keeps nobody from the mailed link."""
        with within_one_hour():
            self.open_express(PERSON_ID)
            for _number in range(10):
                self.assertEqual(self.type_number("wrong 1").status_code, 422)
            answer = self.type_number(self.personal.name)
            self.assertEqual(answer.status_code, 429)
            self.assert_asks_for_number(self.page("/express"))
            answer = self.post("/express/link", page=f"/p/{ALIAS}/express")
            self.assertEqual(answer.status_code, 303)

    def test_wrong_number_is_noted(self):
        self.open_express(PERSON_ID)
        before = self.env["customer.portal.event"].search([], limit=1, order="id DESC").id or 0
        self.type_number("INV 1")
        event = self.env["customer.portal.event"].search([("id", ">", before)])
        self.assertEqual((event.kind, event.session_way), ("sign_in_failed", "tax_id"))

    def test_lasts_half_an_hour(self):
        self.open_express()
        later = fields.Datetime.now().timestamp() + 31 * 60
        with patch("odoo.addons.customer_portal_plus.controllers.express.time") as clock:
            clock.time.return_value = later
            self.assert_asks_for_number(self.page("/express"))

    def test_access_taken_away_meanwhile(self):
        self.open_express()
        self.alfa.portal_access = False
        self.assert_asks_for_number(self.page("/express"))
        self.assertTrue(self.choose(self.old).headers["Location"].endswith("/express"))
        self.assertFalse(self.env["customer.portal.basket"].search([]))

    # === ON TO THE PORTAL === #

    def test_one_click_asks_for_a_link(self):
        for contact in self.user_colleague | self.user_own:
            contact.partner_id.email = False
        self.alfa.email = False
        self.open_express()
        answer = self.post("/express/link", page=f"/p/{ALIAS}/express")
        self.assertTrue(answer.headers["Location"].endswith("/code"))
        (message,) = self.run_sender()
        self.assertIn("full@example.com", message["To"])
        self.assertEqual(self.type_code(self.read_mail(message)[1]).status_code, 303)
        self.assert_signed_in(self.user_full)

    def test_several_addresses_are_chosen_from(self):
        self.open_express()
        answer = self.post("/express/link", page=f"/p/{ALIAS}/express")
        self.assertTrue(answer.headers["Location"].endswith("/address"))

    def test_link_for_an_unknown_tax_id_is_a_decoy(self):
        self.open_express("B65410011")
        answer = self.post("/express/link", page=f"/p/{ALIAS}/express")
        self.assertRegex(answer.headers["Location"], "/(code|address)$")
        self.assertFalse(self.run_sender())

    # === PAYING === #

    def test_pay(self):
        self.open_express()
        answer = self.choose(self.old, self.new)
        self.assertTrue(answer.headers["Location"].endswith("/express/payment"))
        page = self.page("/express/payment")
        self.assertEqual(page.status_code, 200)
        self.assertIn("350.50", page.text)
        self.assertIn(f"/p/{ALIAS}/express/transaction", page.text)
        for secret in (self.old.name, "Gerencia", "alfa@example.com", str(self.alfa.vat)):
            self.assertNotIn(secret, page.text)
        reference = self.start()["reference"]
        self.assertNotIn(self.old.name, reference)
        tx = self.env["payment.transaction"].search([("reference", "=", reference)])
        self.assertEqual((tx.amount, tx.tokenize), (350.5, False))
        self.assertNotEqual(tx.partner_id.commercial_partner_id, self.alfa)
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {"reference": reference, "payment_details": "1234", "simulated_state": "done"},
        )
        status = self.url_open("/payment/status").text
        self.assertNotIn(self.old.name, status)
        self.assertNotIn("Alfa", status)
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        self.assertEqual(tx.state, "done")
        self._assert_residuals(old=0.0, new=0.0)
        self.assertEqual(tx.payment_id.partner_id, self.alfa)
        self.assertEqual(tx.payment_id.reconciled_invoice_ids, self.old | self.new)
        self._assert_balanced(tx.payment_id)
        page = self.page("/express?done=paid")
        self.assertIn("There is nothing to pay", page.text)

    def test_amount_is_of_the_server(self):
        self.open_express()
        self.choose(self.old)
        tx = self.env["payment.transaction"].search(
            [("reference", "=", self.start(amount=0.01)["reference"])]
        )
        self.assertEqual((tx.amount, tx.invoice_ids), (100.0, self.old))

    def test_no_saved_methods(self):
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.alfa.id,
                "provider_ref": "saved",
                "payment_details": "4321",
                "demo_simulated_state": "done",
            }
        )
        self.open_express()
        self.choose(self.old)
        self.assertNotIn("4321", self.page("/express/payment").text)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.start(flow="token", token_id=token.id)
        self.assertFalse(self.old.transaction_ids)

    def test_pay_bad_choices(self):
        self.open_express()
        for keys in (
            [],
            ["junk"],
            [self.key(self.stranger_invoice)],
            [self.key(self.old), "x" * 5000],
            [str(self.old.id)],
        ):
            data = {"invoice": keys}
            answer = self.post("/express/pay", data, page=f"/p/{ALIAS}/express")
            self.assertEqual(answer.status_code, 422, data)
            self.assertIn('role="alert"', answer.text)
        self.assertFalse(self.env["customer.portal.basket"].search([]))

    def test_paid_meanwhile(self):
        self.open_express()
        self.choose(self.old)
        self.old.portal_visible = False
        with self.assertRaises(JsonRpcException) as caught, mute_logger("odoo.http"):
            self.start()
        self.assertNotIn(self.old.name, str(caught.exception))
        answer = self.choose(self.old)
        self.assertEqual(answer.status_code, 422)

    def test_basket_of_a_signed_in_contact_is_not_taken(self):
        basket = self.env["customer.portal.basket"]._build(self.alfa, self.old)
        self.open_express()
        page = self.page("/express/payment", allow_redirects=False)
        self.assertEqual(page.status_code, 303)
        self.assertTrue(basket.exists())

    # === REPORTING === #

    def report(self, *invoices, **values):
        data = {
            "invoice": [self.key(invoice) for invoice in invoices],
            "date": str(self.today - timedelta(days=1)),
            "method": "transfer",
            "reference": "TRF 77",
            **values,
        }
        return self.post("/express/report", data, page=f"/p/{ALIAS}/express/report")

    def test_report_a_payment(self):
        self.open_express()
        answer = self.report(self.old)
        self.assertIn("/express?done=reported", answer.headers["Location"])
        report = self.env["customer.portal.payment.report"].search(
            [("customer_id", "=", self.alfa.id)]
        )
        self.assertEqual((report.state, report.amount), ("declared", 100.0))
        self.assertEqual(report.invoice_ids, self.old)
        self.assertIn("nobody signed in", " ".join(report.message_ids.mapped("body")))
        self.assertIn("Payment reported", self.page("/express").text)
        self._use_bank()
        report.journal_id = self.journal
        report.with_user(self.user_accountant).action_confirm()
        self._assert_residuals(old=0.0, new=250.5)

    def test_reported_is_not_ticked_to_be_paid(self):
        """What was paid elsewhere is not paid again by a customer who presses the button."""

        def ticked(page):
            boxes = re.findall(r'<input[^>]*name="invoice"[^>]*>', page.text)
            return [re.search(r'value="(\w+)"', box).group(1) for box in boxes if "checked" in box]

        self.assertEqual(ticked(self.open_express()), [self.key(self.old), self.key(self.new)])
        self.report(self.old)
        self.assertEqual(ticked(self.page("/express")), [self.key(self.new)])

    def test_what_is_due_first_comes_first(self):
        soon = self._create_invoice(self.alfa, 30.0, due_days=3)
        page = self.open_express()
        rows = re.findall(r'name="invoice"[^>]*value="(\w+)"', page.text)
        self.assertEqual(rows, [self.key(invoice) for invoice in (self.old, soon, self.new)])

    def test_report_refused(self):
        self.open_express()
        self.report(self.old)
        for values in (
            {},  # the same once more
            {"date": "soon", "reference": "B 2"},
            {"date": str(self.today + timedelta(days=3)), "reference": "B 3"},
            {"method": "junk", "reference": "B 4"},
        ):
            answer = self.report(self.old, **values)
            self.assertEqual(answer.status_code, 422, values)
            self.assertNotIn(self.old.name, answer.text)
        self.env["customer.portal.throttle"].search([("scope", "=", "express.report")]).unlink()
        self.assertEqual(self.report(self.stranger_invoice).status_code, 422)
        reports = self.env["customer.portal.payment.report"].search([])
        self.assertEqual(len(reports.filtered(lambda one: one.customer_id == self.alfa)), 1)
        self.assertFalse(reports.filtered(lambda one: one.customer_id == self.beta))

    def test_reports_are_limited(self):
        """Five an hour for a customer, whatever they are of."""
        invoices = [self._create_invoice(self.alfa, 10.0 + number) for number in range(6)]
        self.open_express()
        with freeze_time(fields.Datetime.now().replace(minute=10)):
            for number, invoice in enumerate(invoices[:5]):
                answer = self.report(invoice, reference=f"TRF {number}")
                self.assertEqual(answer.status_code, 303, answer.text[:300])
            self.assertEqual(self.report(invoices[5], reference="TRF 6").status_code, 429)
        self.assertFalse(invoices[5]._portal_reports(by_anybody=True))

    @freeze_time("2026-03-01 10:10:00")
    def test_payments_are_limited(self):
        """Thirty baskets an hour for a customer."""
        keys = [self.key(self.old)]
        for _number in range(30):
            self.Express._make_basket(self.company, self.alfa, keys)
        # Not within ``assertRaises``, which would take back what is counted.
        refusal = None
        try:
            self.Express._make_basket(self.company, self.alfa, keys)
        except TooManyTries as error:
            refusal = error
        self.assertTrue(refusal)
        keys = [self.key(self.stranger_invoice)]
        self.assertTrue(self.Express._make_basket(self.company, self.beta, keys))

    @freeze_time("2026-03-01 10:10:00")
    def test_names_in_what_is_said_are_shortened(self):
        """Also where the name of one invoice is how another one's begins."""
        names = ("F/2026/1", "F/2026/12")
        invoices = self.env["account.move"].union(
            *(self._create_invoice(self.alfa, post=False, name=name) for name in names)
        )
        words = "F/2026/12 and F/2026/1 are being paid."
        with self.assertRaises(UserError) as refused, self.Express._short_names(invoices):
            raise UserError(words)
        self.assertEqual(str(refused.exception), "…6/12 and …26/1 are being paid.")

    @freeze_time("2026-03-01 10:10:00")
    def test_numbers_tried_from_one_network(self):
        """Thirty an hour, of whatever tax ID."""

        def refusal(number, network="192.0.2.1"):
            try:
                self.Express._try_number(self.company, f"A{number:08}", "INV 1", network)
            except UserError as error:
                return type(error)

        self.assertEqual({refusal(number) for number in range(30)}, {UserError})
        self.assertEqual(refusal(31), TooManyTries)
        self.assertEqual(refusal(31, "192.0.2.2"), UserError)

    def test_forms_need_their_token(self):
        self.open_express()
        with mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http"):
            for path in ("", "/pay", "/report", "/link"):
                answer = self.url_open(
                    f"/p/{ALIAS}/express{path}", data={"invoice": self.key(self.old)}
                )
                self.assertEqual(answer.status_code, 400, path)

    # === BACK OFFICE === #

    def test_settings_warn(self):
        arch = self.env["res.config.settings"].get_view()["arch"]
        self.assertIn('name="portal_security_warning"', arch)
        self.assertRegex(arch, r'class="alert alert-danger[^>]*name="portal_security_warning"')
        settings = self.env["res.config.settings"].create({"portal_security_level": "high"})
        settings.execute()
        self.assertEqual(self.company.portal_security_level, "high")

    def test_field_shows_where_the_page_is(self):
        self.assertTrue(self.alfa.portal_express_offered)
        self.company.portal_security_level = "high"
        self.alfa.invalidate_recordset()
        self.assertFalse(self.alfa.portal_express_offered)
        other = self.env["res.company"].create({"name": "Otra SL"})
        other.write({"portal_security_level": "medium", "portal_allow_tax_id": True})
        companies = self.company | other
        of_both = self.alfa.with_context(allowed_company_ids=companies.ids)
        self.assertTrue(of_both.portal_express_offered, "by one of the companies")
