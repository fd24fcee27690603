"""A bank transfer that a customer has chosen as its way to pay: told everywhere, seen again, taken
back."""

from unittest.mock import patch

from lxml import html

from odoo.fields import Datetime
from odoo.tests import tagged

from .common.payment import PaymentCase
from .common.sign_in import ALIAS, SignInCase

IBAN = "ES91 2100 0418 4502 0005 1332"


class TransferCase(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.bank_ids.unlink()
        cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": IBAN,
                "acc_holder_name": "Nuestra Empresa",
            }
        )
        cls.wire = cls.env.ref("payment.payment_provider_transfer")
        cls.wire.write({"state": "enabled", "is_published": True, "company_id": cls.company.id})
        cls.wire_method = cls.wire.payment_method_ids
        cls.wire_method.active = True
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.new = cls._create_invoice(cls.alfa, 250.0, days=-10, due_days=20)

    def _values(self, **values):
        return {
            "provider_id": self.wire.id,
            "payment_method_id": self.wire_method.id,
            "token_id": None,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "/my",
            "access_token": None,
            **values,
        }

    def _announce(self, url, **values):
        """Choose the transfer in the payment form; return the transaction and the page on which
        the customer lands."""
        processing = self.make_jsonrpc_request(url, self._values(**values))
        tx = self.env["payment.transaction"].search([("reference", "=", processing["reference"])])
        self.status_page = self.url_open(
            "/payment/custom/process", data={"reference": tx.reference}
        ).text
        landing = self.make_jsonrpc_request("/payment/status/poll", {})["landing_route"]
        self.env.invalidate_all()
        self.assertEqual(tx.state, "pending")
        return tx, self.url_open(landing)

    def _announce_basket(self, *invoices):
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose",
            data={"invoice": [str(invoice.id) for invoice in invoices]},
            page="/my/pay",
        )
        number = int(answer.url.rsplit("/", 1)[1])
        return self._announce(f"/my/pay/{number}/transaction", amount=1.0)

    def _facts(self, answer):
        page = html.fromstring(answer.text)
        return {
            node.get("data-transfer"): " ".join(node.text_content().split())
            for node in page.xpath("//*[@data-transfer]")
        }


