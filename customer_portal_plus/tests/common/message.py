"""Mails that come in, and an address to which they are answered."""

from email.message import EmailMessage

from odoo.addons.mail.tests.common import MailCase

from . import PortalHttpCase


class MessageCase(MailCase, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "portal.example.com", "catchall_alias": "catchall", "bounce_alias": "bounce"}
        )
        cls.company.write({"alias_domain_id": cls.domain.id, "email": "info@portal.example.com"})
        cls.alfa.user_id = cls.user_sales
        cls.contact = cls.user_full.partner_id
        cls.Conversation = cls.env["customer.portal.conversation"]

    @classmethod
    def begin(cls, user=None, subject="Delivery times", words="When do you deliver?", **kwargs):
        """Have a contact begin a conversation."""
        contact = (user or cls.user_full).partner_id
        Conversation = cls.env["customer.portal.conversation"].with_user(user or cls.user_full)
        conversation = Conversation._portal_begin(
            contact, cls.company, subject, words, kwargs.pop("files", []), **kwargs
        )
        return conversation.with_env(cls.env)

    def answer(self, record, words="On Monday", user=None, **kwargs):
        """Have staff answer."""
        return record.with_user(user or self.user_sales).message_post(
            body=words, message_type="comment", subtype_xmlid="mail.mt_comment", **kwargs
        )

    def address(self, record, partner):
        """The address that ``partner`` answers to."""
        return record._portal_reply_address(partner)

    def receive(self, sender, to, text="Thank you", files=(), html=None, **headers):
        """Let a mail come in, as the mail server hands it over."""
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = to
        mail["Subject"] = headers.pop("Subject", "Re: Delivery times")
        mail["Message-Id"] = f"<{self._testMethodName}-{self._next_number()}@mail.example.com>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, content in files:
            mail.add_attachment(
                content, maintype="application", subtype="octet-stream", filename=name
            )
        return self.env["mail.thread"].message_process(None, mail.as_bytes())

    def _next_number(self):
        self.number = getattr(self, "number", 0) + 1
        return self.number

    def said(self, record):
        """What the customer reads, the newest first."""
        record.invalidate_recordset()
        return record._portal_messages()

    def last(self, record):
        """The last message of all, notes for staff among them."""
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mail.message"].search(domain, order="id desc", limit=1)

    def mailed(self, message):
        mails = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        return mails.recipient_ids
