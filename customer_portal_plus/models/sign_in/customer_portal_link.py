"""Personal links: what the buttons of mails to customers open.

A link opens one document for the contact to whom the mail was sent, as often as it likes, until
it expires, is revoked, or the contact loses its access. It is no session: nothing else opens.
Its token is drawn as the mail leaves, put into that mail alone, and kept here as a digest.
"""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import quote, urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq, email_normalize
from odoo.tools.misc import hmac

from ...tools.actions import form_action, list_action
from ...tools.mail_links import parse_document_link, parse_page_link
from ...tools.parsing import parse_id

SESSION_KEY = "portal_links"
# How a visit began, in the session's ``portal_opened_by``; a sign-in that follows keeps it in mind.
OPENED_BY = "document_link"
# Of the documents opened by links in one browser, the last ones are remembered.
MAX_REMEMBERED = 30
# How long an expired link is still told from one that never was.
KEPT_DAYS = 365
# Who of the staff may revoke links.
REVOKERS = (
    "sales_team.group_sale_salesman", "account.group_account_invoice", "base.group_system"
)  # fmt: skip


class CustomerPortalLink(models.Model):
    _name = "customer.portal.link"
    _description = "Personal Link to a Document"
    _order = "id DESC"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document number", model_field="res_model", required=True, readonly=True
    )
    as_contact = fields.Boolean(
        readonly=True,
        help="The mail went to a contact of the document's customer: the link works as long as it"
        " is one. Otherwise it went to somebody else, by staff's choice.",
    )
    create_date = fields.Datetime("Sent on", readonly=True)
    expires_on = fields.Datetime(required=True, readonly=True)
    revoked_on = fields.Datetime(readonly=True)
    document_name = fields.Char("Document", compute="_compute_document_name", compute_sudo=True)
    customer_id = fields.Many2one(
        "res.partner", related="partner_id.commercial_partner_id", string="Customer"
    )
    state = fields.Selection(
        [
            ("open", "Works"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
            ("ended", "Access taken away"),
        ],
        compute="_compute_state",
        compute_sudo=True,
    )
    token_digest = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    address_digest = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)

    _token_idx = models.UniqueIndex("(token_digest)")
    _document_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    def _compute_document_name(self):
        for link in self:
            link.document_name = link._get_document().display_name

    @api.depends("expires_on", "revoked_on", "partner_id")
    def _compute_state(self):
        now = fields.Datetime.now()
        for link in self:
            if link.revoked_on:
                link.state = "revoked"
            elif not link._contact_has_access():
                link.state = "ended"
            else:
                link.state = "open" if link.expires_on > now else "expired"

    # === ACTIONS === #

    def action_revoke(self):
        """Close the selected links for good.

        :raise AccessError: if the current user reads them only, or not at all
        """
        self.check_access("read")
        if not any(self.env.user.has_group(group) for group in REVOKERS):
            raise AccessError(self.env._("You may not revoke links."))
        links_sudo = self.sudo()  # Nobody has the right to write.
        closed = links_sudo.filtered(lambda link: not link.revoked_on)
        closed._revoke()
        for link in closed:
            detail = (
                self.env["customer.portal.event"]
                ._company_words(link.company_id)
                ._("Link in a mail revoked")
            )
            self.env["customer.portal.event"]._log(
                "rights",
                record=link._get_document(),
                contact=link.partner_id,
                company=link.company_id,
                detail=detail,
            )

    def action_open_document(self):
        """Open the document, with the rights of who asks.

        :rtype: dict
        """
        self.ensure_one()
        return form_action(self.env[self.res_model].browse(self.res_id))

    @api.model
    def _portal_show(self, domain):
        """Return the action that lists links.

        :param Domain domain: which
        :rtype: dict
        :raise AccessError: if the current user may not see links
        """
        self.check_access("read")
        return list_action(self.env, "customer_portal_plus.customer_portal_link_action", domain)

    # === MAKING === #

    @api.model
    def _make(self, document, contact):
        """Return the path of a new link for a mail that is about to leave.

        :param models.Model document: a ``customer.portal.access.mixin``
        :param res.partner contact: to whom the mail goes
        :return: ``/p/<alias>/d/<token>``
        :rtype: str
        """
        company_sudo = document.sudo().company_id
        token = secrets.token_urlsafe(32)
        # Sudo: whoever sends the mail; nobody has the right to create.
        self.sudo().create(
            {
                "partner_id": contact.id,
                "company_id": company_sudo.id,
                "res_model": document._name,
                "res_id": document.id,
                "as_contact": bool(document._portal_as_contact(contact)),
                "expires_on": fields.Datetime.now() + timedelta(days=company_sudo.portal_link_days),
                "token_digest": self._token_digest(token),
                "address_digest": self._address_digest(contact.email),
            }
        )
        return f"/p/{company_sudo.portal_alias}/d/{token}"

    @api.model
    def _mark(self, document):
        """Return what says in a stored message that its receivers are meant to open a document,
        though they are no contacts of its customer. It opens nothing by itself.

        :param models.Model document: a ``customer.portal.access.mixin``
        :rtype: str
        """
        return hmac(
            self.sudo().env, "customer_portal_plus.link.meant", (document._name, document.id)
        )[:32]

    @api.model
    def _personalize(self, url, contact, made, company=None):
        """Return the personal link in place of a mail's link to a document, or to another page
        of the portal.

        :param str url: the link in the mail, without keys
        :param res.partner contact: the mail's receiver, no employee
        :param dict made: what was made for this receiver and mail already: by document, and by
            company for all its pages
        :param res.company company: whose mail it is; the contact's if not given
        :return: the personal link; None to leave the link as it is
        :rtype: str | None
        """
        base = self.get_base_url()
        link = parse_document_link(url, urlsplit(base).netloc)
        if not link:
            page = parse_page_link(url, urlsplit(base).netloc)
            return page and self._page_link(
                page, contact, company or contact._portal_company(), made
            )
        # Sudo: whoever sends the mail, its receiver's rights decide.
        document_sudo = self.env[link.model].sudo().browse(link.res_id).exists()
        if not document_sudo or not document_sudo._portal_in_scope():
            return None
        asker = document_sudo._portal_as_contact(contact)
        if not asker and link.mark != self._mark(document_sudo):
            return None  # What a customer writes into a message must not open another's document.
        # Who may not see it is not given a link; signing in tells it the same.
        if document_sudo._portal_refusal(asker) or not document_sudo.company_id.portal_alias:
            return None
        if document_sudo not in made:
            made[document_sudo] = self._make(document_sudo, contact)
        rest = f"?to={quote(link.rest, safe='')}" if link.rest else ""
        return f"{base}{made[document_sudo]}{rest}"

    @api.model
    def _personalize_for_address(self, url, address, made):
        """Return the personal link for a mail to a bare address: for the contact of the
        document's customer who has it.

        :param str url: see ``_personalize``
        :param str address: normalised
        :param dict made: see ``_personalize``
        :rtype: str | None
        """
        link = parse_document_link(url, urlsplit(self.get_base_url()).netloc)
        document_sudo = link and self.env[link.model].sudo().browse(link.res_id).exists()
        if not document_sudo:
            return None
        contacts_sudo = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", document_sudo._portal_customer().id),
                    ("email_normalized", "=", address),
                    ("partner_share", "=", True),
                ]
            )
        )
        # The one to whom the document is addressed, where several share the address.
        contact = contacts_sudo & document_sudo.partner_id or contacts_sudo[:1]
        return self._personalize(url, contact, made) if contact else None

    @api.model
    def _page_link(self, page, contact, company, made):
        """Return the link that leads a contact to a page of the portal by a mailed code.

        It opens nothing by itself, so there is nothing to keep and nothing to revoke: it only
        spares the contact to say who it is.

        :param str page: path of the page
        :param res.partner contact: the mail's receiver
        :param res.company company: whose portal it is
        :param dict made: see ``_personalize``
        :return: the full address; None if the contact can't sign in by mail
        :rtype: str | None
        """
        if company not in made:  # Who reads the mail is asked once, however much it links to.
            made[company] = self._reader_path(contact, company)
        path = made[company]
        return path and f"{self.get_base_url()}{path}?page={quote(page, safe='/')}"

    @api.model
    def _reader_path(self, contact, company):
        """Return the part of ``_page_link`` that says who reads; None as there."""
        company_sudo = company.sudo()
        challenges = self.env["customer.portal.challenge"]
        if not company_sudo.portal_alias or not challenges._find_contacts(
            company_sudo, contact_ids=contact.ids
        ):
            return None
        signature = self._reader_signature(contact.id, company_sudo)
        return f"/p/{company_sudo.portal_alias}/to/{contact.id}-{signature}"

    @api.model
    def _reader_signature(self, number, company):
        scope = "customer_portal_plus.link.page"
        return hmac(self.sudo().env, scope, (number, company.id))[:32]

    @api.model
    def _find_reader(self, reader, company):
        """Return number and address of the contact to whom a link to a page was sent.

        :param str reader: from the link
        :param res.company company: whose portal it is
        :return: None if the link is not genuine, or the contact can't sign in any more
        :rtype: tuple[int, str] | None
        """
        number, _mark, signature = reader.partition("-")
        contact_id = parse_id(number)
        if not contact_id or not signature.isascii():
            return None
        if not consteq(signature, self._reader_signature(contact_id, company)):
            return None
        rows = self.env["customer.portal.challenge"]._find_contacts(
            company, contact_ids=[contact_id]
        )
        return (rows[0][0], rows[0][1]) if rows else None

    # === USING === #

    @api.model
    def _from_token(self, token):
        """Return the link with this token, whatever has become of it, in sudo.

        :rtype: customer.portal.link
        """
        return self.sudo().search([("token_digest", "=", self._token_digest(token))], limit=1)

    def _is_open(self):
        """Return whether this link still opens its document: not expired, not revoked, and the
        contact still has its access. The gates of the document are asked beside that.

        :rtype: bool
        """
        self.ensure_one()
        return (
            not self.revoked_on
            and self.expires_on > fields.Datetime.now()
            and self._contact_has_access()
        )

    def _contact_has_access(self):
        contact, customer = self.partner_id, self.partner_id.commercial_partner_id
        if not (contact.active and customer.active and customer.portal_access):
            return False
        if self.as_contact:
            document = self._get_document()
            if document and not document._portal_as_contact(contact):
                return False
        # Who had a user and lost it has lost its access; who never had one has this link.
        users = contact.with_context(active_test=False).user_ids
        return not users or bool(users._portal_filter_active())

    def _get_document(self):
        """Return the document in sudo, empty if it is gone.

        :rtype: models.Model
        """
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    def _can_renew(self):
        """Return whether a new link can be sent in place of this one: it has expired, and its
        contact still has its access and the address that the mail was sent to.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            not self.revoked_on
            and self._contact_has_access()
            and self.partner_id.email_normalized
            and self.address_digest == self._address_digest(self.partner_id.email)
            and self._get_document()
        )

    def _remember(self):
        """Let the browser of this request open the document: this one, and only so long."""
        self.ensure_one()
        links = dict(request.session.get(SESSION_KEY) or {})
        links.pop(f"{self.res_model},{self.res_id}", None)
        links = dict(list(links.items())[-(MAX_REMEMBERED - 1) :])
        links[f"{self.res_model},{self.res_id}"] = self.id
        request.session[SESSION_KEY] = links
        request.session["portal_opened_by"] = OPENED_BY

    @api.model
    def _remembered(self, document):
        """Return the link by which the guest of this request has opened a document.

        Looked up each time, so that a link which is revoked closes at once.

        :rtype: customer.portal.link
        """
        links = request.session.get(SESSION_KEY)
        number = isinstance(links, dict) and links.get(f"{document._name},{document.id}")
        if not isinstance(number, int):
            return self.sudo().browse()
        link_sudo = self.sudo().browse(number).exists()
        return link_sudo.filtered(
            lambda link: (
                (link.res_model, link.res_id) == (document._name, document.id) and link._is_open()
            )
        )

    @api.model
    def _find_remembered(self, model, res_id):
        """Return the link by which this guest has opened a document that a form names.

        :param str model: from the form
        :param str res_id: from the form
        :return: the link in sudo; empty if there is none
        :rtype: customer.portal.link
        """
        if model not in self.env or not parse_id(res_id):
            return self.sudo().browse()
        document = self.env[model].browse(parse_id(res_id))
        if not isinstance(document, self.env.registry["customer.portal.access.mixin"]):
            return self.sudo().browse()
        return document._portal_personal_link()

    def _revoke(self):
        """Close these links for good.

        :return: None
        """
        self.filtered(lambda link: not link.revoked_on).revoked_on = fields.Datetime.now()

    # === COMMON === #

    @api.model
    def _token_digest(self, token):
        # 256 random bits need neither salt nor slowness.
        return hashlib.sha256(f"link {token}".encode()).hexdigest()

    @api.model
    def _address_digest(self, address):
        return hmac(
            self.sudo().env, "customer_portal_plus.link.address", email_normalize(address) or ""
        )

    @api.autovacuum
    def _gc_links(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.sudo().search([("expires_on", "<", limit)], limit=10000).unlink()
