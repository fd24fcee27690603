"""Who sees a delivery, by the pages, by Odoo's own addresses and over RPC: this addon's matrix."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import AccessOfAddon
from odoo.addons.customer_portal_plus.tools import printer

from ..hooks import post_init_hook
from .common import DeliveryCase

READING_ROUTES = (
    "/my/deliveries/{id}",
    "/my/deliveries/{id}/pdf",
    "/my/deliveries/{id}/problem",
)
# Only what was shipped is confirmed; who may not is told so on the page.
ACTING_ROUTES = (
    ("GET", "/my/deliveries/{id}/problem"),
    ("POST", "/my/deliveries/{id}/problem"),
    ("POST", "/my/deliveries/{id}/receipt"),
)


@tagged("post_install", "-at_install")
class TestDeliveryAccess(AccessOfAddon, DeliveryCase):
    addon = "customer_portal_plus_stock"
    routes = frozenset(
        [
            "/my/deliveries",
            "/my/deliveries/page/<page>",
            "/my/deliveries/<int:delivery_id>",
            "/my/deliveries/<int:delivery_id>/pdf",
            "/my/deliveries/<int:delivery_id>/problem",
            "/my/deliveries/<int:delivery_id>/receipt",
            "/my/orders/<int:order_id>/again",
            "/my/picking/pdf/<int:picking_id>",
            "/my/picking/return/pdf/<int:picking_id>",
        ]
    )
    list_url = "/my/deliveries"
    list_mark = "data-delivery"
    reading_routes = (*READING_ROUTES[:2], "/my/picking/pdf/{id}")
    acting_routes = ACTING_ROUTES
    switch = "portal_show_deliveries"
    capability = "can_see_deliveries"
    foreign_rule = "sale_stock.stock_picking_rule_portal"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.shipped

    def _act(self, route, document_id, **data):
        method, url = route
        data = {"csrf_token": self._csrf(), **data} if method == "POST" else None
        return self.url_open(url.format(id=document_id), data=data, allow_redirects=False)

    def _is_inside(self, response, document):
        """Override: also where one signs, and where what was sent is told to be wrong."""
        if response.status_code in (302, 303):
            return "/my/sign/" in response.headers.get("Location", "")
        return response.status_code in (200, 422) and (
            response.content.startswith(b"%PDF") or document.name in response.text
        )

    def _pages_seen(self, document, user):
        """Override: what may be done is offered to who may do it."""
        may = not document._portal_sign_refusal(user.partner_id)
        for route in self.acting_routes:
            response = self._act(route, document.id)
            about = (user.login, route, response.text[:200])
            self.assertEqual(self._is_inside(response, document), may, about)
        return super()._pages_seen(document, user)

    # === GATES === #

    def test_scope_own_by_order_and_invoice_contact(self):
        contact = self.user_own.partner_id
        order = self._order(self.alfa, partner_invoice_id=contact.id)
        self.assertFalse(order.picking_ids._portal_refusal(contact))
        addresses = {"partner_shipping_id": self.alfa.id, "partner_invoice_id": self.alfa.id}
        order = self._order(contact, **addresses)
        self.assertEqual(order.picking_ids.partner_id, self.alfa)
        self.assertFalse(order.picking_ids._portal_refusal(contact))
        order = self._order(self.alfa, partner_shipping_id=contact.id)
        self.assertFalse(order.picking_ids._portal_refusal(contact))
        self.assertEqual(self.shipped._portal_refusal(contact), "contact")

    def test_unpublished(self):
        self.backorder.action_cancel()
        self.assertEqual(self.backorder._portal_refusal(self.user_full.partner_id), "document")
        self.assertEqual(self._seen_by(self.backorder, ("full",)), set())
        self.backorder.invalidate_recordset()
        self.shipped.portal_visible = False
        draft = self.shipped.copy()
        self.assertEqual(draft.state, "draft")
        self.assertTrue(draft.portal_visible)
        self.assertEqual(draft._portal_refusal(self.user_full.partner_id), "document")

    def test_customer_is_who_ordered(self):
        """Goods that go to somebody else's address are the business of who ordered them."""
        order = self._order(self.alfa, partner_shipping_id=self.beta.id)
        self.assertEqual(order.picking_ids.partner_id, self.beta)
        self.assertEqual(self._seen_by(order.picking_ids), {"full", "colleague"})

    def test_returns(self):
        back = self._return(self.shipped)
        self.assertEqual(self._seen_by(back), {"full", "colleague"})

    def test_receipts_of_suppliers_stay_as_they_are(self):
        receipt = self._receipt()
        self.assertFalse(receipt._portal_in_scope())
        self.assertEqual(receipt.access_url, "#")
        self.sign_in(self.user_full)
        self.assertNotIn(receipt.name, self.url_open("/my/deliveries").text)
        response = self.url_open(f"/my/deliveries/{receipt.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 404)

    # === ODOO'S OWN ADDRESS === #

    def _old_link(self, picking, user=None, path="/my/picking/pdf"):
        self.sign_in(user)
        token = self.order._portal_ensure_token()
        return self.url_open(f"{path}/{picking.id}?access_token={token}")

    def test_link_of_the_order(self):
        for user in (None, self.user_stranger):
            self.assertTrue(self._old_link(self.shipped, user).content.startswith(b"%PDF"))
            self.assertEqual(self._old_link(self.foreign, None).status_code, 404)
        self.assertEqual(self._old_link(self.of_own).status_code, 404)

    def test_old_link_when_a_gate_is_shut(self):
        """Each condition alone: neither a guest nor somebody of another customer gets the paper."""
        shut = (
            (self.company, "portal_enabled"),
            (self.company, "portal_show_deliveries"),
            (self.company, "portal_show_orders"),
            (self.alfa, "portal_access"),
            (self.shipped, "portal_visible"),
            (self.order, "portal_visible"),
        )
        for record, switch in shut:
            for path in ("/my/picking/pdf", "/my/picking/return/pdf"):
                with self.subTest(switch=f"{record._name}.{switch}", path=path):
                    record[switch] = False
                    for user in (None, self.user_stranger):
                        # Where nothing can be printed, nobody gets a label.
                        with patch.object(printer, "printer_state", lambda: printer.WHOLE):
                            response = self._old_link(self.shipped, user, path)
                        self.assertEqual(response.status_code, 404)
                        self.assertNotIn(b"%PDF", response.content)
                    record[switch] = True
        self.assertTrue(self._old_link(self.shipped).content.startswith(b"%PDF"))

    def test_strange_tokens(self):
        self.sign_in(None)
        self.order._portal_ensure_token()
        self.assertFalse(self.foreign.sale_id.access_token)
        for token in ("", "x", "%C3%B1", "%00", "False", "0" * 5000):
            for picking in (self.shipped, self.foreign):
                response = self.url_open(f"/my/picking/pdf/{picking.id}?access_token={token}")
                self.assertEqual(response.status_code, 404, token)

    def test_guests(self):
        token = self.shipped._portal_ensure_token()
        self.sign_in(None)
        for url in READING_ROUTES:
            address = url.format(id=self.shipped.id)
            for query in ("", f"?access_token={token}"):
                response = self.url_open(f"{address}{query}")
                self.assertNotIn(self.shipped.name, response.text)
                self.assertFalse(response.content.startswith(b"%PDF"))

    def test_own_token_opens_nothing_of_another_customer(self):
        """Somebody of another customer who has got hold of the delivery's token."""
        token = self.shipped._portal_ensure_token()
        self.sign_in(self.user_stranger)
        for url in READING_ROUTES:
            address = url.format(id=self.shipped.id)
            response = self.url_open(f"{address}?access_token={token}", allow_redirects=False)
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(self.shipped.name, response.text)

    # === RPC === #

    def test_rpc(self):
        Picking = self.env["stock.picking"]
        own = Picking.with_user(self.user_own).search([])
        self.assertEqual(own, self.of_own.with_user(self.user_own))
        self.assertEqual(own.read(["name"])[0]["name"], self.of_own.name)
        for name in ("note", "move_ids", "user_id", "portal_problem_ids", "signature"):
            with self.assertRaises(AccessError, msg=name):
                own.read([name])
        self.assertFalse(Picking.with_user(self.user_stranger).search([("id", "=", own.id)]))
        self.company.portal_show_deliveries = False
        self.assertFalse(Picking.with_user(self.user_own).search([]))

    def test_nothing_is_written_over_rpc(self):
        mine = self.of_own.with_user(self.user_own)
        for act in (
            lambda: mine.write({"portal_received_on": "2026-01-01"}),
            lambda: mine.unlink(),
            lambda: mine.message_post(body="x"),
            lambda: mine.message_subscribe(self.user_own.partner_id.ids),
            lambda: mine.action_portal_hide(),
            lambda: mine.action_portal_problems(),
            lambda: mine.button_validate(),
            lambda: (
                self.env["customer.portal.delivery.problem"].with_user(self.user_own).search([])
            ),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                act()

    def test_reports_of_odoo(self):
        self.sign_in(self.user_own)
        response = self.url_open(f"/report/pdf/stock.report_deliveryslip/{self.of_own.id}")
        self.assertFalse(response.content.startswith(b"%PDF"))
        self.assertNotIn(self.of_own.name, response.text)

    # === STAFF === #

    def test_why(self):
        self.company.portal_show_deliveries = False
        why = self.shipped._portal_why(self.user_full.partner_id)
        self.assertEqual((why["gate"], why["mend"]), ("company", "settings"))
        self.assertIn("deliveries", why["sentence"])
        self.company.portal_show_deliveries = True
        self.profile_purchasing.can_see_deliveries = False
        why = self.shipped._portal_why(self.user_colleague.partner_id)
        self.assertIn("See deliveries", why["sentence"])

    def test_mails_of_what_is_not_shown_have_no_button(self):
        receipt = self._mail_groups(self._receipt())
        self.assertNotIn("portal_customer", receipt)
        self.assertFalse(receipt["portal"]["has_button_access"])
        self.assertTrue(self.shipped.access_url.endswith(f"/my/deliveries/{self.shipped.id}"))
        self._assert_no_button_of_what_is_hidden()

    def test_companies_that_were_there(self):
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_show_deliveries and new.portal_allow_reorder)
        post_init_hook(self.env)
        self.assertFalse(self.company.portal_show_deliveries)
        self.assertFalse(self.company.portal_allow_receipt)
        self.assertFalse(self.company.portal_allow_reorder)
