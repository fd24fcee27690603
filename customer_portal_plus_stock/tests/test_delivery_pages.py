"""List, page and paper of a delivery, and how it is linked with orders and invoices."""

import csv
import io
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.queries import CountedQueries
from odoo.addons.customer_portal_plus.tools import printer

from ..models.stock_picking_page import tracking_links
from .common import DeliveryCase

LIST_LIMIT = 30
PAGE_LIMIT = 60


@tagged("post_install", "-at_install")
class TestDeliveryPages(CountedQueries, DeliveryCase):
    def setUp(self):
        super().setUp()
        self.sign_in(self.user_full)

    def _listed(self, query=""):
        page = self.url_open(f"/my/deliveries{query}").text
        return [int(number) for number in re.findall(r'<tr data-delivery="(\d+)"', page)]

    # === LIST === #

    def test_filters(self):
        back = self._return(self.shipped)
        self.assertEqual(
            set(self._listed()),
            {self.shipped.id, self.backorder.id, self.of_own.id, back.id},
        )
        self.assertEqual(set(self._listed("?filterby=coming")), {self.backorder.id, self.of_own.id})
        self.assertEqual(self._listed("?filterby=shipped"), [self.shipped.id])
        self.assertEqual(self._listed("?filterby=returns"), [back.id])
        self.assertEqual(len(self._listed("?filterby=nonsense&sortby=x&page=-1")), 4)

    def test_states_in_words(self):
        back = self._return(self.shipped)
        self.assertEqual(self.backorder._portal_state(), "preparing")
        self.assertEqual(self.shipped._portal_state(), "shipped")
        self.assertEqual(back._portal_state(), "awaited")
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertEqual(back._portal_state(), "returned")
        page = self.url_open("/my/deliveries").text
        for words in ("Being prepared", "Shipped", "Return received"):
            self.assertIn(words, page)

    def test_list_as_a_file(self):
        """Under the filter that holds, and behind the same gates as the list."""

        def rows(query=""):
            answer = self.url_open(f"/my/deliveries/export.csv{query}")
            self.assertEqual(answer.status_code, 200)
            return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

        self.assertIn("/my/deliveries/export.csv?", self.url_open("/my/deliveries").text)
        names = {row["Number"] for row in rows()}
        self.assertEqual(names, set((self.shipped | self.backorder | self.of_own).mapped("name")))
        [row] = rows("?filterby=shipped")
        self.assertEqual(
            (row["Number"], row["Order"], row["Reference"], row["Status"]),
            (self.shipped.name, self.order.name, "PED-77", "Shipped"),
        )
        self.assertEqual(self.url_open("/my/deliveries/export.xlsx").content[:2], b"PK")
        self.company.portal_show_deliveries = False
        answer = self.url_open("/my/deliveries/export.csv", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open("/my/deliveries/export.csv", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_sorting(self):
        now = fields.Datetime.now()
        self.shipped.date_done = now - timedelta(days=9)
        self.backorder.scheduled_date = now + timedelta(days=3)
        self.of_own.scheduled_date = now + timedelta(days=1)
        newest_first = [self.backorder.id, self.of_own.id, self.shipped.id]
        self.assertEqual(self._listed(), newest_first)
        self.assertEqual(self._listed("?sortby=date_asc"), newest_first[::-1])
        by_name = sorted(
            self.shipped | self.backorder | self.of_own, key=lambda picking: picking.name
        )
        self.assertEqual(self._listed("?sortby=name"), [picking.id for picking in by_name])
        day = (fields.Date.today() - timedelta(days=9)).isoformat()
        self.assertEqual(self._listed(f"?date_begin={day}&date_end={day}"), [self.shipped.id])

    def test_search(self):
        both = {self.shipped.id, self.backorder.id}
        self.assertEqual(set(self._listed("?search=ped-77")), both)
        self.assertEqual(set(self._listed(f"?search={self.order.name}")), both)
        self.assertEqual(self._listed(f"?search={self.shipped.name}"), [self.shipped.id])
        self.assertEqual(set(self._listed("?search=tornillo+LATON")), both | {self.of_own.id})
        self.assertEqual(self._listed("?search=%25"), [])
        self.assertEqual(self._listed(f"?search={self.foreign.name}"), [])
        page = self.url_open("/my/search?search=PED-77").text
        self.assertIn('data-section="deliveries"', page)
        self.assertIn(f"/my/deliveries/{self.shipped.id}", page)

    def test_menu_and_card(self):
        page = self.url_open("/my").text
        self.assertIn('data-portal-menu="deliveries"', page)
        self.assertIn('data-placeholder_count="delivery_count"', page)
        count = self.make_jsonrpc_request("/my/counters", {"counters": ["delivery_count"]})
        self.assertEqual(count["delivery_count"], 1)
        self.company.portal_show_deliveries = False
        page = self.url_open("/my").text
        self.assertNotIn("delivery_count", page)
        count = self.make_jsonrpc_request("/my/counters", {"counters": ["delivery_count"]})
        self.assertEqual(count["delivery_count"], 0)

    # === PAGE === #

    def test_page(self):
        page = self.url_open(self.shipped.access_url).text
        for words in (
            f"Delivery {self.shipped.name}",
            "Tornillo de latón",
            "6 Units",
            "4 Units",
            "Still to come",
            "PED-77",
            self.order.name,
            self.backorder.name,
            "Calle Mayor 1",
        ):
            self.assertIn(words, page)
        self.assertNotIn("access_token=", page)
        page = self.url_open(self.backorder.access_url).text
        self.assertIn("We expect to ship it on", page)
        self.assertIn("8 Units", page)
        self.assertNotIn("Confirm receipt", page)

    def test_page_leads_only_to_what_is_shown(self):
        self.backorder.portal_visible = False
        self.order.portal_visible = False
        page = self.url_open(self.shipped.access_url).text
        self.assertNotIn(self.backorder.name, page)
        self.assertNotIn(f"/my/orders/{self.order.id}", page)

    def test_order_and_invoice_lead_to_it_and_back(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        page = self.url_open(self.order.access_url).text
        self.assertIn(f'href="/my/deliveries/{self.shipped.id}"', page)
        self.assertNotIn("/my/picking/", page)
        self.assertNotIn("Last Delivery Orders", page)
        self.assertIn("Still to come", page)
        page = self.url_open(invoice.access_url).text
        self.assertIn(f'href="/my/deliveries/{self.shipped.id}"', page)
        page = self.url_open(self.shipped.access_url).text
        self.assertIn(f'href="/my/orders/{self.order.id}"', page)
        self.assertIn(f'href="/my/invoices/{invoice.id}"', page)
        self.shipped.portal_visible = False
        for document in (self.order, invoice):
            page = self.url_open(document.access_url).text
            self.assertNotIn(self.shipped.name, page)
        self.company.portal_show_deliveries = False
        for document in (self.order, invoice):
            page = self.url_open(document.access_url).text
            self.assertNotIn(self.backorder.name, page)
            self.assertNotIn("Still to come", page)

    def test_guest_with_the_link_of_the_order(self):
        self.sign_in(None)
        token = self.order._portal_ensure_token()
        page = self.url_open(f"{self.order.access_url}?access_token={token}").text
        self.assertIn(f"/my/picking/pdf/{self.shipped.id}?access_token={token}", page)
        self.assertNotIn("Order again", page)
        self.backorder.portal_visible = False
        page = self.url_open(f"{self.order.access_url}?access_token={token}").text
        self.assertNotIn(self.backorder.name, page)

    # === PAPER === #

    def test_paper(self):
        response = self.url_open(f"{self.shipped.access_url}/pdf")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertTrue(
            self.env["customer.portal.event"].search_count(
                [
                    ("kind", "=", "download"),
                    ("res_model", "=", "stock.picking"),
                    ("res_id", "=", self.shipped.id),
                ]
            )
        )

    def test_paper_of_odoo_where_it_comes_out_whole(self):
        Report = type(self.env["ir.actions.report"])
        with (
            patch.object(printer, "printer_state", lambda: printer.WHOLE),
            patch.object(Report, "_render_qweb_pdf", lambda *a, **k: (b"%PDF-core", "pdf")),
        ):
            self.assertEqual(self.shipped._portal_paper(), b"%PDF-core")
        with (
            patch.object(printer, "printer_state", lambda: printer.PARTIAL),
            patch.object(Report, "_render_qweb_pdf", side_effect=AssertionError),
        ):
            self.assertTrue(self.shipped._portal_paper().startswith(b"%PDF"))

    def test_links_of_carriers(self):
        address = "https://carrier.example.com/t/1"
        self.assertEqual(tracking_links(address, "1"), [("1", address)])
        self.assertEqual(tracking_links(address, ""), [(address, address)])
        self.assertEqual(
            tracking_links(f'[["A", "{address}"], ["B", "javascript:alert(1)"]]', "1"),
            [("A", address)],
        )
        for bad in (
            False, "", "javascript:alert(1)", " javascript:x", "data:text/html,x",
            "//x.example.com", "ftp://x.example.com", "[", "[1]", '[["A", 1]]', "https://",
        ):  # fmt: skip
            self.assertEqual(tracking_links(bad, "1"), [], bad)

    # === BAD INPUT === #

    def test_numbers_that_are_none(self):
        for number in ("0", "999999999999999999999", "-1", "abc", "%C3%B1"):
            for suffix in ("", "/pdf", "/problem"):
                response = self.url_open(f"/my/deliveries/{number}{suffix}")
                self.assertLess(response.status_code, 500, (number, suffix))

    # === COST === #

    def _cost(self, url):
        def ask():
            self.assertEqual(self.url_open(url).status_code, 200)

        return self.second_request(ask)

    def test_cost_does_not_depend_on_the_number_of_deliveries(self):
        urls = ("/my/deliveries", "/my/deliveries?search=laton", self.shipped.access_url)
        few = {url: len(self._cost(url)) for url in urls}
        for _number in range(12):
            self._ship(self._order(self.alfa).picking_ids)
        self.env.flush_all()
        for url in urls:
            many = self._cost(url)
            limit = PAGE_LIMIT if url == self.shipped.access_url else LIST_LIMIT
            with self.subTest(url=url):
                self.assertLessEqual(len(many), limit, "\n".join(many))
                self.assertEqual(len(many), few[url], "\n".join(many))
