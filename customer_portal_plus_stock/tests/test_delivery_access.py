"""Who sees a delivery, by the pages, by Odoo's own addresses and over RPC: this addon's matrix."""

import re
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import RoutesOfAddons
from odoo.addons.customer_portal_plus.tools import printer

from ..hooks import post_init_hook
from .common import DeliveryCase

MISSING_ID = 900_000_000
ACTORS = ("full", "colleague", "own", "stranger", "branch")
# Address and method of each route of a delivery; what is posted, if anything.
ROUTES = (
    ("GET", "/my/deliveries/{id}"),
    ("GET", "/my/deliveries/{id}/pdf"),
    ("GET", "/my/deliveries/{id}/problem"),
    ("POST", "/my/deliveries/{id}/problem"),
    ("POST", "/my/deliveries/{id}/receipt"),
    ("GET", "/my/picking/pdf/{id}"),
)
READING_ROUTES = ROUTES[:3]


@tagged("post_install", "-at_install")
class TestDeliveryAccess(RoutesOfAddons, DeliveryCase):
    def _ask(self, method, url, picking_id):
        url = url.format(id=picking_id)
        if method == "POST":
            token = self.form_token()
            return self.url_open(url, data={"csrf_token": token}, allow_redirects=False)
        return self.url_open(url, allow_redirects=False)

    def _is_inside(self, response, picking):
        """Whether an answer is more than the refusal that everybody gets."""
        location = response.headers.get("Location", "")
        if response.status_code in (302, 303):
            return "/my/sign/" in location
        return response.status_code in (200, 422) and (
            response.content.startswith(b"%PDF") or picking.name in response.text
        )

    def _seen_by(self, picking, users=ACTORS):
        """Return the logins of those who see a delivery; list, routes and gate must agree, and a
        refusal looks like that of what does not exist."""
        seen = set()
        for key in users:
            user = getattr(self, f"user_{key}")
            self.sign_in(user)
            answers = {
                "list": f'data-delivery="{picking.id}"' in self.url_open("/my/deliveries").text,
                "file": picking.name in self.url_open("/my/deliveries/export.csv").text,
                "search": picking.name in self._found(picking.name),
                "gate": not picking._portal_refusal(user.partner_id),
            }
            for method, url in ROUTES:
                response = self._ask(method, url, picking.id)
                inside = self._is_inside(response, picking)
                if url.endswith(("/problem", "/receipt")):
                    # Only what was shipped is confirmed; who may not is told so on the page.
                    may = not picking._portal_sign_refusal(user.partner_id)
                    self.assertEqual(inside, may, (key, method, url, response.text[:200]))
                    continue
                answers[f"{method} {url}"] = inside
                if not inside:
                    missing = self._ask(method, url, MISSING_ID)
                    self.assert_same_refusal(response, missing, (key, url))
            self.assertEqual(len(set(answers.values())), 1, (key, answers))
            if answers["list"]:
                seen.add(key)
        return seen

    def _found(self, text):
        page = self.url_open(f"/my/search?search={text}").text
        return re.findall(r'href="/my/deliveries/\d+"[^>]*>([^<]*)<', page)

    # === GATES === #

    def test_whole_customer_and_scope(self):
        self.assertEqual(self._seen_by(self.shipped), {"full", "colleague"})
        self.assertEqual(self._seen_by(self.of_own), {"full", "colleague", "own"})
        self.assertEqual(self._seen_by(self.foreign), {"stranger"})

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

    def test_company_switches(self):
        for switch in ("portal_show_deliveries", "portal_enabled"):
            with self.subTest(switch=switch):
                self.company[switch] = False
                self.assertEqual(self.shipped._portal_refusal(self.user_full.partner_id), "company")
                self.company[switch] = True
        self.company.portal_show_deliveries = False
        self.assertEqual(self._seen_by(self.shipped, ("full",)), set())
        self.assertNotIn("/my/deliveries", self.url_open("/my").text)

    def test_customer_access(self):
        self.alfa.portal_access = False
        self.assertEqual(self.shipped._portal_refusal(self.user_full.partner_id), "customer")
        self.assertEqual(self.shipped._portal_refusal(self.env["res.partner"]), "customer")

    def test_capability(self):
        self.profile_purchasing.can_see_deliveries = False
        self.assertEqual(self.shipped._portal_refusal(self.user_colleague.partner_id), "contact")
        self.assertEqual(self._seen_by(self.shipped, ("full", "colleague")), {"full"})

    def test_hidden_and_unpublished(self):
        self.shipped.portal_visible = False
        self.assertEqual(self.shipped._portal_refusal(self.user_full.partner_id), "document")
        self.assertEqual(self._seen_by(self.shipped, ("full",)), set())
        self.backorder.action_cancel()
        self.assertEqual(self.backorder._portal_refusal(self.user_full.partner_id), "document")
        self.assertEqual(self._seen_by(self.backorder, ("full",)), set())
        self.backorder.invalidate_recordset()
        draft = self.shipped.copy()
        self.assertEqual(draft.state, "draft")
        self.assertTrue(draft.portal_visible)
        self.assertEqual(draft._portal_refusal(self.user_full.partner_id), "document")

    def test_another_company(self):
        """Who is not a user of the company that ships sees nothing of it in lists."""
        other = self.env["res.company"].create({"name": "Otra", "portal_show_deliveries": True})
        self.assertTrue(other.portal_show_deliveries)
        self.sign_in(self.user_full)
        self.assertIn(self.shipped.name, self.url_open("/my/deliveries").text)
        self.user_full.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertNotIn(self.shipped.name, self.url_open("/my/deliveries").text)

    def test_customer_is_who_ordered(self):
        """Goods that go to somebody else's address are the business of who ordered them."""
        order = self._order(self.alfa, partner_shipping_id=self.beta.id)
        self.assertEqual(order.picking_ids.partner_id, self.beta)
        self.assertEqual(self._seen_by(order.picking_ids), {"full", "colleague"})

    def test_contact_that_moves_leaves_its_deliveries_behind(self):
        contact = self.user_own.partner_id
        contact.parent_id = self.beta
        self.assertEqual(self.of_own.portal_commercial_partner_id, self.alfa)
        self.assertEqual(self.of_own._portal_refusal(contact), "contact")

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
        for _method, url in READING_ROUTES:
            address = url.format(id=self.shipped.id)
            for query in ("", f"?access_token={token}"):
                response = self.url_open(f"{address}{query}")
                self.assertNotIn(self.shipped.name, response.text)
                self.assertFalse(response.content.startswith(b"%PDF"))

    def test_own_token_opens_nothing_of_another_customer(self):
        """Somebody of another customer who has got hold of the delivery's token."""
        token = self.shipped._portal_ensure_token()
        self.sign_in(self.user_stranger)
        for _method, url in READING_ROUTES:
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

    # === ROUTES === #

    def test_every_route_is_tried(self):
        """A route of this addon that nobody has thought of fails here."""
        self.assert_routes_listed(
            "customer_portal_plus_stock",
            {
                "/my/deliveries",
                "/my/deliveries/page/<page>",
                "/my/deliveries/<int:delivery_id>",
                "/my/deliveries/<int:delivery_id>/pdf",
                "/my/deliveries/<int:delivery_id>/problem",
                "/my/deliveries/<int:delivery_id>/receipt",
                "/my/orders/<int:order_id>/again",
                "/my/picking/pdf/<int:picking_id>",
                "/my/picking/return/pdf/<int:picking_id>",
            },
        )

    # === RULES OF OTHERS === #

    def test_rule_of_an_administrator(self):
        """What hides a delivery over RPC hides it on the pages; core's own rule, once somebody
        has changed it, is such a one."""
        rule = self.env.ref("sale_stock.stock_picking_rule_portal")
        rule.domain_force = "[('partner_id', '=', user.partner_id.id)]"
        self.assertEqual(self._seen_by(self.of_own, ("full", "own")), {"own"})
        self.assertEqual(self.of_own._portal_refusal(self.user_full.partner_id), "rule")

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
        def groups(picking):
            message = picking.message_post(body="x", subtype_xmlid="mail.mt_comment")
            return {
                name: data
                for name, _is_for, data in picking._notify_get_recipients_groups(
                    message, "Transfer"
                )
            }

        receipt = groups(self._receipt())
        self.assertNotIn("portal_customer", receipt)
        self.assertFalse(receipt["portal"]["has_button_access"])
        shown = groups(self.shipped)["portal_customer"]["button_access"]
        self.assertTrue(shown["url"].endswith(f"/my/deliveries/{self.shipped.id}"))
        self.company.portal_show_deliveries = False
        self.assertNotIn("portal_customer", groups(self.shipped))

    def test_companies_that_were_there(self):
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_show_deliveries and new.portal_allow_reorder)
        post_init_hook(self.env)
        self.assertFalse(self.company.portal_show_deliveries)
        self.assertFalse(self.company.portal_allow_receipt)
        self.assertFalse(self.company.portal_allow_reorder)
