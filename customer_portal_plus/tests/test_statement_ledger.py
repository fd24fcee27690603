"""The account statement says what the receivable ledger says, on whatever day."""

import random
from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from .common import EVERYTHING
from .common.ledger import DAYS, StatementLedger

SEEDS = range(6 if EVERYTHING else 3)
STEPS = 26


@tagged("post_install", "-at_install")
class TestStatementLedger(StatementLedger, TransactionCase):
    def _live(self, seed):
        """Let a customer live through a random history."""
        self.random = random.Random(seed)
        self._begin(f"Azar {seed}")
        steps = [self._step_invoice] * 3 + [self._step_pay] * 3
        steps += [self._step_entry, self._step_reopen, self._step_reconcile, self._step_reconcile]
        for _number in range(STEPS):
            self._do(self.random.choice(steps))

    def test_random_histories(self):
        kinds, effects, hidden, differences = set(), 0, 0, 0
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self._live(seed)
                # Without figures of what is in them, PostgreSQL goes through tables to and fro.
                self.env.flush_all()
                self.env.cr.execute(
                    "ANALYZE account_move, account_move_line, account_partial_reconcile,"
                    " account_payment"
                )
                lines = self._items(self.customer)
                differences += bool(lines.matched_debit_ids.exchange_move_id)
                days = [self.today, self.today - timedelta(days=DAYS + 10)]
                days += [self.today + timedelta(days=self._day()) for _number in range(4)]
                for contact, own in zip(self.contacts, (False, True), strict=True):
                    for _number in range(5):
                        begin, end = sorted(self.random.choices(days, k=2))
                        self.assertLikeLedger(contact, begin, end, own)
                found = self.assertLikeOdooToday(self.contacts[0])
                kinds |= found
                hidden += "other" in found
                effects += bool(
                    lines.matched_debit_ids.filtered(
                        lambda part: part.debit_currency_id != part.credit_currency_id
                    )
                )
        # Chance has come up with all that it was there for.
        self.assertLessEqual(
            {"invoice", "credit_note", "payment", "paid_back", "adjustment", "other"}, kinds
        )
        self.assertTrue(effects and hidden and differences)
