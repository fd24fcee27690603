"""Browsers in which a contact has turned on short notices."""

import json
import secrets

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq

from ...tools.push_service import is_push_token, parse_push_endpoint, parse_push_keys

# Whoever turns on one more loses the oldest.
MAX_DEVICES = 10


class CustomerPortalPushDevice(models.Model):
    """One browser of one user.

    Core's ``mail.push.device`` is for employees: it sends them what was written, and takes any
    address. Of core there are the keys of this server and what encrypts for a browser.
    """

    _name = "customer.portal.push.device"
    _description = "Browser with Notices"
    _order = "id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    endpoint = fields.Char(required=True)
    keys = fields.Char(required=True)
    # What the browser's cookie holds.
    token = fields.Char(required=True, index=True)
    # By which the user's session is known to be over: with another password it is another one.
    session_token = fields.Char(required=True)

    _endpoint_unique = models.Constraint(
        "UNIQUE (endpoint)", "This browser has notices turned on already."
    )

    @api.model
    def _public_key(self):
        """Return the key by which browsers know this server.

        :return: empty if no company has notices turned on
        :rtype: str
        """
        # Sudo: it is no secret, other than the parameters beside it.
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param("mail.web_push_vapid_public_key") or ""

    @api.model
    def _turn_on(self, user, endpoint, public_key, secret):
        """Tell this user of news in a browser from now on, and nobody else.

        :param res.users user: who is signed in
        :param endpoint: what the browser sent: its address at its push service
        :param public_key: likewise, its key
        :param secret: likewise, what it shares with this server
        :return: what the browser's cookie is to hold; empty if this is no browser's address, or
            that of another browser
        :rtype: str
        """
        address, keys = parse_push_endpoint(endpoint), parse_push_keys(public_key, secret)
        if not address or not keys:
            return ""
        text = json.dumps(keys)
        devices_sudo = self.sudo()  # Nobody may read or write these.
        known_sudo = devices_sudo.search([("endpoint", "=", address)])
        # Who has not got the browser's keys has not got the browser.
        if known_sudo and not consteq(known_sudo.keys, text):
            return ""
        known_sudo.unlink()
        own_sudo = devices_sudo.search([("user_id", "=", user.id)], order="id desc")
        own_sudo[MAX_DEVICES - 1 :].unlink()
        return devices_sudo.create(
            {
                "user_id": user.id,
                "endpoint": address,
                "keys": text,
                "token": secrets.token_urlsafe(24),
                "session_token": self._session_token_of(user, address),
            }
        ).token

    @api.model
    def _turn_off(self, user):
        """Tell this user of nothing more, in none of its browsers.

        :param res.users user: who is signed in
        """
        self.sudo().search([("user_id", "=", user.id)]).unlink()

    @api.model
    def _leave(self, token, but=None):
        """Forget a browser that its user leaves.

        :param str token: of the browser's cookie, as it came in
        :param int but: id of a user whose browser it stays
        """
        if is_push_token(token):
            domain = Domain("token", "=", token)
            if but:
                domain &= Domain("user_id", "!=", but)
            # As Odoo itself: nobody may be signed in. Who holds the cookie has the browser.
            self.with_user(SUPERUSER_ID).search(domain).unlink()

    @api.model
    def _count(self, user):
        """Return in how many browsers this user is told.

        :rtype: int
        """
        return self.sudo().search_count([("user_id", "=", user.id)])

    def _is_over(self):
        """Return whether the user has got no access any more, or another password since.

        :rtype: bool
        """
        self.ensure_one()
        user = self.user_id
        if not user._portal_filter_active() or user._portal_is_blocked():
            return True
        return not consteq(self.session_token, self._session_token_of(user, self.endpoint))

    @api.model
    def _session_token_of(self, user, endpoint):
        # Core keeps tokens by this text alone, whoever's they are.
        text = f"customer.portal.push.device,{user.id},{endpoint}"
        return user.sudo()._compute_session_token(text) or ""
