from markupsafe import Markup

from odoo import api, models
from odoo.tools import html2plaintext

from ...tools.mail_links import replace_links
from ...tools.mail_text import to_text
from .mail_thread_frame import OWN_LAYOUT
from .res_users_subject import SUBJECTS

# In the mails that have the portal's look: see ``mail_frame``.
FRAME = 'class="cpp_page"'


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `mail`: as for messages; and the subject of a mail with a link to a new
        password is what ``res.users`` calls it."""
        subjects = self.env.context.get(SUBJECTS) or {}
        for vals in vals_list:
            if subject := subjects.get(vals.get("email_to")):
                vals["subject"] = subject
            if vals.get("body_html"):
                vals["body_html"] = self.env["mail.message"]._portal_neutralize(vals["body_html"])
        return super().create(vals_list)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Override of `mail`: a mail to a bare address, where that is a contact's, is as good as
        one to the contact; and whoever gets a mail about a customer's document or conversation
        answers it to an address of its own."""
        outgoing = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        for email in outgoing:
            addresses = set(email["email_to_normalized"])
            if not email["partner_id"] and email["body"] and len(addresses) == 1:
                body = self._portal_personalize_for_address(email["body"], *addresses)
                if body != email["body"]:
                    email.update(body=body, body_alternative=html2plaintext(body))
            self._portal_frame(email)
            if FRAME in (email["body"] or ""):
                email["body_alternative"] = to_text(email["body"])
        self._portal_set_reply_addresses(outgoing)
        return outgoing

    def _portal_frame(self, email):
        """Give a mail about a customer's document, which is sent without any layout, the look of
        all others, if it goes to somebody who is no employee.

        :param dict email: from ``_prepare_outgoing_list``; changed
        """
        partner = email["partner_id"]
        if not (partner and partner.partner_share and email["body"] and self.model in self.env):
            return
        if "<html" in email["body"] or not isinstance(
            self.env[self.model], self.env.registry["mail.thread"]
        ):
            return
        lang = partner.lang or self.env.lang
        # Sudo: mails leave in the name of whoever triggers the queue.
        record = self.env[self.model].sudo().with_context(lang=lang).browse(self.res_id).exists()
        if record and record._portal_has_own_look():
            email["body"] = record.env["mail.render.mixin"]._render_encapsulate(
                OWN_LAYOUT,
                Markup(email["body"]),  # It is a mail's HTML already.
                add_context={"lang": lang, "summary": record._portal_mail_summary()},
                context_record=record,
            )

    def _portal_set_reply_addresses(self, outgoing):
        if self.model not in self.env["customer.portal.access.mixin"]._portal_models():
            return
        # Sudo: mails leave in the name of whoever triggers the queue.
        record = self.env[self.model].sudo().browse(self.res_id).exists()
        if record and record._portal_in_scope():
            for values in outgoing:
                if address := record._portal_reply_address(values["partner_id"]):
                    values["reply_to"] = address

    def _portal_personalize_for_address(self, body, address):
        """Return HTML with the personal links of the contact who has an address.

        :param str body: HTML
        :param str address: normalised
        :return: HTML of the same type
        """
        made = {}
        links = self.env["customer.portal.link"]
        return replace_links(body, lambda url: links._personalize_for_address(url, address, made))

    def _personalize_outgoing_body(self, body, partner=False, doc_to_followers=None):
        """Override of `mail` to put in, as the mail leaves, what is for its receiver alone:
        personal links to documents, and the link of an invitation.

        The latter only in a mail about a contact to that very contact; nobody else gets it.
        """
        body = super()._personalize_outgoing_body(
            body, partner=partner, doc_to_followers=doc_to_followers
        )
        if partner and partner.partner_share and body:
            made = {}
            links = self.env["customer.portal.link"]
            company = self._portal_company()
            body = replace_links(body, lambda url: links._personalize(url, partner, made, company))
        if partner and self.model == "res.partner" and self.res_id == partner.id:
            address = partner._portal_invitation_url()
            token = f'"{address}"' in body and partner._portal_invitation_token()
            if token:
                body = body.replace(f'"{address}"', f'"{partner._portal_invitation_url(token)}"')
        if not partner and self.model == "customer.portal.seat":
            # Sudo: mails leave in the name of whoever triggers the queue.
            body = self.env[self.model].sudo().browse(self.res_id).exists()._put_token(body)
        return body

    def _portal_company(self):
        """Return the company of what this mail is about, in sudo; empty if it has none."""
        company_sudo = self.env["res.company"].sudo()
        if not self.model or not self.res_id or "company_id" not in self.env[self.model]._fields:
            return company_sudo
        # Sudo: mails leave in the name of whoever triggers the queue.
        return self.env[self.model].sudo().browse(self.res_id).exists().company_id or company_sudo
