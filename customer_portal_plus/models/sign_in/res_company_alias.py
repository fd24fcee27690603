"""Whose portal an address is, and the address of a company's portal."""

from werkzeug.urls import url_encode

from odoo import api, models

from ...tools.alias import clean_alias, is_valid_alias


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _portal_find_by_alias(self, alias):
        """Return the company whose portal has or had this alias, and whether it still has it.

        :param str alias: what came with the address, in any case
        :return: the company in sudo, empty if there is none or its portal is off; and whether
            the alias is the present one, written as it is kept
        :rtype: tuple[res.company, bool]
        """
        company_sudo = self.browse().sudo()  # A guest asks.
        cleaned = clean_alias(alias)
        if is_valid_alias(cleaned):
            former_sudo = self.env["customer.portal.former.alias"].sudo()
            company_sudo = (
                company_sudo.search([("portal_alias", "=", cleaned)])
                or former_sudo.search([("alias", "=", cleaned)]).company_id
            )
        is_present = company_sudo.portal_alias == alias
        return company_sudo.filtered(lambda c: c.active and c.portal_enabled), is_present

    @api.model
    def _portal_way_in(self, redirect=""):
        """Return the page on which customers sign in by mail, for core's own sign-in page.

        :param str redirect: the page that was asked for
        :return: its path; empty if the company of this site has none
        :rtype: str
        """
        guest = self.env.user or self.env.ref("base.public_user")
        company_sudo = self.with_user(guest)._portal_company_of_guests()
        by_mail = company_sudo.portal_allow_email_code or company_sudo.portal_allow_tax_id
        if not company_sudo.portal_enabled or not by_mail:
            return ""
        path = f"/p/{company_sudo.portal_alias}"
        return f"{path}?{url_encode({'redirect': redirect})}" if redirect else path
