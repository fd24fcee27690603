"""What the messages of customers and staff mean for documents and conversations."""

import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import consteq, email_normalize, email_split, formataddr
from odoo.tools.misc import hmac

from ...exceptions import PortalRefusal
from ...tools.parsing import parse_id
from ...tools.transactions import lock_rows_or_retry
from .customer_portal_question import text_lines

MESSAGE_TYPES = ("comment", "email", "email_outgoing")
REPLY_ADDRESS = re.compile(r"^[^@]*\+p(\d{1,9})-(\d{1,9})-(\d{1,9})-([0-9a-f]{20})@")
HISTORY_PAGE = 50


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    # === READING === #

    @api.model
    def _portal_messages_domain(self):
        """Return the domain of the messages, among those of a record, that its customer reads.

        :rtype: Domain
        """
        return (
            Domain("message_type", "in", MESSAGE_TYPES)
            & Domain("subtype_id.internal", "=", False)
            & Domain("subtype_id", "!=", False)
            & Domain("is_internal", "=", False)
        )

    def _portal_messages(self, before=None, limit=HISTORY_PAGE):
        """Return what customer and company said to each other here, the newest first.

        :param int before: only messages older than this one
        :rtype: mail.message
        """
        self.ensure_one()
        domain = (
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & self._portal_messages_domain()
        )
        if before:
            domain &= Domain("id", "<", before)
        # Sudo: the record is the reader's to see, and the domain leaves out what is internal.
        return self.env["mail.message"].sudo().search(domain, order="id desc", limit=limit)

    def _portal_message_file(self, attachment_id):
        """Return a file of a message that the customer reads here, in sudo; empty if it is none.

        :param int attachment_id: any number
        :rtype: ir.attachment
        """
        self.ensure_one()
        attachments_sudo = self.env["ir.attachment"].sudo()
        domain = (
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("attachment_ids", "in", [parse_id(attachment_id)])
            & self._portal_messages_domain()
        )
        # Sudo: as for the messages, to which it belongs.
        if not self.env["mail.message"].sudo().search_count(domain, limit=1):
            return attachments_sudo
        return attachments_sudo.browse(attachment_id)

    # === WRITING === #

    def _portal_post_of(self, contact, words, files, subject=None):
        """Post what a contact wrote on a page.

        :param res.partner contact: partner of the signed-in user
        :param str words: plain text
        :param list files: pairs of name and content
        :param str subject: if it said one
        :return: the message
        :rtype: mail.message
        :raise PortalRefusal: if the contact may not write here
        """
        self.ensure_one()
        if self._portal_refusal(contact) or not self._portal_can_message(contact):
            raise PortalRefusal(self.env._("You can't write here any more."), "shut")
        # Sudo: customers write on no record; this one is theirs to write messages on.
        return self.sudo().message_post(
            author_id=contact.id,
            body=text_lines(words),
            subject=subject or None,
            attachments=files,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    # === AFTER A MESSAGE === #

    @api.model
    def _portal_is_from_customer(self, message):
        """Return whether a message was written by somebody who is not staff.

        :rtype: bool
        """
        author_sudo = message.sudo().author_id
        return not author_sudo or author_sudo.partner_share

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail` to keep the conversation of this record and what is unread up to
        date, and to note what customers write."""
        result = super()._message_post_after_hook(message, msg_values)
        self._portal_note_answer(message)
        # What is shared with many customers is no conversation with one of them.
        has_customer = self._portal_in_scope() and self.sudo()._portal_customer()
        if has_customer and self._portal_is_conversation(message):
            self._portal_conversation()._note_message(
                message, self._portal_is_from_customer(message)
            )
            if not self._portal_is_from_customer(message):
                self._portal_message_activity_done()
            elif not self.env.context.get("portal_skip_partner_ids"):
                self._portal_tell_message(message)
        self._portal_log_message(message)
        return result

    def _portal_log_message(self, message):
        # What is said with an answer is noted as the answer.
        answering = self.env.context.get("portal_answering")
        if message.message_type in ("comment", "email") and not answering:
            author_sudo = message.sudo().author_id
            customer = self.sudo()._portal_customer()
            if author_sudo and author_sudo.commercial_partner_id == customer:
                self.env["customer.portal.event"]._log("message", record=self, contact=author_sudo)

    def _portal_conversation(self):
        """Return the conversation that stands for this record, in sudo; made if there is none.

        :rtype: customer.portal.conversation
        """
        self.ensure_one()
        Conversation = self.env["customer.portal.conversation"].sudo()
        conversation = Conversation._get_for(self)
        field_name = Conversation._portal_document_fields().get(self._name)
        if conversation or not field_name:
            return conversation
        # Two at the same instant would begin the same conversation.
        lock_rows_or_retry(self)
        document_sudo = self.sudo()
        responsible = document_sudo._portal_responsible()
        company = document_sudo.company_id
        return Conversation.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        ).create(
            {
                field_name: self.id,
                "name": document_sudo.name or document_sudo.display_name,
                "company_id": company.id,
                "partner_id": document_sudo.partner_id.id,
                "user_id": (responsible or company.portal_message_user_id).id,
            }
        )

    def _portal_conversation_title(self):
        """Return what a conversation on this document is called, for customer and staff.

        :rtype: str
        """
        self.ensure_one()
        return self.display_name

    def _portal_message_staff(self):
        """Return who of the staff is told of a customer's message here: who is assigned, else who
        is responsible, else whom the company chose.

        :rtype: res.users
        """
        self.ensure_one()
        record_sudo = self.sudo()
        conversation = self.env["customer.portal.conversation"]._get_for(self)
        candidates = (
            conversation.user_id
            | record_sudo._portal_responsible()
            | record_sudo.company_id.portal_message_user_id
        )
        for user in candidates:
            if user.active and user._is_internal() and self.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]

    def _portal_tell_message(self, message):
        """Tell staff of a message of the customer; the mail is the message itself, which goes to
        those who follow the record."""
        record_sudo = self.sudo()
        user = self._portal_message_staff()
        if not user or self.env.context.get("portal_skip_partner_ids"):
            return
        env = self.with_context(lang=user.lang).env
        self.env["customer.portal.staff.notification"]._tell(
            record_sudo,
            "message",
            user,
            env._("Message of a customer"),
            words=f"{message.sudo().author_id.display_name}: {record_sudo.display_name}",
            activity_type="customer_portal_plus.mail_activity_type_message",
            send_mail=False,
        )

    def _portal_message_activity_done(self):
        """Take away what reminded staff of a message that has been answered."""
        self.sudo().activity_unlink(["customer_portal_plus.mail_activity_type_message"])

    # === ADDRESSES TO ANSWER TO === #

    def _portal_reply_address(self, partner):
        """Return the address to which ``partner``, and nobody else, answers by mail.

        It is the company's catch-all with a signed part that names record and partner. Without
        a catch-all the mail is answered to whoever wrote it.

        :rtype: str
        """
        self.ensure_one()
        record_sudo = self.sudo()
        domain = record_sudo._mail_get_alias_domains(default_company=record_sudo.company_id)
        catchall = domain[self.id].catchall_email
        if not catchall or not partner:
            return ""
        local, _at, host = catchall.partition("@")
        model_id = self.env["ir.model"]._get_id(self._name)
        signature = self._portal_reply_signature(partner.id)
        name = " ".join(filter(None, [record_sudo.company_id.name, record_sudo.display_name]))
        address = f"{local}+p{model_id}-{self.id}-{partner.id}-{signature}@{host}"
        return formataddr((name[:60], address))

    def _portal_reply_signature(self, partner_id):
        return hmac(
            self.sudo().env, "customer_portal_plus.reply", (self._name, self.id, partner_id)
        )[:20]

    @api.model
    def _portal_find_reply(self, addresses):
        """Return the record and the partner that a signed address among ``addresses`` names.

        :param str addresses: as in the headers of a mail
        :return: whether there is such an address at all, the record and the partner in sudo,
            which are None if it is not genuine
        :rtype: tuple[bool, models.Model | None, res.partner | None]
        """
        found = False
        for address in email_split(addresses or ""):
            match = REPLY_ADDRESS.match(address.lower())
            if not match:
                continue
            found = True
            model_id, res_id, partner_id = map(int, match.groups()[:3])
            model_name = self.env["ir.model"].sudo().browse(model_id).exists().model
            if model_name not in self._portal_models():
                continue
            record = self.env[model_name].sudo().browse(res_id)
            if not consteq(record._portal_reply_signature(partner_id), match.group(4)):
                continue
            partner = self.env["res.partner"].sudo().browse(partner_id).exists()
            if record.exists() and partner:
                return True, record, partner
        return found, None, None

    def _portal_mail_refusal(self, partner, email_from):
        """Return why a mail that came to the signed address of ``partner`` is not taken as its
        word; empty if it is.

        :param str email_from: the sender
        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        users = partner.with_context(active_test=False).user_ids
        known = {partner.email_normalized, *users.mapped("email_normalized")} - {False}
        if email_normalize(email_from) not in known:
            return _("It was sent from another address than that of %s.", partner.display_name)
        staff = users.filtered(lambda user: user.active and user._is_internal())
        if staff:
            if self.with_user(staff[0]).has_access("read"):
                return ""
            return _("%s has no right to see this.", partner.display_name)
        contact = self._portal_as_contact(partner)
        if not contact or self._portal_refusal(contact) or not self._portal_can_message(contact):
            return _("%s has no access to this any more.", partner.display_name)
        return ""
