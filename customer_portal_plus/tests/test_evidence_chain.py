"""The chain of hashes, in plain Python: every way of falsifying it is found."""

from odoo.tests import BaseCase, tagged

from ..tools.evidence_chain import GENESIS, BrokenLink, link_hash, verify_chain


def make_chain(count):
    rows, previous_hash = [], GENESIS
    for sequence in range(1, count + 1):
        payload = {"name": f"Record {sequence}", "amount": sequence}
        link = link_hash(sequence, previous_hash, payload)
        rows.append(
            {
                "sequence": sequence,
                "previous_hash": previous_hash,
                "hash": link,
                "payload": payload,
            }
        )
        previous_hash = link
    return rows


@tagged("post_install", "-at_install")
class TestPortalEvidence(BaseCase):
    def setUp(self):
        super().setUp()
        self.rows = make_chain(5)
        self.heads = [(row["sequence"], row["hash"]) for row in self.rows]

    def test_intact(self):
        self.assertIsNone(verify_chain(self.rows, self.heads))
        self.assertIsNone(verify_chain([], []))

    def test_changed_content(self):
        self.rows[2]["payload"]["amount"] = 300
        self.assertEqual(verify_chain(self.rows), BrokenLink(3, "payload"))

    def test_changed_content_and_hash(self):
        row = self.rows[2]
        row["payload"]["amount"] = 300
        row["hash"] = link_hash(3, row["previous_hash"], row["payload"])
        self.assertEqual(verify_chain(self.rows), BrokenLink(4, "previous"))

    def test_removed_from_the_middle(self):
        del self.rows[1]
        self.assertEqual(verify_chain(self.rows), BrokenLink(2, "gap"))

    def test_last_one_removed(self):
        """The rest fits together; only the printed head tells."""
        del self.rows[-1]
        self.assertIsNone(verify_chain(self.rows))
        self.assertEqual(verify_chain(self.rows, self.heads), BrokenLink(5, "missing"))

    def test_everything_rewritten_from_the_middle(self):
        """Whoever owns the table can compute all hashes anew; printed heads tell."""
        self.rows[2]["payload"]["amount"] = 300
        previous_hash = self.rows[1]["hash"]
        for row in self.rows[2:]:
            row["previous_hash"] = previous_hash
            row["hash"] = previous_hash = link_hash(row["sequence"], previous_hash, row["payload"])
        self.assertIsNone(verify_chain(self.rows))
        self.assertEqual(verify_chain(self.rows, self.heads), BrokenLink(3, "rewritten"))
