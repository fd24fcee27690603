"""Who sees what the law expects of a customer, and who answers: the gates of the invoice."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.routes import (
    ACTORS,
    MISSING_ID,
    RoutesOfAddons,
)

from .common import EinvoiceCase

ANSWER = "/my/invoices/<int:invoice_id>/einvoice/answer"
ROUTES = frozenset(["/my/einvoices", "/my/einvoices/export.<any(xlsx,csv):extension>", ANSWER])


@tagged("post_install", "-at_install")
class TestEinvoiceAccess(RoutesOfAddons, EinvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile_own.can_answer_einvoices = True
        cls.whole = cls._send_invoice()
        cls.of_own = cls._send_invoice(cls.user_own.partner_id)
        cls.foreign = cls._send_invoice(cls.beta)

    def _answered_by(self, invoice):
        """Return the keys of those who see what is expected of an invoice, in list, files and page,
        and may answer it; all of these must agree."""
        found = set()
        for key in ACTORS:
            self.sign_in(getattr(self, f"user_{key}"))
            duty = self._duty(invoice)
            page = self.url_open(f"/my/invoices/{invoice.id}", allow_redirects=False)
            response = self._post(invoice, duty, "accepted")
            self.env.invalidate_all()
            seen = {
                "list": f"/my/invoices/{invoice.id}#" in self.url_open("/my/einvoices").text,
                "file": invoice.name in self.url_open("/my/einvoices/export.csv").text,
                "page": page.status_code == 200 and "einvoice/answer" in page.text,
                "answer": bool(duty.answer_id),
            }
            self.assertEqual(len(set(seen.values())), 1, (key, seen))
            if seen["answer"]:
                found.add(key)
                # The next one finds it unanswered.
                self.env.cr.execute(
                    "UPDATE customer_portal_einvoice_duty SET answer_id = NULL, state = 'waiting'"
                    " WHERE id = %s",
                    [duty.id],
                )
                self.env.invalidate_all()
            else:
                missing = self._post(self.env["account.move"].browse(MISSING_ID), duty, "accepted")
                self.assert_same_refusal(response, missing, key)
                self.assertEqual(response.status_code, 404)
        return found

    def test_whose_invoice_it_is(self):
        self.assertEqual(self._answered_by(self.whole), {"full"})
        self.assertEqual(self._answered_by(self.of_own), {"full", "own"})
        self.assertEqual(self._answered_by(self.foreign), {"stranger"})

    def test_gates(self):
        self.sign_in(self.user_full)
        token, url = self.form_token(), f"/my/invoices/{self.whole.id}/einvoice/answer"
        duty = self._duty(self.whole)
        data = {"csrf_token": token, "duty": duty.id, "act": "accepted"}
        for record, name in (
            (self.company, "portal_answer_einvoices"),
            (self.company, "portal_show_invoices"),
            (self.company, "portal_enabled"),
            (self.profile_full, "can_answer_einvoices"),
            (self.profile_full, "can_see_invoices"),
            (self.whole, "portal_visible"),
        ):
            with self.subTest(name):
                record[name] = False
                self.env.flush_all()
                listed = self.url_open("/my/einvoices").text
                self.assertNotIn(f"/my/invoices/{self.whole.id}#", listed)
                self.assertEqual(self.url_open(url, data=data).status_code, 404)
                self.env.invalidate_all()
                self.assertFalse(duty.answer_id)
                record[name] = True
                self.env.flush_all()
        self.assertEqual(self.url_open(url, data=data).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual(duty.state, "accepted")

    def test_customer_without_access(self):
        self.sign_in(self.user_full)
        self.assertIn(self.whole.name, self.url_open("/my/einvoices").text)
        self.alfa.portal_access = False
        self.env.flush_all()
        self.assertNotIn(self.whole.name, self.url_open("/my/einvoices").text)

    def test_guest(self):
        self.sign_in(None)
        for url in ("/my/einvoices", "/my/einvoices/export.xlsx", "/my/einvoices/export.csv"):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])
        response = self.url_open(
            f"/my/invoices/{self.whole.id}/einvoice/answer", data={"act": "accepted"},
            allow_redirects=False,
        )  # fmt: skip
        self.assertNotEqual(response.status_code, 200)
        self.assertFalse(self._duty(self.whole).answer_id)

    def test_without_a_token(self):
        self.sign_in(self.user_full)
        response = self.url_open(
            f"/my/invoices/{self.whole.id}/einvoice/answer",
            data={"act": "accepted", "duty": self._duty(self.whole).id},
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._duty(self.whole).answer_id)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Otra"})
        self.sign_in(self.user_full)
        self.assertIn(self.whole.name, self.url_open("/my/einvoices").text)
        self.user_full.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertNotIn(self.whole.name, self.url_open("/my/einvoices").text)

    def test_every_route_is_tried(self):
        self.assert_routes_listed("customer_portal_plus_einvoice", ROUTES)

    def test_menu(self):
        self.sign_in(self.user_full)
        self.assertIn('href="/my/einvoices"', self.url_open("/my").text)
        self.profile_full.can_answer_einvoices = False
        self.assertNotIn('href="/my/einvoices"', self.url_open("/my").text)

    def test_nothing_over_rpc(self):
        """Contacts read and change none of the records but through the pages."""
        for name in ("duty", "answer", "clock", "file", "note"):
            Model = self.env[f"customer.portal.einvoice.{name}"].with_user(self.user_full)
            for operation in ("read", "write", "create", "unlink"):
                self.assertFalse(Model.has_access(operation), (name, operation))
        duty = self._duty(self.whole).with_user(self.user_full)
        for act in ("action_reported", "action_sent", "action_open_invoice"):
            with self.assertRaises(AccessError):
                getattr(duty, act)()
        with self.assertRaises(AccessError):
            duty._note_register("accepted")
