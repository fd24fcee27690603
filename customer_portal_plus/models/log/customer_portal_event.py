import logging
from datetime import timedelta

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

from ...tools.actions import form_action, list_action, notice_action

_logger = logging.getLogger(__name__)

# Columns with these lengths are cut, not refused: a log entry is never lost to a long name.
NAME_LENGTH = 200
DETAIL_LENGTH = 1000


class CustomerPortalEvent(models.Model):
    """What happened in the customer portal: who, when, from where, on what.

    ``_log`` is the one way to add an entry. Nobody changes or removes one; contacts, users and
    documents may be merged or deleted, their names stay here as they were.
    """

    _name = "customer.portal.event"
    _inherit = ["customer.portal.write.once.mixin"]
    _description = "Customer Portal Log"
    _log_access = False
    _order = "date DESC, id DESC"
    _rec_name = "kind"

    _write_once_free = ("partner_id", "customer_id", "user_id", "company_id")
    _write_once_erasable = ("ip_address",)

    date = fields.Datetime(required=True, readonly=True, help="In universal time.")
    kind = fields.Selection(
        selection=[
            ("sign_in", "Signed in"),
            ("sign_in_failed", "Sign-in failed"),
            ("view", "Viewed"),
            ("download", "Downloaded"),
            ("accept", "Accepted"),
            ("reject", "Rejected"),
            ("payment", "Payment"),
            ("message", "Message"),
            ("upload", "File uploaded"),
            ("rights", "Rights changed"),
            ("data", "Data changed"),
            ("consent", "Consent given or taken back"),
            ("preview", "Seen by staff as the customer"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    viewer = fields.Selection(
        selection=[
            ("human", "Person"),
            ("scanner", "Likely a scanner"),
            ("staff", "Staff"),
        ],
        string="Seen by",
        readonly=True,
        help="A page counts as seen by a person when it was in sight long enough, or somebody"
        " moved in it. Programs that follow the links of mails are told apart as well as that can"
        " be done.",
    )

    # Who. Each reference has the number and the name as they were beside it.
    partner_id = fields.Many2one(
        "res.partner", "Contact", index="btree_not_null", ondelete="set null", readonly=True
    )
    partner_ref = fields.Integer("Contact number", readonly=True, aggregator=None)
    partner_name = fields.Char("Contact then", readonly=True)
    customer_id = fields.Many2one("res.partner", ondelete="set null", readonly=True)
    customer_ref = fields.Integer("Customer number", readonly=True, aggregator=None)
    customer_name = fields.Char("Customer then", readonly=True)
    user_id = fields.Many2one(
        "res.users", index="btree_not_null", ondelete="set null", readonly=True
    )
    user_ref = fields.Integer("User number", readonly=True, aggregator=None)
    user_name = fields.Char("User then", readonly=True)
    company_id = fields.Many2one("res.company", ondelete="set null", readonly=True)

    # On what
    res_model = fields.Char("Document model", readonly=True)
    res_id = fields.Many2oneReference("Document number", model_field="res_model", readonly=True)
    res_name = fields.Char("Document", readonly=True)
    detail = fields.Char("Details", readonly=True)

    # From where
    ip_address = fields.Char(
        "Network address",
        readonly=True,
        help="Erased after the time that the company keeps it.",
    )
    browser = fields.Char(readonly=True)
    session_way = fields.Char("Name of the way in", readonly=True)
    session_way_label = fields.Char(
        "Signed in by",
        compute="_compute_session_way_label",
        help="How the session was opened, as far as it is known.",
    )

    _customer_idx = models.Index("(customer_id, date DESC, id DESC)")
    _document_idx = models.Index("(res_model, res_id, date DESC) WHERE res_id IS NOT NULL")
    _date_idx = models.Index("(date DESC, id DESC)")
    _failed_idx = models.Index("(date) WHERE kind = 'sign_in_failed'")
    _address_idx = models.Index("(company_id, date) WHERE ip_address IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("kind", "res_name", "partner_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            parts = [kinds.get(event.kind, event.kind), event.res_name, event.partner_name]
            event.display_name = " · ".join(part for part in parts if part)

    @api.depends("session_way")
    @api.depends_context("lang")
    def _compute_session_way_label(self):
        labels = self._get_way_labels()
        for event in self:
            event.session_way_label = labels.get(event.session_way, event.session_way)

    @api.model
    def _get_way_labels(self):
        """Return how the ways in are called, by the names that sessions keep of them.

        For a module to add a way in, it must override this method.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "password": _("Password"),
            "passkey": _("Passkey"),
            "webauthn": _("Passkey"),
            "totp": _("Second factor"),
            "totp_mail": _("Second factor"),
            "mailed_code": _("Mailed code"),
            "mailed_link": _("Mailed link"),
            "document_link": _("Personal link of the document"),
            "access_token": _("Link of the document"),
            "tax_id": _("Tax ID"),
        }

    # === WRITING === #

    @api.model
    def _log(
        self,
        kind,
        record=None,
        contact=None,
        customer=None,
        user=None,
        company=None,
        detail=None,
        viewer=None,
        own_transaction=False,
    ):
        """Note that something happened; the address and the browser come from the request.

        Costs one INSERT. During a preview by staff nothing is noted but the preview itself.

        :param str kind: a value of the field ``kind``
        :param models.Model record: the document that it happened to, if any; one record
        :param res.partner contact: who did it, or whom it is about; the portal user of the
            request by default
        :param res.partner customer: the document's, else the contact's by default
        :param res.users user: whose user did it; the current one by default
        :param res.company company: the document's, else the current one by default
        :param str detail: plain words, in the company's language. Never an address, a password,
            a code or a link: what is written here stays
        :param str viewer: a value of the field ``viewer``
        :param bool own_transaction: write and commit in a transaction of its own, so that the
            entry survives the failure of what is going on, or can be made where nothing may be
            written. Problems are then logged, never raised
        :return: the entry, in sudo; empty with ``own_transaction`` and during a preview
        :rtype: customer.portal.event
        """
        if request and getattr(request, "portal_preview", None) and kind != "preview":
            return self.sudo().browse()
        if not self.env.registry.ready:
            return self.sudo().browse()  # An installation gives rights to nobody anew.
        values = self._prepare_event_values(
            kind, record, contact, customer, user, company, detail, viewer
        )
        if own_transaction:
            self._insert_in_own_transaction(values)
            return self.sudo().browse()
        # Sudo: nobody has the right to create, not even those who cause it.
        return self.sudo().create(values)

    @api.model
    def _prepare_event_values(self, kind, record, contact, customer, user, company, detail, viewer):
        user = self.env.user if user is None else user
        if contact is None and user.share and not user._is_public():
            contact = user.partner_id
        # Sudo on all of them: names are noted whoever may read them.
        record_sudo = record.sudo() if record else None
        contact_sudo = (contact if contact is not None else self.env["res.partner"]).sudo()
        if customer is None:
            behind_gates = self.env.registry["customer.portal.access.mixin"]
            if record and isinstance(record, behind_gates):
                customer = record_sudo._portal_customer()
            # A document that many see has none of its own.
            customer = customer or contact_sudo.commercial_partner_id
        customer_sudo = customer.sudo()
        if company is None:
            company = self.env["res.company"]
            if record and "company_id" in record._fields:
                company = record_sudo.company_id
            company = company or contact_sudo.company_id or self.env.company
            # Nobody is signed in when a sign-in fails.
            company = company or self.env["res.company"].sudo().search([], limit=1)
        return {
            "date": fields.Datetime.now(),
            "kind": kind,
            "viewer": viewer,
            "partner_id": contact_sudo.id,
            "partner_ref": contact_sudo.id,
            "partner_name": (contact_sudo.name or "")[:NAME_LENGTH] or False,
            "customer_id": customer_sudo.id,
            "customer_ref": customer_sudo.id,
            "customer_name": (customer_sudo.name or "")[:NAME_LENGTH] or False,
            "user_id": user.id,
            "user_ref": user.id,
            "user_name": (user.sudo().name or "")[:NAME_LENGTH],
            "company_id": company.id,
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
            "res_name": (record_sudo.display_name or "")[:NAME_LENGTH] if record else False,
            "detail": (detail or "")[:DETAIL_LENGTH] or False,
            **self._prepare_origin_values(company.sudo()),
        }

    @api.model
    def _prepare_origin_values(self, company_sudo):
        """Return from where the current request comes; empty outside a request."""
        if not request:
            return {}
        agent = request.httprequest.user_agent
        browser = " ".join(part for part in (agent.browser, agent.version) if part)
        browser = ", ".join(part.capitalize() for part in (browser, agent.platform) if part)
        keeps_address = company_sudo.portal_log_address_days > 0
        return {
            "ip_address": request.httprequest.remote_addr if keeps_address else False,
            "browser": (browser or agent.string)[:NAME_LENGTH] or False,
            "session_way": request.session.get("portal_opened_by") or False,
        }

    @api.model
    def _insert_in_own_transaction(self, values):
        if self.env.cr.readonly:
            # A page that only reads has been rendered by now; its transaction has nothing to
            # keep, and must be over before another one of this request writes.
            self.env.cr.rollback()
        references = dict.fromkeys(self._write_once_free, False)
        # Without references in the second try: a row that this request has locked or not yet
        # committed can't be pointed at from another transaction.
        for attempt in (values, {**values, **references}):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute("SET LOCAL lock_timeout = '2s'")
                    api.Environment(cr, SUPERUSER_ID, {})[self._name].create(attempt)
                return
            except psycopg2.Error:
                _logger.warning("A portal event was not noted at once", exc_info=True)

    @api.model
    def _prepare_contact_values(self, contact_id):
        """Return whose door it was, by one query whether there is such a contact or not.

        :param int contact_id: 0 if nobody's
        :rtype: dict
        """
        self.env["res.users"].flush_model(["partner_id", "active"])
        self.env["res.partner"].flush_model(["name", "commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT contact.id, contact.name, customer.id, customer.name, account.id,
                       CASE WHEN account.id IS NOT NULL THEN contact.name END
                  FROM (SELECT 1) one
                  LEFT JOIN res_partner contact ON contact.id = %s
                  LEFT JOIN res_partner customer ON customer.id = contact.commercial_partner_id
                  LEFT JOIN res_users account
                    ON account.partner_id = contact.id AND account.active
                 ORDER BY account.id
                 LIMIT 1
                """,
                contact_id,
            )
        )
        values = {}
        row = self.env.cr.fetchone()
        for position, name in enumerate(("partner", "customer", "user")):
            number, words = row[2 * position : 2 * position + 2]
            values[f"{name}_id"] = values[f"{name}_ref"] = number or False
            values[f"{name}_name"] = (words or "")[:NAME_LENGTH] or False
        return values

    # === RETENTION === #

    @api.model
    def _cron_erase_addresses(self, batch_size=5000):
        """Erase the network addresses that are older than each company keeps them."""
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        longest = max(companies.mapped("portal_log_address_days"), default=0)
        keeping = [(company.id, company.portal_log_address_days) for company in companies]
        for company_id, days in [*keeping, (None, longest)]:
            before = fields.Datetime.now() - timedelta(days=max(days, 0))
            while True:
                self.env.cr.execute(
                    SQL(
                        """
                        UPDATE customer_portal_event
                           SET ip_address = NULL
                         WHERE id IN (
                            SELECT id FROM customer_portal_event
                             WHERE ip_address IS NOT NULL
                               AND company_id IS NOT DISTINCT FROM %s
                               AND date < %s
                             LIMIT %s
                        )
                        """,
                        company_id,
                        before,
                        batch_size,
                    )
                )
                erased = self.env.cr.rowcount
                self.env["ir.cron"]._commit_progress(erased)
                if erased < batch_size:
                    break
        self.invalidate_model(["ip_address"])

    # === READING === #

    @api.model
    def _log_models(self):
        """Return the models of documents that entries may be about.

        An entry about a document of another model can be read by all who read the log.

        :rtype: list[str]
        """
        mixin = self.env.registry["customer.portal.access.mixin"]
        return [
            name
            for name, model in self.env.registry.items()
            if issubclass(model, mixin) and not model._abstract
        ]

    @api.model
    def _readable_domain(self):
        """Return the domain of the entries that are not about a document which the current user
        may not read.

        Entries about documents that were deleted meanwhile stay readable.

        :rtype: Domain
        """
        domain = Domain.TRUE
        for name in self._log_models():
            Document = self.env[name]
            about = Domain("res_model", "=", name)
            if Document.has_access("read"):
                rules = Domain(self.env["ir.rule"]._compute_domain(name, "read"))
                # Sudo: what the rules keep back is what is asked for.
                kept_back = Document.sudo().with_context(active_test=False)._search(~rules)
                about &= Domain("res_id", "in", kept_back)
            domain &= ~about
        return domain

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Override of `base`: staff find what happened to documents that they may read."""
        if not self.env.su:
            domain = Domain(domain) & self._readable_domain()
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        """Override of `base`: the same for entries that were not searched for."""
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not any(self._ids):
            return result
        forbidden = result[0] if result else self.browse()
        candidates = self - forbidden
        readable = candidates.search(Domain("id", "in", candidates.ids))
        forbidden += candidates - readable
        if not forbidden:
            return None
        return forbidden, lambda: AccessError(
            self.env._("These entries are about documents that you may not see.")
        )

    @api.model
    def _portal_show(self, domain):
        """Return the action that lists entries.

        :param list domain: of which entries
        :rtype: dict
        :raise AccessError: if the current user may not read the log
        """
        self.check_access("read")
        return list_action(self.env, "customer_portal_plus.customer_portal_event_action", domain)

    def action_open_document(self):
        """Open the document that an entry is about.

        :return: an action; an entry about none does nothing
        :rtype: dict | None
        """
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return None
        document = self.env[self.res_model].browse(self.res_id).exists()
        if not document:
            return notice_action(
                self.env._("%s does not exist any more.", self.res_name), "warning"
            )
        return form_action(document)

    @api.model
    def _company_words(self, company=None):
        """Return an environment that translates to the company's language, for details.

        :param res.company company: the current one by default
        :rtype: api.Environment
        """
        company = (company or self.env.company).sudo()
        return self.with_context(lang=company.partner_id.lang).env

    @api.model
    def _field_labels(self, model_name, names):
        """Return the labels of fields as a list in words, in the company's language.

        :rtype: str
        """
        model = self._company_words()[model_name]
        labels = model.sudo().fields_get(sorted(names), ["string"])
        return ", ".join(label["string"] for label in labels.values())
