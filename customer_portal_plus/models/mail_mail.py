from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _personalize_outgoing_body(self, body, partner=False, doc_to_followers=None):
        """Override of `mail` to put in the link of an invitation as the mail leaves.

        Only in a mail about a contact to that very contact; nobody else gets its link.
        """
        body = super()._personalize_outgoing_body(
            body, partner=partner, doc_to_followers=doc_to_followers
        )
        if partner and self.model == "res.partner" and self.res_id == partner.id:
            address = partner._portal_invitation_url()
            token = f'"{address}"' in body and partner._portal_invitation_token()
            if token:
                body = body.replace(f'"{address}"', f'"{partner._portal_invitation_url(token)}"')
        return body
