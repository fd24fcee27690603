import re
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from lxml import html

from odoo.tests import tagged

from ..models.lists.res_company_home import safe_web_address
from .common import PASSWORD, PortalCase, PortalHttpCase


@tagged("post_install", "-at_install")
class TestBalance(PortalCase):
    """What a contact's customer owes."""

    def balance(self, user=None, companies=None):
        """Return the entries of the balance by currency name."""
        user = user or self.user_full
        entries = self.env["account.move"]._portal_account(
            user.partner_id, companies or self.company
        )
        return {entry["currency"].name: entry for entry in entries}

    def test_pending_overdue_and_next_due_date(self):
        self._create_invoice(self.alfa, amount=100, due_days=20)
        self._create_invoice(self.alfa, amount=50, due_days=10)
        self._create_invoice(self.alfa, amount=30, days=-40, due_days=-1)
        self._create_invoice(self.alfa, amount=7, due_days=0)
        self._create_invoice(self.alfa, amount=12, move_type="out_refund")
        self._create_invoice(self.beta, amount=1000)
        self._create_invoice(self.alfa_norte, amount=1000)
        self._create_invoice(self.alfa, amount=1000, post=False)
        self._create_invoice(self.alfa, amount=1000, move_type="in_invoice")
        entry = self.balance()[self.company.currency_id.name]
        self.assertEqual(entry["pending"], 187)
        self.assertEqual(entry["pending_count"], 4)
        self.assertEqual(entry["overdue"], 30)
        self.assertEqual(entry["overdue_count"], 1)
        self.assertEqual(entry["next_due"], self.today)
        self.assertEqual(entry["credit"], 12)
        self.assertEqual(entry["other"], 0)
        self.assertEqual(entry["invoiced"], 175)

    def test_instalments_are_due_one_by_one(self):
        terms = self._create_terms((50, 0), (30, 30), (20, 60))
        invoice = self._create_invoice(
            self.alfa, amount=400, days=-10, post=False, invoice_payment_term_id=terms.id
        )
        invoice.action_post()
        entry = self.balance()[self.company.currency_id.name]
        self.assertEqual(entry["pending"], 400)
        self.assertEqual(entry["pending_count"], 1)
        self.assertEqual(entry["overdue"], 200)
        self.assertEqual(entry["overdue_count"], 1)
        self.assertEqual(entry["next_due"], self.today + timedelta(days=20))

    def test_hidden_documents_are_one_line_of_other_items(self):
        self._create_invoice(self.alfa, amount=100)
        hidden = self._create_invoice(self.alfa, amount=60, days=-40, due_days=-1)
        refund = self._create_invoice(self.alfa, amount=10, move_type="out_refund")
        (hidden | refund).portal_visible = False
        entry = self.balance()[self.company.currency_id.name]
        self.assertEqual(entry["pending"], 100)
        self.assertEqual(entry["overdue"], 0)
        self.assertEqual(entry["other"], 50)
        self.assertEqual(entry["invoiced"], 100)

    def test_each_currency_for_itself(self):
        other = self.env["res.currency"].search(
            [("id", "!=", self.company.currency_id.id)], limit=1
        ) or self.env["res.currency"].with_context(active_test=False).search(
            [("id", "!=", self.company.currency_id.id)], limit=1
        )
        other.active = True
        self._create_invoice(self.alfa, amount=100)
        self._create_invoice(self.alfa, amount=33, currency_id=other.id)
        balances = self.balance()
        self.assertEqual(balances[self.company.currency_id.name]["pending"], 100)
        self.assertEqual(balances[other.name]["pending"], 33)
        self.assertEqual(balances[other.name]["invoiced"], 33)

    def test_scope_own_counts_ones_own(self):
        self._create_invoice(self.alfa, amount=100)
        self._create_invoice(self.user_own.partner_id, amount=9)
        name = self.company.currency_id.name
        self.assertEqual(self.balance(self.user_own)[name]["pending"], 9)
        self.assertEqual(self.balance(self.user_full)[name]["pending"], 109)

    def test_no_capability_or_access_no_balance(self):
        self._create_invoice(self.alfa, amount=100)
        self.assertTrue(self.balance())
        self.assertFalse(self.balance(self.user_colleague))
        self.assertFalse(self.balance(self.user_branch))
        self.alfa.portal_access = False
        self.assertFalse(self.balance())

    def test_months_add_up(self):
        first = self.today.replace(day=1)
        paid = self._create_invoice(self.alfa, amount=80, invoice_date=first)
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({"journal_id": journal.id, "amount": 60})._create_payments()
        before = first - relativedelta(months=1)
        self._create_invoice(self.alfa, amount=20, invoice_date=before)
        self._create_invoice(self.alfa, amount=5, invoice_date=before, move_type="out_refund")
        self._create_invoice(self.alfa, amount=999, invoice_date=first - relativedelta(months=12))
        oldest = first - relativedelta(months=11)
        self._create_invoice(self.alfa, amount=3, invoice_date=oldest)
        entry = self.balance()[self.company.currency_id.name]
        months = {row["month"]: row for row in entry["months"]}
        self.assertEqual(len(months), 12)
        self.assertEqual(months[first]["paid"], 60)
        self.assertEqual(months[first]["pending"], 20)
        self.assertEqual(months[before]["invoiced"], 15)
        self.assertEqual(months[oldest]["pending"], 3)
        self.assertEqual(entry["invoiced"], 98)
        self.assertEqual(entry["paid"] + sum(row["pending"] for row in entry["months"]), 98)

    def test_only_the_companies_that_are_asked_for(self):
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        self._create_invoice(self.alfa, amount=100)
        self.assertTrue(self.balance(companies=self.company | other))
        self.assertFalse(self.balance(companies=other))


