import re
from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import format_amount

from ..tools.periods import free_period, named_periods
from .common import PortalHttpCase
from .common.statement import StatementData

WHOLE = "date_begin=2000-01-01&date_end=2100-01-01"


@tagged("post_install", "-at_install")
class TestStatement(StatementData, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-50, due_days=-20, ref="PED-7")
        cls.new = cls._create_invoice(cls.alfa, 250.0, days=-10, due_days=20)
        cls.payment = cls._register(cls.old, 40.0, days=-5)
        cls.foreign = cls._create_invoice(cls.beta, 70.0)

    def _page(self, query=WHOLE, user=None, page=""):
        if user is not False:
            self.sign_in(user or self.user_full)
        response = self.url_open(f"/my/statement{page}?{query}", allow_redirects=False)
        self.assertEqual(response.status_code, 200, response.text[-2000:])
        return response.text

    def _shown(self, page, key, attribute="statement"):
        """The amount that stands behind a word, as it is written."""
        cell = re.search(rf'data-{attribute}="{key}"[^>]*>(.*?)</(?:dd|p)>', page, re.DOTALL)
        text = re.sub(r"<[^>]+>", "", cell.group(1))
        return text.replace("\xa0", " ").replace("&nbsp;", " ").replace("\ufeff", "").strip()

    def _money(self, amount, currency=None):
        text = format_amount(self.env(user=self.user_full), amount, currency or self.own_currency)
        return text.replace("\xa0", " ").replace("\ufeff", "")

    def assertShown(self, page, key, amount, attribute="statement"):
        self.assertEqual(self._shown(page, key, attribute), self._money(amount), key)

    # === PAGE === #

    def test_movements_of_a_period(self):
        begin = (self.today - timedelta(days=20)).isoformat()
        page = self._page(f"date_begin={begin}&date_end={self.today.isoformat()}")
        self.assertShown(page, "opening", 100.0)
        self.assertShown(page, "invoice", 250.0)
        self.assertShown(page, "payment", -40.0)
        self.assertShown(page, "closing", 310.0)
        self.assertIn(f'href="/my/invoices/{self.new.id}"', page)
        self.assertIn(self.payment.name, page)
        self.assertNotIn(self.old.name, page)
        self.assertNotIn(self.foreign.name, page)
        self.assertIn("Opening balance", page)
        self.assertIn("Closing balance", page)

    def test_open_items_as_of_a_day(self):
        page = self._page("kind=open")
        self.assertShown(page, "current", 250.0, "age")
        self.assertShown(page, "days_30", 60.0, "age")
        self.assertShown(page, "older", 0.0, "age")
        self.assertShown(page, "closing", 310.0)
        self.assertIn(self.old.name, page)
        self.assertIn("PED-7", page)
        self.assertNotIn(self.payment.name, page)  # Nothing of it is left.
        day = (self.today - timedelta(days=15)).isoformat()
        page = self._page(f"kind=open&date_end={day}")
        self.assertShown(page, "days_30", 100.0, "age")
        self.assertShown(page, "closing", 100.0)
        self.assertNotIn(self.new.name, page)

    def test_what_is_in_the_customer_s_favour_is_never_overdue(self):
        self._create_entry(self.alfa, 30.0, days=-90)
        page = self._page("kind=open")
        self.assertShown(page, "credit", -30.0, "age")
        self.assertShown(page, "closing", 280.0)

    def test_menu_and_home(self):
        self.sign_in(self.user_full)
        home = self.url_open("/my").text
        self.assertIn('data-portal-menu="statement"', home)
        self.assertIn('href="/my/statement">Account statement', home)
        self.sign_in(self.user_colleague)
        self.assertNotIn("/my/statement", self.url_open("/my").text)

    def test_nothing_to_show(self):
        page = self._page(user=self.user_branch)
        self.assertIn("Nothing moved in this period", page)
        page = self._page("kind=open", user=self.user_branch)
        self.assertIn("Nothing was open on", page)

    def test_tax_base_and_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "IVA 21", "amount": 21.0, "type_tax_use": "sale"}
        )
        invoice = self._create_invoice(self.alfa, 1000.0, post=False)
        invoice.invoice_line_ids.tax_ids = [Command.set(tax.ids)]
        invoice.action_post()
        refund = self._create_invoice(self.alfa, 10.0, move_type="out_refund")
        contact = self.user_full.partner_id
        begin = self.today - timedelta(days=1)
        account = self._accounts(begin=begin)[self.own_currency]
        lines = list(
            self.statement._movement_lines(self._reader(contact), account, begin, self.today)
        )
        self.assertEqual(
            [(line["name"], line["base"], line["tax"], line["amount"]) for line in lines],
            [(invoice.name, 1000.0, 210.0, 1210.0), (refund.name, -10.0, 0.0, -10.0)],
        )
        self.assertEqual((account["base"], account["tax"]), (990.0, 210.0))

    def test_instalments_are_one_movement_and_several_open_items(self):
        self._create_in_parts(self.beta, 200.0, (50, 0), (50, 60), days=-10)
        account = self._accounts(self.user_stranger.partner_id)[self.own_currency]
        self.assertEqual((account["count"], account["open_count"]), (2, 3))
        self.assertEqual(account["ages"]["days_30"], 100.0)

    def test_several_currencies_and_companies(self):
        euro = self.currencies[1]
        self._create_invoice(self.alfa, 80.0, currency_id=euro.id)
        elsewhere = self._create_invoice_elsewhere("Segunda SL", 33.0)
        other = elsewhere.company_id
        page = self._page()
        self.assertEqual(len(re.findall("data-account=", page)), 2)
        self.assertNotIn("Segunda SL", page)
        page = self._page(f"{WHOLE}&account={self.company.id}-{euro.id}")
        self.assertEqual(self._shown(page, "closing"), self._money(80.0, euro))
        for wrong in (f"{other.id}-{self.own_currency.id}", "1", "-", "%00", "9" * 50):
            page = self._page(f"{WHOLE}&account={wrong}")
            self.assertNotIn(f"/my/invoices/{elsewhere.id}", page)
            self.assertShown(page, "closing", 310.0)
        self.user_full.write({"company_ids": [Command.link(other.id)]})
        page = self._page(f"{WHOLE}&account={other.id}-{other.currency_id.id}")
        self.assertIn("Segunda SL", page)
        self.assertIn(f"/my/invoices/{elsewhere.id}", page)
        other.portal_show_statement = False
        self.assertNotIn("Segunda SL", self._page())

    def test_pages(self):
        copies = self.env["account.move"].union(
            *(self.new.copy({"invoice_date": self.today}) for _number in range(60))
        )
        copies.action_post()
        names = []
        for number in (1, 2):
            page = self._page(page=f"/page/{number}")
            names.append(set(re.findall(r'href="/my/invoices/(\d+)"', page)))
            self.assertEqual("Opening balance" in page, number == 1)
            self.assertEqual("Closing balance" in page, number == 2)
        self.assertFalse(names[0] & names[1])
        self.assertEqual(len(names[0] | names[1]), 62)
        for number in ("0", "-1", "999", "9" * 30, "x", "%00"):
            self.assertIn("Account statement", self._page(page=f"/page/{number}"))
        self.assertIn("Account statement", self._page("kind=open", page="/page/2"))

    # === PERIODS === #

    def test_page_by_page(self):
        """Pages end and begin within a day and between days, and go on from the same balance."""
        for days in (-50, -50, -50, -10):
            self._create_invoice(self.alfa, 30.0, days=days)
        begin = self.today - timedelta(days=60)
        account = self._accounts(begin=begin)[self.own_currency]

        def lines(**kwargs):
            return list(
                self.statement._movement_lines(self._reader(), account, begin, self.today, **kwargs)
            )

        whole = lines()
        self.assertEqual(len(whole), 7)
        self.assertEqual(whole[-1]["balance"], account["closing"])
        self.assertEqual(sum(part.count for part in account["slices"]), 7)
        self.assertGreater(len(account["slices"]), 2)
        for size in (1, 2, 3, 5, 7, 50):
            pages = [
                line for start in range(0, 8, size) for line in lines(limit=size, offset=start)
            ]
            self.assertEqual(pages, whole)
        self.assertEqual(lines(limit=2, offset=7), [])
        self.assertEqual(lines(limit=2, offset=50), [])

    def test_named_periods(self):
        self.assertEqual(
            named_periods(date(2026, 3, 31)),
            {
                "month": (date(2026, 3, 1), date(2026, 3, 31)),
                "last_month": (date(2026, 2, 1), date(2026, 2, 28)),
                "quarter": (date(2026, 1, 1), date(2026, 3, 31)),
                "year": (date(2026, 1, 1), date(2026, 3, 31)),
                "last_year": (date(2025, 1, 1), date(2025, 12, 31)),
            },
        )
        self.assertEqual(named_periods(date(2026, 12, 1))["quarter"][0], date(2026, 10, 1))
        self.assertEqual(named_periods(date(2026, 1, 9))["last_month"][0], date(2025, 12, 1))
        for period in named_periods(self.today):
            page = self._page(f"period={period}")
            self.assertIn(f'aria-current="true" data-chip="{period}"', page)

    def test_free_periods(self):
        today = date(2026, 5, 6)
        for begin, end, expected in (
            (None, None, (date(2026, 1, 1), today)),
            (date(2025, 3, 1), None, (date(2025, 3, 1), today)),
            (date(2027, 3, 1), None, (date(2027, 3, 1), date(2027, 3, 1))),
            (None, date(2020, 3, 1), (date(2020, 1, 1), date(2020, 3, 1))),
            (date(2026, 2, 2), date(2026, 1, 1), (date(2026, 1, 1), date(2026, 2, 2))),
            (date.min, date.max, (date(1900, 1, 1), date(9998, 12, 31))),
        ):
            self.assertEqual(free_period(begin, end, today), expected)

    def test_hostile_dates(self):
        self.sign_in(self.user_full)
        values = (
            "", "x", "0001-01-01", "9999-12-31", "2026-02-30", "-1", "1e9", "%00", "%ff",
            "2026-01-01T00:00", "'; DROP TABLE x", "9" * 5000,
        )  # fmt: skip
        for begin in values:
            for end in values[:6]:
                for kind in ("movements", "open", "%00", "["):
                    query = f"kind={kind}&date_begin={begin}&date_end={end}&period={begin}"
                    self._page(query, user=False)
        self._page("date_begin=2026-12-31&date_end=2026-01-01&date_end=x&period=", user=False)
        # The other way round is the same.
        page = self._page("date_begin=2100-01-01&date_end=2000-01-01", user=False)
        self.assertShown(page, "closing", 310.0)

    # === WALLS === #

    def _assert_shut(self, user=None):
        if user is not False:
            self.sign_in(user or self.user_full)
        for query in (WHOLE, "kind=open"):
            answer = self.url_open(f"/my/statement?{query}", allow_redirects=False)
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn(self.new.name, answer.text)

    def test_other_customers(self):
        page = self._page(user=self.user_stranger)
        self.assertIn(self.foreign.name, page)
        for document in (self.old, self.new):
            self.assertNotIn(document.name, page)
        self.assertNotIn(self.payment.name, page)

    def test_who_may_not(self):
        self._assert_shut(self.user_colleague)
        for capability in ("can_see_statement", "can_see_invoices"):
            self.profile_full[capability] = False
            self._assert_shut()
            self.profile_full[capability] = True
        for switch in ("portal_show_statement", "portal_show_invoices", "portal_enabled"):
            self.company[switch] = False
            self._assert_shut()
            self.company[switch] = True
        self.assertIn(self.new.name, self._page())

    def test_guests(self):
        self.sign_in(None)
        token = self.new._portal_ensure_token()
        for query in (WHOLE, f"{WHOLE}&access_token={token}"):
            answer = self.url_open(f"/my/statement?{query}")
            self.assertIn("/web/login", answer.url)
            self.assertNotIn(self.new.name, answer.text)

    def test_access_switched_off(self):
        self.sign_in(self.user_full)
        self.alfa.portal_access = False
        answer = self.url_open(f"/my/statement?{WHOLE}")
        self.assertNotIn(self.new.name, answer.text)

    # === SCOPE, HIDDEN DOCUMENTS === #

    def test_own_documents(self):
        own = self._create_invoice(self.user_own.partner_id, 500.0, days=-30)
        self._register(own, 200.0, days=-3)
        page = self._page(user=self.user_own)
        self.assertIn("your own documents only", page)
        self.assertShown(page, "invoice", 500.0)
        self.assertShown(page, "payment", -200.0)
        self.assertShown(page, "closing", 300.0)
        for document in (self.old, self.new, self.payment):
            self.assertNotIn(document.name, page)
        page = self._page()
        self.assertNotIn("your own documents only", page)
        self.assertShown(page, "closing", 610.0)

    def test_hidden_documents_are_one_line(self):
        """And the balance stays what it is."""
        hidden = self._create_invoice(self.alfa, 20.0, days=-40) | self.old
        hidden.portal_visible = False
        page = self._page()
        self.assertShown(page, "closing", 330.0)
        self.assertShown(page, "other", 120.0)
        self.assertEqual(page.count('data-line="other"'), 1)
        for document in hidden:
            self.assertNotIn(document.name, page)
            self.assertNotIn(f"/my/invoices/{document.id}", page)
        page = self._page("kind=open")
        self.assertShown(page, "other", 80.0, "age")
        self.assertShown(page, "closing", 330.0)
        self.assertNotIn(self.old.name, page)
        # As far as the period goes.
        begin = (self.today - timedelta(days=45)).isoformat()
        page = self._page(f"date_begin={begin}")
        self.assertShown(page, "opening", 100.0)
        self.assertShown(page, "other", 20.0)

    def test_drafts_and_what_is_cancelled(self):
        draft = self._create_invoice(self.alfa, 11.0, post=False)
        cancelled = self._create_invoice(self.alfa, 12.0)
        cancelled.button_draft()
        cancelled.button_cancel()
        page = self._page()
        self.assertShown(page, "closing", 310.0)
        self.assertNotIn(f"/my/invoices/{draft.id}", page)
        self.assertNotIn(cancelled.name, page)

    def test_not_over_rpc(self):
        """The model has nothing that can be called from outside."""
        names = [
            name
            for name in dir(type(self.statement))
            if not name.startswith("_") and not hasattr(self.env["base"], name)
        ]
        self.assertFalse(names)

    # === UPDATE === #

    def test_migration(self):
        """Off where the portal was before, and for those who see invoices."""
        from importlib.util import module_from_spec, spec_from_file_location

        from odoo.tools.misc import file_path

        path = file_path("customer_portal_plus/migrations/19.0.2.1.0/post-migrate.py")
        spec = spec_from_file_location("post_statement", path)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        self.profile_full.can_see_statement = False
        self.profile_purchasing.can_see_statement = True
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertTrue(self.profile_full.can_see_statement)
        self.assertFalse(self.profile_purchasing.can_see_statement)
        self.assertFalse(self.company.portal_show_statement)
