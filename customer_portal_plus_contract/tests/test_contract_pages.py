"""List, page and paper of a subscription."""

import html
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tools import printer

from .common import MODEL, ContractCase

HOSTILE = (
    "zzz",
    "date desc; DROP TABLE x",
    "__class__",
    "0",
    "-1",
    "ñ",
    "9" * 40,
    "",
)
QUERY = ("sortby", "filterby", "search", "date_begin", "date_end")
NUMBERS = ("x", "0", "-3", "9" * 30)
INTERVALS = (
    ("daily", 1, "Every day"),
    ("daily", 10, "Every 10 days"),
    ("weekly", 1, "Every week"),
    ("weekly", 2, "Every 2 weeks"),
    ("monthly", 1, "Every month"),
    ("monthly", 2, "Every 2 months"),
    ("monthlylastday", 1, "Every month, on its last day"),
    ("monthlylastday", 2, "Every 2 months, on the last day"),
    ("quarterly", 1, "Every quarter"),
    ("quarterly", 3, "Every 9 months"),
    ("semesterly", 1, "Every six months"),
    ("semesterly", 3, "Every 18 months"),
    ("yearly", 1, "Every year"),
    ("yearly", 2, "Every 2 years"),
)


@tagged("post_install", "-at_install")
class TestContractPages(ContractCase):
    def _page(self, contract=None, user=None, query=""):
        self.sign_in(user or self.user_full)
        response = self.url_open(f"/my/contracts/{(contract or self.contract).id}{query}")
        self.assertEqual(response.status_code, 200)
        return html.unescape(response.text).replace("\xa0", " ")

    # === LIST === #

    def test_list(self):
        self.sign_in(self.user_full)
        page = self.url_open("/my/contracts").text
        for words in ("Mantenimiento de Alfa", "MAN-1", "Every month", "Running"):
            self.assertIn(words, page)
        home = self.url_open("/my").text
        self.assertIn("Subscriptions", home)
        self.assertEqual(home.count('data-placeholder_count="contract_count"'), 1)
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["contract_count"]})
        self.assertEqual(counters["contract_count"], 1)

    def test_filters_and_search(self):
        ended = self._subscribe(self.alfa, "Alquiler terminado", date_start=self._day(years=-1))
        ended.contract_line_ids.date_end = self._day(days=-1)
        self.assertEqual(ended._portal_state(), "ended")
        self.sign_in(self.user_full)
        for query, seen, unseen in (
            ("filterby=running", self.contract, ended),
            ("filterby=ended", ended, self.contract),
            ("search=man-1", self.contract, ended),
            ("search=ALQUILER", ended, self.contract),
        ):
            page = self.url_open(f"/my/contracts?{query}").text
            self.assertIn(f'data-contract="{seen.id}"', page, query)
            self.assertNotIn(f'data-contract="{unseen.id}"', page, query)
        page = self.url_open("/my/contracts?search=revisi%C3%B3n").text
        self.assertIn(f'data-contract="{self.contract.id}"', page)
        page = self.url_open(f"/my/contracts?date_begin={self._day(days=1)}").text
        self.assertNotIn("data-contract=", page)
        page = self.url_open(f"/my/contracts?date_end={self._day(days=-1)}").text
        self.assertNotIn("data-contract=", page)

    def test_hostile_queries(self):
        for user in (self.user_full, self.user_accountant):
            self.sign_in(user)
            for value in HOSTILE:
                answer = self.url_open("/my/contracts", params=dict.fromkeys(QUERY, value))
                self.assertEqual(answer.status_code, 200, (user.login, value))
            for number in NUMBERS:
                answer = self.url_open(f"/my/contracts/page/{number}")
                self.assertEqual(answer.status_code, 200, (user.login, number))

    def test_rows_cost_the_same_however_many(self):
        Contract = self.env[MODEL]

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            Contract.search([("portal_commercial_partner_id", "=", self.alfa.id)])._portal_rows()
            return self.cr.sql_log_count - before

        count()
        few = count()
        for number in range(5):
            self._subscribe(self.alfa, f"Otra {number}")
        self.assertEqual(count(), few)

    # === WORDS === #

    def test_how_often_in_words(self):
        for rule, interval, words in INTERVALS:
            self.assertEqual(self.contract._portal_interval_text(rule, interval), words)

    def test_lines_at_their_own_time(self):
        contract = self._subscribe(self.alfa, "Dos ritmos", line_recurrence=True)
        first = contract.contract_line_ids
        first.copy({"contract_id": contract.id, "recurring_rule_type": "yearly"})
        self.assertEqual(contract._portal_recurrence(), "Each line at its own time")
        self.assertIn("when it begins", contract._portal_advance_text())
        first.recurring_invoicing_type = "post-paid"
        self.assertEqual(contract._portal_advance_text(), "")

    def test_states(self):
        contract = self.contract
        self.assertEqual(contract._portal_state(), "running")
        self.line.date_end = self._day(months=2)
        self.assertEqual(contract._portal_state(), "ending")
        self.assertIn("Its last day is", contract._portal_status()["text"])
        self.line.date_end = self.today
        self.assertEqual(contract._portal_state(), "ending")
        later = self._subscribe(self.alfa, "Futura", date_start=self._day(months=1))
        self.assertEqual(later._portal_state(), "upcoming")
        self.assertIn("It begins on", later._portal_status()["text"])
        self._ask(later, "plan", words="El grande")
        self.assertEqual(later._portal_state(), "asked")

    # === PAGE === #

    def test_page(self):
        self.contract.contract_line_ids = [
            Command.create({"display_type": "line_section", "name": "Servicios", "sequence": 1}),
            Command.create({"display_type": "line_note", "name": "Con piezas", "sequence": 99}),
            Command.create(
                {
                    "product_id": self.service.id,
                    "name": "Línea anulada",
                    "is_canceled": True,
                    "date_start": self.begin_on,
                }
            ),
        ]
        self.line.discount = 10
        page = self._page()
        for words in (
            "Subscription Mantenimiento de Alfa",
            "MAN-1",
            "Servicios",
            "Con piezas",
            "10 %",
            "Every month",
            "Each period is billed when it begins.",
            self.user_accountant.name,
        ):
            self.assertIn(words, page)
        self.assertNotIn("Línea anulada", page)
        self.assertNotIn("#START#", page)

    # === WHAT IS BILLED === #

    def test_next_invoice_is_what_the_engine_bills(self):
        """Amounts with taxes, as the invoice then has them, in the contract's currency."""
        coming = self.contract._portal_next_invoice()
        self.assertEqual((coming["untaxed"], coming["tax"], coming["total"]), (100, 21, 121))
        self.assertEqual(coming["date"], self.begin_on)
        self.assertIn("121.00", self._page())
        invoice = self._bill(self.contract)
        self.assertEqual(invoice.amount_total, coming["total"])
        coming = self.contract._portal_next_invoice()
        self.assertEqual(coming["date"], self._day(months=1, day=1))
        self.assertEqual(coming["total"], 121)

    def test_next_invoice_of_another_currency_and_fiscal_position(self):
        foreign = self._foreign_currency()
        self.contract.currency_id = foreign
        free = self.env["account.tax"].create({"name": "Exento", "amount": 0.0})
        position = self.env["account.fiscal.position"].create({"name": "Exentos"})
        free.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.contract.fiscal_position_id = position
        coming = self.contract._portal_next_invoice()
        self.assertEqual((coming["currency"], coming["total"]), (foreign, 100))
        invoice = self._bill(self.contract)
        self.assertEqual((invoice.currency_id, invoice.amount_total), (foreign, 100))

    def test_next_invoice_of_lines_that_are_due_together(self):
        """What is due on that day, and nothing that comes later or has ended."""
        contract = self._subscribe(self.alfa, "Dos líneas", line_recurrence=True)
        contract.contract_line_ids.copy(
            {
                "contract_id": contract.id,
                "price_unit": 1000,
                "date_start": self._day(months=3),
                "recurring_next_date": self._day(months=3),
            }
        )
        self.assertEqual(contract._portal_next_invoice()["untaxed"], 100)

    def test_last_invoice_comes_after_the_end_of_what_is_billed_later(self):
        contract = self._subscribe(self.alfa, "A mes vencido", recurring_invoicing_type="post-paid")
        end = self._day(months=1, day=1) - timedelta(days=1)
        contract.contract_line_ids.date_end = end
        self.assertEqual(contract._portal_next_date(), self._day(months=1, day=1))
        self._bill(contract)
        self.assertIsNone(contract._portal_next_date())

    def test_nothing_more_is_billed(self):
        self._bill(self.contract)
        self.line.date_end = self.line.last_date_invoiced
        self.assertIsNone(self.contract._portal_next_invoice())
        self.assertIn("Nothing more is billed.", self._page())

    def test_next_invoice_that_can_not_be_told(self):
        with patch.object(
            type(self.contract), "_prepare_invoice", side_effect=ValidationError("no journal")
        ):
            coming = self.contract._portal_next_invoice()
        self.assertEqual((coming["date"], coming["total"]), (self.begin_on, None))

    def test_showing_it_changes_nothing(self):
        self._page()
        self.env.invalidate_all()
        self.assertFalse(self.line.last_date_invoiced)
        self.assertFalse(self.contract._portal_invoices())
        self.assertFalse(self.contract.access_token)

    @freeze_time("2026-01-31 12:00:00")
    def test_ends_of_months(self):
        contract = self._subscribe(self.alfa, "Fin de mes", date_start=date(2026, 1, 31))
        self._bill(contract)
        self.assertEqual(contract._portal_next_date(), date(2026, 2, 28))

    def test_invoices_so_far(self):
        shown = self._bill(self.contract)
        draft = self._bill(self.contract, post=False)
        hidden = self._bill(self.contract)
        hidden.portal_visible = False
        page = self._page()
        self.assertIn(f'data-invoice="{shown.id}"', page)
        self.assertIn(f'href="/my/invoices/{shown.id}"', page)
        for other in (draft, hidden):
            self.assertNotIn(f'data-invoice="{other.id}"', page)
        # Purchasing sees no invoices.
        self.assertNotIn("data-invoice=", self._page(user=self.user_colleague))

    def test_many_invoices(self):
        for _time in range(14):
            invoice = self._bill(self.contract)
        page = self._page()
        self.assertEqual(page.count("data-invoice="), 12)
        self.assertIn(f'data-invoice="{invoice.id}"', page)
        self.assertIn("The newest 12 of 14", page)

    # === PAPER === #

    def test_paper_without_a_printer(self):
        self.sign_in(self.user_full)
        with patch.object(printer, "prints_whole", lambda: False):
            for way in ("/pdf", "?report_type=pdf"):
                response = self.url_open(f"/my/contracts/{self.contract.id}{way}")
                self.assertTrue(response.content.startswith(b"%PDF"), way)
                self.assertEqual(response.headers["Content-Type"], "application/pdf")
        event = self.env["customer.portal.event"].search([("kind", "=", "download")], limit=1)
        self.assertEqual((event.res_model, event.res_id), (MODEL, self.contract.id))

    def test_paper_of_the_engine(self):
        Report = type(self.env["ir.actions.report"])
        with (
            patch.object(printer, "prints_whole", lambda: True),
            patch.object(Report, "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF-e", "pdf")),
        ):
            self.assertEqual(self.contract._portal_paper(), b"%PDF-e")
        with (
            patch.object(printer, "prints_whole", lambda: True),
            patch.object(Report, "_render_qweb_pdf", side_effect=OSError),
            self.assertLogs("odoo.addons.customer_portal_plus", "WARNING"),
        ):
            self.assertTrue(self.contract._portal_paper().startswith(b"%PDF"))

    def test_paper_of_the_engine_s_page(self):
        """The engine's *View Details* asks for a PDF, and gets the page once more."""
        self.sign_in(self.user_accountant)
        page = self.url_open(f"/my/contracts/{self.contract.id}").text
        url = f"/my/contracts/{self.contract.id}?report_type=pdf"
        self.assertIn(url, page)
        self.assertTrue(self.url_open(url).content.startswith(b"%PDF"))
