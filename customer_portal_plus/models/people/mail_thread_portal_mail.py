"""The mails by which contacts are told what happened in the portal."""

from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _portal_mail_contacts(
        self, contacts, company, template, lang=None, author=None, email_from="", attachments=()
    ):
        """Send a mail about this record to contacts, as soon as the transaction is committed.

        It is for them alone: staff who follow the record are not addressed.

        :param res.partner contacts: who get it
        :param res.company company: in whose name
        :param mail.template template: for this record
        :param str lang: of what is around the text; that of the first contact by default
        :param res.partner author: who writes it; the company by default
        :param str email_from: sender where the template has none; the company by default
        :param list attachments: files besides those of the template: pairs of name and content
        :return: the message
        :rtype: mail.message
        """
        self.ensure_one()
        values = template.with_company(company)._generate_template(
            self.ids, ("subject", "body_html", "email_from", "reply_to", "attachment_ids")
        )[self.id]
        sender = {"reply_to": values["reply_to"]} if values.get("reply_to") else {}
        return self.with_company(company).message_post(
            **self._portal_mail_values(company, lang or contacts[:1].lang, author),
            **sender,
            email_from=values.get("email_from") or email_from or company.email_formatted,
            subject=values["subject"],
            body=values["body_html"],
            attachment_ids=values.get("attachment_ids"),
            attachments=list(attachments),
            partner_ids=contacts.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _portal_mail_values(self, company, lang, author=None):
        """Return the parameters of ``message_post`` and ``message_notify`` by which a mail looks
        like one of the portal.

        :param res.company company: in whose name
        :param str lang: of what is around the text
        :param res.partner author: who writes it; the company by default
        :rtype: dict
        """
        return {
            "author_id": (author or company.partner_id).id,
            "email_layout_xmlid": "customer_portal_plus.mail_layout",
            "email_add_signature": False,
            "force_email_company": company,
            "force_email_lang": lang,
        }
