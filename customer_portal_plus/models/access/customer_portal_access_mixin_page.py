"""For whom a page with a document is made, and what its links carry."""

from odoo import models


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_page_contact(self):
        """Return the signed-in contact for whom something that shows this document is being made.

        Pages work with a document in sudo; the context names the user they are made for.
        Elsewhere it is the current user, if it acts with its own rights.

        :return: the contact; empty for guests, staff, and what is sent by mail
        :rtype: res.partner
        """
        self.ensure_one()
        nobody = self.env["res.partner"]
        uid = self.env.context.get("portal_page_uid")
        if not uid and self.env.su:
            return nobody
        user = self.env["res.users"].sudo().browse(uid or self.env.uid)
        if not user.share or not self._portal_in_scope():
            return nobody
        if user._is_public():
            return self._portal_as_contact(self._portal_personal_link().partner_id)
        return self._portal_as_contact(user.partner_id)

    def _portal_needs_no_token(self):
        """Return whether links to this document are for somebody who sees it without a token: who
        asks is a signed-in contact, on a page or with its own rights over RPC.

        :rtype: bool
        """
        self.ensure_one()
        asks_itself = self.env.user.share and not self.env.su and self._portal_in_scope()
        return bool(asks_itself or self._portal_page_contact() or self._portal_is_shown_by_link())

    def _portal_is_shown_by_link(self):
        """Return whether a page with this document is being made for who holds its personal link.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.env.context.get("portal_page_uid") and self._portal_personal_link())

    def _portal_ensure_token(self):
        """Override of `portal`: showing a page to a signed-in contact makes no token."""
        if self._portal_needs_no_token():
            return ""
        return super()._portal_ensure_token()

    def get_portal_url(
        self, suffix=None, report_type=None, download=None, query_string=None, anchor=None
    ):
        """Override of `portal`: a signed-in contact needs no token in its links."""
        if not self._portal_needs_no_token():
            return super().get_portal_url(
                suffix=suffix,
                report_type=report_type,
                download=download,
                query_string=query_string,
                anchor=anchor,
            )
        # Over a call they may be anything: written as text, as core does.
        report = f"&report_type={report_type}" if report_type else ""
        query = f"{report}{'&download=true' if download else ''}{query_string or ''}".lstrip("&")
        return (
            f"{self.access_url}{suffix or ''}{f'?{query}' if query else ''}"
            f"{f'#{anchor}' if anchor else ''}"
        )

    def _get_share_url(self, redirect=False, signup_partner=False, pid=None, share_token=True):
        """Override of `portal`: likewise, where the button of a mail leads who is signed in."""
        if self._portal_page_contact():
            return self.access_url
        return super()._get_share_url(
            redirect=redirect, signup_partner=signup_partner, pid=pid, share_token=share_token
        )
