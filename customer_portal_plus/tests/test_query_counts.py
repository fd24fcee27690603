import re

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common import PortalHttpCase
from .common.queries import CountedQueries

HOME_LIMIT = 40
LIST_LIMIT = 24
MESSAGES_LIMIT = 30
SEARCH_LIMIT = 60  # it looks through six lists
TOKEN_LIMIT = 9  # most of them are core's, before the page is asked for
SIGN_IN_LIMIT = 15
SEARCH = "/my/search?search=100"
LISTS = (
    "/my/invoices",
    "/my/invoices?filterby=overdue&sortby=duedate",
    "/my/invoices?search=laton",
    "/my/quotes",
    "/my/quotes?filterby=all&search=100",
    "/my/orders",
    SEARCH,
    "/my/statement",
    "/my/statement?kind=open",
    "/my/pay",
    "/my/pay?select=all",
    "/my/payments/report",
)
FILE_LIMIT = 60  # the page that it is of, the log, and a cursor for the rows
FILES = (
    *(
        f"/my/{name}/export.{extension}"
        for name in ("invoices", "quotes", "orders", "payments", "purchases")
        for extension in ("xlsx", "csv")
    ),
    "/my/invoices/export.csv?filterby=pending&search=laton&sortby=duedate",
    "/my/purchases",
)


