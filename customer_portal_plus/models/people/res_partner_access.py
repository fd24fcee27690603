"""The user with which a contact signs in: made, and taken away."""

import secrets

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.auth_signup.models.res_partner import SignupError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _portal_user(self):
        """Return the active portal user of this contact, in sudo; empty if it has none.

        :rtype: res.users
        """
        self.ensure_one()
        return self.sudo().user_ids.filtered(lambda user: user.active and user._is_portal())[:1]

    def _portal_company(self):
        """Return the company whose portal this contact uses, in sudo.

        :rtype: res.company
        """
        contact_sudo = self.sudo()
        user = contact_sudo.user_ids[:1]
        return (
            contact_sudo.company_id or (user.share and user.company_id) or self.env.company.sudo()
        )

    def _portal_give_access(self, profile=None, inviter=None):
        """Make contacts users of the portal and invite them by mail.

        All or nothing: call it for contacts that ``_portal_invitation_refusals`` lets through.

        :param customer.portal.profile profile: what they may do; their own or the company's
            default profile if not given
        :param res.partner inviter: who invites, if not the current user
        :raise UserError: with the reasons, if one of them can't be given access
        """
        refusals = self._portal_invitation_refusals()
        if inviter and inviter.partner_share:
            # A colleague must not learn who else signs in somewhere: one mailbox may have several
            # users, of which each is told its own user name.
            refusals = {who: why for who, why in refusals.items() if why[0] != "taken"}
        if refusals:
            raise UserError(
                "\n".join(
                    f"{contact.display_name}: {sentence}"
                    for contact, (_code, sentence) in refusals.items()
                )
            )
        for contact in self:
            if profile:
                contact.sudo().portal_profile_id = profile
            contact._portal_make_user()
            if inviter and inviter.partner_share:
                contact._portal_introduce(inviter)
        self._portal_send_invitation(inviter=inviter)

    def _portal_make_user(self, company=None, login=None):
        """Give this contact a portal user whose login is its address, and return it, in sudo.

        Where somebody else signs in with this address already, a number makes the login another
        one. A user that was archived comes back, without its old password.

        :param res.company company: another company than ``_portal_company``
        :param str login: another login than the address
        :rtype: res.users
        :raise UserError: if the contact has no address, or it can't be a login
        """
        self.ensure_one()
        login = login or email_normalize(self.email)
        # Sudo: who gives access need not read users.
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        if Users.search_count([("login", "=", login), ("partner_id", "!=", self.id)], limit=1):
            login = f"{login}/{self.id}"
        company = company or self._portal_company()
        archived_sudo = self.sudo().with_context(active_test=False).user_ids[:1]
        if archived_sudo:
            archived_sudo.write(
                {
                    "active": True,
                    "login": login,
                    "password": secrets.token_urlsafe(32),
                    "group_ids": [fields.Command.set(self.env.ref("base.group_portal").ids)],
                }
            )
            return archived_sudo
        # Sudo: staff may give access without being allowed to administer users.
        Users = (
            self.env["res.users"].sudo().with_company(company).with_context(no_reset_password=True)
        )
        try:
            return Users._create_user_from_template(
                {
                    "email": email_normalize(self.email),
                    "login": login,
                    "partner_id": self.id,
                    "company_id": company.id,
                    "company_ids": [fields.Command.set(company.ids)],
                }
            )
        except SignupError as error:
            raise UserError(
                self.env._("%s can't be given access: its address is in use.", self.display_name)
            ) from error

    def _portal_take_access_away(self):
        """Archive the portal users of these contacts: sessions, links and codes die with them.

        What is to be forgotten with the access is in ``res.users.write``, so that it also
        happens when somebody archives the user or core's own wizard revokes it.
        """
        for contact in self:
            contact._portal_user().active = False

    def _portal_forget_access(self):
        """Forget what belonged to the access that was taken away: profile and invitation; and
        end the seats that were held by it."""
        self.env["customer.portal.seat"]._end_of(self)
        self.sudo().write(
            {
                "portal_profile_id": False,
                "signup_type": False,
                "portal_invited_on": False,
                "portal_invited_by_id": False,
                "portal_invitation_message_id": False,
            }
        )
