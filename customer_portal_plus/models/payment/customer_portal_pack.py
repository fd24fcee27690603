"""Archives of many documents: asked for, made ready in the background, kept for some days."""

import base64
import hashlib
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.transactions import lock_rows_or_retry, own_transaction, run_in_own_commit

# What one answer has at most. No worker is kept longer by one customer, and an archive stays small
# enough for the memory of who makes it; beyond that, an archive comes in parts.
MAX_DOCUMENTS = 1000
# Files that are made while the customer waits. Printing one may take a second.
MAX_MADE_AT_ONCE = 5
# Beyond that one chooses a shorter period.
MAX_CHOSEN = 10 * MAX_DOCUMENTS
# Archives that are being made for one user at the same time.
MAX_UNFINISHED = 3
# Documents whose files are made and committed together by the scheduled job.
MAKING_BATCH = 10
KEPT_DAYS = 7


class CustomerPortalPack(models.Model):
    """An archive of invoices and credit notes that one user has asked for.

    What takes long is done in the background: files are made of the documents that have none. The
    archive itself is put together while it is downloaded, from these and from the official ones. So
    a document that was hidden meanwhile is in none that leaves, and no second copy is kept.
    """

    _name = "customer.portal.pack"
    _inherit = ["mail.thread"]
    _description = "Archive of Documents"
    _order = "id DESC"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    # Of all customers for which the user acts, see ``customer_portal_pack_seats.py``.
    by_seats = fields.Boolean(readonly=True)
    # Of who asked and what was chosen.
    digest = fields.Char(required=True, readonly=True)
    # Pairs of id and number, as they were when it was asked for. Read where it is needed: long.
    documents = fields.Json(required=True, readonly=True, prefetch=False)
    document_count = fields.Integer(required=True, readonly=True)
    done_count = fields.Integer(readonly=True)
    state = fields.Selection(
        [("making", "Being made"), ("ready", "Ready")], required=True, readonly=True
    )
    expires_on = fields.Datetime(required=True, readonly=True)
    file_ids = fields.One2many("customer.portal.pack.file", "pack_id")

    _digest_idx = models.UniqueIndex("(user_id, digest)")
    _making_idx = models.Index("(id) WHERE state = 'making'")

    # === ASKING === #

    @api.model
    def _documents_of_user(self, domain, limit=None):
        """Return the invoices and credit notes that the current user sees now, the oldest first,
        in sudo.

        :param Domain domain: further conditions
        :param int limit: how many at most
        :rtype: account.move
        """
        Move = self.env["account.move"]
        allowed = Move._portal_user_domain() & domain
        # Sudo: the gates are in the domain.
        return Move.sudo().search(allowed, order="invoice_date, id", limit=limit)

    @api.model
    def _is_quick(self, document_ids):
        """Return whether the archive can be sent at once: it is in one part, and nearly all of its
        files are there.

        :param list document_ids: ids of invoices and credit notes
        :rtype: bool
        """
        if len(document_ids) > MAX_DOCUMENTS:
            return False
        # Sudo: only to count.
        official = (
            self.env["ir.attachment"]
            .sudo()
            .search_count(
                [
                    ("res_model", "=", "account.move"),
                    ("res_field", "=", "invoice_pdf_report_file"),
                    ("res_id", "in", document_ids),
                ]
            )
        )
        return len(document_ids) - official <= MAX_MADE_AT_ONCE

    @api.model
    def _ask(self, documents, by_seats=False):
        """Have an archive made for the current user, unless it has asked for the same before.

        However often that comes at once, there is one: the row is unique, and it is committed
        before the request goes on.

        :param list documents: pairs of id and number; the user sees them
        :param bool by_seats: see ``_documents_of_readers``
        :return: the id of the archive; 0 if too many are being made for this user already
        :rtype: int
        """
        user, now = self.env.user, fields.Datetime.now()
        chosen = [document_id for document_id, _name in documents]
        told = json.dumps([chosen, "by seats"] if by_seats else chosen)
        digest = hashlib.sha256(told.encode()).hexdigest()
        mine = Domain("user_id", "=", user.id)
        with own_transaction(self.env) as cr:
            # Sudo: nobody has rights on these rows; who asks is the current user.
            packs_sudo = self.with_env(self.env(cr=cr)).sudo()
            unfinished = packs_sudo.search(mine & Domain("state", "=", "making"))
            if len(unfinished) >= MAX_UNFINISHED and digest not in unfinished.mapped("digest"):
                return 0
            cr.execute(
                SQL(
                    """
                    INSERT INTO customer_portal_pack (
                        user_id, company_id, digest, documents, document_count, done_count, state,
                        by_seats, expires_on, create_uid, create_date, write_uid, write_date
                    ) VALUES (
                        %(user)s, %(company)s, %(digest)s, %(documents)s, %(count)s, 0, 'making',
                        %(by_seats)s, %(until)s, %(user)s, %(now)s, %(user)s, %(now)s
                    )
                    ON CONFLICT (user_id, digest) DO UPDATE SET expires_on = EXCLUDED.expires_on
                    RETURNING id
                    """,
                    user=user.id,
                    company=user.partner_id._portal_company().id,
                    digest=digest,
                    documents=json.dumps(documents),
                    count=len(documents),
                    by_seats=by_seats,
                    until=now + timedelta(days=KEPT_DAYS),
                    now=now,
                )
            )
            [pack_id] = cr.fetchone()
            packs_sudo.env.ref("customer_portal_plus.ir_cron_make_packs")._trigger()
            return pack_id

    @api.model
    def _find(self, pack_id):
        """Return an archive of the current user that may be looked at and downloaded now.

        :param int pack_id: any number
        :return: the archive in sudo; empty if there is none, it is another's, it has expired, or
            the user sees no invoices any more
        :rtype: customer.portal.pack
        """
        # Sudo: nobody has rights on these rows; only who asked for an archive may have it.
        pack_sudo = self.sudo().search(
            [
                ("id", "=", pack_id),
                ("user_id", "=", self.env.uid),
                ("expires_on", ">", fields.Datetime.now()),
            ]
        )
        return pack_sudo.filtered(lambda pack: pack._is_allowed())

    def _is_allowed(self):
        """Return whether the user of this archive sees invoices at all.

        :rtype: bool
        """
        user_sudo = self.user_id.sudo()
        if not user_sudo.active or user_sudo._portal_is_blocked():
            return False
        readers = self._seat_readers(user_sudo) if self.by_seats else user_sudo
        return any(reader._portal_allows_invoices() for reader in readers)

    # === PARTS === #

    def _part_count(self):
        """Return how many parts this archive has.

        :rtype: int
        """
        return -(-self.document_count // MAX_DOCUMENTS)

    def _part(self, number):
        """Return the documents of a part of this archive.

        :param int number: 1 for the first part
        :return: pairs of id and number; empty if there is no such part
        :rtype: list[list]
        """
        if not 1 <= number <= self._part_count():
            return []
        return self.documents[MAX_DOCUMENTS * (number - 1) : MAX_DOCUMENTS * number]

    # === MAKING === #

    @api.model
    def _cron_make(self):
        """Make the files of all archives that are asked for: some of each in turn, so that none
        waits for a long one. What was committed before a job is killed is not made again."""
        cron = self.env["ir.cron"]
        packs = self.search([("state", "=", "making")], order="id")
        cron._commit_progress(
            remaining=sum(pack.document_count - pack.done_count for pack in packs)
        )
        while packs:
            for pack in packs:
                done = run_in_own_commit(pack, pack._make_some)
                if done is None:
                    packs -= pack  # It is gone, another process has it, or it failed for now.
                if not cron._commit_progress(done or 0):
                    return
            packs = packs.filtered(lambda pack: pack.state == "making")

    def _make_some(self):
        """Make the next files of this archive, as its user sees the documents now.

        :return: how many documents are done by that; None if the archive is not made any more
        :rtype: int | None
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if not self.exists():
            return None
        if not self._is_allowed():
            self.unlink()
            return None
        documents = self.documents[self.done_count : self.done_count + MAKING_BATCH]
        numbers = [number for number, _name in documents]
        for reader, moves in self._as_reader()._documents_of_readers(numbers, self.by_seats):
            for move in moves.filtered(lambda move: not move.invoice_pdf_report_id):
                name, content, refused = reader._make_file(move)
                if not refused:
                    # Sudo: nobody has rights on these rows.
                    self.env["customer.portal.pack.file"].sudo().create(
                        {
                            "pack_id": self.id,
                            "move_ref": move.id,
                            "name": name,
                            "content": base64.b64encode(content),
                        }
                    )
        self.done_count += len(documents)
        if self.done_count >= self.document_count:
            self.state = "ready"
            self._portal_mail_contacts(
                self.user_id.partner_id,
                self.company_id,
                self.env.ref("customer_portal_plus.mail_template_pack"),
            )
        return len(documents)

    def _as_reader(self):
        """Return this archive as its user reads it: with its rights, in its language.

        :rtype: customer.portal.pack
        """
        user = self.user_id
        return self.with_user(user).with_context(lang=user.lang, tz=user.tz)

    def _portal_url(self):
        """Return the full address of this archive's page.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/my/invoices/packs/{self.id}"

    # === RETENTION === #

    def unlink(self):
        """Override of `base` to delete the files with what is in them: the database alone would
        leave that."""
        self.file_ids.unlink()
        return super().unlink()

    @api.autovacuum
    def _gc_packs(self):
        self.sudo().search([("expires_on", "<", fields.Datetime.now())], limit=1000).unlink()
