"""Signing in by a mailed link or code, and the log of tries that fail."""

from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.http import request

from .customer_portal_challenge_use import CREDENTIAL_TYPE

# What a browser holds in its session for the person who used it last.
SESSION_KEYS = (
    "portal_sign_in", "portal_step_up", "portal_step_up_asked", "portal_links",
    "portal_guest_signer", "portal_seat",
)  # fmt: skip


class ResUsers(models.Model):
    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        """Override of `base`: the session knows how it was opened.

        ``portal_opened_by`` is the way in as core names it (``password``, ``passkey``), or
        ``mailed_link``, ``mailed_code``, or ``document_link`` for a mailed link or code that was
        asked for with a document's link. What the browser could do before is over. Failed tries
        are noted.
        """
        try:
            auth_info = super()._login(credential, user_agent_env=user_agent_env)
        except AccessDenied as error:
            if error.args == AccessDenied().args:
                self._portal_even_out(credential)
            self._portal_log_failed_sign_in(credential.get("login"), credential.get("type"))
            raise
        if request:
            request.portal_way_in = credential.get("type")
        if request and user_agent_env and user_agent_env.get("interactive"):
            request.session["portal_opened_by"] = auth_info["auth_method"]
            for key in SESSION_KEYS:
                request.session.pop(key, None)
            self._portal_begin_session(auth_info["uid"])
        return auth_info

    def _portal_begin_session(self, uid):
        """Hook that is called in a request in which somebody signs in with a browser.

        For a module to end what the browser held for another one, it must override this method.

        :param int uid: id of who signs in
        """

    def _check_credentials(self, credential, env):
        """Override of `base`: the right password, passkey or code is not enough while the
        customer's access is off. Only who has shown it is told why. Failed tries of a second
        factor are noted."""
        try:
            if credential["type"] == CREDENTIAL_TYPE:
                auth_info = self._portal_check_challenge(credential)
            else:
                auth_info = super()._check_credentials(credential, env)
            self._portal_check_not_blocked()
        except AccessDenied:
            second_factor = request and request.session.get("pre_uid") == self.id
            if second_factor and self.sudo().share:
                self.env["customer.portal.event"]._log_failed_sign_in(
                    self.sudo().partner_id, way=credential.get("type")
                )
            raise
        return auth_info

    def _portal_check_not_blocked(self):
        # Core checks the current user, and calls this on an empty recordset, too.
        user = self.env.user
        if user._portal_is_seat():
            raise AccessDenied()  # As for who does not exist: only its holder gets there.
        if user._portal_is_blocked():
            raise AccessDenied(
                self.env._(
                    "Your access to the customer portal has been switched off."
                    " Please contact %(company)s.",
                    company=user.sudo().company_id.name,
                )
            )

    def _portal_check_challenge(self, credential):
        """Use up the challenge of a mailed link or code, and return core's ``auth_info``.

        What comes from the sign-in form can't get here: it has no ``secret``.

        :raise AccessDenied: if it does not let this user in
        """
        # Sudo: nobody may read challenges.
        challenge = self.env["customer.portal.challenge"].sudo()
        if not credential.get("secret") or not isinstance(credential.get("challenge"), int):
            raise AccessDenied()
        challenge = challenge.browse(credential["challenge"]).exists()
        if not challenge or challenge.purpose != "sign_in" or not self._portal_filter_active():
            raise AccessDenied()
        if self.sudo().partner_id.id not in challenge._consume(credential["secret"]):
            raise AccessDenied()
        return {
            "uid": self.env.user.id,
            "auth_method": credential.get("way", "mailed_link"),
            # Whoever has set a second factor is asked for it.
            "mfa": "default",
        }

    def _mfa_type(self):
        """Override of `base`, in sudo: while somebody signs in, the browser's former user is asked
        for this, who may not read it of another."""
        return super(ResUsers, self.sudo())._mfa_type()

    def _mfa_url(self):
        """Override of `base`, in sudo: see ``_mfa_type``."""
        return super(ResUsers, self.sudo())._mfa_url()

    @api.model
    def _portal_log_failed_sign_in(self, login, way):
        """Note a failed try, unless it was one of staff.

        :param str login: what was typed, or None; it is looked up, not kept: people type
            passwords there
        :param str way: type of the credential
        """
        # Sudo: nobody is signed in.
        user_sudo = self.sudo()
        if login:
            user_sudo = user_sudo.search(self._get_login_domain(login), limit=1)
        if user_sudo and not user_sudo.share:
            return
        self.env["customer.portal.event"]._log_failed_sign_in(user_sudo.partner_id, way=way)
