"""A customer objects to the modelo 347 and agrees after all, on a desk and on a phone."""

from unittest.mock import patch

from odoo.tests import tagged

from .test_modelo_347 import Modelo347Case


@tagged("post_install", "-at_install")
class TestModelo347Tour(Modelo347Case):
    def _assert_answered(self, size):
        with patch.object(type(self), "browser_size", size):
            self.start_tour(
                "/my/347", "customer_portal_plus.modelo_347", login=self.user_full.login
            )
        self.env.invalidate_all()
        self.assertEqual(self._answer().state, "agreed")
        self.assertEqual(len(self._answer().conversation_id), 1)

    def test_on_a_desk(self):
        self._assert_answered("1280x800")

    def test_on_a_phone(self):
        self._assert_answered("390x844")
