"""What record rules of other modules and of administrators hide is hidden on every page, too."""

from lxml import html

from odoo import Command
from odoo.tests import tagged

from .common import PortalHttpCase

SHOWN, HIDDEN = "PEDIDO-CLARO", "PEDIDO-OCULTO"


@tagged("post_install", "-at_install")
class TestRulesOfOthers(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shown = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30, ref=SHOWN)
        cls.hidden = cls._create_invoice(cls.alfa, 7000.0, days=-60, due_days=-30, ref=HIDDEN)
        cls.portal_group = cls.env.ref("base.group_portal")

    def _add_rule(self, domain, model="account.move", groups=()):
        rule = self.env["ir.rule"].create(
            {
                "name": "Somebody else's",
                "model_id": self.env["ir.model"]._get_id(model),
                "domain_force": domain,
                "groups": [Command.set([group.id for group in groups])],
            }
        )
        self.env.flush_all()
        return rule

    def _assert_hidden(self):
        """Assert that the hidden invoice is on no page, in no sum and no file."""
        self.sign_in(self.user_full)
        for path in (
            "/my",
            "/my/invoices",
            "/my/invoices?filterby=overdue",
            f"/my/invoices?search={HIDDEN}",
            f"/my/search?search={HIDDEN}",
            "/my/pay?select=all",
            "/my/payments/report",
            "/my/statement?kind=open",
            "/my/purchases",
        ):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200, path)
            texts = html.fromstring(answer.text).xpath("//text()[not(ancestor::script)]")
            text = " ".join(texts)
            self.assertNotIn(self.hidden.name, text, path)
            if "statement" not in path:
                self.assertNotIn("7,", text, path)
                self.assertNotIn("000.00", text, path)
        self.assertIn(self.shown.name, self.url_open("/my/invoices").text)
        csv = self.url_open("/my/statement/export.csv?kind=open").text
        self.assertIn(SHOWN, csv)
        self.assertNotIn(HIDDEN, csv)
        self.assertIn("Other items", csv, "The balance stays what it is.")
        for path in ("/my/invoices/export.csv", "/my/purchases/export.csv"):
            csv = self.url_open(path).text
            self.assertIn("100.00", csv, path)
            self.assertNotIn("7000", csv, path)
        url = f"/my/invoices/{self.hidden.id}"
        for path in (url, f"{url}?report_type=pdf&download=true"):
            answer = self.url_open(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 404, path)
        self.assertEqual(
            self.url_open(f"/my/invoices/{self.shown.id}", allow_redirects=False).status_code, 200
        )
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.hidden.id)}, page="/my/pay"
        )
        self.assertEqual(answer.status_code, 422)
        contact = self.user_full.partner_id
        self.assertEqual(self.hidden._portal_refusal(contact), "rule")
        self.assertIsNone(self.shown._portal_refusal(contact))
        self.assertEqual(self.hidden._portal_filter_shut(self.user_full), self.hidden)
        why = self.hidden._portal_why(contact)
        self.assertEqual((why["gate"], why["mend"]), ("rule", False))
        self.assertIn("record rule", why["sentence"])

    def test_global_rule(self):
        self._add_rule(f"[('ref', '!=', '{HIDDEN}')]")
        self._assert_hidden()

    def test_rule_goes_again(self):
        rule = self._add_rule(f"[('ref', '!=', '{HIDDEN}')]")
        contact = self.user_full.partner_id
        self.assertEqual(self.hidden._portal_refusal(contact), "rule")
        rule.active = False
        self.env.flush_all()
        self.assertIsNone(self.hidden._portal_refusal(contact))

    def test_core_s_rule_that_somebody_has_changed(self):
        """As modules do that show to each contact its own documents only."""
        self.shown = self._create_invoice(self.user_full.partner_id, 100.0, ref=SHOWN)
        rule = self.env.ref("account.account_invoice_rule_portal")
        rule.domain_force = "[('partner_id', '=', user.partner_id.id)]"
        self.env.flush_all()
        self._assert_hidden()

    def test_core_s_rule_as_it_comes(self):
        """The gates stand for it: a document stays with its customer when its contact leaves. This
        fails when Odoo words the rule anew; then see whether the gates still do what it does."""
        contact = self.user_full.partner_id
        colleague = self.user_colleague.partner_id
        addressed, ordered = self._create_invoice(colleague, 100.0), self._create_order(colleague)
        self.env.flush_all()
        colleague.parent_id = self.beta
        self.env.flush_all()
        self.assertEqual(addressed.commercial_partner_id, self.alfa)
        self.assertIsNone(addressed._portal_refusal(contact))
        self.assertIsNone(ordered._portal_refusal(contact))

    def test_rules_of_a_group_widen(self):
        """As in core: what one of a group's rules leaves is left."""
        narrow = self._add_rule(f"[('ref', '!=', '{HIDDEN}')]", groups=[self.portal_group])
        contact = self.user_full.partner_id
        self.assertIsNone(self.hidden._portal_refusal(contact), "Core's own leaves it.")
        self.env.ref("account.account_invoice_rule_portal").active = False
        self.env.flush_all()
        self.assertEqual(self.hidden._portal_refusal(contact), "rule")
        self._add_rule(f"[('ref', '=', '{HIDDEN}')]", groups=[self.portal_group])
        self.assertIsNone(self.hidden._portal_refusal(contact))
        narrow.groups = self.env.ref("base.group_user")
        self.env.flush_all()
        self.assertEqual(self.shown._portal_refusal(contact), "rule", "Staff's rules are staff's.")

    def test_quotes(self):
        shown = self._create_order(self.alfa, client_order_ref=SHOWN)
        hidden = self._create_order(self.alfa, client_order_ref=HIDDEN)
        self._add_rule(f"[('client_order_ref', '!=', '{HIDDEN}')]", "sale.order")
        self.sign_in(self.user_full)
        page = self.url_open("/my/quotes").text
        self.assertIn(shown.name, page)
        self.assertNotIn(hidden.name, page)
        answer = self.url_open(f"/my/orders/{hidden.id}", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)

    def test_documents_of_a_company_that_the_user_is_not_in(self):
        other = self.env["res.company"].create({"name": "Otra, S.A."})
        self.env.user.company_ids |= other
        contact = self.user_full.partner_id
        self.assertIsNone(self.shown._portal_refusal(contact))
        self.user_full.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.env.flush_all()
        self.assertEqual(self.shown._portal_refusal(contact), "rule")
        self.sign_in(self.user_full)
        answer = self.url_open(f"/my/invoices/{self.shown.id}", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)

    def test_tokens_are_none_of_a_rule_s_business(self):
        """As in core: whoever holds a document's link reads that document."""
        self._add_rule(f"[('ref', '!=', '{HIDDEN}')]")
        url = f"/my/invoices/{self.hidden.id}?access_token={self.hidden._portal_ensure_token()}"
        self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 200)
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 404)
