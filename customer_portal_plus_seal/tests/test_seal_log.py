"""The log in blocks, each in a chain and stamped: whatever is altered afterwards is found."""

import base64
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.cli.portalverify import verify

from ..models import customer_portal_seal_log
from ..tools.time_stamp import ServiceStamper, stamp_digest
from .common import SealCase

MODEL_LOGGER = "odoo.addons.customer_portal_plus_seal.models.customer_portal_seal_log"


@tagged("post_install", "-at_install")
class TestSealLog(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_seal_log = True
        cls.Log = cls.env["customer.portal.seal.log"].sudo()
        cls.Event = cls.env["customer.portal.event"]
        cls.classPatch(customer_portal_seal_log, "SETTLED_MINUTES", 0)

    def _log_and_seal(self, *details):
        """Log something each, and do what the scheduled action does."""
        for detail in details:
            self.Event._log("data", contact=self.user_full.partner_id, detail=detail)
        with self.enter_registry_test_mode():
            self.env.ref("customer_portal_plus_seal.ir_cron_seal_log").method_direct_trigger()
        self.env.invalidate_all()
        return self.Log.search([], limit=1)

    def _forge(self, table, statement, *values):
        self.env.flush_all()
        self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.env.cr.execute(statement, values)
        self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def _assert_broken(self, block, problem):
        self.assertEqual(self.Log._verify_log(), (block, problem))
        lines = []
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn(f"Block {block.sequence}:", "\n".join(lines))
        told = self.Log.action_verify()["params"]
        self.assertEqual(told["type"], "danger")

    def test_chain_of_blocks(self):
        first = self._log_and_seal("uno", "dos")
        self.assertTrue(first.stamp and first.stamped_on)
        self.assertEqual(first.stamped_by, "Sellado de tiempo")
        second = self._log_and_seal("tres")
        self.assertEqual((second.count, second.previous_hash), (1, first.hash))
        self.assertEqual(second.first_event, first.last_event + 1)
        # Nothing new makes no block.
        self.assertEqual(self._log_and_seal(), second)
        self.assertEqual(self.Log._verify_log(), (self.Log, ""))
        self.assertEqual(self.Log.action_verify()["params"]["type"], "success")
        lines = []
        self.assertTrue(verify(self.env, [], lines.append))
        self.assertIn("The log holds", "\n".join(lines))

    def test_many_entries(self):
        self._log_and_seal("uno")
        with patch.object(customer_portal_seal_log, "MAX_ENTRIES", 2):
            last = self._log_and_seal("a", "b", "c")
        self.assertEqual(last.count, 1)
        self.assertEqual(self.Log._verify_log(), (self.Log, ""))

    def test_entry_that_is_young(self):
        self._log_and_seal("uno")
        with patch.object(customer_portal_seal_log, "SETTLED_MINUTES", 60):
            before = self.Log.search_count([])
            self._log_and_seal("dos")
        self.assertEqual(self.Log.search_count([]), before)

    def test_what_may_change(self):
        """An address is erased, a contact merged: the log holds."""
        self._log_and_seal("uno")
        self.env.cr.execute("UPDATE customer_portal_event SET ip_address = NULL, partner_id = NULL")
        self.assertEqual(self.Log._verify_log(), (self.Log, ""))

    def test_entry_altered(self):
        block = self._log_and_seal("uno")
        self._log_and_seal("dos")
        self._forge(
            "customer_portal_event",
            "UPDATE customer_portal_event SET detail = 'x' WHERE id = %s",
            block.last_event,
        )
        self._assert_broken(block, "entries")

    def test_entry_removed(self):
        block = self._log_and_seal("uno", "dos")
        self._forge(
            "customer_portal_event",
            "DELETE FROM customer_portal_event WHERE id = %s",
            block.last_event - 1,
        )
        self._assert_broken(block, "entries")

    def test_block_written_anew(self):
        """Who alters a block alters its hash, which is that of its stamp."""
        block = self._log_and_seal("uno")
        self._forge(
            "customer_portal_seal_log",
            "UPDATE customer_portal_seal_log SET count = count + 1 WHERE id = %s",
            block.id,
        )
        self._assert_broken(block, "chain")
        # With the entry altered first, and all that follows from it, there is the stamp still.
        self._forge(
            "customer_portal_event",
            "UPDATE customer_portal_event SET detail = 'x' WHERE id = %s",
            block.last_event,
        )
        digest, count = self.Log._digest_of(
            block.first_event, block.last_event, customer_portal_seal_log.COLUMNS
        )
        anew = self.Log._hash_of({**block.read()[0], "digest": digest, "count": count})
        self._forge(
            "customer_portal_seal_log",
            "UPDATE customer_portal_seal_log SET digest = %s, count = %s, hash = %s WHERE id = %s",
            digest,
            count,
            anew,
            block.id,
        )
        self._assert_broken(block, "stamp")

    def test_block_removed(self):
        first = self._log_and_seal("uno")
        second = self._log_and_seal("dos")
        self._forge(
            "customer_portal_seal_log",
            "DELETE FROM customer_portal_seal_log WHERE id = %s",
            first.id,
        )
        self._assert_broken(second, "chain")

    def test_signature_removed(self):
        self._sign_and_deliver()
        block = self._log_and_seal("uno")
        self.assertIn(self._evidence().hash, block.heads)
        self._forge(
            "customer_portal_signature",
            "UPDATE customer_portal_signature SET hash = 'x' WHERE id = %s",
            self._evidence().id,
        )
        self.assertEqual(self.Log._verify_log(), (block, "heads"))

    def test_service_that_fails(self):
        for mode in ("error", "garbage", "other", "forged"):
            self.services.mode = mode
            with mute_logger(MODEL_LOGGER):
                block = self._log_and_seal(mode)
            self.assertFalse(block.stamp or block.stamped_on, mode)
        self.services.mode = "good"
        self._log_and_seal("bien")
        self.assertTrue(all(block.stamp for block in self.Log.search([])))
        self.assertEqual(self.Log._verify_log(), (self.Log, ""))

    def test_stamp_of_something_else(self):
        block = self._log_and_seal("uno")
        other = stamp_digest(ServiceStamper(self.services.stamp_url), b"x" * 32, "sha256")
        self._forge(
            "customer_portal_seal_log",
            "UPDATE customer_portal_seal_log SET stamp = %s WHERE id = %s",
            base64.b64encode(other).decode(),
            block.id,
        )
        self._assert_broken(block, "stamp")

    def test_off(self):
        self.company.portal_seal_log = False
        self.assertFalse(self._log_and_seal("uno"))
        told = self.env["customer.portal.seal.log"].action_verify()["params"]
        self.assertEqual(told["message"], "No block of the log was sealed yet.")

    def test_who(self):
        block = self._log_and_seal("uno")
        for user in (self.user_full, self.user_sales):
            for act in ("read", "action_verify"):
                with self.assertRaises(AccessError):
                    getattr(block.with_user(user), act)()
        with self.assertRaises(UserError):
            block.write({"hash": "x"})
        with self.assertRaises(UserError):
            block.unlink()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            with self.env.cr.savepoint():
                self.env.cr.execute("UPDATE customer_portal_seal_log SET hash = 'x'")
