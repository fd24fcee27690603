"""Passwords, without telling who has one."""

import logging
import secrets

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _portal_even_out(self, credential):
        """Take as long for a login that nobody has, or that has no password, as comparing a wrong
        password takes: seconds on the clock would tell who is registered.

        :param dict credential: what was refused
        """
        password = credential.get("password")
        if credential.get("type") != "password" or not password:
            return
        # Sudo: nobody is signed in. The same user as core has looked for.
        user_sudo = self.sudo().search(
            self._get_login_domain(credential.get("login")), order=self._get_login_order(), limit=1
        )
        self.env.cr.execute(
            "SELECT 1 FROM res_users WHERE id = %s AND password <> ''", [user_sudo.id or 0]
        )
        if not self.env.cr.fetchone():
            self._crypt_context().hash(password)

    def reset_password(self, login):
        """Override of `auth_signup`, which says whether there is such a user, and whether a mail
        could be sent: now the same is said to everybody, in the same time. The mail is asked for
        like those to sign in, and leaves a little later; where several users share an address,
        each of them gets one.

        :param str login: user name or address, as typed
        :raise TooManyTries: if that is done too often
        """
        users = self.search(self._get_login_domain(login)) or self.search(
            self._get_email_domain(login)
        )
        self.env["customer.portal.challenge"]._ask(
            self.env.company,
            login.strip().lower()[:254],
            users.partner_id.ids,
            secrets.token_urlsafe(32),
            request.httprequest.remote_addr if request else "",
            purpose="password",
        )

    def _portal_send_password_links(self):
        """Send core's mail with the link to set a new password to each of these users."""
        for user in self:
            try:
                with self.env.cr.savepoint():
                    user.action_reset_password()
            except UserError as error:
                _logger.warning("No link to set a password for %s: %s", user.login, error)
