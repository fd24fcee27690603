"""Who sees an expense and its receipts, by the pages and over RPC: this addon's matrix."""

import re

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import RoutesOfAddons

from ..hooks import post_init_hook
from .common import ExpenseCase

MISSING_ID = 900_000_000
ACTORS = ("full", "colleague", "own", "stranger", "branch")
PAGE = "/my/expenses/{id}"
RECEIPTS = (PAGE + "/receipts/1", PAGE + "/receipts/1/shown")
ROUTES = (PAGE, *RECEIPTS)


@tagged("post_install", "-at_install")
class TestExpenseAccess(RoutesOfAddons, ExpenseCase):
    def _ask(self, url, expense_id):
        return self.url_open(url.format(id=expense_id), allow_redirects=False)

    def _seen_by(self, expense, users=ACTORS):
        """Return the logins of those who see an expense; list, file, search, page, receipts and
        gate must agree, and a refusal looks like that of what does not exist."""
        seen = set()
        for key in users:
            user = getattr(self, f"user_{key}")
            self.sign_in(user)
            answers = {
                "list": f'data-expense="{expense.id}"' in self.url_open("/my/expenses").text,
                "file": expense.name in self.url_open("/my/expenses/export.csv").text,
                "search": f'href="{expense.access_url}"'
                in self.url_open(f"/my/search?search={expense.name}").text,
                "gate": not expense._portal_refusal(user.partner_id),
            }
            for url in ROUTES:
                response = self._ask(url, expense.id)
                inside = response.status_code == 200
                if inside or url == PAGE or expense._portal_receipts():
                    answers[url] = inside
                if not inside:
                    missing = self._ask(url, MISSING_ID)
                    self.assert_same_refusal(response, missing, (key, url))
            self.assertEqual(len(set(answers.values())), 1, (key, answers))
            if answers["list"]:
                seen.add(key)
        return seen

    def _refusal(self, expense, key="full"):
        return expense._portal_refusal(getattr(self, f"user_{key}").partner_id)

    # === GATES === #

    def test_whole_customer_and_scope(self):
        self.assertEqual(self._seen_by(self.expense), {"full", "colleague"})
        self.assertEqual(self._seen_by(self.approved), {"full", "colleague"})
        self.assertEqual(self._seen_by(self.of_own), {"full", "colleague", "own"})
        self.assertEqual(self._seen_by(self.foreign), {"stranger"})

    def test_refusal_of_other_customers(self):
        self.assertEqual(self._refusal(self.expense, "stranger"), "contact")
        self.assertEqual(self._refusal(self.expense, "branch"), "contact")
        self.assertEqual(self._refusal(self.foreign), "contact")

    def test_scope_own_by_invoice_contact(self):
        contact = self.user_own.partner_id
        self.assertEqual(self._refusal(self.expense, "own"), "contact")
        self.order.partner_invoice_id = contact
        self.assertIsNone(self._refusal(self.expense, "own"))

    def test_scope_own_by_order_contact_alone(self):
        order = self.of_own.sale_order_id
        order.partner_invoice_id = self.alfa
        self.assertIsNone(self._refusal(self.of_own, "own"))

    def test_company_switches(self):
        for switch in ("portal_show_expenses", "portal_enabled"):
            with self.subTest(switch=switch):
                self.company[switch] = False
                self.assertEqual(self._refusal(self.expense), "company")
                self.company[switch] = True
        self.company.portal_show_expenses = False
        self.assertEqual(self._seen_by(self.expense, ("full",)), set())
        self.assertNotIn("/my/expenses", self.url_open("/my").text)

    def test_customer_access(self):
        self.alfa.portal_access = False
        self.assertEqual(self._refusal(self.expense), "customer")

    def test_capability(self):
        self.profile_purchasing.can_see_expenses = False
        self.assertEqual(self._refusal(self.expense, "colleague"), "contact")
        self.assertEqual(self._seen_by(self.expense, ("full", "colleague")), {"full"})

    def test_hidden(self):
        self.expense.portal_visible = False
        self.assertEqual(self._refusal(self.expense), "document")
        self.assertEqual(self._seen_by(self.expense, ("full",)), set())
        self.expense.portal_visible = True
        self.order.portal_visible = False
        self.assertEqual(self._refusal(self.expense), "document")

    def test_unpublished(self):
        draft = self._create_expense(self.order, "Borrador", approve=False)
        self.assertEqual(self._refusal(draft), "document")
        draft.action_submit()
        if draft.state == "submitted":
            self.assertEqual(self._refusal(draft), "document")
        draft.approval_state = "refused"
        self.assertEqual((draft.state, self._refusal(draft)), ("refused", "document"))

    def test_approved_and_on_an_order(self):
        """One without the other is neither."""
        self.approved.sale_order_line_id = self.order.order_line[:1]
        self.assertEqual(self._refusal(self.approved), "document")
        draft = self._create_expense(self.order, "Borrador", approve=False)
        draft.sale_order_line_id = self.order.order_line[:1]
        self.assertEqual(self._refusal(draft), "document")

    def test_order_that_was_cancelled(self):
        self.order._action_cancel()
        self.assertEqual(self._refusal(self.approved), "document")

    def test_entry_that_was_taken_back(self):
        """Off the order, an expense isn't invoiced, whatever state it keeps."""
        self.expense.sale_order_line_id = False
        self.assertEqual(self._refusal(self.expense), "document")

    def test_what_is_not_invoiced_again(self):
        internal = self._create_expense(self.env["sale.order"], "Comida interna", receipt=self.pdf)
        self.assertEqual(self._seen_by(internal, ("full", "stranger")), set())
        self.env.cr.execute(
            "UPDATE product_template SET expense_policy = 'no' WHERE id = %s",
            [self.travel.product_tmpl_id.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._refusal(self.expense), "document")

    def test_another_company(self):
        """Who is not a user of the company that spent sees nothing of it in lists."""
        other = self.env["res.company"].create({"name": "Otra", "portal_show_expenses": True})
        self.user_full.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.sign_in(self.user_full)
        self.assertNotIn(self.expense.name, self.url_open("/my/expenses").text)
        self.assertTrue(other.portal_show_receipts)

    def test_contact_that_moves_leaves_its_expenses_behind(self):
        self.user_own.partner_id.parent_id = self.beta
        self.assertEqual(self._refusal(self.of_own, "own"), "contact")

    def test_guests(self):
        self.sign_in(None)
        token = self.foreign._portal_ensure_token()
        for url in ROUTES:
            for query in ("", f"?access_token={token}"):
                response = self.url_open(url.format(id=self.expense.id) + query)
                self.assertNotIn(self.expense.name, response.text)
                self.assertFalse(response.content.startswith(b"%PDF"))

    def test_token_opens_nothing_to_another_customer(self):
        token = self.expense._portal_ensure_token()
        self.sign_in(self.user_stranger)
        for url in ROUTES:
            response = self._ask(f"{url}?access_token={token}", self.expense.id)
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(self.expense.name, response.text)

    # === RECEIPTS === #

    def test_receipt(self):
        self.sign_in(self.user_full)
        saved, shown = (self._ask(url, self.expense.id) for url in RECEIPTS)
        self.assertEqual((saved.content, shown.content), (self.pdf, self.pdf))
        self.assertEqual(saved.headers["Content-Type"], "application/octet-stream")
        self.assertTrue(saved.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(shown.headers["Content-Type"], "application/pdf")
        self.assertEqual(shown.headers["X-Content-Type-Options"], "nosniff")
        self.assertNotIn("Reservada", saved.headers["Content-Disposition"])
        for place in ("0", "2", "999999999999", "-1", "x"):
            answer = self._ask(f"{PAGE}/receipts/{place}", self.expense.id)
            self.assertEqual(answer.status_code, 404, place)

    def test_switch_of_receipts(self):
        self.company.portal_show_receipts = False
        self.assertEqual(self.expense._portal_receipts(), [])
        self.sign_in(self.user_full)
        page = self._ask(PAGE, self.expense.id)
        self.assertIn(self.expense.name, page.text)
        self.assertNotIn("/receipts/", page.text)
        self.assertEqual(self._ask(RECEIPTS[0], self.expense.id).status_code, 404)
        self.assertEqual(self._ask(RECEIPTS[1], self.expense.id).status_code, 404)

    def test_files_that_are_no_receipts(self):
        """Pages and drawings with scripts, links, and what was said between staff."""
        self._attach(self.approved, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg")
        self._attach(self.approved, b"<html><script>alert(1)</script></html>", "a.pdf")
        self.env["ir.attachment"].create(
            {
                "name": "enlace",
                "type": "url",
                "url": "https://example.com/a.pdf",
                "res_model": self.approved._name,
                "res_id": self.approved.id,
            }
        )
        self.approved.message_post(body="Interno", attachments=[("nota.pdf", self.pdf)])
        self.assertEqual(self.approved._portal_receipts(), [])
        self._attach(self.approved, self.pdf)
        self.assertEqual(len(self.approved._portal_receipts()), 1)
        # Neither what is of a field, nor what is of another record with the same number.
        self._attach(self.approved, self.pdf).res_field = "message_main_attachment_id"
        self._attach(self.approved, self.pdf).res_model = "res.partner"
        self.assertEqual(len(self.approved._portal_receipts()), 1)

    def test_receipts_that_came_by_mail(self):
        """They hang on the mail that the expense was made from; those of answers are staff's."""
        sent_in = self.env["hr.expense"].create(
            {
                "name": "Por correo",
                "employee_id": self.employee.id,
                "product_id": self.travel.id,
                "company_id": self.company.id,
            }
        )
        self.env["mail.message"].search(
            [("model", "=", "hr.expense"), ("res_id", "=", sent_in.id)]
        ).unlink()
        mail = {"message_type": "email", "attachments": [("recibo.pdf", self.pdf)]}
        sent_in.message_post(body="Recibo", **mail)
        sent_in.message_post(body="Otro", **mail)
        self.assertEqual(len(sent_in._portal_receipts()), 1)
        first, answer = sent_in.message_ids.sorted("id")
        first.parent_id = answer
        self.assertEqual(sent_in._portal_receipts(), [], "An answer is no expense sent in")

    def test_by_content(self):
        """Odoo's own addresses of files give no receipt away."""
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "hr.expense"), ("res_id", "=", self.expense.id)]
        )
        addresses = (
            f"/web/content/{file.id}",
            f"/web/content/{file.id}?download=1",
            f"/web/content/hr.expense/{self.expense.id}/message_main_attachment_id",
            f"/web/image/{file.id}",
        )
        for user in (self.user_full, self.user_stranger, None):
            self.sign_in(user)
            for address in addresses:
                response = self.url_open(address)
                self.assertNotEqual(response.content, self.pdf, (user, address))
        for user in (self.user_full, self.user_stranger):
            with self.assertRaises(AccessError):
                file.with_user(user).read(["raw"])

    # === RPC === #

    def test_rpc(self):
        Expense = self.env["hr.expense"].with_user(self.user_full)
        mine = Expense.browse(self.expense.id)
        for act in (
            lambda: Expense.search([]),
            lambda: mine.read(["name"]),
            lambda: mine.read(["employee_id", "description"]),
            lambda: mine.write({"name": "x"}),
            lambda: mine.unlink(),
            lambda: mine.message_post(body="x"),
            lambda: mine.action_portal_hide(),
            lambda: mine.action_portal_preview(),
            lambda: Expense.create({"name": "x"}),
        ):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                act()

    def test_right_that_somebody_gave(self):
        """The gates hold, and few columns are read."""
        self.env["ir.model.access"].create(
            {
                "name": "expense portal",
                "model_id": self.env["ir.model"]._get_id("hr.expense"),
                "group_id": self.env.ref("base.group_portal").id,
                "perm_read": True,
            }
        )
        Expense = self.env["hr.expense"].with_user(self.user_own)
        self.assertEqual(Expense.search([]).ids, self.of_own.ids)
        with self.assertRaises(AccessError):
            Expense.browse(self.of_own.id).read(["employee_id"])

    # === ROUTES, RULES, STAFF === #

    def test_every_route_is_tried(self):
        """A route of this addon that nobody has thought of fails here."""
        self.assert_routes_listed(
            "customer_portal_plus_expense",
            {
                "/my/expenses",
                "/my/expenses/page/<page>",
                "/my/expenses/<int:expense_id>",
                "/my/expenses/<int:expense_id>/receipts/<int:place>",
                "/my/expenses/<int:expense_id>/receipts/<int:place>/shown",
            },
        )

    def test_rule_of_an_administrator(self):
        self.env["ir.rule"].create(
            {
                "name": "Sin viajes",
                "model_id": self.env["ir.model"]._get_id("hr.expense"),
                "domain_force": f"[('id', '!=', {self.expense.id})]",
            }
        )
        self.assertEqual(self._refusal(self.expense), "rule")
        self.assertEqual(self._seen_by(self.expense, ("full",)), set())

    def test_why(self):
        contact = self.user_full.partner_id
        self.company.portal_show_expenses = False
        why = self.expense._portal_why(contact)
        self.assertEqual((why["gate"], why["mend"]), ("company", "settings"))
        self.assertIn("expenses", why["sentence"])
        self.company.portal_show_expenses = True
        self.profile_purchasing.can_see_expenses = False
        why = self.expense._portal_why(self.user_colleague.partner_id)
        self.assertIn("See expenses", why["sentence"])
        self.assertTrue(self.expense._portal_why(self.user_own.partner_id)["sentence"])
        self.order.portal_visible = False
        self.assertIn(self.order.name, self.expense._portal_why(contact)["sentence"])

    def test_mails_lead_nobody_to_the_portal(self):
        message = self.expense.message_post(body="x", subtype_xmlid="mail.mt_comment")
        groups = self.expense._notify_get_recipients_groups(message, "Expense")
        names = {name: data for name, _is_for, data in groups}
        self.assertNotIn("portal_customer", names)
        self.assertFalse(names["portal"]["has_button_access"])

    def test_companies_that_were_there(self):
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_show_expenses and new.portal_show_receipts)
        post_init_hook(self.env)
        self.assertFalse(self.company.portal_show_expenses)
        self.assertFalse(self.company.portal_show_receipts)

    def test_nothing_of_the_employee(self):
        self.sign_in(self.user_full)
        for address in ("/my/expenses", self.expense.access_url, "/my/expenses/export.csv"):
            text = self.url_open(address).text
            self.assertIn(self.expense.name, text)
            self.assertFalse(re.search(r"Reservada|reservada|83[.,]21", text), address)
