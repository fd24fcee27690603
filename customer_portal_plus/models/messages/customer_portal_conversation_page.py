"""Conversations as the customer's pages show and begin them."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...exceptions import PortalRefusal

MAX_SUBJECT_LENGTH = 150
MAX_MESSAGE_LENGTH = 20000
MAX_FILES = 10
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_PER_HOUR = 60


class CustomerPortalConversation(models.Model):
    _inherit = "customer.portal.conversation"

    # === PAGES === #

    @api.model
    def _portal_unread_domain(self, contact):
        """Override: what was read is noted for the record that carries the messages."""

        def to_sql(model, alias, query):
            return SQL(
                """NOT EXISTS (
                    SELECT 1 FROM customer_portal_reading reading
                     WHERE reading.partner_id = %(contact)s
                       AND reading.read_on >= %(alias)s.portal_answered_on
                       AND (reading.res_model, reading.res_id) IN (%(places)s)
                )""",
                contact=contact.id,
                alias=SQL.identifier(alias),
                places=SQL(", ").join(
                    [
                        SQL("(%s, %s)", model._name, SQL.identifier(alias, "id")),
                        *(
                            SQL("(%s, %s)", model_name, SQL.identifier(alias, field_name))
                            for model_name, field_name in self._portal_document_fields().items()
                        ),
                    ]
                ),
            )

        def predicate(conversation):
            return conversation._portal_is_unread(contact)

        return Domain("portal_answered_on", "!=", False) & Domain.custom(
            to_sql=to_sql, predicate=predicate
        )

    def _portal_is_unread(self, contact):
        self.ensure_one()
        return bool(
            self.sudo().search_count(
                Domain("id", "=", self.id) & self._portal_unread_domain(contact), limit=1
            )
        )

    def _portal_conversation_rows(self, contact):
        """Return what the list shows of these conversations, in the same order.

        :param res.partner contact: for whom
        :return: dicts with ``id``, ``url``, ``subject``, ``date``, ``author``,
            ``preview``, ``unread``, ``closed``, ``company``
        :rtype: list[dict]
        """
        unread = set(
            self.sudo()
            .search(Domain("id", "in", self.ids) & self._portal_unread_domain(contact))
            .ids
        )
        return [
            {
                "id": conversation.id,
                "url": f"/my/messages/{conversation.id}",
                "subject": conversation._portal_title(),
                "date": conversation.last_message_on,
                "author": conversation.last_author_id.name or "",
                "preview": conversation.last_preview or "",
                "unread": conversation.id in unread,
                "closed": conversation.state == "closed",
                "company": conversation.company_id.name,
            }
            for conversation in self.sudo()
        ]

    def _portal_title(self):
        """Return what this conversation is called, in the reader's language.

        :rtype: str
        """
        conversation_sudo = self.sudo()  # Asked for whom it is to see.
        document = conversation_sudo._document()
        return document._portal_conversation_title() if document else conversation_sudo.name

    def _portal_conversation_title(self):
        return self.name

    @api.model
    def _portal_begin(self, contact, company, subject, words, files, document=None):
        """Begin a conversation, or write on that of a document.

        :param res.partner contact: partner of the signed-in user
        :param res.company company: to which one
        :param str subject: as typed
        :param str words: as typed
        :param list files: see ``_portal_check_message``
        :param models.Model document: the document that it is about, from the gate
        :return: the conversation, in sudo
        :rtype: customer.portal.conversation
        :raise PortalRefusal: if it can't be sent; nothing is changed then
        """
        subject = " ".join((subject or "").split())
        words, files = self._portal_check_message(contact, words, files)
        if len(subject) > MAX_SUBJECT_LENGTH:
            raise PortalRefusal(
                self.env._("The subject is too long: %s characters at most.", MAX_SUBJECT_LENGTH),
                "long",
            )
        if document is not None:
            document._portal_post_of(contact, words, files, subject=subject)
            return self._get_for(document)
        can_message = contact._portal_can("can_message")
        if not company or not company.portal_allow_messages or not can_message:
            raise PortalRefusal(self.env._("Messages are switched off."), "off")
        if not subject:
            raise PortalRefusal(
                self.env._("Please say in a few words what it is about."), "subject"
            )
        conversation_sudo = (
            self.sudo()
            .with_company(company)
            .with_context(
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                # Who is assigned gets the message itself, not one more mail in its writer's name.
                mail_auto_subscribe_no_notify=True,
            )
            .create(
                {
                    "name": subject,
                    "company_id": company.id,
                    "partner_id": contact.id,
                }
            )
        )
        conversation_sudo.user_id = conversation_sudo._portal_responsible()
        conversation_sudo.with_env(self.env)._portal_post_of(contact, words, files)
        return conversation_sudo

    @api.model
    def _portal_check_message(self, contact, words, files):
        """Return the words and the files of a message, if it can be sent.

        :param list files: pairs of name and content; content that is too large may be cut off
            behind ``MAX_FILE_BYTES``
        :raise PortalRefusal: if it can't be
        """
        _ = self.env._
        words = (words or "").replace("\x00", "").strip()
        files = [(name, content) for name, content in files if name]
        if not words and not files:
            raise PortalRefusal(_("Please write your message."), "no_words")
        if len(words) > MAX_MESSAGE_LENGTH:
            raise PortalRefusal(
                _("Your message is too long: %s characters at most.", MAX_MESSAGE_LENGTH), "long"
            )
        if len(files) > MAX_FILES:
            raise PortalRefusal(_("At most %s files can be attached.", MAX_FILES), "files")
        size = 0
        for name, content in files:
            size += len(content)
            if len(content) > MAX_FILE_BYTES:
                raise PortalRefusal(
                    _(
                        "“%(file)s” is too large: %(size)s MB at most. Nothing was sent.",
                        file=name,
                        size=MAX_FILE_BYTES // 2**20,
                    ),
                    "size",
                )
        if size > 2 * MAX_FILE_BYTES:
            raise PortalRefusal(
                _(
                    "These files are too large together: %s MB at most. Nothing was sent.",
                    2 * MAX_FILE_BYTES // 2**20,
                ),
                "size",
            )
        hour_ago = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        written = (
            self.env["mail.message"]
            .sudo()
            .search_count(
                [
                    ("author_id", "=", contact.id),
                    ("date", ">=", hour_ago),
                    ("message_type", "=", "comment"),
                ],
                limit=MAX_PER_HOUR,
            )
        )
        if written >= MAX_PER_HOUR:
            raise PortalRefusal(
                _("You have written many messages within an hour. Please wait a little."), "pace"
            )
        return words, files