@tagged("post_install", "-at_install")
class TestSafeWebAddress(PortalCase):
    def test_only_web_addresses_are_linked_to(self):
        for typed, address in (
            ("https://example.com/x", "https://example.com/x"),
            ("http://example.com", "http://example.com"),
            ("example.com/tienda", "https://example.com/tienda"),
            ("//example.com", "https://example.com"),
            ("javascript:alert(1)", ""),
            ("data:text/html,x", ""),
            ("https://", ""),
            ("https://[", ""),
            ("", ""),
            (False, ""),
        ):
            self.assertEqual(safe_web_address(typed), address, typed)


@tagged("post_install", "-at_install")
class TestHome(PortalHttpCase):
    """The page that a contact sees first."""

    def home(self, user=None):
        """Return the home page of a user, parsed."""
        self.sign_in(user or self.user_full)
        response = self.url_open("/my", allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def text_of(self, page, selector):
        """Return the text of each element that a CSS class or attribute selects."""
        return [" ".join(element.text_content().split()) for element in page.xpath(selector)]

    def test_home_says_what_is_owed_what_to_do_and_how_to_pay(self):
        self._create_invoice(self.alfa, amount=100, due_days=20)
        self._create_invoice(self.alfa, amount=23.5, days=-40, due_days=-1)
        self._create_order(self.alfa)
        page = self.home()
        (pending,) = self.text_of(page, "//*[@data-balance='pending']")
        self.assertIn("123.50", pending)
        (overdue,) = self.text_of(page, "//*[@data-balance='overdue']")
        self.assertIn("23.50", overdue)
        self.assertTrue(page.xpath("//*[@data-balance='next_due']"))
        self.assertFalse(page.xpath("//*[@data-balance='other']"))
        todo = {link.get("data-todo"): link for link in page.xpath("//a[@data-todo]")}
        self.assertEqual(set(todo), {"overdue", "pending", "quotes"})
        self.assertIn("1 overdue invoice", todo["overdue"].text_content())
        self.assertEqual(todo["quotes"].get("href"), "/my/quotes?filterby=to_answer")
        self.assertTrue(page.xpath("//section[@aria-labelledby='portal_balance']//a[text()='Pay']"))

    def test_home_and_lists_in_a_browser(self):
        self._create_invoice(self.alfa, amount=100, due_days=20, ref="Pedido Ñandú 7")
        self._create_invoice(self.alfa, amount=23.5, days=-40, due_days=-1, ref="TOUR-OVERDUE")
        self._create_order(self.alfa, client_order_ref="TOUR-QUOTE")
        self._create_order(self.alfa, state="sale", client_order_ref="TOUR-ORDER")
        self.start_tour(
            "/my", "customer_portal_plus.pages", login=self.user_full.login, timeout=120
        )

    def test_strangers_documents_are_not_there(self):
        invoice = self._create_invoice(self.beta, amount=777.77)
        order = self._create_order(self.beta)
        page = self.home().text_content()
        self.assertNotIn("777.77", page)
        self.assertNotIn(invoice.name, page)
        self.assertNotIn(order.name, page)
        page = self.home(self.user_stranger).text_content()
        self.assertIn("777.77", page)
        self.assertIn(invoice.name, page)
        self.assertIn(order.name, page)

    def test_without_documents_the_home_is_quiet(self):
        page = self.home(self.user_branch)
        self.assertTrue(page.xpath("//*[@data-portal-nothing]"))
        self.assertFalse(page.xpath("//*[@data-chart]"))
        self.assertFalse(page.xpath("//a[@data-todo]"))

    def test_who_may_not_see_invoices_sees_no_amounts(self):
        self._create_invoice(self.alfa, amount=777.77)
        quote = self._create_order(self.alfa, amount=5)
        page = self.home(self.user_colleague)
        self.assertNotIn("777.77", page.text_content())
        self.assertFalse(page.xpath("//*[@data-balance]"))
        self.assertFalse(page.xpath("//*[@id='portal_balance']"))
        self.assertIn(quote.name, page.text_content())

    def test_pay_button_only_for_who_may_pay(self):
        self._create_invoice(self.alfa, amount=100)
        button = "//section[@aria-labelledby='portal_balance']//a[text()='Pay']"
        self.assertTrue(self.home().xpath(button))
        self.company.portal_allow_payment = False
        self.assertFalse(self.home().xpath(button))
        self.company.portal_allow_payment = True
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("account_payment.enable_portal_payment", "False")
        self.assertFalse(self.home().xpath(button))
        parameters.set_param("account_payment.enable_portal_payment", "True")
        self.assertTrue(self.home().xpath(button))
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self.assertFalse(self.home().xpath(button))

    def test_chart_has_its_figures_in_a_table(self):
        self._create_invoice(self.alfa, amount=123.45)
        page = self.home()
        (chart,) = page.xpath("//*[@data-chart]")
        pending, paid = chart.xpath(".//rect")[-2:]
        self.assertEqual(float(pending.get("height")), 240.0, "the largest one")
        self.assertEqual(float(paid.get("height") or 0), 0.0)
        self.assertIn("123.45", pending.text_content())
        rows = chart.xpath(".//tbody/tr")
        labels = chart.xpath(".//*[contains(@class, 'o_cpp_bar_labels')]/*")
        self.assertEqual(len(rows), len(labels))
        self.assertEqual(2 * len(rows), len(chart.xpath(".//rect")))
        self.assertIn("123.45", rows[-1].text_content())
        self.assertTrue(chart.xpath(".//details/table"), "opens without a script")

    def test_contact_card_shows_what_is_switched_on(self):
        self.company.write(
            {
                "street": "Calle Inventada 12",
                "phone": "+34 910 000 000",
                "email": "hola@example.com",
                "social_facebook": "https://example.com/facebook",
                "social_twitter": "javascript:alert(1)",
            }
        )
        parts = {
            "portal_show_address": "Calle Inventada 12",
            "portal_show_phone": "+34 910 000 000",
            "portal_show_social": "https://example.com/facebook",
        }
        card = "//*[@data-portal-card]"

        def shown():
            (element,) = self.home().xpath(card)
            return html.tostring(element, encoding="unicode")

        self.assertNotIn("javascript:", shown())
        for switch, text in parts.items():
            with self.subTest(switch=switch):
                self.assertIn(text, shown())
                self.company[switch] = False
                self.assertNotIn(text, shown())
                self.company[switch] = True
        self.company.portal_show_phone = False
        self.assertNotIn("hola@example.com", shown())

    def test_menu_shows_what_is_allowed(self):
        def entries(user):
            return {
                a.get("data-portal-menu") for a in self.home(user).xpath("//a[@data-portal-menu]")
            }

        self.assertLessEqual({"home", "invoices", "quotes", "orders"}, entries(self.user_full))
        self.assertNotIn("invoices", entries(self.user_colleague))
        self.company.portal_show_orders = False
        self.assertNotIn("orders", entries(self.user_full))
        self.assertIn("quotes", entries(self.user_full))

    def test_current_page_is_marked_in_the_menu(self):
        self.sign_in(self.user_full)
        for url, key in (
            ("/my", "home"),
            ("/my/invoices", "invoices"),
            ("/my/quotes", "quotes"),
            ("/my/orders", "orders"),
        ):
            page = html.fromstring(self.url_open(url).text)
            current = page.xpath("//a[@data-portal-menu][@aria-current='page']")
            self.assertEqual({a.get("data-portal-menu") for a in current}, {key})
        page = html.fromstring(self.url_open("/my/account").text)
        self.assertTrue(page.xpath("//a[@data-portal-menu]"), "core's pages have the menu, too")

    def test_closed_portal_says_so(self):
        invoice = self._create_invoice(self.alfa, amount=777.77)
        self.company.portal_enabled = False
        page = self.home()
        self.assertTrue(page.xpath("//*[@data-portal-closed]"))
        self.assertNotIn("777.77", page.text_content())
        self.assertNotIn(invoice.name, page.text_content())
        self.assertFalse(page.xpath("//a[@data-portal-menu]"))
        self.company.portal_enabled = True
        self.assertFalse(self.home().xpath("//*[@data-portal-closed]"))

    def test_cards_of_other_modules_stay_and_ours_are_not_doubled(self):
        self._create_invoice(self.alfa)
        self._create_order(self.alfa, state="sale")
        self.env["ir.ui.view"].create(
            {
                "name": "Card of another module",
                "type": "qweb",
                "key": "customer_portal_plus.test_card",
                "inherit_id": self.env.ref("portal.portal_my_home").id,
                "priority": 30,
                "arch": """
                    <data>
                        <xpath expr="//div[hasclass('o_portal_docs')]" position="before">
                            <t t-set="portal_service_category_enable" t-value="True"/>
                        </xpath>
                        <div id="portal_service_category" position="inside">
                            <t t-call="portal.portal_docs_entry">
                                <t t-set="title">Zanahorias</t>
                                <t t-set="url" t-value="'/my/carrots'"/>
                                <t t-set="placeholder_count" t-value="'carrot_count'"/>
                            </t>
                        </div>
                    </data>
                """,
            }
        )
        page = self.home()
        self.assertTrue(page.xpath("//a[@href='/my/carrots']"))
        self.assertTrue(page.xpath("//*[@data-placeholder_count='carrot_count']"))
        self.assertTrue(page.xpath("//a[@href='/my/security']"))
        for counter in ("invoice_count", "order_count", "quotation_count", "overdue_invoice_count"):
            self.assertFalse(page.xpath(f"//*[@data-placeholder_count='{counter}']"), counter)
        for url in ("/my/invoices?filterby=invoices", "/my/invoices?filterby=overdue_invoices"):
            self.assertFalse(page.xpath(f"//a[@href='{url}']"), url)
        response = self.make_jsonrpc_request("/my/counters", {"counters": ["quotation_count"]})
        self.assertIn("quotation_count", response)

    def test_suppliers_get_their_card(self):
        bill_card = "//a[@href='/my/invoices?filterby=bills']"
        self.assertFalse(self.home(self.user_branch).xpath(bill_card))
        self._create_invoice(self.alfa_norte, move_type="in_invoice")
        page = self.home(self.user_branch)
        (card,) = page.xpath(bill_card)
        self.assertNotIn("d-none", card.getparent().get("class"))
        self.assertTrue(page.xpath("//*[@data-portal-nothing]"))

    def test_companies_are_told_apart_if_there_are_several(self):
        self._create_invoice(self.alfa, amount=100)
        other = self._create_invoice_elsewhere("Otra Empresa SL", 55).company_id
        page = self.home()
        self.assertNotIn("Otra Empresa SL", page.text_content())
        self.assertEqual(len(page.xpath("//*[@data-balance='pending']")), 1)
        self.user_full.company_ids |= other
        page = self.home()
        self.assertEqual(len(page.xpath("//*[@data-balance='pending']")), 2)
        self.assertEqual(len(page.xpath("//*[@data-portal-card]")), 2)
        self.assertIn("Otra Empresa SL", page.text_content())
        other.portal_enabled = False
        self.assertEqual(len(self.home().xpath("//*[@data-balance='pending']")), 1)

    def test_unread_messages_are_something_to_do(self):
        invoice = self._create_invoice(self.alfa)
        quote = self._create_order(self.alfa)
        for document in invoice, quote:
            document.with_user(self.user_accountant).sudo().message_post(
                body="Hola",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=self.user_accountant.partner_id.id,
            )
        todo = self.home().xpath("//a[@data-todo='messages']")[0]
        self.assertIn("2 conversations with new messages", todo.text_content())
        self.assertTrue(todo.get("href").startswith("/my/messages"))
        todo = self.home(self.user_colleague).xpath("//a[@data-todo='messages']")[0]
        self.assertIn("1 conversation with new messages", todo.text_content())
        self.assertFalse(self.home(self.user_stranger).xpath("//a[@data-todo='messages']"))
        # Without the page of messages, the lists of documents lead to them.
        self.company.portal_allow_messages = False
        keys = self.home().xpath("//a/@data-todo")
        self.assertIn("unread_invoices", keys)
        self.assertIn("unread_orders", keys)
        self.assertNotIn("messages", keys)
        keys = self.home(self.user_colleague).xpath("//a/@data-todo")
        self.assertNotIn("unread_invoices", keys)
        self.assertIn("unread_orders", keys)
        keys = self.home(self.user_stranger).xpath("//a/@data-todo")
        self.assertFalse([key for key in keys if key.startswith("unread")])

    def test_headings_are_in_order_and_ids_are_unique(self):
        self._create_invoice(self.alfa)
        self._create_order(self.alfa)
        self.sign_in(self.user_full)
        for url in ("/my", "/my/invoices", "/my/quotes", "/my/orders"):
            with self.subTest(url=url):
                page = html.fromstring(self.url_open(url).text)
                levels = [
                    int(h.tag[1]) for h in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")
                ]
                self.assertEqual(levels[0], 1)
                self.assertEqual(levels.count(1), 1)
                for before, after in zip(levels, levels[1:], strict=False):
                    self.assertLessEqual(after, before + 1)
                ids = page.xpath("//main//@id")
                self.assertEqual(len(ids), len(set(ids)), ids)
                for field in page.xpath("//main//input[not(@type='hidden')] | //main//select"):
                    self.assertTrue(
                        page.xpath(f"//label[@for='{field.get('id')}']"), field.get("name")
                    )

    def test_pages_only_read(self):
        """A replica of the database can serve them: nothing is written while they are shown."""
        self._create_invoice(self.alfa)
        self._create_order(self.alfa)
        self.sign_in(self.user_full)
        with self.assertNoLogs("odoo.http", level="WARNING"):
            for url in ("/my", "/my/invoices", "/my/quotes", "/my/orders"):
                self.assertEqual(self.url_open(url).status_code, 200)

    def test_internal_users_have_a_home_too(self):
        self.authenticate(self.user_sales.login, PASSWORD)
        for url in ("/my", "/my/invoices", "/my/quotes", "/my/orders"):
            self.assertEqual(self.url_open(url).status_code, 200, url)
        self.assertFalse(re.findall(r"data-balance", self.url_open("/my").text))