@tagged("post_install", "-at_install")
class TestAnnouncedTransfer(TransferCase):
    def test_account_is_shown_after_the_choice(self):
        tx, landing = self._announce_basket(self.old, self.new)
        facts = self._facts(landing)
        self.assertEqual(facts["account"], IBAN)
        self.assertIn("350.00", facts["amount"])
        self.assertEqual(
            facts["reference"], f"{self.old.payment_reference} {self.new.payment_reference}"
        )
        self.assertIn("You announced this transfer", facts["promised"])
        self.assertIn("Nuestra Empresa", landing.text)
        self.assertNotIn("Thank you for your payment", landing.text)
        # It can be looked at again.
        payments = html.fromstring(self.url_open("/my/payments").text)
        self.assertIn("Transfer announced", payments.text_content())
        [link] = payments.xpath("//a[contains(@href, '/transfer')]/@href")
        self.assertEqual(self._facts(self.url_open(link)), facts)

    def test_told_everywhere(self):
        Move, contact = self.env["account.move"], self.user_full.partner_id
        tx, _landing = self._announce_basket(self.old)
        [row] = self.old._portal_rows()
        self.assertEqual(
            (row["state"], row["state_label"], row["to_pay"]),
            ("promised", "Transfer announced", False),
        )
        [balance] = Move._portal_balance(contact, self.company).values()
        self.assertEqual((balance["overdue"], balance["covered"]), (0.0, 100.0))
        rows = self.url_open("/my/invoices").text.split("<tbody>")[1]
        self.assertIn("Transfer announced", rows)
        self.assertNotIn("Overdue", rows)
        self.assertNotIn(self.old.name, self.url_open("/my/invoices?filterby=overdue").text)
        home = self.url_open("/my").text
        self.assertIn("Payment on its way", home)
        self.assertNotIn('data-balance="overdue"', home)
        page = self.url_open(f"/my/invoices/{self.old.id}").text.replace("\xa0", " ")
        self.assertIn("A bank transfer of $ 100.00 was announced on", page)
        self.assertIn(f"/my/invoices/{self.old.id}/transfer", page)
        self.assertNotIn("Finalize your payment", page, "Core's card says the same once more.")
        self.assertEqual((self.old | self.new)._portal_waits_with_reminders(), self.old)
        self.assertTrue(self.old._portal_is_being_paid(), "No automatic debit, either.")
        basket = html.fromstring(self.url_open("/my/pay?select=all").text)
        ticked = basket.xpath("//input[@name='invoice'][@checked]/@value")
        self.assertEqual(ticked, [str(self.new.id)])
        self.assertIn("was announced on", basket.text_content())

    def test_choosing_it_again_says_so(self):
        self._announce_basket(self.old)
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.old.id)}, page="/my/pay"
        )
        self.assertIn("A bank transfer of", answer.text)
        self.assertIn(f"/my/invoices/{self.old.id}/transfer", answer.text)

    def test_part_of_an_invoice(self):
        """What is not on its way is asked for."""
        self._create_announced(self.old, 30.0)
        due = self.old._portal_due()[self.old.id]
        self.assertEqual((due["open"], due["overdue"]), (70.0, 70.0))
        self.assertEqual(self.old._portal_rows()[0]["state"], "overdue")
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{self.old.id}").text.replace("\xa0", " ")
        self.assertIn("A bank transfer of $ 30.00 was announced on", page)
        self.assertIn("$ 70.00 left to pay", page)

    def _create_announced(self, invoice, amount, user=None):
        tx = self._create_transaction([(invoice, amount)], user=user)
        tx.write({"provider_id": self.wire.id, "landing_route": "/my/payments"})
        tx._set_pending()
        return tx

    def test_trusted_for_some_days(self):
        tx = self._create_announced(self.old, 100.0)
        self.assertEqual(self.old._portal_rows()[0]["state"], "promised")
        tx.last_state_change = Datetime.subtract(Datetime.now(), days=14, hours=1)
        self.env.flush_all()
        self.assertEqual(self.old._portal_rows()[0]["state"], "overdue")
        self.assertFalse(self.old._portal_waits_with_reminders())
        self.sign_in(self.user_full)
        # It can be seen and taken back all the same.
        self.assertIn(
            "promised", self._facts(self.url_open(f"/my/invoices/{self.old.id}/transfer"))
        )

    def test_money_that_came_counts_once(self):
        """A part of the invoice that is booked after it is taken for the transfer."""
        tx = self._create_announced(self.old, 60.0)
        tx.last_state_change = Datetime.subtract(Datetime.now(), days=2)
        self.env.flush_all()
        self.assertEqual(self.old._portal_due()[self.old.id]["overdue"], 40.0)
        payment = self.env["account.payment"].create(
            {"amount": 60.0, "partner_id": self.alfa.id, "payment_type": "inbound"}
        )
        payment.action_post()
        lines = (payment.move_id | self.old).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.old.amount_residual, 40.0)
        self.assertEqual(self.old._portal_due()[self.old.id]["overdue"], 40.0)
        self.assertFalse(self.old._portal_coverings())

    def test_what_was_booked_before_or_elsewhere(self):
        """What was booked on the invoice after it was announced is taken for the transfer; a part
        that came before, or for another invoice, is not."""
        for invoice in (self.old, self.new):
            self._confirm(self._create_transaction([(invoice, 10.0)]))
        tx = self._create_announced(self.old, 60.0)
        tx.last_state_change = Datetime.subtract(Datetime.now(), days=2)
        self.env.flush_all()
        for days, is_waited_for in ((3, True), (1, False)):
            self.env.cr.execute(
                "UPDATE account_partial_reconcile SET create_date = %s WHERE debit_move_id IN %s",
                [Datetime.subtract(Datetime.now(), days=days), tuple(self.old.line_ids.ids)],
            )
            self.assertEqual(self.old._portal_promises(), [(self.old, tx)] * is_waited_for)

    def test_what_of_it_is_for_which_invoice(self):
        tx = self._create_transaction([(self.old, 60.0), (self.new, 200.0)])
        self.assertEqual(tx._portal_amount_for(self.old), 60.0)
        self.assertEqual(tx._portal_amount_for(self.new), 200.0)
        tx.write({"provider_id": self.wire.id, "landing_route": "/my/payments"})
        tx._set_pending()
        due = (self.old | self.new)._portal_due()
        self.assertEqual((due[self.old.id]["open"], due[self.new.id]["open"]), (40.0, 50.0))
        tx.portal_allocation_ids.unlink()
        self.assertEqual(tx._portal_amount_for(self.old), 260.0, "started on the invoice's page")
        both = f"{self.old.payment_reference} {self.new.payment_reference}"
        self.assertEqual(tx._get_communication(), both)
        tx.landing_route = f"/p/{ALIAS}/express"
        self.assertEqual(tx._get_communication(), tx.reference, "no number of an invoice")

    def test_which_account_it_is_for(self):
        """The one that the company shows, else that of the provider's journal, else its first."""
        tx = self._create_announced(self.old, 100.0)
        partner = self.company.partner_id
        first = partner.bank_ids
        journal = self.env["account.journal"].create(
            {"name": "Transferencias", "type": "bank", "code": "TRF9"}
        )
        journals = patch.object(type(self.wire), "journal_id", journal)
        other = first.copy({"acc_number": "ES7921000813610123456789", "sequence": 99})
        self.assertEqual(tx._portal_transfer()["account"], IBAN)
        self.company.portal_show_bank_account = False
        self.assertEqual(tx._portal_transfer()["account"], IBAN)
        with journals:
            journal.bank_account_id = other
            self.assertEqual(tx._portal_transfer()["account"], other.acc_number)
            journal.bank_account_id = False
            self.assertEqual(tx._portal_transfer()["account"], IBAN)
            (first | other).active = False
            self.assertIsNone(tx._portal_transfer())

    # === TAKING IT BACK === #

    def _cancel(self, invoice=None, page=None, **data):
        url = f"/my/invoices/{(invoice or self.old).id}/transfer"
        answer = self.post_form(f"{url}/cancel", data=data, page=page or url)
        self.env.invalidate_all()
        return answer

    def test_taken_back_by_the_customer(self):
        tx, _landing = self._announce_basket(self.old, self.new)
        answer = self._cancel()
        self.assertEqual(tx.state, "cancel")
        self.assertTrue(answer.url.endswith(f"/my/invoices/{self.old.id}"))
        self.assertEqual(self.old._portal_rows()[0]["state"], "overdue")
        for invoice in self.old | self.new:
            self.assertIn("350.00", invoice.message_ids[0].body)
            self.assertIn("cancelled there", invoice.message_ids[0].body)
            self.assertTrue(invoice.message_ids[0].subtype_id.internal)
        # Once more: nothing is there to be taken back.
        self.assertEqual(self._cancel().status_code, 200)
        self.assertEqual(tx.state, "cancel")

    def test_not_by_who_may_not_pay(self):
        tx = self._create_announced(self.old, 100.0)
        self.sign_in(self.user_full)
        self.user_full.partner_id.portal_profile_id = self.env["customer.portal.profile"].create(
            {"name": "Reader", "can_see_invoices": True, "can_pay": False}
        )
        page = self.url_open(f"/my/invoices/{self.old.id}/transfer")
        self.assertIn("promised", self._facts(page))
        self.assertNotIn("/transfer/cancel", page.text)
        self._cancel(page="/my")
        self.assertEqual(tx.state, "pending")

    def test_not_once_it_has_come(self):
        tx = self._create_announced(self.old, 100.0)
        self._confirm(tx)
        self.sign_in(self.user_full)
        self._cancel(page="/my")
        self.assertEqual(tx.state, "done")

    def test_own_scope_takes_back_its_own_only(self):
        """A contact that sees only its own documents knows nothing of what others announced."""
        tx = self._create_announced(self.old, 100.0, user=self.user_own)
        other = self._create_announced(self.new, 250.0)
        mine = self._create_invoice(self.user_own.partner_id, 30.0)
        own = self._create_announced(mine, 30.0, user=self.user_own)
        self.sign_in(self.user_own)
        for invoice in (self.old, self.new):
            self._cancel(invoice, page="/my")
        self.assertEqual((tx.state, other.state), ("pending", "pending"))
        self._cancel(mine)
        self.assertEqual(own.state, "cancel")

    def test_guest_with_the_link(self):
        """It announces a transfer of its one invoice, sees the account, and takes it back."""
        token = self.old._portal_ensure_token()
        tx, landing = self._announce(
            f"/invoice/transaction/{self.old.id}", amount=100.0, access_token=token
        )
        self.assertIn("A bank transfer of", landing.text)
        url = f"/my/invoices/{self.old.id}/transfer?access_token={token}"
        facts = self._facts(self.url_open(url))
        self.assertEqual(facts["account"], IBAN)
        self.assertIn("promised", facts)
        self._cancel(page=url, access_token="wrong")
        self.assertEqual(tx.state, "pending")
        self._cancel(page=url, access_token=self.new._portal_ensure_token())
        self.assertEqual(tx.state, "pending")
        self._cancel(page=url, access_token=token)
        self.assertEqual(tx.state, "cancel")

    def test_guest_knows_nothing_of_other_invoices(self):
        """A transfer for several invoices is not told to who holds the link of one."""
        tx, _landing = self._announce_basket(self.old, self.new)
        self.logout()
        token = self.old._portal_ensure_token()
        url = f"/my/invoices/{self.old.id}/transfer?access_token={token}"
        page = self.url_open(url)
        self.assertNotIn("350.00", page.text)
        self.assertNotIn(self.new.name, page.text)
        self.assertNotIn("promised", self._facts(page))
        self._cancel(page=url, access_token=token)
        self.assertEqual(tx.state, "pending")

    def test_company_that_shows_no_account(self):
        """Who offers transfers tells where to: the journal's account, else in its own words."""
        self.company.portal_show_bank_account = False
        tx = self._create_announced(self.old, 100.0)
        self.sign_in(self.user_full)
        url = f"/my/invoices/{self.old.id}/transfer"
        self.assertEqual(self._facts(self.url_open(url))["account"], IBAN)
        self.company.partner_id.bank_ids.unlink()
        self.wire.pending_msg = "<p>Ask us for the account.</p>"
        page = self.url_open(url)
        self.assertIn("Ask us for the account.", page.text)
        self.assertEqual(tx._portal_transfer(), None)


