"""An expense in a real browser, on a screen and on a phone."""

from odoo.tests import tagged

from .common import ExpenseCase


class ExpenseTour(ExpenseCase):
    def _assert_followed(self):
        self.start_tour(
            "/my", "customer_portal_plus_expense.expense", login=self.user_full.login, timeout=120
        )
        self.env.invalidate_all()
        self.assertEqual(self.expense._portal_state(), "on_order")


@tagged("post_install", "-at_install")
class TestExpenseTour(ExpenseTour):
    browser_size = "1280x900"

    def test_follow(self):
        self._assert_followed()


@tagged("post_install", "-at_install")
class TestExpenseTourOnAPhone(ExpenseTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_follow(self):
        self._assert_followed()
