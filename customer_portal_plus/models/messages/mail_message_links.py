from urllib.parse import urlsplit

from odoo import api, models

from ...tools.mail_links import drop_own_secrets, parse_document_link, replace_links


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `mail`: no message keeps a link that opens a document by itself."""
        for vals in vals_list:
            if vals.get("body"):
                vals["body"] = self._portal_neutralize(vals["body"])
        return super().create(vals_list)

    @api.model
    def _portal_neutralize(self, body):
        """Return HTML whose links to customers' documents have none of core's keys.

        As the mail leaves, each receiver gets a personal link in their place.

        :param str body: HTML
        :return: HTML of the same type
        """
        if any(word in body for word in ("/d/", "/in/", "/invitation/")):
            body = drop_own_secrets(body)
        if not any(word in body for word in ("token=", "hash=", "auth_signup")):
            return body
        host = urlsplit(self.get_base_url()).netloc
        links = self.env["customer.portal.link"]

        def replace(url):
            link = parse_document_link(url, host)
            if not link or not link.has_secrets:
                return None
            # Sudo: only to ask whether it is a customer's document.
            document_sudo = self.env[link.model].sudo().browse(link.res_id).exists()
            if not document_sudo or not document_sudo._portal_in_scope():
                return None
            token = document_sudo.access_token
            is_genuine = token and link.access_token == token
            return link.without_keys(links._mark(document_sudo) if is_genuine else "")

        return replace_links(body, replace)