@tagged("post_install", "-at_install")
class TestDeclined(TransferCase):
    """A payment that came to nothing is told, and the choice is kept."""

    def _decline(self, url, state="error", **values):
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "flow": "direct",
            **values,
        }
        processing = self.make_jsonrpc_request(url, self._values(**values))
        tx = self.env["payment.transaction"].search([("reference", "=", processing["reference"])])
        if state == "error":
            tx._set_error("Insufficient funds (code 51)")
        else:
            tx._set_canceled()
        landing = self.make_jsonrpc_request("/payment/status/poll", {})["landing_route"]
        self.env.invalidate_all()
        return tx, self.url_open(landing)

    def test_basket(self):
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose",
            data={"invoice": [str(self.old.id), str(self.new.id)]},
            page="/my/pay",
        )
        url = answer.url[answer.url.index("/my/pay/") :]
        _tx, landing = self._decline(f"{url}/transaction")
        self.assertIn(url, landing.url)
        self.assertIn("Your payment was declined. Nothing was charged.", landing.text)
        self.assertNotIn("Insufficient funds", landing.text)
        self.assertIn(self.old.name, landing.text)
        self.assertIn(self.new.name, landing.text)
        self.assertIn("350.00", landing.text)
        _tx, landing = self._decline(f"{url}/transaction", state="cancel")
        self.assertIn("The payment was cancelled. Nothing was charged.", landing.text)
        # The next try is taken.
        processing = self.make_jsonrpc_request(
            f"{url}/transaction",
            self._values(
                provider_id=self.provider.id, payment_method_id=self.method.id, flow="direct"
            ),
        )
        self.assertTrue(processing["reference"])

    def test_invoice_page(self):
        self.sign_in(self.user_full)
        _tx, landing = self._decline(f"/invoice/transaction/{self.old.id}", amount=100.0)
        self.assertIn("Your payment was declined. Nothing was charged.", landing.text)
        again = self.url_open(f"/my/invoices/{self.old.id}").text
        self.assertNotIn("was declined", again, "It is told once.")

    def test_not_on_another_document(self):
        self.sign_in(self.user_full)
        values = self._values(
            provider_id=self.provider.id,
            payment_method_id=self.method.id,
            flow="direct",
            amount=100.0,
        )
        processing = self.make_jsonrpc_request(f"/invoice/transaction/{self.old.id}", values)
        tx = self.env["payment.transaction"].search([("reference", "=", processing["reference"])])
        tx._set_error("No")
        self.assertNotIn("was declined", self.url_open(f"/my/invoices/{self.new.id}").text)
        self.assertIn("was declined", self.url_open(f"/my/invoices/{self.old.id}").text)


