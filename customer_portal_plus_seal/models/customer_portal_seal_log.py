import base64
import json
import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.customer_portal_plus.tools import evidence_chain
from odoo.addons.customer_portal_plus.tools.actions import notice_action

from ..tools.pdf_seal import DIGEST
from ..tools.time_stamp import BadStamp, ServiceStamper, read_token, stamp_digest

_logger = logging.getLogger(__name__)

# Entries this young may still be committed by a request that goes on.
SETTLED_MINUTES = 60
# ... of a block: the first one may be about years.
MAX_ENTRIES = 50_000
# What a block covers of each entry, in this order: all but what a merge may re-point or what is
# erased after a while. Each block keeps the names, so that a later version may add to them.
COLUMNS = (
    "id", "date", "kind", "viewer", "partner_ref", "partner_name", "customer_ref",
    "customer_name", "user_ref", "user_name", "res_model", "res_id", "res_name", "detail",
    "browser", "session_way",
)  # fmt: skip


class CustomerPortalSealLog(models.Model):
    """A block of the portal's log: all entries since the block before, in one digest, with the
    hash of that one and the heads of the chains of signatures; stamped by a time-stamp service.

    Whoever alters, adds or removes an entry of a day that is over, or a signature, would have to
    write all blocks since then anew, and could get no stamp with the old moment for them.
    """

    _name = "customer.portal.seal.log"
    _inherit = ["customer.portal.write.once.mixin"]
    _description = "Sealed block of the portal's log"
    _log_access = False
    _order = "sequence DESC"
    _rec_name = "hash"

    _write_once_set_once = ("stamp", "stamped_on", "stamped_by")

    sequence = fields.Integer("Place in the chain", required=True, readonly=True)
    sealed_on = fields.Datetime("Made on (by this server's clock)", required=True, readonly=True)
    first_event = fields.Integer("From entry", required=True, readonly=True, aggregator=None)
    last_event = fields.Integer("To entry", required=True, readonly=True, aggregator=None)
    count = fields.Integer("Entries", required=True, readonly=True)
    column_names = fields.Char("Columns", required=True, readonly=True)
    digest = fields.Char("SHA-256 of the entries", required=True, readonly=True)
    heads = fields.Char("Heads of the chains of signatures", required=True, readonly=True)
    previous_hash = fields.Char("Hash of the block before", required=True, readonly=True)
    hash = fields.Char("Hash of this block", required=True, readonly=True)
    stamp = fields.Text("Time stamp (RFC 3161, base64)", readonly=True)
    stamped_on = fields.Datetime("Time stamp (UTC)", readonly=True)
    stamped_by = fields.Char("Time stamp by", readonly=True)

    # === MAKING === #

    @api.model
    def _cron_seal(self):
        """Seal what was logged since the last time, and have blocks stamped that have no stamp."""
        company = (
            self.env["res.company"]
            .sudo()
            .search(
                [("portal_seal_log", "=", True), ("portal_seal_stamp_url", "!=", False)],
                order="id",
                limit=1,
            )
        )
        if not company:
            return
        while self.sudo()._make_block():
            if not self.env["ir.cron"]._commit_progress(1):
                return
        for block in self.sudo().search([("stamp", "=", False)], order="sequence"):
            if not block._ask_stamp(company.portal_seal_stamp_url):
                break
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _make_block(self):
        """Make a block of the entries since the last one.

        :return: empty if there are none
        :rtype: customer.portal.seal.log
        """
        before = self.search([], order="sequence DESC", limit=1)
        settled = fields.Datetime.subtract(fields.Datetime.now(), minutes=SETTLED_MINUTES)
        self.env["customer.portal.event"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT max(id) FROM (SELECT id FROM customer_portal_event"
                " WHERE id > %s AND date <= %s ORDER BY id LIMIT %s) entry",
                before.last_event,
                settled,
                MAX_ENTRIES,
            )
        )
        [last] = self.env.cr.fetchone()
        if not last:
            return self.browse()
        digest, count = self._digest_of(before.last_event + 1, last, COLUMNS)
        values = {
            "sequence": before.sequence + 1,
            "sealed_on": fields.Datetime.now(),
            "first_event": before.last_event + 1,
            "last_event": last,
            "count": count,
            "column_names": ",".join(COLUMNS),
            "digest": digest,
            "heads": evidence_chain.canonical(self._heads_of_signatures()).decode(),
            "previous_hash": before.hash or evidence_chain.GENESIS,
        }
        return self.create([{**values, "hash": self._hash_of(values)}])

    @api.model
    def _hash_of(self, values):
        """Return the hash of a block.

        :param values: a dict or a block
        """
        names = ("first_event", "last_event", "count", "column_names", "digest", "heads")
        payload = {name: values[name] for name in names}
        return evidence_chain.link_hash(values["sequence"], values["previous_hash"], payload)

    @api.model
    def _digest_of(self, first, last, columns):
        """Return the digest of entries, and how many there are.

        :rtype: tuple[str, int]
        """
        # SQL: the database writes the rows down, each in one way, and adds them up.
        self.env.cr.execute(
            SQL(
                """
                SELECT encode(sha256(convert_to(
                           coalesce(string_agg(jsonb_build_array(%s)::text, '' ORDER BY id), ''),
                           'UTF8')), 'hex'),
                       count(*)
                  FROM customer_portal_event
                 WHERE id BETWEEN %s AND %s
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                first,
                last,
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _heads_of_signatures(self):
        """Return place and hash of the last signature of each company's chain.

        :rtype: dict[str, list]
        """
        self.env["customer.portal.signature"].flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (company_ref) company_ref, sequence, hash
              FROM customer_portal_signature
             WHERE hash IS NOT NULL
             ORDER BY company_ref, sequence DESC
            """
        )
        return {
            str(company): [sequence, head] for company, sequence, head in self.env.cr.fetchall()
        }

    def _ask_stamp(self, address):
        """Have a block stamped.

        :param str address: of the service
        :return: whether it was
        :rtype: bool
        """
        self.ensure_one()
        try:
            token = stamp_digest(ServiceStamper(address), bytes.fromhex(self.hash), DIGEST)
            moment, name = read_token(token, bytes.fromhex(self.hash))
        except BadStamp as error:
            # It is asked again with the next block; no clock of ours stands in for it.
            _logger.warning("No time stamp for the log's block %s: %s", self.sequence, error)
            return False
        self.write(
            {
                "stamp": base64.b64encode(token).decode(),
                "stamped_on": moment,
                "stamped_by": name,
            }
        )
        return True

    # === VERIFYING === #

    @api.model
    def _verify_log(self):
        """Verify all blocks, from the first one.

        :return: the first block that does not hold (empty if all do), and a key of what is wrong:
            ``entries``, ``chain``, ``heads``, ``stamp``
        :rtype: tuple[customer.portal.seal.log, str]
        """
        self.env["customer.portal.event"].flush_model()
        previous_hash, last, place = evidence_chain.GENESIS, 0, 0
        for block in self.sudo().search([("sequence", ">", 0)], order="sequence"):
            place += 1
            follows = (place, previous_hash, last + 1)
            if (block.sequence, block.previous_hash, block.first_event) != follows:
                return block, "chain"
            if block.hash != self._hash_of(block):
                return block, "chain"
            found = self._digest_of(
                block.first_event, block.last_event, block.column_names.split(",")
            )
            if found != (block.digest, block.count):
                return block, "entries"
            if not block._has_its_heads():
                return block, "heads"
            if block.stamp and not block._has_its_stamp():
                return block, "stamp"
            previous_hash, last = block.hash, block.last_event
        return self.sudo().browse(), ""

    def _has_its_heads(self):
        """Return whether the signatures that were the last ones then are as they were."""
        heads = json.loads(self.heads)
        Signature = self.env["customer.portal.signature"].sudo()
        return all(
            Signature.search_count(
                [
                    ("company_ref", "=", int(company)),
                    ("sequence", "=", sequence),
                    ("hash", "=", head),
                ],
                limit=1,
            )
            for company, (sequence, head) in heads.items()
        )

    def _has_its_stamp(self):
        try:
            moment, _name = read_token(base64.b64decode(self.stamp), bytes.fromhex(self.hash))
        except (BadStamp, ValueError):
            return False
        return moment == self.stamped_on

    @api.model
    def _verification_words(self):
        """Return whether the log holds, and a sentence in the language of who asks.

        :rtype: tuple[bool, str]
        """
        block, problem = self._verify_log()
        _ = self.env._
        if block:
            why = {
                "entries": _("Entries of the log were changed, added or removed."),
                "chain": _("The block does not continue the one before."),
                "heads": _("A signature is missing or was changed."),
                "stamp": _("The time stamp is not that of this block."),
            }[problem]
            return False, _("Block %(number)s: %(why)s", number=block.sequence, why=why)
        blocks = self.sudo().search_count([])
        if not blocks:
            return True, _("No block of the log was sealed yet.")
        stamped = self.sudo().search_count([("stamp", "!=", False)])
        return True, _(
            "The log holds: %(blocks)s blocks, %(stamped)s with a time stamp.",
            blocks=blocks,
            stamped=stamped,
        )

    def action_verify(self):
        """Verify the whole log and say what was found.

        :rtype: dict
        """
        self.browse().check_access("read")
        is_well, sentence = self._verification_words()
        return notice_action(sentence, "success" if is_well else "danger", sticky=not is_well)
