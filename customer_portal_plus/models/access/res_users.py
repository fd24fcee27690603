from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# What a portal user may read of its colleagues' users: how they are called and shown.
READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "active", "share", "partner_id", "commercial_partner_id",
        "is_company", "im_status", "tz", "lang", "write_date", "create_date",
        "avatar_1920", "avatar_1024", "avatar_512", "avatar_256", "avatar_128",
        "image_1920", "image_1024", "image_512", "image_256", "image_128",
    ]
)  # fmt: skip
# What it may write on its own. The rest is its contact's, whose pages ask for what it takes.
WRITABLE_FIELDS = frozenset(["lang", "tz"])
# How the logins of users begin with whom nobody signs in: see ``customer.portal.seat``.
SEAT_LOGIN = "portal-seat/"


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["customer.portal.columns.mixin", "res.users"]

    # Part of the session token (see _get_session_token_fields): raised, it ends the sessions of
    # this user in every worker. Empty for those who never lost access, so that installing the
    # addon ends no session.
    portal_epoch = fields.Integer(copy=False, readonly=True, groups=fields.NO_ACCESS)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: whoever becomes a portal user gets the company's default profile,
        and it is noted."""
        users = super().create(vals_list)
        users._portal_set_default_profile()
        users._portal_filter_active()._portal_log_access(True)
        return users

    def write(self, vals):
        """Override of `base`: access given again starts from the company's default profile, and
        access taken away ends at once all that it opened, whoever takes it and how.

        :raise AccessError: if somebody who is not staff writes more than its language
        """
        if self.env.user.share and not self.env.su and not vals.keys() <= WRITABLE_FIELDS:
            raise AccessError(self.env._("Please change your data on the page of your account."))
        changes_access = "active" in vals or "group_ids" in vals
        before = self._portal_filter_active() if changes_access else self.browse()
        result = super().write(vals)
        if changes_access:
            self._portal_set_default_profile()
            after = self._portal_filter_active()
            lost = before - after
            lost.partner_id._portal_forget_access()
            lost._portal_end_access()
            (after - before)._portal_log_access(True)
            lost._portal_log_access(False)
        return result

    def _portal_log_access(self, given):
        """Note that these users may or may no more sign in.

        :param bool given: whether access was given or taken away
        """
        events = self.env["customer.portal.event"]
        env = events._company_words()
        detail = env._("Portal access given") if given else env._("Portal access taken away")
        for user in self:
            contact = user.partner_id
            events._log("rights", contact=contact, detail=detail, company=user.company_id)

    def _portal_set_default_profile(self):
        """Write the default profile on the contacts of portal users that have none."""
        for user in self._portal_filter_active():
            contact_sudo = user.partner_id.sudo()  # A right of staff; the user gets no say.
            if not contact_sudo.portal_profile_id:
                contact_sudo.portal_profile_id = user.company_id.sudo().portal_default_profile_id

    # === COLUMNS === #

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_limits_columns(self):
        """Override: one's own user may be read as far as Odoo lets it, and so may any by who is
        signing in and is nobody yet."""
        return self.env.user._is_portal() and self._origin != self.env.user

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        """Override of `base`, whose order has the login in it, which is for staff."""
        order = order or self._order
        if order == self._order and not self.env.su and self._portal_limits_columns():
            order = "name, id"
        return super()._order_to_sql(order, query, alias, reverse)

    # === SEATS === #

    def _portal_is_seat(self):
        """Return whether this is the user of a seat, see ``customer.portal.seat``: it acts in the
        session of who holds the seat, and has no way in of its own.

        :rtype: bool
        """
        self.ensure_one()
        # The answer is the same whoever asks; for an API key, nobody is known yet.
        return (self.with_user(SUPERUSER_ID).login or "").startswith(SEAT_LOGIN)

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
