from odoo import api, models
from odoo.tools import html2plaintext

from ...tools.mail_links import replace_links


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `mail`: as for messages."""
        for vals in vals_list:
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
        self._portal_set_reply_addresses(outgoing)
        return outgoing

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
        return body

    def _portal_company(self):
        """Return the company of what this mail is about, in sudo; empty if it has none."""
        company_sudo = self.env["res.company"].sudo()
        if not self.model or not self.res_id or "company_id" not in self.env[self.model]._fields:
            return company_sudo
        # Sudo: mails leave in the name of whoever triggers the queue.
        return self.env[self.model].sudo().browse(self.res_id).exists().company_id or company_sudo
