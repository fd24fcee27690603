"""What else customers sign is sealed as well: receipts of deliveries, balances, payment plans."""

from datetime import timedelta
from unittest import SkipTest

from odoo import Command
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.cli.portalverify import verify
from odoo.addons.customer_portal_plus.report.certificate_pdf import read_evidence

from ..tools.pdf_inspection import inspect
from .common import SealCase
from .validators import HAS_OPENSSL, HAS_PDFSIG, run_openssl, run_pdfsig


@tagged("post_install", "-at_install")
class TestSealDocuments(SealCase):
    def _assert_sealed(self, document, shown_at):
        """One seal at the level that is wanted, on what the customer and staff get."""
        self._deliver()
        seal = self._seal_of(document)
        self.assertEqual((seal.level, seal.is_waiting, seal.problem), ("t", False, False))
        data = self._file_of(seal)
        [found] = inspect(data).seals
        self.assertTrue(inspect(data).is_sound)
        self.assertEqual(found.level, "t")
        if HAS_PDFSIG:
            self.assertIn("Signature is Valid.", run_pdfsig(data))
        if HAS_OPENSSL:
            self.assertEqual(run_openssl(data, self.identity.chain[0]), [("cms", True)])
        self.assertIn(document.display_name, found.reason)
        self.assertEqual(read_evidence(data)["hash"], seal.signature_id.hash)
        self.assertEqual(document._portal_signed_file()[1], data)
        self.assertEqual(self.url_open(shown_at).content, data)
        lines = []
        self.assertTrue(verify(self.env, [data], lines.append), lines)

    def test_receipt_of_a_delivery(self):
        if "customer_portal_plus_stock" not in self.env.registry._init_modules:
            raise SkipTest("deliveries are not installed")
        self.company.write(
            {
                "portal_seal_level": "t",
                "portal_show_deliveries": True,
                "portal_allow_receipt": True,
            }
        )
        order = self._create_order(self.alfa)
        order.action_confirm()
        delivery = order.picking_ids
        for move in delivery.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        delivery._action_done()
        self.sign_in(self.user_full)
        answer = self.post_form(f"{delivery.access_url}/receipt", page=delivery.access_url)
        self._sign(delivery, answer.url.split("?")[0])
        self.assertTrue(delivery.portal_received_on)
        self._assert_sealed(delivery, f"{delivery.access_url}/pdf")

    def test_balance(self):
        self.company.write({"portal_seal_level": "t", "portal_allow_confirmations": True})
        self._create_invoice(self.alfa, 100.0, days=-50)
        inquiry = self.env["customer.portal.balance.inquiry"].create(
            {
                "name": "Saldos",
                "date": self.today - timedelta(days=20),
                "user_id": self.user_accountant.id,
                "customer_ids": [Command.set(self.alfa.ids)],
            }
        )
        inquiry.with_user(self.user_accountant).action_send()
        balance = self.env["customer.portal.balance.confirmation"].search(
            [("inquiry_id", "=", inquiry.id)]
        )
        self.sign_in(self.user_full)
        url = f"/my/balances/{balance.id}"
        answer = self.post_form(f"{url}/answer", {"answer": "agreed"}, page="/my/account")
        self._sign(signing_url=answer.url.split("?")[0])
        self.assertEqual(balance.state, "agreed")
        self._assert_sealed(balance, f"{url}/file")

    def test_payment_plan(self):
        self.company.write(
            {
                "portal_seal_level": "t",
                "portal_allow_plans": True,
                "portal_sign_plans": True,
                "portal_plan_smallest": 1.0,
            }
        )
        invoice = self._create_invoice(self.alfa, 100.0)
        contact, day = self.user_full.partner_id, self.today + timedelta(days=5)
        Plan = self.env["customer.portal.plan"]
        seen = Plan._portal_offer(contact, invoice, 2, day, 0)["digest"]
        plan = Plan._portal_propose(contact, invoice, 2, day, 0, seen)
        self.assertEqual(plan.state, "to_sign")
        self.sign_in(self.user_full)
        self._sign(plan)
        self.assertEqual(plan.state, "running")
        self._assert_sealed(plan, f"/my/plans/{plan.id}/file")
