"""What staff send by WhatsApp: to whom, with whose link."""

from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..tools import phone
from .common.sign_in import ALIAS
from .test_personal_link import PERSONAL, LinkCase

# As typed in Spain, and what it is from abroad; empty where it can't be called.
NUMBERS = (
    ("600 123 456", "34600123456"),
    ("+34 600-12.34(56)", "34600123456"),
    ("0034600123456", "34600123456"),
    ("+44 (0)20 7946 0000", "442079460000"),
    ("", ""),
    (None, ""),
    ("12", ""),
    ("call me", ""),
    ("+34 600 123 456?text=x", ""),
)


@tagged("post_install", "-at_install")
class TestPhone(TransactionCase):
    def test_international_form(self):
        with patch.object(phone, "phonenumbers", None):
            for typed, digits in NUMBERS:
                self.assertEqual(phone.to_international(typed, "ES", 34), digits, typed)
            self.assertEqual(phone.to_international("030 1234567", "DE", 49), "49301234567")
            self.assertEqual(phone.to_international("06 12345678", "IT", 39), "390612345678")
            self.assertEqual(phone.to_international("600 123 456"), "", "nobody knows from where")


@tagged("post_install", "-at_install")
class TestWhatsapp(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.write({"phone": "600 123 456", "country_id": cls.env.ref("base.es").id})
        cls.beta.phone = "+34 600 999 999"
        cls.staff = new_test_user(
            cls.env, "wa_staff", "account.group_account_invoice,sales_team.group_sale_manager"
        )

    def _open(self, record):
        action = record.with_user(self.staff).action_portal_whatsapp()
        return self.env[action["res_model"]].with_user(self.staff).browse(action["res_id"])

    def _send(self, wizard):
        """Press the button; return number and text of what WhatsApp is asked to send."""
        action = wizard.action_send()
        self.assertEqual(action["type"], "ir.actions.act_url")
        parts = urlsplit(action["url"])
        self.assertEqual(parts.netloc, "wa.me")
        self.env.flush_all()
        return parts.path[1:], parse_qs(parts.query)["text"][0]

    def _count(self):
        return self.env["customer.portal.link"].search_count([])

    def test_invoice(self):
        before = self._count()
        wizard = self._open(self.invoice)
        self.assertEqual(wizard.contact_id, self.contact)
        self.assertEqual(self._count(), before, "no link before the button is pressed")
        number, text = self._send(wizard)
        self.assertEqual(number, "34600123456")
        self.assertIn(f"Hello {self.contact.name}", text)
        self.assertIn(self.invoice.name, text)
        self.assertIn(self.invoice.currency_id.format(self.invoice.amount_residual), text)
        (token,) = PERSONAL.findall(text)
        link = self.last_link()
        self.assertEqual((link.partner_id, link._get_document()), (self.contact, self.invoice))
        self.assert_in_no_table([token])
        event = self.env["customer.portal.event"].search([], limit=1, order="id DESC")
        self.assertEqual((event.kind, event.partner_id), ("rights", self.contact))
        self.new_browser()
        self.open(f"/p/{ALIAS}/d/{token}")
        self.assert_opens(True)
        link.action_revoke()
        self.env.flush_all()
        self.assert_opens(False)

    def test_quote(self):
        _number, text = self._send(self._open(self.quote))
        (token,) = PERSONAL.findall(text)
        self.open(f"/p/{ALIAS}/d/{token}")
        self.assert_opens(True, self.quote.access_url)

    def test_each_gate_keeps_it_shut(self):
        """Asked again when the button is pressed, whatever was open before."""
        wizard = self._open(self.invoice)
        before = self._count()
        for record, field in (
            (self.company, "portal_show_invoices"),
            (self.alfa, "portal_access"),
            (self.contact, "active"),
            (self.invoice, "portal_visible"),
        ):
            with self.subTest(field):
                if field == "active":
                    self.user_full.active = False
                record[field] = False
                with self.assertRaises(UserError):
                    wizard.action_send()
                with self.assertRaises(UserError):
                    self.invoice.with_user(self.staff).action_portal_whatsapp()
                record[field] = True
                self.user_full.active = True
                self.assertTrue(self.invoice._portal_may_be_shared(self.contact))
        self.user_full.active = False
        with self.assertRaises(UserError):
            wizard.action_send()
        self.assertEqual(self._count(), before)

    def test_profile_without_invoices(self):
        nothing = self.env["customer.portal.profile"].create(
            {"name": "Nothing", "can_see_invoices": False}
        )
        wizard = self._open(self.invoice)
        self.contact.portal_profile_id = nothing
        with self.assertRaises(UserError):
            wizard.action_send()

    def test_nobody_else_s_contact(self):
        wizard = self._open(self.invoice)
        self.assertNotIn(self.beta, wizard.contact_ids)
        for stranger in (self.beta, self.user_stranger.partner_id, self.staff.partner_id):
            wizard.contact_id = stranger
            wizard.phone = "+34 600 123 456"
            with self.assertRaises(UserError):
                wizard.action_send()

    def test_staff_who_may_not_read_the_document(self):
        wizard = self._open(self.invoice)
        sales = new_test_user(self.env, "wa_sales", "sales_team.group_sale_salesman")
        other = self.env["customer.portal.whatsapp"].with_user(sales)
        self.env["ir.rule"].create(
            {
                "name": "none",
                "model_id": self.env["ir.model"]._get("account.move").id,
                "domain_force": f"[('id', '!=', {self.invoice.id})]",
            }
        )
        with self.assertRaises(AccessError):
            self.invoice.with_user(sales).action_portal_whatsapp()
        with self.assertRaises(AccessError):
            wizard.with_user(sales).action_send()
        with self.assertRaises(AccessError):
            other.create(
                {
                    "res_model": "account.move",
                    "res_id": self.invoice.id,
                    "contact_id": self.contact.id,
                }
            ).action_send()
        with self.assertRaises(AccessError):
            self.env["customer.portal.whatsapp"].with_user(self.user_full).create({})

    def test_other_models_are_not_sent(self):
        with self.assertRaises(UserError):
            self.env["customer.portal.whatsapp"].with_user(self.staff).create(
                {"res_model": "res.users", "res_id": 1, "contact_id": self.contact.id}
            ).action_send()

    def test_number_that_can_t_be_called(self):
        wizard = self._open(self.invoice)
        before = self._count()
        wizard.phone = "call me"
        with self.assertRaises(UserError):
            wizard.action_send()
        self.assertEqual(self._count(), before)

    def test_in_the_contact_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.contact.lang = "es_ES"
        _number, text = self._send(self._open(self.invoice))
        self.assertIn("100,00", text)

    def test_reminder_of_one_invoice(self):
        _number, text = self._send(self._open(self._remind(self.invoice)))
        self.assertEqual(len(PERSONAL.findall(text)), 1)
        self.assertIn(f"Hello {self.contact.name}", text)
        self.assertIn(self.invoice.name, text)
        self.assertIn(self.invoice.currency_id.format(self.invoice.amount_residual), text)

    def test_reminder_of_several_leads_to_their_page_by_a_code(self):
        second = self._create_invoice(self.alfa, 50.0)
        reminder = self._remind(self.invoice, second)
        before = self._count()
        _number, text = self._send(self._open(reminder))
        self.assertEqual(self._count(), before, "a link to a page opens nothing by itself")
        self.assertIn(f"/p/{ALIAS}/to/{self.contact.id}-", text)
        self.assertIn(second.name, text)
        left = self.invoice.amount_residual + second.amount_residual
        self.assertIn(self.invoice.currency_id.format(left), text)
        # Who may not see one of them gets none.
        self.assertIn(self.contact, reminder._portal_share_contacts())
        second.portal_visible = False
        self.assertNotIn(self.contact, reminder._portal_share_contacts())
        self.assertFalse(reminder._portal_may_be_shared(self.contact))
