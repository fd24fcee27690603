"""Whether a contact signs in: invited, active, undelivered, none."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

INVITATION_DAYS = 7
_UNDELIVERED = ("bounce", "exception", "canceled")


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_status = fields.Selection(
        selection=[
            ("none", "No access"),
            ("invited", "Invited"),
            ("undelivered", "Invitation not delivered"),
            ("expired", "Invitation expired"),
            ("active", "Active"),
            ("blocked", "Switched off"),
        ],
        string="Portal status",
        compute="_compute_portal_status",
        search="_search_portal_status",
        compute_sudo=True,
        help="Invited: has not come yet, and its link to set a password still works."
        " Active: has signed in at least once. Switched off: the access of its customer is off."
        " Empty for members of your staff.",
    )
    portal_invitation_problem = fields.Char(
        "Problem with the invitation",
        compute="_compute_portal_invitation_problem",
        compute_sudo=True,
        help="Why the mail with the invitation did not reach the contact.",
    )

    @api.depends(
        "user_ids.active",
        "user_ids.share",
        "user_ids.log_ids",
        "commercial_partner_id.portal_access",
        "portal_invited_on",
        "portal_invitation_message_id.notification_ids.notification_status",
    )
    def _compute_portal_status(self):
        for contact in self:
            contact.portal_status = contact._portal_access_status()

    def _portal_access_status(self):
        self.ensure_one()
        users = self.user_ids.filtered("active")
        if users.filtered(lambda user: not user.share):
            return False
        if not users:
            return "none"
        if not self.commercial_partner_id.portal_access:
            return "blocked"
        if users.log_ids:
            return "active"
        if self._portal_undelivered():
            return "undelivered"
        since = self.portal_invited_on or min(users.mapped("create_date"))
        return "invited" if since > self._portal_oldest_valid_invitation() else "expired"

    def _portal_undelivered(self):
        """Return the notification of the invitation mail if it could not be delivered."""
        self.ensure_one()
        return self.portal_invitation_message_id.notification_ids.filtered(
            lambda notification: (
                notification.res_partner_id == self
                and notification.notification_status in _UNDELIVERED
            )
        )[:1]

    @api.model
    def _portal_oldest_valid_invitation(self):
        return fields.Datetime.now() - timedelta(days=INVITATION_DAYS)

    @api.model
    def _search_portal_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            domain for status, domain in self._portal_status_domains().items() if status in value
        )

    @api.model
    def _portal_status_domains(self):
        """Return for each status the domain of its contacts, as ``_portal_status`` says it.

        :rtype: dict[str | bool, Domain]
        """
        # Sudo: users, their sign-ins and mail notifications are not for all staff to read.
        Users = self.env["res.users"].sudo().with_context(active_test=False)

        def having(*domain):
            return Domain("user_ids", "in", Users._search([("active", "=", True), *domain]))

        staff = having(("share", "=", False))
        signs_in = having(("share", "=", True)) & ~staff
        allowed = Domain("commercial_partner_id.portal_access", "=", True)
        came = having(("share", "=", True), ("log_ids", "!=", False))
        undelivered = Domain(
            "portal_invitation_message_id",
            "in",
            self.env["mail.message"]
            .sudo()
            ._search(
                [
                    ("model", "=", self._name),
                    (
                        "notification_ids",
                        "any",
                        [
                            ("notification_status", "in", _UNDELIVERED),
                            ("res_partner_id.partner_share", "=", True),
                        ],
                    ),
                ]
            ),
        )
        oldest = self._portal_oldest_valid_invitation()
        fresh = Domain("portal_invited_on", ">", oldest) | (
            Domain("portal_invited_on", "=", False)
            & having(("share", "=", True), ("create_date", ">", oldest))
        )
        waiting = signs_in & allowed & ~came
        return {
            False: staff,
            "none": ~signs_in & ~staff,
            "blocked": signs_in & ~allowed,
            "active": signs_in & allowed & came,
            "undelivered": waiting & undelivered,
            "invited": waiting & ~undelivered & fresh,
            "expired": waiting & ~undelivered & ~fresh,
        }

    @api.depends("portal_invitation_message_id.notification_ids.notification_status")
    def _compute_portal_invitation_problem(self):
        for contact in self:
            notification = contact._portal_undelivered()
            contact.portal_invitation_problem = bool(notification) and (
                notification.failure_reason
                or dict(notification._fields["failure_type"]._description_selection(self.env)).get(
                    notification.failure_type
                )
                or self.env._("The mail was not delivered.")
            )
