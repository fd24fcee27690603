"""Orders in the customer's words, and ordering again."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryOrders(DeliveryCase):
    # === STATES === #

    def test_states(self):
        fresh = self._order(self.alfa)
        self.assertEqual(fresh._portal_state(), "preparing")
        self.assertEqual(self.order._portal_state(), "partly_shipped")
        self._ship(self.backorder)
        self.assertEqual(self.order._portal_state(), "shipped")
        self.assertEqual(self.order._portal_status()["label"], "All shipped")
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.assertEqual(self.order._portal_state(), "invoiced")
        self.assertEqual(self.order._portal_delivery_label(), "All shipped")
        fresh._create_invoices().action_post()
        self.assertEqual(fresh._portal_state(), "invoiced")
        self.assertEqual(fresh._portal_delivery_label(), "Being prepared")

    def test_services_are_confirmed(self):
        self.product.type = self.washer.type = "service"
        self.assertEqual(self._order(self.alfa)._portal_state(), "confirmed")

    def test_list(self):
        self.sign_in(self.user_full)
        page = self.url_open("/my/orders").text
        self.assertIn("Shipped in part", page)
        self.assertIn(self.order.name, self.url_open("/my/orders?filterby=to_come").text)
        self._ship(self.backorder)
        self.assertNotIn(self.order.name, self.url_open("/my/orders?filterby=to_come").text)
        self.company.portal_show_deliveries = False
        self.assertEqual(self.order._portal_state(), "confirmed")
        self.assertEqual(self.order._portal_delivery_label(), "")

    # === AGAIN === #

    def _again(self, order=None, page=None):
        order = order or self.order
        return self.post_form(f"/my/orders/{order.id}/again", page=page or order.access_url)

    def _requests(self, order=None):
        return self.env["sale.order"].search(
            [("portal_again_of_id", "=", (order or self.order).id)]
        )

    def test_again(self):
        self.product.list_price = 123.0
        self.order.order_line[0].price_unit = 77.0
        self.sign_in(self.user_full)
        self.assertIn("Order again", self.url_open(self.order.access_url).text)
        page = self._again().text
        self.assertIn("We make you a quote", page)
        request = self._requests()
        self.assertEqual((request.state, len(request)), ("draft", 1))
        self.assertEqual(request.partner_id, self.order.partner_id)
        self.assertEqual(
            [
                (line.product_id, line.product_uom_qty, line.price_unit)
                for line in request.order_line
            ],
            [(self.product, 10, 123.0), (self.washer, 10, 5.0)],
        )
        self.assertEqual(request.activity_ids.user_id, self.user_sales)
        self.assertTrue(request._portal_refusal(self.user_full.partner_id))
        # Asked twice, one request is made; the page says so.
        page = self.url_open(self.order.access_url).text
        self.assertNotIn("Order again", page)
        self.assertIn("We are preparing your quote", page)
        self.assertIn("preparing your quote", self._again().text)
        self.assertEqual(self._requests(), request)
        request.state = "sent"
        self.assertIn("Order again", self.url_open(self.order.access_url).text)

    def test_what_can_be_ordered_again(self):
        self.order.write(
            {
                "order_line": [
                    (0, 0, {"display_type": "line_section", "name": "Sección"}),
                    (0, 0, {"product_id": self.product.id, "product_uom_qty": 0}),
                ]
            }
        )
        self.washer.sale_ok = False
        lines = self.order._portal_lines_again()
        self.assertEqual(lines.mapped("product_uom_qty"), [10])
        self.assertEqual(lines.product_id, self.product)
        self.product.active = False
        self.assertEqual(self.order._portal_again_obstacle(self.user_full.partner_id), "nothing")

    def test_refused(self):
        contact = self.user_full.partner_id
        quote = self._create_order(self.alfa)
        self.assertEqual(quote._portal_again_obstacle(contact), "off")
        stranger = self.user_stranger.partner_id
        self.assertEqual(self.order._portal_again_obstacle(stranger), "off")
        self.assertEqual(self.order._portal_again_obstacle(contact.browse()), "off")
        self.order.portal_visible = False
        self.assertEqual(self.order._portal_again_obstacle(contact), "off")
        self.order.portal_visible = True
        self.company.portal_allow_reorder = False
        self.assertEqual(self.order._portal_again_obstacle(contact), "off")
        with self.assertRaises(PortalRefusal):
            self.order.with_user(self.user_full)._portal_order_again(contact)
        self.assertFalse(self._requests())

    def test_foreign_orders(self):
        for user in (self.user_stranger, self.user_branch, self.user_own):
            self.sign_in(user)
            self._again(page="/my/account")
            self.assertFalse(self._requests(), user.login)
        self.sign_in(None)
        response = self.url_open(f"/my/orders/{self.order.id}/again", data={"x": "1"})
        self.assertFalse(self._requests())
        self.sign_in(self.user_sales)
        self._again(page="/my/account")
        self.assertFalse(self._requests(), "staff ask for nothing in the customer's name")
        self.assertLess(response.status_code, 500)

    def test_get_does_nothing(self):
        self.sign_in(self.user_full)
        response = self.url_open(f"/my/orders/{self.order.id}/again")
        self.assertIn(response.status_code, (404, 405))
        self.assertFalse(self._requests())

    def test_customers_write_no_orders(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.user_full).write({"portal_again_of_id": self.order.id})
