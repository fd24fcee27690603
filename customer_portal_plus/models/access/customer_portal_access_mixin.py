from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL, hash_sign
from odoo.tools.misc import hmac, verify_hash_signed

from odoo.addons.portal.utils import validate_thread_with_hash_pid

from ..people.res_partner_mail_preferences import MAIL_KINDS

CHATTER_TOKEN_HOURS = 24
MAX_ID = 2**31 - 1  # of a PostgreSQL integer; a greater one in a query is an error


class CustomerPortalAccessMixin(models.AbstractModel):
    """The four gates before a customer's document, written once.

    ``_portal_gates`` gives them as domains. Record rules, lists and sums use their conjunction
    (``_portal_domain``); pages, downloads, tokens and the chatter ask ``_portal_refusal``, which
    says which gate stays shut. So the two ways of asking can't disagree.
    """

    _name = "customer.portal.access.mixin"
    _inherit = ["customer.portal.columns.mixin"]
    _description = "Document behind the gates of the customer portal"

    # === GATES === #

    @api.model
    def _portal_scope_domain(self):
        """Return the domain of the records that the gates are for; the others stay as core has
        them (vendor bills, for one).

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _portal_gates(self, contact):
        """Return the gates, in the order in which they are asked.

        For a model to stand behind the gates, it must override this method and give domains
        for ``company`` (is this function on), ``customer`` (is its access on), ``contact``
        (whose document, and which capability) and ``document`` (published and not hidden).

        :param res.partner contact: who asks; empty for a guest who holds the document's token,
            who has no profile: the gate ``contact`` is left out then
        :return: pairs of gate name and domain
        :rtype: list[tuple[str, Domain]]
        """
        raise NotImplementedError

    @api.model
    def _portal_domain(self, contact):
        """Return the domain of the documents that ``contact`` sees in the portal.

        :param res.partner contact: a contact, with or without a user
        :rtype: Domain
        """
        if not contact:
            return Domain.FALSE
        return self._portal_scope_domain() & Domain.AND(
            domain for _gate, domain in self._portal_gates(contact)
        )

    @api.model
    @api.private
    def portal_rule_domain(self, user):
        """Return the domain of this model's global record rule for a user that is not staff.

        Public only because rule expressions can't call a name with an underscore.

        :param res.users user: a portal or public user
        :rtype: list
        """
        return list(~self._portal_scope_domain() | self._portal_domain(user.partner_id))

    @api.model
    def _portal_find(self, document_id):
        """Return the document with that id, before it is known whether one may see it.

        :param int document_id: anything that came in with a request
        :raise AccessError: if there is none, in the words of ``_portal_check_gates``
        """
        is_id = isinstance(document_id, int) and 0 < document_id <= MAX_ID
        document = self.browse(document_id if is_id else ()).exists()
        if not document:
            raise self._portal_make_refusal()
        return document

    @api.model
    def _portal_company_of(self, document_id):
        """Return the company of a document, in sudo; empty if there is none.

        :param int document_id: anything that came in with a request
        :rtype: res.company
        """
        # Sudo: only for the company's public choices, before it is known whether one may see it.
        is_id = 0 < document_id <= MAX_ID
        return self.sudo().browse(document_id if is_id else ()).exists().company_id

    @api.model
    def _portal_models(self):
        """Return the names of the models behind the gates.

        :rtype: list[str]
        """
        mixin = self.pool["customer.portal.access.mixin"]
        return [
            name
            for name, model in self.pool.items()
            if issubclass(model, mixin) and not model._abstract
        ]

    def _portal_in_scope(self):
        """Return whether this record is a customer's document, which the gates are for.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.sudo().filtered_domain(self._portal_scope_domain()))

    def _portal_filter_shut(self, user):
        """Return those of these documents whose gates are shut for a user; missing ones as well.

        Contacts of the document's customer are judged by their profile, others as if they held
        the document's link.

        :param res.users user: a portal or public user
        """
        # Sudo: the answer must be the same whoever asks.
        documents_sudo = self.sudo().with_context(active_test=False).exists()
        beyond = ~self._portal_scope_domain()
        nobody = self.env["res.partner"]
        contact = nobody if user._is_public() else user.sudo().partner_id
        own = documents_sudo.filtered(lambda document: document._portal_as_contact(contact))
        by_link = Domain.AND(domain for _gate, domain in self._portal_gates(nobody))
        opened = documents_sudo.search(
            Domain("id", "in", (documents_sudo - own).ids) & (beyond | by_link)
        )
        if own:
            opened += documents_sudo.search(
                Domain("id", "in", own.ids) & (beyond | self._portal_domain(contact))
            )
        return self - opened.with_env(self.env)

    def _portal_refusal(self, contact):
        """Return the gate that keeps ``contact`` from this document.

        :param res.partner contact: who asks; empty for a guest who holds the document's token
        :return: ``company``, ``customer``, ``contact`` or ``document``; None if all are open or
            the record is not a customer's document
        :rtype: str | None
        """
        self.ensure_one()
        # Sudo: the answer must be the same whoever asks, also for a document that is hidden.
        document_sudo = self.sudo()
        if not document_sudo.filtered_domain(self._portal_scope_domain()):
            return None
        for gate, domain in self._portal_gates(contact.sudo()):
            if not document_sudo.filtered_domain(domain):
                return gate
        return None

    def _portal_check_gates(self, contact):
        """Raise unless all gates are open; the message does not tell which one is shut.

        :param res.partner contact: see ``_portal_refusal``
        :raise AccessError: if one gate is shut
        """
        if self._portal_refusal(contact):
            raise self._portal_make_refusal()

    @api.model
    def _portal_make_refusal(self):
        return AccessError(self.env._("This document does not exist or is not yours to see."))

    def _get_access_contact(self):
        """Return the contact whose rights decide on this document for the current user.

        A signed-in contact of this document's customer is judged by its own profile, and so is
        the contact to whom a personal link was mailed. Anybody else can only come with the
        document's token, as a guest does.

        :rtype: res.partner
        """
        self.ensure_one()
        if self.env.user._is_public():
            return self._portal_as_contact(self._portal_personal_link().partner_id)
        return self._portal_as_contact(self.env.user.partner_id)

    def _portal_personal_link(self):
        """Return the personal link by which the guest of this request has opened this document.

        :return: the link in sudo; empty for who is signed in, and outside of requests
        :rtype: customer.portal.link
        """
        self.ensure_one()
        links = self.env["customer.portal.link"]
        if not request or request.session.uid:
            return links.sudo().browse()
        return links._remembered(self)

    @api.model
    def _portal_addressed_domain(self, contact):
        """Return the domain of the documents of a contact's customer; of those addressed to the
        contact itself where it sees only its own. For models with ``commercial_partner_id``.

        :param res.partner contact: who asks
        :rtype: Domain
        """
        domain = Domain("commercial_partner_id", "=", contact.commercial_partner_id.id)
        if contact._portal_scope() == "own":
            domain &= Domain("partner_id", "=", contact.id)
        return domain

    def _portal_customer(self):
        """Return the commercial partner whose document this is.

        :rtype: res.partner
        """
        raise NotImplementedError

    # === ACTIONS === #

    def action_portal_show(self):
        """Let customers see the selected documents; those that aren't customers' stay as is."""
        return self._portal_set_visible(True)

    def action_portal_hide(self):
        """Keep the selected documents from customers."""
        return self._portal_set_visible(False)

    def _portal_set_visible(self, visible):
        self.check_access("write")
        documents = self.filtered_domain(self._portal_scope_domain())
        documents.portal_visible = visible
        if visible:
            message = self.env._("Documents shown in the portal: %s", len(documents))
        else:
            message = self.env._("Documents hidden in the portal: %s", len(documents))
        return self._portal_notify(message)

    @api.model
    def _portal_notify(self, message):
        """Return the action that tells staff what a bulk action did, and reloads the list.

        :param str message: what was done
        :rtype: dict
        """
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === LOG === #

    portal_event_count = fields.Integer(
        "Portal log entries", compute="_compute_portal_events", compute_sudo=True
    )
    portal_seen_on = fields.Datetime(
        "Seen by the customer on",
        compute="_compute_portal_events",
        compute_sudo=True,
        help="When a person of the customer last looked at this document in the portal.",
    )

    def _compute_portal_events(self):
        counts, seen = {}, {}
        groups = self.env["customer.portal.event"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id", "kind", "viewer"],
            ["__count", "date:max"],
        )
        for res_id, kind, viewer, count, last in groups:
            counts[res_id] = counts.get(res_id, 0) + count
            if kind == "view" and viewer == "human":
                seen[res_id] = last
        for document in self:
            document.portal_event_count = counts.get(document.id, 0)
            document.portal_seen_on = seen.get(document.id, False)

    def _portal_was_seen(self, event):
        """Hook that is called when a person of the customer looked at this document.

        For a module to tell somebody, it must override this method.

        :param customer.portal.event event: the view, in sudo
        """

    def action_portal_events(self):
        """Open the portal's log of this document.

        :rtype: dict
        :raise AccessError: if the current user may not read the log
        """
        self.ensure_one()
        self.env["customer.portal.event"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_plus.customer_portal_event_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action

    # === LINKS IN MAILS === #

    portal_link_count = fields.Integer(
        "Links in mails", compute="_compute_portal_link_count", compute_sudo=True
    )

    def _compute_portal_link_count(self):
        groups = self.env["customer.portal.link"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for document in self:
            document.portal_link_count = counts.get(document.id, 0)

    def action_portal_links(self):
        """List the links to this document that were mailed.

        :rtype: dict
        :raise AccessError: if the current user may not see them
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.portal.link"]._portal_show(
            Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        )

    def action_portal_preview(self):
        """See this document in the portal as the customer it is addressed to.

        :return: an action that opens it
        :rtype: dict
        :raise AccessError: if the current user may not
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.portal.preview"]._start(self.partner_id, record=self)

    # === CHATTER === #

    def _portal_chatter_token(self, contact):
        """Return the token with which ``contact`` may write on this document from its page.

        It is bound to document and contact, dies after a day, and opens no other way in.

        :param res.partner contact: a signed-in contact
        :return: the token, empty if the contact may not write
        :rtype: str
        """
        self.ensure_one()
        if not self._portal_can_message(contact):
            return ""
        return self._portal_sign_chatter_token(contact)

    def _portal_sign_chatter_token(self, contact):
        return hash_sign(
            self.sudo().env,
            "customer_portal_plus.chatter",
            [self._name, self.id, contact.id],
            expiration_hours=CHATTER_TOKEN_HOURS,
        )

    def _portal_can_message(self, contact):
        """Return whether ``contact`` may write on this document: the company lets customers
        write, and the contact has the capability.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.sudo().company_id.portal_allow_messages and contact._portal_can("can_message")
        )

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Override of `mail`: a portal user who may read may not, for that alone, post.

        Posting goes through the chatter of the document's page, which checks the gates.
        """
        result = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == "create" and self.env.user.share:
            in_scope = self.sudo().exists().filtered_domain(self._portal_scope_domain())
            result.update(dict.fromkeys(self.filtered(lambda doc: doc in in_scope), "write"))
        return result

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, mode="read", hash=None, pid=None, token=None, **kwargs
    ):
        """Override of `portal`: the chatter of a customer's document stands behind the gates.

        Reading asks for what the page asks for. Writing asks for more than the bare link of the
        document: the page's own chatter token, or the signed contact of a mailed link.
        """
        if self.env.user._is_internal():
            return super()._get_thread_with_access(
                thread_id, mode=mode, hash=hash, pid=pid, token=token, **kwargs
            )
        # Sudo: the gates are asked before anything of the document is given away.
        is_id = isinstance(thread_id, int) and 0 < thread_id <= MAX_ID
        document_sudo = self.sudo().browse(thread_id if is_id else ()).exists()
        if not document_sudo:
            return self.browse()
        if not document_sudo._portal_in_scope():
            return super()._get_thread_with_access(
                thread_id, mode=mode, hash=hash, pid=pid, token=token, **kwargs
            )
        document = self.browse(thread_id)
        contact = document._get_access_contact()
        link = document._portal_personal_link()
        if contact or link:
            if document._portal_refusal(contact):
                return self.browse()
            if mode == "read":
                # With a personal link there is no user whose rights could be used.
                return document_sudo if link else document
            writer = contact or link.partner_id
            valid = document._portal_verify_chatter_token(token, writer)
            if valid and document._portal_can_message(writer):
                return document_sudo
            return self.browse()
        # A guest, or somebody of another customer, with a link that was mailed. Without a
        # token of its own, core's signature would be the same for all such documents.
        if not document_sudo.access_token:
            return self.browse()
        thread = super()._get_thread_with_access(
            thread_id, mode=mode, hash=hash, pid=pid, token=token, **kwargs
        )
        if not thread or document._portal_refusal(contact):
            return self.browse()
        if mode == "read":
            return thread
        recipient = document._portal_signed_recipient(hash, pid)
        if recipient and not document._portal_refusal(recipient):
            return thread if document._portal_can_message(recipient) else self.browse()
        return self.browse()

    def _portal_have_token(self):
        """Make core's token of this document, if there is none; core compares others with it."""
        self.sudo().with_context(portal_page_uid=False)._portal_ensure_token()

    def _portal_verify_chatter_token(self, token, contact):
        try:
            signed = token and verify_hash_signed(
                self.sudo().env, "customer_portal_plus.chatter", token
            )
        except ValueError:
            return False
        return signed == [self._name, self.id, contact.id]

    def _portal_signed_recipient(self, hash_, pid):
        """Return the contact of a mailed link (``pid`` and ``hash``), if it is genuine."""
        partner = self.env["res.partner"].sudo()
        if not str(pid or "").isdigit() or not validate_thread_with_hash_pid(
            self.sudo(), hash_, pid
        ):
            return partner
        return partner.browse(int(pid)).exists()

    def _sign_token(self, pid):
        """Override of `portal`: without a token of its own, a document's signature would be that
        of all such documents."""
        document_sudo = self.sudo()  # Customers can't read the token.
        if document_sudo[self._mail_post_token_field]:
            return super(CustomerPortalAccessMixin, document_sudo)._sign_token(pid)
        return hmac(
            document_sudo.env, "customer_portal_plus.sign_token", (self._name, self.id, pid)
        )

    def _message_get_suggested_recipients(self, *args, **kwargs):
        """Override of `mail`: whom staff write to is not for customers to know."""
        self._portal_check_staff()
        return super()._message_get_suggested_recipients(*args, **kwargs)

    # === PAGES === #

    def _portal_as_contact(self, partner):
        """Return ``partner`` if it is a contact of this document's customer, else nobody.

        :param res.partner partner: the partner of a signed-in user; empty for a guest
        :rtype: res.partner
        """
        self.ensure_one()
        partner_sudo = partner.sudo()
        is_contact = (
            partner and partner_sudo.commercial_partner_id == self.sudo()._portal_customer()
        )
        return partner_sudo if is_contact else partner_sudo.browse()

    def _portal_page_contact(self):
        """Return the signed-in contact for whom something that shows this document is being made.

        Pages work with a document in sudo; the context names the user they are made for.
        Elsewhere it is the current user, if it acts with its own rights.

        :return: the contact; empty for guests, staff, and what is sent by mail
        :rtype: res.partner
        """
        self.ensure_one()
        nobody = self.env["res.partner"]
        uid = self.env.context.get("portal_page_uid")
        if not uid and self.env.su:
            return nobody
        user = self.env["res.users"].sudo().browse(uid or self.env.uid)
        if not user.share or not self._portal_in_scope():
            return nobody
        if user._is_public():
            return self._portal_as_contact(self._portal_personal_link().partner_id)
        return self._portal_as_contact(user.partner_id)

    def _portal_needs_no_token(self):
        """Return whether links to this document are for somebody who sees it without a token: who
        asks is a signed-in contact, on a page or with its own rights over RPC.

        :rtype: bool
        """
        self.ensure_one()
        asks_itself = self.env.user.share and not self.env.su and self._portal_in_scope()
        return bool(asks_itself or self._portal_page_contact() or self._portal_is_shown_by_link())

    def _portal_is_shown_by_link(self):
        """Return whether a page with this document is being made for who holds its personal link.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.env.context.get("portal_page_uid") and self._portal_personal_link())

    def _portal_ensure_token(self):
        """Override of `portal`: showing a page to a signed-in contact makes no token."""
        if self._portal_needs_no_token():
            return ""
        return super()._portal_ensure_token()

    def get_portal_url(
        self, suffix=None, report_type=None, download=None, query_string=None, anchor=None
    ):
        """Override of `portal`: a signed-in contact needs no token in its links."""
        if not self._portal_needs_no_token():
            return super().get_portal_url(
                suffix=suffix,
                report_type=report_type,
                download=download,
                query_string=query_string,
                anchor=anchor,
            )
        query = "".join(
            [
                f"&report_type={report_type}" if report_type else "",
                "&download=true" if download else "",
                query_string or "",
            ]
        )
        return "".join(
            [
                self.access_url,
                suffix or "",
                f"?{query.lstrip('&')}" if query else "",
                f"#{anchor}" if anchor else "",
            ]
        )

    def _get_share_url(self, redirect=False, signup_partner=False, pid=None, share_token=True):
        """Override of `portal`: likewise, where the button of a mail leads who is signed in."""
        if self._portal_page_contact():
            return self.access_url
        return super()._get_share_url(
            redirect=redirect, signup_partner=signup_partner, pid=pid, share_token=share_token
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `mail`: mails that a page sends off carry the links of mails."""
        document = self.with_context(portal_page_uid=False)
        groups = super(CustomerPortalAccessMixin, document)._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if title := self and self._portal_mail_button():
            button = {"url": f"{self.get_base_url()}{self.access_url}", "title": title}
            for name, _has_to_be_notified, data in groups:
                if name != "user":
                    data.update(active=True, has_button_access=True, button_access=button)
        return groups

    def _portal_mail_button(self):
        """Return what the button of a mail says that leads to the page of this document, where
        its receiver signs in.

        :return: empty where a link of the receiver's own opens the document
        :rtype: str
        """
        return ""

    # === RESPONSIBLE === #

    def _portal_responsible_candidates(self):
        """Return the users who may be responsible for this document, the likeliest first.

        :rtype: res.users
        """
        return self.env["res.users"]

    def _portal_responsible(self):
        """Return the staff member who is told what the customer does with this document.

        :return: one user who can open the document, or none
        :rtype: res.users
        """
        self.ensure_one()
        for user in self.sudo()._portal_responsible_candidates():
            if user.active and user._is_internal() and self.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]

    @api.model
    def _portal_notify_live(self, user, title, message, tone="info"):
        """Show a notice in the back office of a user, wherever it is open, when this is committed.

        :param res.users user: a staff member
        :param str title: what happened, in the user's language
        :param str message: to which document, and who did it
        :param str tone: ``success``, ``info`` or ``warning``
        """
        user._bus_send("simple_notification", {"type": tone, "title": title, "message": message})

    def message_post(self, **kwargs):
        """Override of `mail`: what a customer writes reaches staff, and the answer reaches it.
        It writes on a document's page, not over RPC."""
        self._portal_check_staff()
        if self._portal_in_scope():
            self._portal_prepare_message(kwargs)
        return super().message_post(**kwargs)

    def _lock_row_or_retry(self):
        """Let nobody else write here at the same instant: both would subscribe the same people, or
        begin the same conversation, and the second one would end in an error.

        The database refuses to write on a row that has changed; then Odoo repeats the request.
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id = %s",
                SQL.identifier(self._table),
                self.id,
            )
        )

    def _portal_prepare_message(self, values):
        """Let staff get what a customer writes, and the customer the answer.

        :param dict values: parameters of ``message_post``; changed
        """
        author = self.env["res.partner"].sudo().browse(values.get("author_id"))
        by_mail = values.get("message_type") == "email"
        note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        held_back = by_mail and values.get("subtype_id") == note
        from_customer = (
            self.env.user.share
            and values.get("message_type") == "comment"
            or (by_mail and not held_back and author.partner_share)
        )
        if not from_customer and not held_back:
            return
        self._lock_row_or_retry()
        # Sudo: customers don't manage followers; these two follow from the act of writing.
        document_sudo = self.sudo()
        staff = document_sudo._portal_message_staff().partner_id
        if held_back or not staff:
            staff = staff or document_sudo.company_id.partner_id
            values["partner_ids"] = [*(values.get("partner_ids") or []), *staff.ids]
        else:
            document_sudo.message_subscribe(staff.ids)
        if held_back:
            return
        if not self.env.user._is_public() and not by_mail:
            author = author or self.env.user.partner_id
        document_sudo.message_subscribe(author.ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail`: leave out those whom the caller tells in another way, and the
        contacts who do not want such mails. ``portal_mail_kind`` in the context says what the
        mail is about, if it is no message; what is no kind to choose reaches everybody."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        skipped = set(self.env.context.get("portal_skip_partner_ids") or ())
        # Who is asked to do something is told, whatever mails it wants.
        asked = self.env.context.get("portal_asked_partner_ids") or ()
        kind = self.env.context.get("portal_mail_kind", "message")
        if self._portal_is_conversation(message) and self._portal_is_from_customer(message):
            company = self.sudo().company_id or self.env.company
            if not self.env["customer.portal.staff.notification"]._wants(
                company, "message", "mail"
            ):
                told = self._portal_message_staff().partner_id or company.partner_id
                skipped.update(told.ids)
        by_choice = kind != "message" or self._portal_is_conversation(message)
        if by_choice and kind in MAIL_KINDS:
            # Sudo: who writes need not know what the others want.
            contacts = self.env["res.partner"].sudo().browse(r["id"] for r in recipients if r["id"])
            skipped.update(
                contact.id
                for contact in contacts
                if contact.partner_share
                and contact.id not in asked
                and not contact._portal_wants_mail(kind)
            )
        return [recipient for recipient in recipients if recipient["id"] not in skipped]

    # === RPC === #

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Override of `mail`: who follows a document is the company's to say."""
        self._portal_check_staff()
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    def message_unsubscribe(self, partner_ids=None):
        """Override of `mail`: who follows a document is the company's to say."""
        self._portal_check_staff()
        return super().message_unsubscribe(partner_ids=partner_ids)

    def unlink(self):
        """Override of `base`: refused before anything of the document is looked at."""
        self._portal_check_staff()
        return super().unlink()

    def write(self, vals):
        """Override of `base`: refused before anything of the document is looked at."""
        self._portal_check_staff()
        return super().write(vals)

    def read(self, fields=None, load="_classic_read"):
        """Override of `base`: to a customer, a document that doesn't exist looks like one that
        is not its own."""
        if self.env.user.share and not self.env.su:
            if self.exists()._filtered_access("read") != self:
                raise self._portal_make_refusal()
        return super().read(fields, load)

    def _portal_check_staff(self):
        """Raise for customers, unless it is our own code, in sudo, that acts for them. What is
        no customer's document stays as core has it.

        :raise AccessError: for portal and public users, also if there is no such document
        """
        if self.env.user.share and not self.env.su:
            documents_sudo = self.sudo().exists()  # The answer must be the same for all.
            if documents_sudo != self or documents_sudo.filtered_domain(
                self._portal_scope_domain()
            ):
                raise self._portal_make_refusal()
