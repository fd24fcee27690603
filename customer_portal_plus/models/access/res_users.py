from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools import SQL

from ..sign_in.customer_portal_challenge import CREDENTIAL_TYPE

# What a browser holds in its session for the person who used it last.
SESSION_KEYS = (
    "portal_sign_in", "portal_step_up", "portal_step_up_asked", "portal_links",
    "portal_guest_signer",
)  # fmt: skip


class ResUsers(models.Model):
    _inherit = "res.users"

    # Part of the session token (see _get_session_token_fields): raised, it ends the sessions of
    # this user in every worker. Empty for those who never lost access, so that installing the
    # addon ends no session.
    portal_epoch = fields.Integer(copy=False, readonly=True, groups=fields.NO_ACCESS)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: whoever becomes a portal user gets the company's default profile."""
        users = super().create(vals_list)
        users._portal_set_default_profile()
        return users

    def write(self, vals):
        """Override of `base`: access given again starts from the company's default profile, and
        access taken away ends at once all that it opened, whoever takes it and how."""
        changes_access = "active" in vals or "group_ids" in vals
        before = self._portal_filter_active() if changes_access else self.browse()
        result = super().write(vals)
        if changes_access:
            self._portal_set_default_profile()
            lost = before - self._portal_filter_active()
            lost.partner_id._portal_forget_access()
            lost._portal_end_access()
        return result

    def _portal_set_default_profile(self):
        """Write the default profile on the contacts of portal users that have none."""
        for user in self._portal_filter_active():
            contact_sudo = user.partner_id.sudo()  # A right of staff; the user gets no say.
            if not contact_sudo.portal_profile_id:
                contact_sudo.portal_profile_id = user.company_id.sudo().portal_default_profile_id

    # === ACCESS TAKEN AWAY === #

    def _portal_filter_active(self):
        """Return those who are portal users and may sign in as far as their user goes.

        :rtype: res.users
        """
        return self.filtered(lambda user: user.active and user._is_portal())

    def _portal_is_blocked(self):
        """Return whether this user is kept out because its customer's access is off.

        Asked at every way of signing in and for every API key. Staff are never kept out, nor is
        the public user.

        :rtype: bool
        """
        self.ensure_one()
        # The answer is the same whoever asks; for an API key, nobody is known yet.
        user_sudo = self.with_user(SUPERUSER_ID)
        if not user_sudo.share or user_sudo._is_public():
            return False
        return not user_sudo.partner_id.commercial_partner_id.portal_access

    def _portal_end_access(self):
        """End at once, in every worker, all that these users hold: sessions, API keys, links.

        Neither comes back when access is given again. Session tokens are cached in each worker;
        clearing the registry's cache is signalled to all of them with the commit.
        """
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET portal_epoch = COALESCE(portal_epoch, 0) + 1 WHERE id IN %s",
                self._ids,
            )
        )
        self.invalidate_recordset(["portal_epoch"])
        # Sudo: staff who may write on a contact end its access, whatever their other rights.
        self.sudo().api_key_ids.unlink()
        links_sudo = self.env["customer.portal.link"].sudo()
        links_sudo.search([("partner_id", "in", self.sudo().partner_id.ids)])._revoke()
        self.env.registry.clear_cache()

    def _get_session_token_fields(self):
        """Override of `base`: a session dies with the access that it was opened under."""
        return super()._get_session_token_fields() | {"portal_epoch"}

    # === SIGNING IN === #

    def _login(self, credential, user_agent_env):
        """Override of `base`: the session knows how it was opened.

        ``portal_opened_by`` is the way in as core names it (``password``, ``passkey``), or
        ``mailed_link``, ``mailed_code``, or ``document_link`` for a mailed link or code that was
        asked for with a document's link. What the browser could do before is over.
        """
        auth_info = super()._login(credential, user_agent_env=user_agent_env)
        if request and user_agent_env and user_agent_env.get("interactive"):
            request.session["portal_opened_by"] = auth_info["auth_method"]
            for key in SESSION_KEYS:
                request.session.pop(key, None)
        return auth_info

    def _check_credentials(self, credential, env):
        """Override of `base`: the right password, passkey or code is not enough while the
        customer's access is off. Only who has shown it is told why."""
        if credential["type"] == CREDENTIAL_TYPE:
            auth_info = self._portal_check_challenge(credential)
        else:
            auth_info = super()._check_credentials(credential, env)
        # Core checks the current user, and calls this on an empty recordset, too.
        user = self.env.user
        if user._portal_is_blocked():
            raise AccessDenied(
                self.env._(
                    "Your access to the customer portal has been switched off."
                    " Please contact %(company)s.",
                    company=user.sudo().company_id.name,
                )
            )
        return auth_info

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


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        """Override of `base`: the key of a customer whose access is off opens nothing."""
        uid = super()._check_credentials(scope=scope, key=key)
        if uid and self.env["res.users"].browse(uid)._portal_is_blocked():
            return None
        return uid
