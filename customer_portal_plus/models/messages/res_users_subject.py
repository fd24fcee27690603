"""What the mails about a user's way in are called in the inbox."""

from odoo import models

from .mail_thread_subject import join_subject

# Core writes the subject of this mail into it: see ``mail.mail.create``.
SUBJECTS = "portal_password_subjects"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _portal_is_customers(self):
        """Return whether this is a user of a customer, whose company has a portal.

        :rtype: bool
        """
        self.ensure_one()
        user_sudo = self.sudo()  # Asked for the subject of a mail alone.
        return user_sudo.share and user_sudo.company_id.portal_enabled

    def _portal_mail_subject(self):
        """Return the subject of the mails that say that there is an account, as
        ``mail.thread`` does; users are none.

        :rtype: str
        """
        self.ensure_one()
        if not self._portal_is_customers():
            return ""
        words = self.env._("Your access to the customer portal")
        return join_subject(self.sudo().company_id, words)

    def _action_reset_password(self, signup_type="reset"):
        """Override of `auth_signup` to name the company in the subject of the mail with the link,
        for a customer's users."""
        subjects = {}
        for user in self.filtered(lambda user: user._portal_is_customers()):
            env = user.with_context(lang=user.lang or self.env.lang).env
            # Sudo: the company stands in the mail, too.
            subjects[user.email] = join_subject(user.sudo().company_id, env._("Set a new password"))
        return super(ResUsers, self.with_context(**{SUBJECTS: subjects}))._action_reset_password(
            signup_type=signup_type
        )
