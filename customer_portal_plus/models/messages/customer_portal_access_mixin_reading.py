"""What is unread: which documents have something that a contact has not seen yet."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    portal_answered_on = fields.Datetime(
        "Last message to the customer",
        copy=False,
        readonly=True,
        help="When the company last wrote a message on this document that its customer can read.",
    )

    def _portal_note_answer(self, message):
        """Note that there is something to read for the customer, if a message is that.

        :param mail.message message: a new message on this document
        """
        if self._portal_is_message_to_customer(message):
            # Sudo: who writes a message need not be allowed to change the document.
            self.sudo().portal_answered_on = message.date

    @api.model
    def _portal_is_message_to_customer(self, message):
        """Return whether a message is something that staff wrote to the customer: a comment
        that the customer can read, other than the mail that brings it the document.

        :param mail.message message: a new message on a document
        :rtype: bool
        """
        author_sudo = message.sudo().author_id
        return (
            self._portal_is_conversation(message)
            and bool(author_sudo)
            and not author_sudo.partner_share
        )

    @api.model
    def _portal_is_conversation(self, message):
        """Return whether a message belongs to what customer and staff say to each other: a
        comment that the customer can read, other than the mail that brings it the document.

        :param mail.message message: a new message on a document
        :rtype: bool
        """
        if not self._portal_has_messages:
            return False
        message_sudo = message.sudo()
        context = self.env.context
        sends_document = (
            context.get("mark_so_as_sent")
            or context.get("no_document")
            or context.get("portal_mail_kind", "message") != "message"
        )
        return (
            message_sudo.message_type in ("comment", "email", "email_outgoing")
            and message_sudo.subtype_id == self.env.ref("mail.mt_comment")
            and not message_sudo.is_internal
            and not sends_document
        )

    @api.model
    def _portal_unread_domain(self, contact):
        """Return the domain of the documents with a message that ``contact`` has not read.

        :rtype: Domain
        """

        def to_sql(model, alias, query):
            answered_on = model._field_to_sql(alias, "portal_answered_on", query)
            return model._portal_not_read_condition(contact, alias, answered_on)

        def predicate(document):
            return not document.env["customer.portal.reading"].search_count(
                [
                    ("partner_id", "=", contact.id),
                    ("res_model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("read_on", ">=", document.portal_answered_on),
                ],
                limit=1,
            )

        return Domain("portal_answered_on", "!=", False) & Domain.custom(
            to_sql=to_sql, predicate=predicate
        )

    @api.model
    def _portal_not_read_condition(self, contact, alias, moment):
        """Return the condition that ``contact`` has not read a document since a moment.

        :param str alias: of the table of documents
        :param SQL moment: when it had news
        :rtype: SQL
        """
        return SQL(
            """NOT EXISTS (
                SELECT 1 FROM customer_portal_reading reading
                 WHERE reading.partner_id = %s
                   AND reading.res_model = %s
                   AND reading.res_id = %s
                   AND reading.read_on >= %s
            )""",
            contact.id,
            self._name,
            SQL.identifier(alias, "id"),
            moment,
        )

    @api.model
    def _portal_unread_counts(self, domains):
        """Return how many documents of several models meet a domain each, in one query.

        :param dict[str, Domain] domains: by model name, the gates in them
        :rtype: dict[str, int]
        """
        if not domains:
            return {}
        queries = [
            SQL(
                "SELECT %s, COUNT(*) FROM %s documents",
                model_name,
                self.env[model_name].sudo()._search(domain).subselect(),
            )
            for model_name, domain in domains.items()
        ]
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(queries)))

    @api.model
    def _portal_mark_thread_read(self, model_name, document_id):
        """Note that the current user has the messages of a document in front of it, if it is
        one of its customer that it may see.

        :param str model_name: any model
        :param int document_id: any number
        """
        Document = self.env.get(model_name)
        if not isinstance(document_id, int) or not isinstance(
            Document, self.env.registry["customer.portal.access.mixin"]
        ):
            return
        document = Document.browse(document_id).sudo().exists().sudo(False)
        contact = document._get_access_contact() if document else None
        if contact and not document._portal_refusal(contact):
            document._portal_mark_read(contact)

    def _portal_mark_read(self, contact):
        """Note that ``contact`` has the messages of this document in front of it.

        :param res.partner contact: a signed-in contact of the document's customer
        """
        self.ensure_one()
        news_on = self.sudo()._portal_news_on()
        if not news_on:
            return
        Reading = self.env["customer.portal.reading"].sudo()  # Contacts have no rights on it.
        reading = Reading.search(
            [
                ("partner_id", "=", contact.id),
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
            ],
            limit=1,
        )
        if not reading:
            Reading.create(
                {
                    "partner_id": contact.id,
                    "res_model": self._name,
                    "res_id": self.id,
                    "read_on": fields.Datetime.now(),
                }
            )
        elif reading.read_on < news_on:
            reading.read_on = fields.Datetime.now()

    def _portal_news_on(self):
        """Return when there was last something to read for the customer.

        For more to be read than messages, a model must override this method.

        :rtype: datetime | bool
        """
        self.ensure_one()
        return self.portal_answered_on

    def _portal_before_unlink(self):
        """Override: what was read goes with the document."""
        super()._portal_before_unlink()
        # Sudo: whoever may delete the document deletes them.
        readings = self.env["customer.portal.reading"].sudo()
        readings.search([("res_model", "=", self._name), ("res_id", "in", self.ids)]).unlink()
