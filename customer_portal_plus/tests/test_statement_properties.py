"""The account statement says what the receivable ledger says, whatever happened: histories that
Hypothesis comes up with, and makes short when one shows a fault.

A failure names the steps and prints a line ``@reproduce_failure(...)``: put above the test, it
repeats just that. In the suite the histories are always the same; ``./dev test --all`` tries many
more, other ones each time.
"""

from datetime import timedelta

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from .common import EVERYTHING
from .common.ledger import DAYS, StatementLedger

EXAMPLES = 200 if EVERYTHING else 6
STEPS = (
    "invoice",
    "pay",
    "pay_several",
    "credit",
    "entry",
    "reconcile",
    "reopen",
    "payment_back",
)


@tagged("post_install", "-at_install")
class TestStatementProperties(StatementLedger, TransactionCase):
    @settings(
        max_examples=EXAMPLES,
        derandomize=not EVERYTHING,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=30 if EVERYTHING else 14),
        chance=st.randoms(use_true_random=False),
        days=st.lists(st.integers(-DAYS - 10, 0), min_size=4, max_size=4),
    )
    def test_any_history(self, steps, chance, days):
        with self.env.cr.savepoint() as savepoint:
            self.random = chance
            self._begin("Azar")
            for step in ("invoice", "invoice", *steps):
                if self._do(getattr(self, f"_step_{step}")):
                    note(step)
            days = [self.today + timedelta(days=day) for day in days]
            for contact, own in zip(self.contacts, (False, True), strict=True):
                for begin, end in (days[:2], days[2:], (min(days), self.today)):
                    self.assertLikeLedger(contact, *sorted((begin, end)), own)
            self.assertLikeOdooToday(self.contacts[0])
            savepoint.rollback()
