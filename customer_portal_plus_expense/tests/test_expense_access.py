"""Who sees an expense and its receipts, by the pages and over RPC: this addon's matrix."""

import re

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import AccessOfAddon

from ..hooks import post_init_hook
from .common import ExpenseCase

PAGE = "/my/expenses/{id}"
RECEIPTS = (PAGE + "/receipts/1", PAGE + "/receipts/1/shown")
ROUTES = (PAGE, *RECEIPTS)


@tagged("post_install", "-at_install")
class TestExpenseAccess(AccessOfAddon, ExpenseCase):
    addon = "customer_portal_plus_expense"
    routes = frozenset(
        [
            "/my/expenses",
            "/my/expenses/page/<page>",
            "/my/expenses/<int:expense_id>",
            "/my/expenses/<int:expense_id>/receipts/<int:place>",
            "/my/expenses/<int:expense_id>/receipts/<int:place>/shown",
        ]
    )
    list_url = "/my/expenses"
    list_mark = "data-expense"
    reading_routes = ROUTES
    switch = "portal_show_expenses"
    capability = "can_see_expenses"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.expense

    def _is_inside(self, response, document):
        """Override: receipts that are saved tell nothing but their content."""
        return response.status_code == 200

    def _pages_seen(self, document, user):
        """Override: an expense without receipts has none for anybody."""
        seen = super()._pages_seen(document, user)
        if not document._portal_receipts():
            self.assertFalse([url for url in RECEIPTS if seen.pop(url)])
        return seen

    # === GATES === #

    def test_whole_customer_and_scope(self):
        super().test_whole_customer_and_scope()
        self.assertEqual(self._seen_by(self.approved), {"full", "colleague"})

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

    def test_order_is_hidden(self):
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

    def test_another_company_shows_receipts(self):
        other = self.env["res.company"].create({"name": "Otra"})
        self.assertTrue(other.portal_show_receipts)

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
            response = self._ask_page(f"{url}?access_token={token}", self.expense.id)
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(self.expense.name, response.text)

    # === RECEIPTS === #

    def test_receipt(self):
        self.sign_in(self.user_full)
        saved, shown = (self._ask_page(url, self.expense.id) for url in RECEIPTS)
        self.assertEqual((saved.content, shown.content), (self.pdf, self.pdf))
        self.assertEqual(saved.headers["Content-Type"], "application/octet-stream")
        self.assertTrue(saved.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(shown.headers["Content-Type"], "application/pdf")
        self.assertEqual(shown.headers["X-Content-Type-Options"], "nosniff")
        self.assertNotIn("Reservada", saved.headers["Content-Disposition"])
        for place in ("0", "2", "999999999999", "-1", "x"):
            answer = self._ask_page(f"{PAGE}/receipts/{place}", self.expense.id)
            self.assertEqual(answer.status_code, 404, place)

    def test_switch_of_receipts(self):
        self.company.portal_show_receipts = False
        self.assertEqual(self.expense._portal_receipts(), [])
        self.sign_in(self.user_full)
        page = self._ask_page(PAGE, self.expense.id)
        self.assertIn(self.expense.name, page.text)
        self.assertNotIn("/receipts/", page.text)
        self.assertEqual(self._ask_page(RECEIPTS[0], self.expense.id).status_code, 404)
        self.assertEqual(self._ask_page(RECEIPTS[1], self.expense.id).status_code, 404)

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

    # === RULES, STAFF === #

    def test_rule_of_an_administrator(self):
        """Override: nobody else has a rule for customers here."""
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
        groups = self._mail_groups(self.expense)
        self.assertNotIn("portal_customer", groups)
        self.assertFalse(groups["portal"]["has_button_access"])

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
