"""Several customers' invoices in one payment: what the provider knows is one, what is booked, shown
and told to anybody is each customer's own."""

from unittest.mock import patch

from odoo.http import root
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from ..models.payment import customer_portal_joint
from .common.payment import PaymentCase
from .common.queries import CountedQueries
from .common.seats import SeatCase

PATH = "/my/seats/pay"


@tagged("post_install", "-at_install")
class TestSeatPayment(CountedQueries, MailCase, SeatCase, PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat_beta = cls._create_seat(cls.user_holder, cls.beta, cls.profile_full)
        cls.of_alfa = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.second_of_alfa = cls._create_invoice(cls.alfa, 33.33, days=-50, due_days=-20)
        cls.of_beta = cls._create_invoice(cls.beta, 250.0, days=-10, due_days=20)
        cls.own = cls._create_invoice(cls.firm, 7.0)
        cls.gamma = cls._create_customer("Gamma SL")
        cls.foreign = cls._create_invoice(cls.gamma, 70.0)
        cls.all = cls.of_alfa | cls.second_of_alfa | cls.of_beta | cls.own

    def setUp(self):
        super().setUp()
        self.sign_in(self.user_holder)

    # === STEPS === #

    def _choose(self, *invoices):
        data = {"invoice": [str(invoice.id) for invoice in invoices]}
        return self.post_form(f"{PATH}/choose", data=data, page="/my/seats")

    def _joint(self, answer):
        self.assertRegex(answer.url, rf"{PATH}/\d+$", answer.text[:300])
        return self.env["customer.portal.joint"].browse(int(answer.url.rsplit("/", 1)[1]))

    def _start(self, joint, **kwargs):
        """Start the payment as the payment form does; return the whole."""
        values = self.make_jsonrpc_request(
            f"{PATH}/{joint.id}/transaction", self._form_values(**kwargs)
        )
        return self.env["payment.transaction"].search([("reference", "=", values["reference"])])

    def _refusal(self, joint, **kwargs):
        values = self._form_values(**kwargs)
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"{PATH}/{joint.id}/transaction", json={"jsonrpc": "2.0", "params": values}
            ).json()
        return answer.get("error", {}).get("data", {}).get("message", "")

    def _simulate(self, tx, state="done"):
        """What the demo provider does as its form is sent, and then Odoo's page of the state."""
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {"reference": tx.reference, "payment_details": "1234", "simulated_state": state},
        )
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()

    def _pay(self, *invoices):
        tx = self._start(self._joint(self._choose(*invoices)))
        self._simulate(tx)
        return tx

    def _part_of(self, tx, customer):
        return tx.portal_part_ids.filtered(
            lambda part: part.partner_id.commercial_partner_id == customer
        )

    def _assert_booked(self, tx, **expected):
        """Assert what the books say: each customer has a payment of its own, of what its invoices
        were, reconciled with these and with nothing else.

        :param expected: attribute name of the customer -> its invoices
        """
        self.assertFalse(tx.payment_id)
        self.assertFalse(tx.invoice_ids)
        self.assertTrue(tx.is_post_processed)
        self.assertEqual(len(tx.portal_part_ids), len(expected))
        self.assertAlmostEqual(sum(tx.portal_part_ids.mapped("amount")), tx.amount)
        for name, invoices in expected.items():
            customer = getattr(self, name)
            part = self._part_of(tx, customer)
            payment = part.payment_id
            self.assertEqual(payment.partner_id, customer)
            self.assertEqual(payment.amount, part.amount)
            self.assertEqual(payment.payment_transaction_id, part)
            self.assertEqual(payment.reconciled_invoice_ids, invoices)
            self._assert_balanced(payment)
            lines = payment.move_id.line_ids
            self.assertEqual(lines.partner_id, customer)
            receivable = lines.filtered(lambda line: line.account_type == "asset_receivable")
            self.assertTrue(all(receivable.mapped("reconciled")))
            self.assertEqual(receivable.matched_debit_ids.debit_move_id.partner_id, customer)

    def _assert_nothing_booked(self):
        self.assertFalse(
            self.env["account.payment"].search(
                [("partner_id", "in", (self.alfa | self.beta | self.firm).ids)]
            )
        )

    # === HAPPY PATHS === #

    def test_three_customers_in_one_payment(self):
        page = self.url_open(PATH).text
        for invoice in self.all:
            self.assertIn(f'data-seat-invoice="{invoice.id}"', page)
        self.assertNotIn(f'data-seat-invoice="{self.foreign.id}"', page)
        answer = self._choose(*self.all)
        self.assertEqual(self._joint(answer).amount, 390.33)
        for customer in (self.alfa, self.beta, self.firm):
            self.assertIn(f'data-seat-part="{customer.name}"', answer.text)
        tx = self._start(self._joint(answer), amount=0.01)
        self.assertEqual(tx.amount, 390.33)
        self.assertEqual(tx.partner_id, self.user_holder.partner_id)
        self._simulate(tx)
        self._assert_booked(
            tx, alfa=self.of_alfa | self.second_of_alfa, beta=self.of_beta, firm=self.own
        )
        self._assert_residuals(of_alfa=0.0, second_of_alfa=0.0, of_beta=0.0, own=0.0)
        done = self.url_open(tx.landing_route)
        self.assertIn("Each customer has a payment of its own", done.text)
        # Odoo's own scheduled action finds nothing left to do.
        payments = tx.portal_part_ids.payment_id
        self._run_cron("payment.transaction", "_cron_post_process")
        self.assertEqual(tx.portal_part_ids.payment_id, payments)
        self.assertEqual(
            self.env["account.payment"].search_count([("memo", "like", tx.provider_reference)]), 3
        )

    def test_booked_by_the_scheduled_action(self):
        """Nobody came back from the provider."""
        tx = self._start(self._joint(self._choose(self.of_alfa, self.of_beta)))
        tx._set_done()
        self._run_cron("payment.transaction", "_cron_post_process")
        self._assert_booked(tx, alfa=self.of_alfa, beta=self.of_beta)
        self._assert_residuals(of_alfa=0.0, of_beta=0.0)

    def test_cents_and_discount(self):
        """In another currency than the company's, with a rate that leaves cents over."""
        euro = self._use_rate(self.env.ref("base.EUR"), 0.9137)
        mine = self._create_invoice(self.alfa, 33.33, currency_id=euro.id)
        its = self._create_invoice(self.beta, 66.67, currency_id=euro.id)
        self.all |= mine | its
        tx = self._pay(mine, its)
        self.assertEqual((tx.amount, tx.currency_id), (100.0, euro))
        self._assert_booked(tx, alfa=mine, beta=its)
        self.assertEqual((mine.amount_residual, its.amount_residual), (0.0, 0.0))

    @classmethod
    def _use_rate(cls, currency, rate):
        currency.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": cls.company.id,
                "name": "2020-01-01",
                "rate": rate,
            }
        )
        return currency

    def test_receipts_and_history_are_each_customers_own(self):
        with self.mock_mail_gateway():
            tx = self._pay(self.of_alfa, self.of_beta)
        contacts = self.seat.contact_id | self.seat_beta.contact_id
        receipts = self._new_mails.filtered(lambda mail: mail.attachment_ids)
        self.assertEqual(receipts.recipient_ids, contacts)
        for customer, own, other in (
            (self.alfa, self.of_alfa, self.of_beta),
            (self.beta, self.of_beta, self.of_alfa),
        ):
            user = self.user_full if customer == self.alfa else self.user_stranger
            part = self._part_of(tx, customer)
            self.sign_in(user)
            page = self.url_open("/my/payments").text
            self.assertIn(part.payment_id.name, page)
            self.assertIn(own.name, page)
            page += self.url_open(f"/my/invoices/{own.id}").text
            receipt = self.url_open(f"/my/payments/{part.payment_id.id}/receipt")
            self.assertEqual(receipt.headers["Content-Type"], "application/pdf")
            foreign = self._part_of(tx, self.alfa | self.beta - customer) - part
            self.assertEqual(
                self.url_open(f"/my/payments/{foreign.payment_id.id}/receipt").status_code, 404
            )
            mail = receipts.filtered(lambda mail, p=part: mail.recipient_ids == p.partner_id)
            others = self.alfa if customer == self.beta else self.beta
            for text in (page, part.payment_id.memo, part.reference, str(mail.body_html)):
                self.assertNotIn(other.name, text)
                self.assertNotIn(others.name, text)
            for message in own.message_ids | part.payment_id.message_ids:
                self.assertNotIn(other.name, message.body or "")

    def test_being_paid(self):
        """While the provider has not answered, each invoice is being paid, with its own amount."""
        tx = self._start(self._joint(self._choose(self.of_alfa, self.of_beta)))
        self.assertFalse((self.of_alfa | self.of_beta)._portal_covered())
        self._simulate(tx, "pending")
        self.assertEqual(tx.portal_part_ids.mapped("state"), ["pending"] * 2)
        for invoice in (self.of_alfa, self.of_beta):
            self.assertFalse(invoice._has_to_be_paid())
            [covering] = invoice._portal_coverings()[invoice.id]
            self.assertEqual(
                (covering["kind"], covering["amount"]), ("processing", invoice.amount_total)
            )
        self.assertFalse(self.own._portal_covered())
        # The list of the person's own firm has nothing of it, that of each customer its part.
        self.assertNotIn("107", self.url_open("/my/payments").text)
        self.sign_in(self.user_stranger)
        page = self.url_open("/my/payments").text
        self.assertIn("Being processed", page)
        self.assertIn("250.00", page)
        self.assertNotIn("350.00", page)
        self._assert_nothing_booked()

    def test_declined_and_cancelled(self):
        joint = self._joint(self._choose(self.of_alfa, self.of_beta))
        for state, found in (("error", "was declined"), ("cancel", "was cancelled")):
            tx = self._start(joint)
            self._simulate(tx, state)
            self.assertEqual(set(tx.portal_part_ids.mapped("state")), {tx.state})
            page = self.url_open(tx.landing_route)
            self.assertIn(found, page.text)
            self.assertIn(f"{PATH}/{joint.id}", page.url)
        self._assert_nothing_booked()
        self.assertTrue(self.of_alfa._has_to_be_paid())
        self._simulate(self._start(joint))
        self._assert_residuals(of_alfa=0.0, of_beta=0.0)
        self.assertIn("paid already", self._refusal(joint))
        self.assertTrue(self.url_open(f"{PATH}/{joint.id}").url.endswith(PATH))

    def test_companies_and_currencies_are_paid_one_by_one(self):
        euro = self._use_rate(self.env.ref("base.EUR"), 0.5)
        dear = self._create_invoice(self.beta, 20.0, currency_id=euro.id)
        elsewhere = self._create_invoice_elsewhere("Otra Empresa SL", 60.0)
        elsewhere.company_id.write({"portal_enabled": True, "portal_allow_payment": True})
        self.seat.user_id.company_ids |= elsewhere.company_id
        answer = self._choose(self.of_alfa, dear, elsewhere)
        joint = self._joint(answer)
        joints = self.env["customer.portal.joint"].search([("choice", "=", joint.choice)])
        self.assertEqual(
            {(one.company_id, one.currency_id, one.amount) for one in joints},
            {
                (self.company, self.company.currency_id, 100.0),
                (self.company, euro, 20.0),
                (elsewhere.company_id, self.company.currency_id, 60.0),
            },
        )
        for one in joints:
            self.assertEqual(one.basket_ids.line_ids.invoice_id.company_id, one.company_id)
        tx = self._start(joint)
        self._simulate(tx)
        done = self.url_open(tx.landing_route)
        self.assertRegex(done.url, rf"{PATH}/\d+$")
        self.assertNotEqual(done.url, answer.url)
        # What is paid does not come up again, nor what has nothing left in it.
        second, third = joints - joint
        self.assertEqual(second._others(), third)
        third.basket_ids.line_ids.unlink()
        self.assertFalse(second._others())

    # === WALLS === #

    def test_what_is_not_its_to_pay(self):
        draft = self._create_invoice(self.alfa, 5.0, post=False)
        hidden = self._create_invoice(self.alfa, 5.0, portal_visible=False)
        note = self._create_invoice(self.alfa, 5.0, "out_refund")
        for invoice in (self.foreign, draft, hidden, note):
            answer = self._choose(self.of_alfa, invoice)
            self.assertEqual(answer.status_code, 422, invoice)
            self.assertIn("not to be paid any more", answer.text)
        for values in ({}, {"invoice": ["x", "-1", "0", "99999999999"]}):
            answer = self.post_form(f"{PATH}/choose", data=values, page="/my/seats")
            self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.env["customer.portal.joint"].search([]))

    def test_each_condition_as_it_is_chosen_and_as_it_is_paid(self):
        """What a customer or the company has taken away meanwhile stops all of it."""
        for name, change in (
            ("seat", lambda: self.seat_beta._end()),
            ("capability", lambda: self._set_profile(can_pay=False)),
            ("invoices", lambda: self._set_profile(can_see_invoices=False)),
            ("customer", lambda: self.beta.write({"portal_access": False})),
            ("hidden", lambda: self.of_beta.write({"portal_visible": False})),
            ("paying", lambda: self.company.write({"portal_allow_payment": False})),
            ("seats", lambda: self.company.write({"portal_allow_seats": False})),
        ):
            with self.subTest(name):
                joint = self._joint(self._choose(self.of_alfa, self.of_beta))
                with self.env.cr.savepoint() as savepoint:
                    change()
                    self.env.flush_all()
                    self.assertTrue(self._refusal(joint))
                    self.assertIn(self._choose(self.of_alfa, self.of_beta).status_code, (404, 422))
                    savepoint.close(rollback=True)
                self.env.invalidate_all()
                self.registry.clear_cache()
        self.assertFalse(self.env["payment.transaction"].search([("portal_joint_id", "!=", False)]))

    def _set_profile(self, **values):
        profile = self.profile_full.copy({"name": "Less", **values})
        self.seat_beta.contact_id.portal_profile_id = profile

    def test_taken_away_while_the_page_is_open(self):
        """The page leaves out what is gone and says so; the rest can be paid."""
        joint = self._joint(self._choose(self.of_alfa, self.of_beta))
        self.seat_beta._end()
        page = self.url_open(f"{PATH}/{joint.id}")
        self.assertEqual(page.status_code, 422)
        self.assertIn("not to be paid any more", page.text)
        self.assertNotIn(self.of_beta.name, page.text)
        self._simulate(tx := self._start(joint))
        self._assert_booked(tx, alfa=self.of_alfa)
        self._assert_residuals(of_beta=250.0)

    def test_taken_away_while_it_is_paid(self):
        """What the provider was asked for is booked, whatever becomes of the seat."""
        tx = self._start(self._joint(self._choose(self.of_alfa, self.of_beta)))
        self.seat_beta._end()
        self._simulate(tx)
        self._assert_booked(tx, alfa=self.of_alfa, beta=self.of_beta)

    def test_paid_by_another_meanwhile(self):
        joint = self._joint(self._choose(self.of_alfa, self.of_beta))
        self._confirm(self._create_transaction([(self.of_beta, 250.0)], user=self.user_stranger))
        self.assertIn(self.of_beta.name, self._refusal(joint))
        self.assertTrue(self.of_alfa._has_to_be_paid())

    def test_under_way_by_another(self):
        joint = self._joint(self._choose(self.of_alfa, self.of_beta))
        self._create_transaction([(self.of_beta, 250.0)], user=self.user_stranger)._set_pending()
        self.assertIn("has changed since", self._refusal(joint))
        page = self.url_open(f"{PATH}/{joint.id}")
        self.assertEqual(page.status_code, 422)
        self.assertIn(self.of_alfa.name, page.text)
        self.assertNotIn(self.of_beta.name, page.text)

    def test_paid_twice(self):
        """Both payments were begun before either arrived: the surplus is that customer's own."""
        tx = self._start(self._joint(self._choose(self.of_alfa, self.of_beta)))
        self._confirm(self._create_transaction([(self.of_beta, 250.0)], user=self.user_stranger))
        self._simulate(tx)
        self._assert_residuals(of_alfa=0.0, of_beta=0.0)
        payment = self._part_of(tx, self.beta).payment_id
        credit = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual((credit.partner_id, credit.amount_residual), (self.beta, -250.0))
        self.assertTrue(payment.activity_ids)
        self.assertFalse(self._part_of(tx, self.alfa).payment_id.activity_ids)
        self.assertFalse(
            self.own.message_ids.filtered(lambda message: "to your credit" in message.body)
        )

    def test_credit_of_one_pays_nothing_of_another(self):
        note = self._create_invoice(self.alfa, 40.0, "out_refund")
        tx = self._pay(self.of_alfa, self.of_beta)
        self.assertEqual(tx.amount, 350.0)
        self.assertEqual(note.amount_residual, 40.0)

    def test_not_while_acting_nor_for_others(self):
        joint = self._joint(self._choose(self.of_alfa))
        basket = joint.basket_ids
        self._act()
        for url in (PATH, f"{PATH}/{joint.id}", f"{PATH}/{joint.id}/done"):
            self.assertIn("/my/seats/closed", self.url_open(url).url)
        self.assertTrue(self._refusal(joint))
        # The basket is no way round it, though it is that contact's.
        self.seat.contact_id.portal_profile_id = self.profile_full
        self.assertTrue(self.url_open(f"/my/pay/{basket.id}").url.endswith("/my/pay"))
        self.sign_in(self.user_stranger)
        self.assertTrue(self.url_open(f"{PATH}/{joint.id}").url.endswith(PATH))
        self.assertIn("choose the invoices again", self._refusal(joint))
        self.assertFalse(joint.transaction_id)

    def test_choosing_as_the_customer_leaves_it_alone(self):
        joint = self._joint(self._choose(self.of_alfa, self.of_beta))
        self.env["customer.portal.basket"]._portal_end_choices(self.seat.contact_id)
        self.assertEqual(joint.amount, 350.0)

    def test_choosing_anew_ends_what_was_chosen(self):
        joint = self._joint(self._choose(self.of_alfa))
        self._joint(self._choose(self.of_beta))
        self.assertFalse(joint.exists())

    def test_switched_off(self):
        self.company.portal_allow_seats = False
        self.assertEqual(self.url_open(PATH).status_code, 404)
        self.assertEqual(self._choose(self.own).status_code, 404)
        self.assertEqual(self.url_open("/my/seats").status_code, 404)

    def test_too_many(self):
        with patch.object(customer_portal_joint, "MAX_INVOICES", 1):
            self.assertIn("at most 1 invoices", self._choose(self.of_alfa, self.of_beta).text)
            self.assertEqual(self._joint(self._choose(self.of_alfa)).amount, 100.0)

    def test_weak_session_confirms_first(self):
        joint = self._joint(self._choose(self.of_alfa))
        self.session["portal_opened_by"] = "document_link"
        root.session_store.save(self.session)
        for url in (PATH, f"{PATH}/{joint.id}"):
            self.assertIn("/my/step_up", self.url_open(url).url)
        self.assertIn("confirm first", self._refusal(joint))

    # === WAYS TO PAY === #

    def test_own_saved_method(self):
        """Of the person's own; neither a customer's nor that of its contact there."""
        self.provider.allow_tokenization = True
        token, *others = (
            self.env["payment.token"].create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "partner_id": partner.id,
                    "provider_ref": "x",
                    "payment_details": details,
                    "demo_simulated_state": "done",
                }
            )
            for partner, details in (
                (self.user_holder.partner_id, "1111"),
                (self.alfa, "2222"),
                (self.seat.contact_id, "3333"),
            )
        )
        answer = self._choose(self.of_alfa, self.of_beta)
        self.assertIn("1111", answer.text)
        self.assertNotIn("2222", answer.text)
        self.assertNotIn("3333", answer.text)
        joint = self._joint(answer)
        for other in others:
            self.assertTrue(self._refusal(joint, flow="token", token_id=other.id))
        tx = self._start(joint, flow="token", token_id=token.id)
        self.assertEqual((tx.state, tx.token_id), ("done", token))
        self.assertEqual(tx.portal_part_ids.mapped("state"), ["done"] * 2)
        self.assertFalse(tx.portal_part_ids.token_id)
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        self._assert_booked(tx, alfa=self.of_alfa, beta=self.of_beta)

    def test_ways_that_can_not_be_split(self):
        joint = self._joint(self._choose(self.of_alfa, self.of_beta))
        self.method.support_manual_capture = "full_only"
        self.provider.capture_manually = True
        page = self.url_open(f"{PATH}/{joint.id}").text
        self.assertNotIn(f'data-provider-id="{self.provider.id}"', page)
        self.assertIn("not available", self._refusal(joint))
        self.provider.capture_manually = False
        self.assertIn(
            f'data-provider-id="{self.provider.id}"', self.url_open(f"{PATH}/{joint.id}").text
        )

    def test_captured_by_hand(self):
        """A provider that keeps the money reserved all the same: nothing is booked twice."""
        tx = self._start(self._joint(self._choose(self.of_alfa, self.of_beta)))
        tx._set_authorized()
        self.assertFalse(self.of_alfa._has_to_be_paid())
        capture = tx._capture()
        self._run_cron("payment.transaction", "_cron_post_process")
        self._assert_booked(tx, alfa=self.of_alfa, beta=self.of_beta)
        self.assertFalse(capture.payment_id)

    # === WHEN SOMETHING FAILS === #

    def test_one_customers_books_hold_up_nobody_else(self):
        tx = self._start(self._joint(self._choose(self.of_alfa, self.of_beta)))
        Allocation = type(self.env["customer.portal.allocation"])
        create = Allocation._create_payment

        def fails_for_alfa(allocations, values):
            if allocations.invoice_id == self.of_alfa:
                raise RuntimeError("The month is closed.")
            return create(allocations, values)

        with (
            patch.object(Allocation, "_create_payment", fails_for_alfa),
            mute_logger(
                "odoo.addons.customer_portal_plus.models.payment.payment_transaction_joint"
            ),
        ):
            self._simulate(tx)
        self._assert_residuals(of_alfa=100.0, of_beta=0.0)
        part = self._part_of(tx, self.alfa)
        self.assertFalse(part.is_post_processed)
        self.assertFalse(part.payment_id)
        # Paid and not booked yet: it is not asked for.
        self.assertIn(self.of_alfa, self.of_alfa._portal_covered())
        self._run_cron("payment.transaction", "_cron_post_process")
        self._assert_booked(tx, alfa=self.of_alfa, beta=self.of_beta)

    # === REFUNDS === #

    def _refund(self, payment, amount):
        wizard = (
            self.env["payment.refund.wizard"]
            .with_context(active_id=payment.id, active_model="account.payment")
            .create({"payment_id": payment.id, "amount_to_refund": amount})
        )
        wizard.action_refund()
        refund = self.env["payment.transaction"].search([("operation", "=", "refund")], limit=1)
        refund._post_process()
        self.env.invalidate_all()
        return refund

    def test_refund_of_one_customers_part(self):
        self.provider.payment_method_ids.support_refund = "partial"
        tx = self._pay(self.of_alfa, self.of_beta)
        payment = self._part_of(tx, self.beta).payment_id
        self.assertEqual(payment.amount_available_for_refund, 250.0)
        refund = self._refund(payment, 50.0)
        # The provider is asked of the payment that it knows.
        self.assertEqual(refund.source_transaction_id, tx)
        self.assertEqual((refund.amount, refund.state), (-50.0, "done"))
        back = refund.payment_id
        self.assertEqual((back.partner_id, back.amount), (self.beta, 50.0))
        self.assertEqual(back.payment_type, "outbound")
        self.assertEqual(back.source_payment_id, payment)
        self.assertFalse(back.activity_ids)
        self._assert_balanced(back)
        self.assertEqual(payment.amount_available_for_refund, 200.0)
        self.assertEqual(payment.refunds_count, 1)
        other = self._part_of(tx, self.alfa).payment_id
        self.assertEqual((other.amount_available_for_refund, other.refunds_count), (100.0, 0))
        self.assertTrue(
            any(
                "has been initiated" in (m.body or "") and "R-" in m.body
                for m in self.of_beta.message_ids
            )
        )
        self.assertFalse(any("R-" in (message.body or "") for message in self.of_alfa.message_ids))
        self.sign_in(self.user_stranger)
        self.assertIn("Paid back", self.url_open("/my/payments").text)
        self.sign_in(self.user_full)
        self.assertNotIn("Paid back", self.url_open("/my/payments").text)

    def test_refund_of_all_or_nothing(self):
        """Where the provider pays back nothing but all, no customer's part is paid back alone."""
        self.provider.payment_method_ids.support_refund = "full_only"
        tx = self._pay(self.of_alfa, self.of_beta)
        for payment in tx.portal_part_ids.payment_id:
            self.assertEqual(payment.amount_available_for_refund, 0.0)
        single = self._pay(self.second_of_alfa).portal_part_ids.payment_id
        self.assertEqual(single.amount_available_for_refund, 33.33)

    def test_refund_that_waits(self):
        self.provider.payment_method_ids.support_refund = "partial"
        tx = self._pay(self.of_alfa, self.of_beta)
        first, second = (self._part_of(tx, one) for one in (self.alfa, self.beta))
        tx.with_context(portal_refunded_id=second.id)._create_child_transaction(5.0, is_refund=True)
        for part, waits in ((first, False), (second, True)):
            wizard = self.env["payment.refund.wizard"].create({"payment_id": part.payment_id.id})
            self.assertEqual(wizard.has_pending_refund, waits)

    def test_refund_begun_at_the_providers(self):
        """Nobody has said of which customer: staff are asked."""
        tx = self._pay(self.of_alfa, self.of_beta)
        refund = tx._create_child_transaction(30.0, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertEqual(refund.payment_id.partner_id, self.firm)
        [task] = refund.payment_id.activity_ids
        self.assertIn("Of which customer", task.summary)
        self.assertIn(self.beta.name, task.note)
        single = self._pay(self.second_of_alfa)
        refund = single._create_child_transaction(3.0, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertEqual(refund.payment_id.partner_id, self.alfa)
        self.assertFalse(refund.payment_id.activity_ids)

    # === FIGURES === #

    def test_overview_counts_the_parts(self):
        before = self.env["customer.portal.online.payment"].search([])
        tx = self._pay(self.of_alfa, self.of_beta)
        counted = self.env["customer.portal.online.payment"].search([]) - before
        self.assertEqual(counted.transaction_id, tx.portal_part_ids)
        self.assertEqual(sum(counted.mapped("amount")), 350.0)

    def test_home_of_all_customers(self):
        page = self.url_open("/my/seats").text
        total = page.partition('data-seats-total="pending"')[2].partition("</dd>")[0]
        self.assertIn("383.33", total)  # All but the person's own firm's.
        total = page.partition('data-seats-total="overdue"')[2].partition("</dd>")[0]
        self.assertIn("133.33", total)
        self.assertIn(f'href="{PATH}"', page)
        self._act()
        page = self.url_open("/my/seats").text
        self.assertNotIn(f'href="{PATH}"', page)
        self.assertIn(f'name="to" value="{PATH}"', page)
        response = self.post_form("/my/seats/leave", {"to": PATH}, page="/my/seats")
        self.assertTrue(response.url.endswith(PATH))

    def test_queries_do_not_grow_with_the_invoices(self):
        def ask():
            self.assertEqual(self.url_open(PATH).status_code, 200)

        before = self.second_request(ask)
        for number in range(4):
            self._create_invoice(self.alfa, 10.0 + number, days=-60, due_days=-30)
            self._create_invoice(self.beta, 10.0 + number)
        self.assertEqual(len(self.second_request(ask)), len(before))

    def test_nothing_to_pay_with(self):
        """Without a way to pay for anybody, none is offered."""
        self.company.portal_allow_payment = False
        self.assertNotIn(PATH, self.url_open("/my/seats").text)

    def test_refused_over_json(self):
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(f"{PATH}/999999/transaction", self._form_values())
