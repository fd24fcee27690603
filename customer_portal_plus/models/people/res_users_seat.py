"""Users of seats: nobody signs in with them, and what their holder is shown."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..access.res_users import SEAT_LOGIN

MAX_IN_SWITCHER = 12  # more of them are on the page of seats


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_email_domain(self, email):
        """Override of `base`: an address is that of its person's own account."""
        return super()._get_email_domain(email) & Domain("login", "not =like", f"{SEAT_LOGIN}%")

    def action_reset_password(self):
        """Override of `auth_signup`.

        :raise UserError: if nobody signs in with one of these users
        """
        if any(user._portal_is_seat() for user in self):
            raise UserError(self.env._("Nobody signs in with the user of a seat."))
        return super().action_reset_password()

    @api.ondelete(at_uninstall=False)
    def _unlink_end_seats(self):
        self.env["customer.portal.seat"]._end_of(self.partner_id)

    def _portal_seat_bar(self):
        """Return what the head of all pages shows of seats.

        :return: ``acting`` (name of the customer for which the person acts, and of the person),
            None if it is in its own account; ``seats``: dicts with ``id``, ``customer`` and
            ``current``; ``more``: whether there are others. Empty for who has none
        :rtype: dict
        """
        self.ensure_one()
        acting = self._portal_acting_seat() if self._portal_is_seat() else None
        if not acting and (not self.share or not self._portal_companies("portal_allow_seats")):
            return {}
        holder = acting.holder_id if acting else self
        seats = self.env["customer.portal.seat"]._held_by(holder, limit=MAX_IN_SWITCHER + 1)
        if not acting and not seats:
            return {}
        return {
            "acting": acting
            and {
                "customer": acting.customer_id.name,
                "person": holder.name,
                "own": holder.partner_id.commercial_partner_id.name,
            },
            "seats": [
                {"id": seat.id, "customer": seat.customer_id.name, "current": seat == acting}
                for seat in seats[:MAX_IN_SWITCHER]
            ],
            "more": len(seats) > MAX_IN_SWITCHER,
        }

    def _portal_acting_seat(self):
        """Return the seat whose user this is, in sudo.

        :rtype: customer.portal.seat
        """
        seats_sudo = self.env["customer.portal.seat"].sudo()  # As in ``_held_by``.
        return seats_sudo.search([("user_id", "=", self.id), ("state", "=", "active")], limit=1)
