from odoo import api, models
from odoo.http import request

# In a browser's session: the company by whose address it came to the portal last.
SESSION_KEY = "portal_company"


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _portal_company_of_guests(self):
        """Return the company that stands around a page which is nobody's, in sudo: the one by
        whose address the guest came, else the present one if it has a portal and a logo, or a
        website says that it is its company's, else the first that has portal and logo.

        :rtype: res.company
        """
        # Sudo: name, logo and colour are on each page of the portal.
        came_by = request.session.get(SESSION_KEY) if request else None
        if isinstance(came_by, int):
            known_sudo = self.sudo().browse(came_by).exists()
            if known_sudo.active and known_sudo.portal_enabled:
                return known_sudo
        website = request and getattr(request, "website", None)  # Only where that app is installed.
        present = website.sudo().company_id if website else self.env.company.sudo()
        if present.portal_enabled and (website or not present.uses_default_logo):
            return present
        shown = [("portal_enabled", "=", True), ("uses_default_logo", "=", False)]
        return self.sudo().search(shown, limit=1) or present

    def _portal_remember_for_guest(self):
        """Have the pages that are nobody's stand in this company's dress, in this browser."""
        self.ensure_one()
        if request.env.user._is_public():
            request.session[SESSION_KEY] = self.id

    @api.model
    def _portal_company_of_password_link(self, token):
        """Return the company of the contact who was mailed a link to set a password, in sudo; empty
        if it is nobody's.

        :param str token: of the link
        :rtype: res.company
        """
        # Sudo: a guest asks, who holds the link of this contact.
        contact_sudo = self.env["res.partner"].sudo()._get_partner_from_token(token)
        return contact_sudo._portal_company() if contact_sudo else self.browse().sudo()
