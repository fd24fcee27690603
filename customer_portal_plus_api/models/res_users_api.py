"""The keys by which a contact's programs read what the contact sees: core's own API keys, with a
scope of their own, so that they open nothing but this."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

SCOPE = "customer_portal_api"
# Days that a key is good for, the usual one first. None lasts for ever: a program that nobody
# looks after any more loses its access.
DURATIONS = (365, 90, 30)
MAX_KEYS = 10
MAX_NAME = 60


class ResUsers(models.Model):
    _inherit = "res.users"

    def _portal_may_use_api(self):
        """Return whether programs may read for this user.

        - It is a contact's, and not one by which somebody acts for another customer: such a user
          has no way in of its own.
        - One of its companies has the interface switched on.
        - The contact's profile includes it.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self._is_portal()
            and not self._portal_is_seat()
            and self._portal_allows("portal_allow_api", "can_use_api")
        )

    def _portal_api_user(self, key):
        """Return whose program has sent a key; nobody if the key opens nothing (any more).

        :param str key: anything that came in with a request, as far as it is a token
        :rtype: res.users
        """
        number = self.env["res.users.apikeys"]._check_credentials(scope=SCOPE, key=key)
        return self.browse(number or ())

    def _portal_api_keys(self):
        """Return this user's keys, the newest first, in sudo: customers don't read core's table.

        :rtype: res.users.apikeys
        """
        self.ensure_one()
        keys_sudo = self.env["res.users.apikeys"].sudo()
        return keys_sudo.search([("user_id", "=", self.id), ("scope", "=", SCOPE)], order="id desc")

    def _portal_make_api_key(self, name, days):
        """Make a key for the programs of the current user; only its digest is kept.

        :param str name: what the contact calls it
        :param int days: how long it is good for, one of ``DURATIONS``
        :return: the key
        :rtype: str
        :raise UserError: without a name, with another duration, or if there are too many
        """
        name = " ".join((name or "").split())[:MAX_NAME]
        if not name:
            raise UserError(self.env._("Please give the key a name."))
        if days not in DURATIONS:
            raise UserError(self.env._("Please choose how long the key is good for."))
        if len(self._portal_api_keys()) >= MAX_KEYS:
            raise UserError(
                self.env._("You have %s keys already. Please revoke one first.", MAX_KEYS)
            )
        # Sudo: core lets customers make keys for a day only, where it lets them at all. The key
        # is still the current user's.
        keys_sudo = self.env["res.users.apikeys"].with_user(self).sudo()
        key = keys_sudo._generate(SCOPE, name, fields.Datetime.now() + timedelta(days=days))
        self.env["customer.portal.event"]._log("rights", detail=f"API key made: {name}")
        return key

    def _portal_revoke_api_key(self, key_id):
        """Take a key of the current user back, at once.

        :param int key_id: its number, from a request
        :return: whether there was one
        :rtype: bool
        """
        key_sudo = self._portal_api_keys().filtered(lambda key: key.id == key_id)
        if not key_sudo:
            return False
        name = key_sudo.name
        key_sudo.unlink()
        self.env["customer.portal.event"]._log("rights", detail=f"API key revoked: {name}")
        return True
