"""Seats as a customer's team grants and ends them, and where staff find them."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.actions import list_action
from ...tools.parsing import parse_id
from .customer_portal_seat import OPEN_STATES


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_seats_offered = fields.Boolean(compute="_compute_portal_seats_offered")

    @api.depends_context("company")
    def _compute_portal_seats_offered(self):
        self.portal_seats_offered = self.env.company.portal_allow_seats

    # === ACTIONS === #

    def action_portal_seats(self):
        """Open the seats at this customer.

        :rtype: dict
        :raise AccessError: if the current user may not see them
        """
        self.ensure_one()
        self.env["customer.portal.seat"].check_access("read")
        customer = self.commercial_partner_id
        return list_action(
            self.env,
            "customer_portal_plus.customer_portal_seat_action",
            [("customer_id", "=", customer.id)],
            default_customer_id=customer.id,
        )

    # === WHAT A CONTACT DOES === #

    def _portal_grants_seats(self):
        """Return whether this contact may let others act for its customer.

        :rtype: bool
        """
        user = self._portal_user()
        return (
            bool(user)
            and bool(user._portal_companies("portal_allow_seats"))
            and self._portal_manages_team()
        )

    def _portal_team_grant_seat(self, name, email, profile_id):
        """Offer somebody of another firm to act for this contact's customer; or ask staff to.

        Whether anybody has this address is not said: the mail is the same for all.

        :param str name: how the person is called
        :param str email: its address
        :param int profile_id: what it may do
        :return: ``seat_sent`` or ``seat_asked``
        :rtype: str
        :raise UserError: in words for the customer, if it is not possible
        """
        self._portal_seats_begin()
        profile = self._portal_team_profile(profile_id)
        nameless = self.env._("Please enter the name of the person.")
        name, email = self._portal_team_read_person(name, email, nameless)
        colleague = self._portal_team_find(email)
        if colleague and colleague._portal_user():
            raise UserError(self.env._("This colleague has access already."))
        if self._portal_is_staff_address(email):
            raise UserError(
                self.env._("This address can't be invited. Please contact us about it.")
            )
        if self._portal_seats_waiting().filtered(lambda seat: seat.email == email):
            raise UserError(self.env._("This person has been invited already."))
        self._portal_team_check_pace()
        company = self._portal_company()
        # Sudo: a contact grants seats through this method alone.
        seat_sudo = (
            self.env["customer.portal.seat"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "customer_id": self.commercial_partner_id.id,
                    "name": name,
                    "email": email,
                    "profile_id": profile.id,
                    "granted_by_id": self.id,
                }
            )
        )
        if not company.portal_team_approval:
            seat_sudo._send()
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s wants %(name)s (%(email)s) to act for this customer in the customer"
                " portal, profile %(profile)s.",
                contact=self.name,
                name=name,
                email=email,
                profile=profile.name,
            ),
            self,
        )
        return "seat_asked" if company.portal_team_approval else "seat_sent"

    def _portal_team_withdraw_seat(self, seat_id):
        """Take back a seat that nobody has accepted yet. One that is held is a colleague's access,
        and taken away like that.

        :param int seat_id: an id that came from outside
        :raise AccessError: if there is no such one of this customer
        """
        self._portal_seats_begin()
        number = parse_id(seat_id)
        seat_sudo = self._portal_seats_waiting().filtered(lambda seat: seat.id == number)
        if not seat_sudo:
            raise AccessError(self.env._("This seat does not exist or is answered already."))
        seat_sudo._end()

    def _portal_seats_begin(self):
        """Check that this contact grants seats, with the rows locked that decide.

        :raise AccessError: if it doesn't
        """
        self._portal_team_begin()
        if not self._portal_grants_seats():
            raise AccessError(self.env._("You may not manage the team."))

    def _portal_seats_waiting(self):
        """Return the seats at this contact's customer that nobody has answered yet, in sudo.

        :rtype: customer.portal.seat
        """
        # Sudo: nobody of a customer may read seats.
        return (
            self.env["customer.portal.seat"]
            .sudo()
            .search(
                Domain("customer_id", "=", self.commercial_partner_id.id)
                & Domain("state", "in", OPEN_STATES)
            )
        )

    def _portal_seats_granted(self, since):
        """Return how many seats this contact's customer has granted.

        :param datetime since: from when on
        :rtype: int
        """
        if not self._portal_company().portal_allow_seats:
            return 0
        granted = Domain("customer_id", "=", self.commercial_partner_id.id)
        granted &= Domain("create_date", ">", since)
        # Sudo: as above.
        return self.env["customer.portal.seat"].sudo().search_count(granted)