@tagged("post_install", "-at_install")
class TestExpressTransfer(SignInCase, TransferCase):
    """On the express page nobody has signed in: what is announced there makes nobody wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_security_level": "medium"})

    def _open(self, *invoices):
        self.post("/tax_id", {"tax_id": self.alfa.vat})
        keys = [self.env["customer.portal.express"]._key(invoice) for invoice in invoices]
        self.post("/express/pay", {"invoice": keys}, page=f"/p/{ALIAS}/express")
        return f"/p/{ALIAS}/express/transaction"

    def test_announced(self):
        tx, landing = self._announce(self._open(self.old), amount=1.0)
        self.assertTrue(landing.url.endswith("/express/transfer"))
        facts = self._facts(landing)
        self.assertEqual(facts["account"], IBAN)
        self.assertEqual(facts["reference"], tx.reference)
        for page in (landing.text, self.status_page):
            self.assertNotIn(self.old.name, page)
            self.assertNotIn(self.old.payment_reference, page)
        page = self.page("/express")
        self.assertIn("Transfer announced", page.text)
        self.assertIn("/express/transfer", page.text)
        self.assertNotIn("Overdue since", page.text)
        # Anybody may have announced it.
        self.assertEqual(self.old._portal_rows()[0]["state"], "overdue")
        self.assertFalse(self.old._portal_waits_with_reminders())
        self.assertFalse(self.old._portal_is_being_paid())
        # Another browser, with the same tax ID, sees that it was announced, not where to.
        self.new_browser()
        self.post("/tax_id", {"tax_id": self.alfa.vat})
        self.assertNotIn("/express/transfer", self.page("/express").text)
        answer = self.page("/express/transfer", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith("/express"))

    def test_taken_back(self):
        tx, _landing = self._announce(self._open(self.old), amount=1.0)
        url = f"/p/{ALIAS}/express/transfer"
        self.new_browser()
        self._open(self.old)
        self.post("/express/transfer", {}, page=f"/p/{ALIAS}/express")
        self.env.invalidate_all()
        self.assertEqual(tx.state, "pending", "It was announced in another browser.")
        tx, _landing = self._announce(self._open(self.old), amount=1.0)
        answer = self.post("/express/transfer", {}, page=url)
        self.env.invalidate_all()
        self.assertEqual(tx.state, "cancel")
        self.assertIn("done=cancelled", answer.headers["Location"])
        self.assertIn("The transfer is cancelled.", self.page("/express?done=cancelled").text)

    def test_declined(self):
        """It is not thanked for, and the choice is kept."""
        url = self._open(self.old)
        values = self._values(
            provider_id=self.provider.id,
            payment_method_id=self.method.id,
            flow="direct",
            amount=1.0,
        )
        reference = self.make_jsonrpc_request(url, values)["reference"]
        tx = self.env["payment.transaction"].search([("reference", "=", reference)])
        tx._set_error("No funds")
        landing = self.make_jsonrpc_request("/payment/status/poll", {})["landing_route"]
        page = self.url_open(landing)
        self.assertIn("Your payment was declined. Nothing was charged.", page.text)
        self.assertNotIn("Thank you", page.text)
        ticked = html.fromstring(page.text).xpath("//input[@name='invoice'][@checked]/@value")
        self.assertEqual(ticked, [self.env["customer.portal.express"]._key(self.old)])
