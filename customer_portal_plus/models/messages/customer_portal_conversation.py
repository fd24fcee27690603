"""Conversations of customers with the company: what both sides write, with who is to answer."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext

from ...tools.actions import form_action
from ...tools.mail_text import shorten

# By model of a document: the field of a conversation for it.
DOCUMENT_FIELDS = {
    "sale.order": "sale_order_id",
    "account.move": "account_move_id",
    "customer.portal.document": "document_id",
}
PREVIEW_LENGTH = 120


class CustomerPortalConversation(models.Model):
    """One conversation: on a matter of its own, or on a document.

    What is said about a document stays in the document's chatter; its conversation is the line
    that stands for it in the customer's list and in the staff's inbox.
    """

    _name = "customer.portal.conversation"
    _inherit = [
        "customer.portal.access.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Conversation with a Customer"
    _order = "last_message_on desc, id desc"
    _mail_post_access = "read"

    name = fields.Char("Subject", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        index=True,
        ondelete="restrict",
        tracking=True,
        help="With whom you talk. The conversation is shown to its customer, to nobody else.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        index="btree_not_null",
        tracking=True,
        domain=[("share", "=", False)],
        help="Who is to answer.",
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("open", "To answer"),
            ("waiting", "Answered"),
            ("closed", "Closed"),
        ],
        default="new",
        required=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    sale_order_id = fields.Many2one(
        "sale.order", "Quote or order", readonly=True, ondelete="cascade"
    )
    account_move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="cascade")
    document_id = fields.Many2one(
        "customer.portal.document", "Shared document", readonly=True, ondelete="cascade"
    )
    is_on_document = fields.Boolean(compute="_compute_is_on_document")
    unverified = fields.Boolean(
        readonly=True, help="Came by mail, and it is not known from whom. No customer sees it."
    )
    unverified_on = fields.Datetime(
        "Unverified mail on",
        readonly=True,
        help="Somebody wrote a mail that says it belongs here. It is among the notes; no customer"
        " sees it.",
    )
    is_by_mail = fields.Boolean(
        "Begun by mail",
        readonly=True,
        help="The sender's address is that of the contact, but anybody can write that there.",
    )
    unanswered_since = fields.Datetime(
        readonly=True, help="The customer's first message that you have not answered yet."
    )
    last_message_on = fields.Datetime(
        "Last message on", readonly=True, default=lambda self: self._default_last_message_on()
    )
    last_author_id = fields.Many2one(
        "res.partner", "Last written by", readonly=True, ondelete="set null"
    )
    last_preview = fields.Char("Last message", readonly=True)
    history_html = fields.Html("What was said", compute="_compute_history_html", sanitize=False)

    _list_idx = models.Index("(commercial_partner_id, last_message_on DESC, id DESC)")
    _sale_order_uniq = models.UniqueIndex("(sale_order_id) WHERE sale_order_id IS NOT NULL")
    _account_move_uniq = models.UniqueIndex("(account_move_id) WHERE account_move_id IS NOT NULL")
    _document_uniq = models.UniqueIndex("(document_id) WHERE document_id IS NOT NULL")
    _unanswered_idx = models.Index("(unanswered_since) WHERE unanswered_since IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.model
    def _default_last_message_on(self):
        return fields.Datetime.now()

    @api.depends(
        "partner_id",
        "sale_order_id.portal_commercial_partner_id",
        "account_move_id.commercial_partner_id",
        "document_id.commercial_partner_id",
    )
    def _compute_commercial_partner_id(self):
        for conversation in self:
            thread = conversation._thread()
            conversation.commercial_partner_id = (
                conversation.partner_id.commercial_partner_id
                if thread == conversation
                else thread._portal_customer()
            )

    @api.depends("sale_order_id", "account_move_id", "document_id")
    def _compute_is_on_document(self):
        for conversation in self:
            conversation.is_on_document = bool(conversation._document())

    def _compute_history_html(self):
        """What was said on a document, for the inbox of staff who may see the document."""
        for conversation in self:
            document = conversation._document()
            if not document or not document.has_access("read"):
                conversation.history_html = False
                continue
            conversation.history_html = Markup().join(
                Markup("<p><strong>%s</strong> %s</p>%s<hr/>")
                % (
                    message.author_id.display_name or message.email_from or "",
                    format_datetime(self.env, message.date, dt_format="short"),
                    message.body or "",
                )
                for message in document.sudo()._portal_messages(limit=20)
            )

    def _compute_access_url(self):
        super()._compute_access_url()
        for conversation in self:
            conversation.access_url = f"/my/messages/{conversation.id}"

    # === DOCUMENT === #

    @api.model
    def _portal_document_fields(self):
        """Return by which field a conversation stands for a document.

        For a module's documents to have conversations, it must extend this method, and what
        ``_compute_commercial_partner_id`` and ``_compute_is_on_document`` depend on.

        :return: by model of the document
        :rtype: dict[str, str]
        """
        return DOCUMENT_FIELDS

    def _document(self):
        """Return the document that this conversation is on; None if it has a matter of its own."""
        self.ensure_one()
        for field_name in self._portal_document_fields().values():
            if self[field_name]:
                return self[field_name]
        return None

    def _thread(self):
        """Return the record that carries the messages: the document, or the conversation itself.

        :rtype: models.Model
        """
        self.ensure_one()
        return self._document() or self

    @api.model
    def _get_for(self, thread):
        """Return the conversation that stands for a record behind the gates, in sudo.

        :rtype: customer.portal.conversation
        """
        conversations_sudo = self.sudo()  # It follows from the messages; nobody makes it by hand.
        if thread._name == self._name:
            return conversations_sudo.browse(thread.id)
        field_name = self._portal_document_fields().get(thread._name)
        if not field_name:
            return conversations_sudo.browse()
        return conversations_sudo.search([(field_name, "=", thread.id)], limit=1)

    # === ACTIONS OF STAFF === #

    def action_take(self):
        """Answer these conversations oneself."""
        self.user_id = self.env.user
        self.filtered(lambda conversation: conversation.state == "new").state = "open"

    def action_close(self):
        """Put these conversations away until the customer writes again."""
        self.state = "closed"

    def action_reopen(self):
        """Take these conversations out of the closed ones."""
        self.filtered(lambda conversation: conversation.state == "closed").state = "open"

    def action_open_document(self):
        """Open the document that this conversation is on.

        :rtype: dict
        """
        document = self._thread()
        return form_action(document)

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_allow_messages", "=", True),
            document=Domain("unverified", "=", False),
            by_link=False,
        )

    @api.model
    def _portal_contact_domain(self, contact):
        if not contact._portal_profile().can_message:
            return Domain.FALSE
        own = Domain("partner_id", "=", contact.id)
        if contact._portal_scope() != "own":
            # What came by mail in a contact's name is for that one alone, until staff take it so.
            own |= Domain("is_by_mail", "=", False) | Domain("portal_answered_on", "!=", False)
        # A conversation on a document is for whom the document is for.
        fields_ = self._portal_document_fields()
        among = own & Domain([(name, "=", False) for name in fields_.values()])
        for model_name, field_name in fields_.items():
            allowed = self.env[model_name]._portal_domain(contact)
            among |= Domain(field_name, "any", allowed)
        return Domain("commercial_partner_id", "=", contact.commercial_partner_id.id) & among

    @api.model
    def _portal_readable_fields(self):
        return frozenset(["id", "display_name", "name", "access_url", "create_date", "write_date"])

    def _portal_responsible_candidates(self):
        return (
            self.user_id
            | self.partner_id.user_id
            | self.commercial_partner_id.user_id
            | self.company_id.portal_message_user_id
        )

    # === MESSAGES === #

    def message_post(self, **kwargs):
        """Override of `mail`: what staff write to the customer in the inbox goes where the
        customer reads it, on the document; notes stay here."""
        self.ensure_one()
        document = self._document()
        if (
            document
            and kwargs.get("message_type") == "comment"
            and kwargs.get("subtype_xmlid") == "mail.mt_comment"
        ):
            kwargs.pop("parent_id", None)
            if not self.env.su:
                document.check_access("read")
            return document.message_post(**kwargs)
        if kwargs.get("message_type") in ("comment", "email"):
            kwargs.setdefault("email_layout_xmlid", "customer_portal_plus.mail_layout_message")
        return super().message_post(**kwargs)

    def _portal_mail_button(self):
        return self.env._("Read and answer")

    def _message_compute_subject(self):
        return self.name

    def _note_message(self, message, from_customer):
        """Note in this conversation, in sudo, that a message was written.

        :param mail.message message: a message that the customer can read
        :param bool from_customer: whether the customer wrote it
        """
        message_sudo = message.sudo()
        preview = " ".join(html2plaintext(message_sudo.body or "").split())
        if not preview:
            preview = ", ".join(message_sudo.attachment_ids.mapped("name"))
        values = {
            "last_message_on": message_sudo.date,
            "last_author_id": message_sudo.author_id.id,
            "last_preview": shorten(preview, PREVIEW_LENGTH),
        }
        if from_customer:
            values["unanswered_since"] = self.unanswered_since or message_sudo.date
            if self.state in ("waiting", "closed"):
                values["state"] = "open"
        else:
            values.update(unanswered_since=False, unverified_on=False, state="waiting")
            values["portal_answered_on"] = message_sudo.date
            writer = message_sudo.author_id.main_user_id
            if not self.user_id and writer._is_internal() and not writer._is_superuser():
                values["user_id"] = writer.id
        self.with_context(mail_auto_subscribe_no_notify=True).write(values)

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: staff who begin a conversation look after it, and its contact
        follows it."""
        conversations = super().create(vals_list)
        for conversation in conversations.filtered("partner_id"):
            if not conversation._document():
                conversation.sudo().message_subscribe(conversation.partner_id.ids)
        return conversations

    def write(self, vals):
        """Override of `base`: closed by its button or moved there on the board, nobody waits for an
        answer any more."""
        if vals.get("state") != "closed":
            return super().write(vals)
        result = super().write({**vals, "unanswered_since": False, "unverified_on": False})
        for conversation in self:
            conversation._thread()._portal_message_activity_done()
        return result

    @api.constrains("name", "partner_id", "unverified")
    def _check_partner_id(self):
        for conversation in self:
            own_matter = not conversation.unverified and not conversation._document()
            if own_matter and not conversation.partner_id:
                raise UserError(self.env._("Please choose the contact."))
