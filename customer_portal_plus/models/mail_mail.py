from odoo import api, models

from .portal_mail_links import replace_links


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `mail`: as for messages. A mail to bare addresses stays as it is: there is
        no contact to whom a personal link could belong."""
        for vals in vals_list:
            to_contacts = vals.get("recipient_ids") or vals.get("mail_message_id")
            if to_contacts and vals.get("body_html"):
                vals["body_html"] = self.env["mail.message"]._portal_neutralize(vals["body_html"])
        return super().create(vals_list)

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
            body = replace_links(body, lambda url: links._personalize(url, partner, made))
        if partner and self.model == "res.partner" and self.res_id == partner.id:
            address = partner._portal_invitation_url()
            token = f'"{address}"' in body and partner._portal_invitation_token()
            if token:
                body = body.replace(f'"{address}"', f'"{partner._portal_invitation_url(token)}"')
        return body
