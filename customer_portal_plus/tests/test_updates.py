"""What an update of the addon leaves alone."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestUpdates(TransactionCase):
    def test_what_an_administrator_may_change_is_kept(self):
        """Scheduled actions, mail templates and other data that staff edit."""
        kept = ("ir.cron", "mail.template", "customer.portal.profile")
        records = self.env["ir.model.data"].search(
            [("module", "=", "customer_portal_plus"), ("model", "in", kept)]
        )
        self.assertEqual(set(records.mapped("model")), set(kept))
        self.assertFalse(records.filtered(lambda record: not record.noupdate).mapped("name"))
