"""Rows that are written once: what the database refuses, and what Odoo must still be able to do.

Updating and uninstalling the module with rows in the table is tried on a server of its own, in
``live_tests/test_log.py``.
"""

from unittest.mock import patch

from psycopg2.errors import RestrictViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestWriteOnce(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.quote = cls._create_order(cls.alfa)
        cls.event = cls._create_event(record=cls.quote)

    @classmethod
    def _create_event(cls, record=None, contact=None):
        events = cls.env["customer.portal.event"]
        event = events._log(
            "download", record=record, contact=contact or cls.contact, user=cls.user_full
        )
        cls.env.cr.execute(
            "UPDATE customer_portal_event SET ip_address = NULL WHERE id = %s", [event.id]
        )
        return event

    def _assert_refused(self, statement, *parameters):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RestrictViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement, parameters)

    # === WHAT IS REFUSED === #

    def test_sql_is_refused(self):
        for column, value in (
            ("kind", "view"),
            ("date", "2020-01-01"),
            ("partner_name", "Otro"),
            ("partner_ref", 1),
            ("res_id", 2147483647),
            ("detail", "x"),
            ("ip_address", "192.0.2.1"),
        ):
            with self.subTest(column):
                self._assert_refused(
                    f"UPDATE customer_portal_event SET {column} = %s WHERE id = %s",
                    value,
                    self.event.id,
                )
        self._assert_refused("DELETE FROM customer_portal_event WHERE id = %s", self.event.id)
        self._assert_refused("TRUNCATE customer_portal_event")
        self._assert_refused("TRUNCATE sale_order CASCADE; TRUNCATE customer_portal_event")
        self.event.invalidate_recordset()
        self.assertEqual(self.event.kind, "download")
        self.assertEqual(self.event.partner_name, self.contact.name)

    def test_orm_is_refused_in_words(self):
        administrator = self.env.ref("base.user_admin")
        for event in (self.event.sudo(), self.event.with_user(administrator)):
            with self.assertRaises(UserError):
                event.write({"detail": "x"})
            with self.assertRaises(UserError):
                event.unlink()
            with self.assertRaises(UserError):
                event.write({"partner_id": self.beta.id, "detail": "x"})

    def test_an_address_is_erased_once_and_for_all(self):
        self.env.cr.execute(
            """
            INSERT INTO customer_portal_event (date, kind, ip_address)
            VALUES (now(), 'view', '192.0.2.1') RETURNING id
            """
        )
        event_id = self.env.cr.fetchone()[0]
        update = "UPDATE customer_portal_event SET ip_address = %s WHERE id = %s"
        self._assert_refused(update, "192.0.2.2", event_id)
        self.env.cr.execute(update, [None, event_id])
        self._assert_refused(update, "192.0.2.1", event_id)

    # === WHAT ODOO MUST BE ABLE TO DO === #

    def test_contacts_are_merged(self):
        other = self.env["res.partner"].create({"name": "Duplicado", "parent_id": self.alfa.id})
        event = self._create_event(contact=other)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [other.id, self.contact.id], self.contact
        )
        self.assertFalse(other.exists())
        event.invalidate_recordset()
        self.assertEqual(event.partner_id, self.contact)
        self.assertEqual(event.partner_ref, other.id)
        self.assertEqual(event.partner_name, "Duplicado")

    def test_customers_are_merged(self):
        duplicate = self._create_customer("Alfa Duplicada SL")
        event = self._create_event(contact=duplicate)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [duplicate.id, self.alfa.id], self.alfa
        )
        event.invalidate_recordset()
        self.assertEqual(event.customer_id, self.alfa)
        self.assertEqual(event.customer_ref, duplicate.id)
        self.assertEqual(event.customer_name, "Alfa Duplicada SL")

    def test_an_account_is_deleted(self):
        """The contact deletes its account; the job that follows removes user and contact."""
        user, contact = self.user_own, self.user_own.partner_id
        event = self._create_event(contact=contact)
        names = (user.id, contact.id, contact.name)
        self._delete_account(user)
        event.invalidate_recordset()
        self.assertFalse(event.partner_id)
        self.assertEqual(event.customer_id, self.alfa)
        self.assertEqual((event.partner_ref, event.partner_name), names[1:])
        mine = self.env["customer.portal.event"].search([("partner_ref", "=", contact.id)])
        self.assertIn("rights", mine.mapped("kind"))

    def test_a_user_is_deleted(self):
        event = self._create_event()
        self.user_full.unlink()
        event.invalidate_recordset()
        self.assertFalse(event.user_id)
        self.assertEqual(event.user_ref, self.user_full.id)
        self.assertTrue(event.user_name)

    def test_a_quote_is_deleted(self):
        name = self.quote.name
        self.quote._action_cancel()
        self.quote.unlink()
        self.event.invalidate_recordset()
        self.assertEqual((self.event.res_model, self.event.res_name), ("sale.order", name))
        self.assertTrue(self.event.with_user(self.user_sales).has_access("read"))
        action = self.event.with_user(self.user_sales).action_open_document()
        self.assertEqual(action["tag"], "display_notification")

    def test_a_new_column_gets_its_default(self):
        """An update that brings a field with a default fills it in the rows there are."""
        events = self.env["customer.portal.event"]
        field = events._fields["browser"]
        with patch.object(field, "default", lambda model: "none"):
            events._init_column("browser")
        self.event.invalidate_recordset()
        self.assertEqual(self.event.browser, "none")
        self._assert_refused("UPDATE customer_portal_event SET browser = 'x'")
        self._assert_refused("DELETE FROM customer_portal_event")

    def test_a_new_column_of_a_table_without_its_triggers(self):
        """As at an installation: others have theirs already, this one not yet."""
        self.env.cr.execute("DROP TRIGGER cpp_write_once_row ON customer_portal_event")
        events = self.env["customer.portal.event"]
        with patch.object(events._fields["browser"], "default", lambda model: "none"):
            events._init_column("browser")
        self.event.invalidate_recordset()
        self.assertEqual(self.event.browser, "none")

    def test_declarations_that_would_break_are_refused(self):
        events = self.env["customer.portal.event"]
        for name in ("customer.portal.event", "customer.portal.signature"):
            self.assertIsNone(self.env[name]._write_once_check_declaration())
        with patch.object(type(events), "_write_once_free", ("customer_id",)):
            with self.assertRaisesRegex(ValueError, "_write_once_free"):
                events._write_once_check_declaration()
        with patch.object(type(events), "_log_access", True):
            with self.assertRaisesRegex(ValueError, "_log_access"):
                events._write_once_check_declaration()
        for computed in (events._fields["detail"], events._fields["res_id"]):
            with patch.object(computed, "compute", "_compute_it"):
                with self.assertRaisesRegex(ValueError, f"{computed.name} can't be computed"):
                    events._write_once_check_declaration()
                # What has no column changes no row.
                with patch.object(computed, "store", False):
                    self.assertIsNone(events._write_once_check_declaration())

    def test_no_reference_is_unique(self):
        """Merging contacts deletes rows whose reference is in a unique or check constraint."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        references = [
            (model._table, column)
            for model in self.env.registry.values()
            if hasattr(model, "_write_once_free") and not model._abstract
            for column in model._write_once_free
        ]
        self.assertTrue(references)
        for reference in references:
            self.assertFalse(wizard._has_check_or_unique_constraint(*reference))
