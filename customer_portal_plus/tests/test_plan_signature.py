"""Payment plans that hold once they are signed: what is signed, by whom, and until when."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.settlement import customer_portal_plan_signature
from .common.signature import SignatureCase
from .test_balance_confirmation import read_text
from .test_plan import PlanCase


@tagged("post_install", "-at_install")
class TestPlanSignature(PlanCase, SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_sign_plans = True

    def _assert_unsigned(self, plan, state="to_sign"):
        self.env.invalidate_all()
        self.assertEqual((plan.state, self._evidence(plan).ids), (state, []))
        self.assertEqual(self._asked(), 100.0)

    def _page(self, plan):
        return self.url_open(f"/my/plans/{plan.id}").text

    # === SIGNING === #

    def test_within_the_policy_it_is_signed_at_once(self):
        self.sign_in(self.user_full)
        self.assertIn("Go on to sign", self._send(act="show", seen="").text)
        with self.leaving() as messages:
            signing = self._send()
        self.assertIn("/my/sign/", signing.url)
        plan = self._plans()
        self._assert_unsigned(plan)
        self.assertFalse(messages)
        # As it is known at home, on the invoice, and on its own page.
        self.assertIn("1 payment plan to sign", self.url_open("/my").text)
        self.assertIn(f"/my/plans/{plan.id}", self.url_open(f"/my/invoices/{self.invoice.id}").text)
        page = self._page(plan)
        self.assertIn("Read and sign", page)
        self.assertNotIn("left to pay of", page)
        with self.leaving() as messages:
            done = self._sign(signing_url=signing.url.split("?")[0])
            self._deliver()
        self.assertIn("It is agreed", done.text)
        self.assertEqual((plan.state, plan.portal_signature_state), ("running", "valid"))
        self.assertEqual(self._asked(), 0.0)
        evidence = self._evidence(plan)
        self.assertEqual(
            (evidence.act, evidence.contact_id, evidence.signer_name),
            ("signed", self.contact, "Gerencia de Alfa"),
        )
        self.assertIn("100.00", evidence.amount_text)
        self.assertIn("payment plan", evidence.consent_text)
        # The file that is kept has it all; the signer got it, and nobody a second mail.
        name, data = plan._portal_signed_file()
        text = read_text(data)
        for words in (self.invoice.name, "50.00", "100.00", "2 days after", self.alfa.name):
            self.assertIn(words, " ".join(text.split()))
        [message] = messages
        _html, names = self._read(message)
        self.assertEqual(names, [name])
        self.assertEqual(self.url_open(f"/my/plans/{plan.id}/file").content, data)
        page = self._page(plan)
        self.assertIn("Gerencia de Alfa", page)
        self.assertNotIn("Read and sign", page)
        self.assertIn("agreed to pay in instalments", str(self.invoice.message_ids.mapped("body")))
        # Of staff, it hangs on the plan.
        self.assertIn(name, plan.message_ids.attachment_ids.mapped("name"))

    def test_switched_off_nobody_signs(self):
        self.company.portal_sign_plans = False
        plan = self._propose()
        self.assertEqual(plan.state, "running")
        self.sign_in(self.user_full)
        self.assertNotIn("Read and sign", self._page(plan))
        self.assertEqual(self.url_open(f"/my/plans/{plan.id}/file").status_code, 404)
        answer = self.post_form(f"/my/plans/{plan.id}/sign", page="/my/account")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("agreed already", answer.text)

    def test_beyond_the_policy_staff_accept_and_the_customer_signs(self):
        plan = self._propose(number=5)
        self.sign_in(self.user_full)
        self.assertNotIn("Read and sign", self._page(plan))
        self.assertIn("is not to be signed", plan._portal_sign_refusal(self.contact))
        with self.leaving() as messages:
            plan.with_user(self.user_accountant).action_accept()
        self._assert_unsigned(plan)
        mail = self._find_mail(messages, self.contact)
        self.assertIn("please sign it", mail["Subject"])
        html, _files = self._read(mail)
        self.assertIn("20.00", html)
        self._agree_to_debit()
        self.assertEqual(self._debited(), [])
        self._sign(plan)
        self.env.invalidate_all()
        self.assertEqual(plan.state, "running")
        with self.assertRaises(UserError):
            plan.with_user(self.user_accountant).action_refuse()

    def test_staff_take_an_accepted_one_back(self):
        plan = self._propose(number=5)
        plan.action_accept()
        plan.answer = "We were too quick."
        plan.with_user(self.user_accountant).action_refuse()
        self.sign_in(self.user_full)
        self.assertNotIn("Read and sign", self._page(plan))
        self._assert_unsigned(plan, "refused")

    # === WHAT IS NOT SIGNED === #

    def test_what_changed_meanwhile_is_not_signed(self):
        self.company.write({"portal_allow_disputes": True, "portal_allow_promises": True})
        self.sign_in(self.user_full)
        plan = self._propose()

        def dispute():
            self.env["customer.portal.dispute"]._portal_claim(
                self.contact, self.invoice, self.nuts.ids, "price", ""
            )

        for change in (
            lambda: self._pay(10.0),
            lambda: self._create_transaction([(self.invoice, 10.0)])._set_pending(),
            dispute,
            lambda: self.env["customer.portal.promise"]._portal_make(
                self.contact, self.invoice, self.today
            ),
        ):
            signing = self._open_signing(plan)[0]
            with self.env.cr.savepoint() as savepoint:
                change()
                self.env.flush_all()
                refused = self._sign(signing_url=signing)
                self.assertEqual(refused.status_code, 422)
                self.assertIn("propose it anew", refused.text)
                page = self._page(plan)
                self.assertIn("propose it anew", page)
                self.assertNotIn("Read and sign", page)
                savepoint.rollback()
            self.env.invalidate_all()
            self._assert_unsigned(plan)

    def test_a_version_that_changed_is_not_signed(self):
        self.sign_in(self.user_full)
        plan = self._propose()
        signing = self._open_signing(plan)[0]
        plan.line_ids[0].amount = 49.0
        self.env.flush_all()
        refused = self._sign(signing_url=signing)
        self.assertEqual(refused.status_code, 422)
        self.assertIn("has changed since", refused.text)
        self._assert_unsigned(plan)

    def test_a_new_proposal_takes_the_place_of_an_unsigned_one(self):
        self.sign_in(self.user_full)
        first = self._propose()
        signing = self._open_signing(first)[0]
        other = self._create_two_lines()
        second = self._propose(self.invoice | other, number=3)
        self.assertEqual((first.state, second.state), ("lapsed", "to_sign"))
        refused = self._sign(signing_url=signing)
        self.assertEqual(refused.status_code, 422)
        self.assertIn("It was not signed", self._page(first))
        self._sign(second)
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("lapsed", "running"))
        self.assertFalse(self._evidence(first))

    def test_it_can_be_signed_until_its_first_day_and_the_grace(self):
        plan = self._propose(days=5)
        for days, refused in ((7, False), (8, True)):
            with freeze_time(self.now + timedelta(days=days)):
                self.assertEqual(
                    "has passed" in plan._portal_sign_refusal(self.contact), refused, days
                )
        with self.leaving() as messages:
            self._follow(7)
        self.assertEqual(plan.state, "to_sign")
        self.assertFalse(messages)
        with self.leaving() as messages:
            self._follow(8)
        self.assertEqual((plan.state, plan.closed_on), ("lapsed", self.today + timedelta(days=8)))
        self.assertIn("was not signed", self._find_mail(messages, self.contact)["Subject"])
        self.assertEqual((plan.paid, self._asked()), (0.0, 100.0))

    def test_only_who_may_sign(self):
        plan = self._propose()
        for user in (self.user_colleague, self.user_stranger, self.user_own):
            self.sign_in(user)
            answer = self.post_form(f"/my/plans/{plan.id}/sign", page="/my/account")
            self.assertEqual(answer.status_code, 404, user.login)
            self.assertTrue(plan._portal_sign_refusal(user.partner_id), user.login)
        self.sign_in(self.user_full)
        signing = self._open_signing(plan)[0]
        for record, name in (
            (self.profile_full, "can_plan"),
            (self.profile_full, "can_see_invoices"),
            (self.company, "portal_allow_plans"),
            # One signs what one sees.
            (self.invoice, "portal_visible"),
        ):
            record[name] = False
            self.assertTrue(plan._portal_sign_refusal(self.contact), name)
            self.env.flush_all()
            token = self.form_token()
            answer = self.url_open(
                f"{signing}/confirm",
                data={
                    "csrf_token": token,
                    "sha256": "0" * 64,
                    "signer_name": "X",
                    "method": "type",
                    "consent": "1",
                },
            )
            self.assertIn(answer.status_code, (404, 422), name)
            record[name] = True
        self._assert_unsigned(plan)

    def test_who_proposed_it_is_told_if_somebody_else_signs(self):
        self.user_own.partner_id.portal_profile_id = self.profile_full
        plan = self._propose()
        self.sign_in(self.user_own)
        with self.leaving() as messages:
            self._sign(plan)
        self.assertIn("is agreed", self._find_mail(messages, self.contact)["Subject"])

    def test_of_two_at_once_one_counts(self):
        """What keeps one from signing is asked under the lock of invoices and plan."""
        plan, asked = self._propose(), []
        Plan = type(plan)
        refusal = Plan._portal_sign_refusal
        with (
            patch.object(
                customer_portal_plan_signature,
                "lock_rows_or_retry",
                lambda *records: asked.extend(one._name for one in records),
            ),
            patch.object(
                Plan,
                "_portal_sign_refusal",
                lambda *args: asked.append("refusal") or refusal(*args),
            ),
        ):
            signing = plan._portal_prepare_signing(self.contact)
            plan._portal_sign(
                signing, self.contact, signing.sha256, {}, signer_name="X", method="type"
            )
        self.assertEqual(asked, ["account.move", "customer.portal.plan", "refusal"])
        self.assertEqual(plan.state, "running")