@tagged("post_install", "-at_install")
class TestQueryCounts(CountedQueries, PortalHttpCase):
    """All SQL of the second identical request of one user, with few documents and with many."""

    def ask_for(self, url):
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, 200, url)
        return response.text

    def ask_for_home(self):
        """Ask for the home page and, as its script does, for the counters on it."""
        page = self.ask_for("/my")
        counters = re.findall(r'data-placeholder_count="(\w+)"', page)
        calls = min(-(-len(counters) // 5), 3)
        step = -(-len(counters) // calls) if calls else 1
        for start in range(0, len(counters), step):
            self.make_jsonrpc_request("/my/counters", {"counters": counters[start : start + step]})

    def add_documents(self, number):
        """Add invoices, half of them overdue, quotes and orders: ``number`` of all together."""
        invoice = self._create_invoice(self.alfa, days=-40, due_days=-10)
        copies = self.env["account.move"].browse()
        for index in range(number // 2 - 1):
            copies |= invoice.copy(
                {
                    "invoice_date": invoice.invoice_date,
                    "invoice_date_due": self.today if index % 2 else invoice.invoice_date_due,
                }
            )
        copies.action_post()
        order = self._create_order(self.alfa)
        orders = order
        for _index in range(number // 2 - 1):
            orders |= order.copy()
        orders[: number // 4].action_confirm()
        orders[number // 4 :].state = "sent"
        self.env.flush_all()

    def add_messages(self, conversations, each):
        """Add conversations, some on quotes, with ``each`` messages, half of them by staff."""
        Conversation = self.env["customer.portal.conversation"].with_user(self.user_full)
        contact = self.user_full.partner_id
        comment = self.env.ref("mail.mt_comment")
        staff = self.user_sales.partner_id
        values = []
        for number in range(conversations):
            conversation = Conversation.sudo().create(
                {
                    "name": f"Matter {number}",
                    "partner_id": contact.id,
                    "portal_answered_on": fields.Datetime.now() if number % 2 else False,
                    "sale_order_id": self._create_order(self.alfa).id if number % 5 == 0 else False,
                }
            )
            thread = conversation._thread()
            values += [
                {
                    "model": thread._name,
                    "res_id": thread.id,
                    "body": f"Message {index}",
                    "message_type": "comment",
                    "subtype_id": comment.id,
                    "author_id": (staff if index % 2 else contact).id,
                }
                for index in range(each)
            ]
        self.env["mail.message"].create(values)
        self.env.flush_all()

    def multiply_messages(self, times):
        """Copy in SQL all conversations that have a matter of their own, with their messages, so
        many times."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("SELECT max(id) FROM customer_portal_conversation")
        [last] = cr.fetchone()

        def columns(table):
            cr.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s"
                " AND column_name NOT IN ('id', 'res_id', 'message_id')",
                [table],
            )
            return SQL(", ").join(SQL.identifier(name) for (name,) in cr.fetchall())

        cr.execute(
            SQL(
                """
                INSERT INTO customer_portal_conversation (id, %(columns)s)
                SELECT %(last)s * n + id, %(columns)s
                  FROM customer_portal_conversation, generate_series(1, %(times)s) n
                 WHERE sale_order_id IS NULL AND account_move_id IS NULL AND document_id IS NULL
                """,
                columns=columns("customer_portal_conversation"),
                last=last,
                times=times,
            )
        )
        cr.execute(
            SQL(
                """
                INSERT INTO mail_message (res_id, message_id, %(columns)s)
                SELECT %(last)s * n + res_id, '<' || n || '-' || id || '@example.com>', %(columns)s
                  FROM mail_message, generate_series(1, %(times)s) n
                 WHERE model = 'customer.portal.conversation'
                """,
                columns=columns("mail_message"),
                last=last,
                times=times,
            )
        )
        cr.execute("ANALYZE customer_portal_conversation, mail_message")
        self.env.invalidate_all()

    def test_cost_of_messages_does_not_depend_on_their_number(self):
        """With ten messages, and with more than ten thousand in more than two thousand."""
        self.add_messages(10, 1)
        self.sign_in(self.user_full)
        urls = ("/my/messages", "/my/messages?filterby=unread", "/my/messages/new")
        few = {url: self.second_request(lambda url=url: self.ask_for(url)) for url in urls}
        self.add_messages(60, 5)
        self.multiply_messages(45)
        domain = [("model", "=", "customer.portal.conversation")]
        self.assertGreater(self.env["mail.message"].search_count(domain), 10_000)
        conversations = self.env["customer.portal.conversation"]
        self.assertGreater(
            conversations.search_count([("commercial_partner_id", "=", self.alfa.id)]), 2_000
        )
        many = {url: self.second_request(lambda url=url: self.ask_for(url)) for url in urls}
        for url, queries in many.items():
            with self.subTest(url=url):
                self.assertLessEqual(len(queries), MESSAGES_LIMIT, "\n".join(queries))
                # Fewer, where no conversation of the first page is on a document.
                self.assertLessEqual(len(queries), len(few[url]), "\n".join(queries))
        lists = [query for query in many["/my/messages"] if '"mail_message"' in query]
        self.assertFalse(lists, "the list does not look at messages at all")

    def test_cost_of_guests(self):
        """Who is nobody and tries tokens costs next to nothing."""
        invoice = self._create_invoice(self.alfa)
        invoice._portal_ensure_token()
        self.env.flush_all()
        url = f"/my/invoices/{invoice.id}?access_token=junk"

        def try_token():
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 404)

        queries = self.second_request(try_token)
        self.assertLessEqual(len(queries), TOKEN_LIMIT, "\n".join(queries))
        queries = self.second_request(lambda: self.ask_for("/web/login"))
        self.assertLessEqual(len(queries), SIGN_IN_LIMIT, "\n".join(queries))

    def test_cost_of_pages_does_not_depend_on_the_number_of_documents(self):
        self.add_documents(10)
        self.sign_in(self.user_full)
        few = {url: self.second_request(lambda url=url: self.ask_for(url)) for url in LISTS}
        few["/my"] = self.second_request(self.ask_for_home)
        self.add_documents(300)
        many = {url: self.second_request(lambda url=url: self.ask_for(url)) for url in LISTS}
        many["/my"] = self.second_request(self.ask_for_home)
        # Each addon beside this one counts what it has on the home page.
        beside = [("name", "=like", "customer_portal_plus_%"), ("state", "=", "installed")]
        home_limit = HOME_LIMIT + 4 * self.env["ir.module.module"].search_count(beside)
        for url, queries in many.items():
            with self.subTest(url=url):
                limit = {"/my": home_limit, SEARCH: SEARCH_LIMIT}.get(url, LIST_LIMIT)
                self.assertLessEqual(len(queries), limit, "\n".join(queries))
                self.assertEqual(len(queries), len(few[url]), "\n".join(queries))

    def add_payments(self, number):
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.alfa.id,
                    "amount": 10.0 + index,
                }
                for index in range(number)
            ]
        )
        payments.action_post()

    def add_products(self, number):
        """Bill products of their own."""
        products = self.env["product.product"].create(
            [{"name": f"Pieza {index}", "list_price": 5.0} for index in range(number)]
        )
        invoice = self._create_invoice(self.alfa, post=False)
        invoice.invoice_line_ids = [
            Command.create({"product_id": product.id, "quantity": 1}) for product in products
        ]
        invoice.action_post()

    def test_cost_of_files_does_not_depend_on_their_length(self):
        """With four rows and with twenty, which are one batch: so much a batch costs."""

        def ask(url):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 200, url)
            return response.content

        def count_all():
            self.env.flush_all()
            return {url: self.second_request(lambda url=url: ask(url)) for url in FILES}

        self.add_documents(8)
        self.add_payments(4)
        self.add_products(4)
        self.sign_in(self.user_full)
        few = count_all()
        self.add_documents(32)
        self.add_payments(16)
        self.add_products(16)
        many = count_all()
        rows = ask("/my/invoices/export.csv").count(b"\n")
        self.assertGreater(rows, 20)
        for url, queries in many.items():
            with self.subTest(url=url):
                self.assertLessEqual(len(queries), FILE_LIMIT, "\n".join(queries))
                self.assertEqual(len(queries), len(few[url]), "\n".join(queries))
