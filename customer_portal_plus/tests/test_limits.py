"""Numbers that nobody changes by mistake: what guessing, waiting and paying is bounded by."""

from odoo.tests import BaseCase, tagged

from ..models.payment import (
    account_move_debit,
    account_move_page,
    account_move_transfer,
    customer_portal_basket,
    customer_portal_debit,
    customer_portal_debit_attempt,
    customer_portal_debit_page,
    customer_portal_payment_report,
    customer_portal_payment_report_bank,
    payment_token,
    res_company_verification,
    res_partner_bank,
)
from ..models.sign_in import (
    customer_portal_challenge,
    customer_portal_challenge_sending,
    customer_portal_challenge_use,
    customer_portal_express,
    customer_portal_link,
)
from ..models.signing import customer_portal_sign_mixin


@tagged("post_install", "-at_install")
class TestLimits(BaseCase):
    def test_signing_in(self):
        """A code is six digits: how often and how long it can be tried is what protects it."""
        self.assertEqual(customer_portal_challenge_use.MAX_TRIES, 5)
        self.assertEqual(customer_portal_challenge_sending.VALID_MINUTES, 10)
        self.assertEqual(customer_portal_challenge.RESEND_SECONDS, 30)
        self.assertEqual(customer_portal_challenge.PAUSE_SECONDS, 60)
        self.assertEqual(customer_portal_challenge_sending.RETRY_SECONDS, 30)
        self.assertEqual(customer_portal_challenge_sending.MAX_SENDINGS, 20)

    def test_links(self):
        self.assertEqual(customer_portal_link.MAX_REMEMBERED, 30)
        self.assertEqual(customer_portal_link.KEPT_DAYS, 365)

    def test_what_everybody_may_ask(self):
        self.assertEqual(
            customer_portal_express.LIMITS,
            {
                "express.number": 10,
                "express.network": 30,
                "express.payment": 30,
                "express.report": 5,
            },
        )
        self.assertEqual(customer_portal_express.MAX_INVOICES, 100)
        self.assertEqual(customer_portal_express.SHOWN_CHARACTERS, 4)
        self.assertEqual(
            res_company_verification.LIMITS,
            {
                "verify.network": 20,
                "verify.number": 10,
                "verify.number_busy": 3,
                "verify.company": 500,
                "verify.busy": 3,
            },
        )
        self.assertEqual(res_partner_bank.SHOWN_CHARACTERS, 4)

    def test_paying(self):
        self.assertEqual(customer_portal_basket.MAX_INVOICES, 200)
        self.assertEqual(account_move_page.MAX_AMOUNT, 1e15)
        self.assertEqual(account_move_debit.PAGE_MINUTES, 60)
        # What a bank carries, and lets be told of.
        self.assertEqual(account_move_transfer.MAX_REFERENCE, 140)
        self.assertEqual(customer_portal_payment_report.MAX_REFERENCE_LENGTH, 140)
        self.assertEqual(customer_portal_payment_report.MAX_PROOF_BYTES, 10 * 1024**2)
        self.assertEqual(customer_portal_payment_report.OLDEST_DAYS, 400)
        self.assertEqual(customer_portal_payment_report_bank.MIN_REFERENCE_LENGTH, 4)
        self.assertEqual(payment_token.SOON_DAYS, 60)

    def test_automatic_debit(self):
        self.assertEqual(customer_portal_debit.MAX_FAILURES, 3)
        self.assertEqual(customer_portal_debit_attempt.RETRY_DAYS, 3)
        self.assertEqual(customer_portal_debit_attempt.SHOWN_DAYS, 3)
        self.assertEqual(customer_portal_debit_page.SHOWN_CHARGES, 20)

    def test_signing(self):
        self.assertEqual(customer_portal_sign_mixin.MAX_NAME_LENGTH, 120)
