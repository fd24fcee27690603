"""Seats: one person with one sign-in acts for several customers."""

import secrets
from datetime import timedelta

from werkzeug.urls import url_quote

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, hash_sign
from odoo.tools.misc import verify_hash_signed

from ...tools.parsing import parse_address
from ...tools.transactions import lock_rows_or_retry
from ..access.res_users import SEAT_LOGIN
from .res_partner_portal_status import INVITATION_DAYS
from .res_partner_team import NAME_LENGTH

STATES = [
    ("asked", "To be sent"),
    ("invited", "Invited"),
    ("active", "Active"),
    ("declined", "Declined"),
    ("ended", "Ended"),
]
OPEN_STATES = ("asked", "invited")
INVITATION_PATH = "/my/seats/invitation"
_SCOPE = "customer_portal_plus.seat"
# What staff write; all else comes of what is done.
EDITABLE = frozenset(["company_id", "customer_id", "name", "email", "profile_id"])


class CustomerPortalSeat(models.Model):
    """A person who is another customer's contact, or nobody's, acts for a customer.

    Whoever accepts a seat gets a contact of its own at the customer, with the profile that was
    granted, and that contact a user that nobody can sign in with: its owner changes over to it
    from its own session (``customer_portal_seat_session.py``). So whatever asks who somebody is
    and what it may see finds a contact of that customer, like any other one; the gates know
    nothing of seats.
    """

    _name = "customer.portal.seat"
    _description = "Seat at a Customer"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    customer_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="For whom the person acts.",
    )
    name = fields.Char("Person", required=True)
    email = fields.Char("E-mail", required=True)
    profile_id = fields.Many2one(
        "customer.portal.profile",
        "Profile",
        required=True,
        ondelete="restrict",
        help="What the person may do for this customer, at first. Later on this is changed on"
        " the contact.",
    )
    state = fields.Selection(STATES, required=True, default="asked", readonly=True, index=True)
    granted_by_id = fields.Many2one(
        "res.partner",
        "Granted by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        default=lambda self: self.env.user.partner_id,
    )
    sent_on = fields.Datetime("Invited on", readonly=True)
    accepted_on = fields.Datetime("Accepted on", readonly=True)
    ended_on = fields.Datetime("Ended on", readonly=True)
    holder_id = fields.Many2one(
        "res.users",
        "Holder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="With which user the person signs in.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="As whom the person acts: a contact of the customer.",
    )
    user_id = fields.Many2one(
        "res.users",
        "User of the contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Nobody can sign in with it.",
    )

    # === CONSTRAINTS === #

    @api.constrains("name", "email")
    def _check_person(self):
        for seat in self:
            if not email_normalize(parse_address(seat.email)):
                raise ValidationError(self.env._("Please enter a valid e-mail address."))
            if len(seat.name) > NAME_LENGTH:
                raise ValidationError(self.env._("This name is too long."))

    @api.constrains("customer_id")
    def _check_customer(self):
        for seat in self:
            if seat.customer_id != seat.customer_id.commercial_partner_id:
                raise ValidationError(
                    self.env._("A seat is granted at a customer, not at one of its contacts.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: staff grant seats, and nothing more by that."""
        for vals in vals_list:
            self._check_written(vals)
            vals["email"] = email_normalize(vals.get("email") or "") or vals.get("email")
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: what was sent to somebody stays as it was."""
        self._check_written(vals)
        if not self.env.su and any(seat.state != "asked" for seat in self):
            raise UserError(self.env._("This seat was offered already. End it, and grant another."))
        if vals.get("email"):
            vals = {**vals, "email": email_normalize(vals["email"]) or vals["email"]}
        return super().write(vals)

    def _check_written(self, vals):
        if not self.env.su and not vals.keys() <= EDITABLE:
            raise AccessError(self.env._("Seats change by what is done with them."))

    @api.depends("name", "customer_id")
    def _compute_display_name(self):
        for seat in self:
            seat.display_name = f"{seat.name}: {seat.customer_id.name}"

    # === ACTIONS OF STAFF === #

    def action_send(self):
        """Send the invitation, or send it anew: its link is good for some days again."""
        self.check_access("write")
        for seat in self:
            if seat.customer_id._portal_is_staff_address(seat.email):
                raise UserError(self.env._("The address of a member of your staff."))
            if not seat._is_open():
                raise UserError(
                    self.env._("Seats are switched off in the settings, or this customer's access.")
                )
        # Sudo: states change by acts alone.
        self.sudo()._send()

    def action_end(self):
        """Take seats away: whoever acts by one is out of it with its next click."""
        self.check_access("write")
        self.sudo()._end()  # Sudo: states change by acts alone.

    # === OFFERING === #

    def _send(self):
        """Mail the invitation to the person.

        :raise UserError: if it was accepted, declined or ended
        """
        template = self.env.ref("customer_portal_plus.mail_template_seat").sudo()
        for seat in self:
            if seat.state not in OPEN_STATES:
                raise UserError(self.env._("This seat is not waiting for an answer."))
            seat.write({"state": "invited", "sent_on": fields.Datetime.now()})
            template.send_mail(seat.id, email_layout_xmlid="customer_portal_plus.mail_layout")

    def _invitation_url(self, token=""):
        """Return the address of the page on which the person accepts.

        :param str token: empty in what is stored; put in when the mail leaves
        :rtype: str
        """
        return f"{self.get_base_url()}{INVITATION_PATH}" + (token and f"/{url_quote(token)}")

    def _token(self):
        """Return the token of the last invitation: signed, not stored. Sending another one, any
        answer and the end of the seat make it worthless.

        :rtype: str
        """
        self.ensure_one()
        return hash_sign(self.sudo().env, _SCOPE, self._signed())

    def _signed(self):
        return [self.id, self.email, int(self.sent_on.timestamp())]

    def _put_token(self, body):
        """Return a mail's HTML with the token of this seat's invitation in its link.

        :param str body: HTML, as it is stored
        :return: HTML of the same type
        """
        if self.state != "invited":
            return body
        return body.replace(
            f'"{self._invitation_url()}"', f'"{self._invitation_url(self._token())}"'
        )

    @api.model
    def _from_token(self, token):
        """Return the seat that a mailed link offers, in sudo; empty if it offers none (any more).

        :param str token: what came with the address
        :rtype: customer.portal.seat
        """
        nobody = self.sudo().browse()
        try:
            signed = verify_hash_signed(self.sudo().env, _SCOPE, token)
            seat_id, _email, _sent_on = signed
        except (ValueError, TypeError):  # TypeError: a signature that is not ours gives None
            return nobody
        seat_sudo = nobody.browse(seat_id).exists()
        oldest = fields.Datetime.now() - timedelta(days=INVITATION_DAYS)
        if (
            not seat_sudo
            or seat_sudo.state != "invited"
            or signed != seat_sudo._signed()
            or seat_sudo.sent_on <= oldest
            or not seat_sudo._is_open()
        ):
            return nobody
        return seat_sudo

    def _is_open(self):
        """Return whether company and customer let anybody act for the customer.

        :rtype: bool
        """
        self.ensure_one()
        company, customer = self.company_id, self.customer_id
        switches = (company.portal_enabled, company.portal_allow_seats)
        return all((*switches, customer.portal_access, customer.active))

    # === ANSWERING === #

    def _refusal(self, user):
        """Return why a user can't accept this seat.

        :param res.users user: who is signed in
        :return: a sentence; empty if it can
        :rtype: str
        """
        self.ensure_one()
        user_sudo = user.sudo()
        if not user_sudo._portal_filter_active():
            return self.env._("Only contacts of customers can take a seat.")
        if user_sudo._portal_is_seat():
            return self.env._("You are acting for a customer. Go back to your own account first.")
        if email_normalize(user_sudo.email or "") != self.email:
            return self.env._(
                "This was sent to another address than yours. Sign in with the account of that"
                " address, or ask for a seat for your own one."
            )
        if user_sudo.partner_id.commercial_partner_id == self.customer_id:
            return self.env._("You belong to this customer already.")
        if not user_sudo._portal_companies("portal_allow_seats"):
            return self.env._("Your own account is of a company that has no seats.")
        held = Domain("holder_id", "=", user.id) & Domain("state", "=", "active")
        if self.search_count(held & Domain("customer_id", "=", self.customer_id.id), limit=1):
            return self.env._("You act for this customer already.")
        return ""

    def _accept(self, user):
        """Give a user the seat.

        :param res.users user: who is signed in
        :raise UserError: in words for the user, if it is not possible
        """
        self.ensure_one()
        lock_rows_or_retry(self, user.sudo())
        if self.state != "invited" or not self._is_open():
            raise UserError(self.env._("This seat is not offered any more."))
        if refusal := self._refusal(user):
            raise UserError(refusal)
        holder = user.sudo().partner_id
        own = holder.commercial_partner_id
        contact = self.env["res.partner"].create(
            {
                # The real person, in all that is logged, signed and written.
                "name": holder.name if own == holder else f"{holder.name} ({own.name})",
                "email": self.email,
                "parent_id": self.customer_id.id,
                "type": "contact",
                "company_id": self.customer_id.company_id.id,
                "lang": holder.lang,
                "portal_profile_id": self.profile_id.id,
            }
        )
        login = f"{SEAT_LOGIN}{contact.id}/{secrets.token_urlsafe(12)}"
        seat_user = contact._portal_make_user(self.company_id, login=login)
        self.write(
            {
                "state": "active",
                "accepted_on": fields.Datetime.now(),
                "holder_id": user.id,
                "contact_id": contact.id,
                "user_id": seat_user.id,
            }
        )
        # It was never asked to come: among its colleagues it counts as one that has.
        seat_user.with_user(seat_user)._update_last_login()
        if self.granted_by_id.partner_share:
            contact._portal_introduce(self.granted_by_id)
        self._note(
            self.env._(
                "%(person)s (%(email)s) accepted to act for this customer, profile %(profile)s.",
                person=contact.name,
                email=self.email,
                profile=self.profile_id.name,
            ),
            contact,
        )

    def _make_account(self):
        """Give who has no account one of its own, and invite it: the mail to its address is what
        it came by. Where somebody has one with this address, nothing happens.

        :return: whether an account was made
        :rtype: bool
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if self._has_account() or self.customer_id._portal_is_staff_address(self.email):
            return False
        person = self.env["res.partner"].create(
            {
                "name": self.name,
                "email": self.email,
                "company_id": self.customer_id.company_id.id,
                "lang": self.customer_id.lang,
            }
        )
        person.with_company(self.company_id)._portal_give_access(inviter=self.granted_by_id)
        return True

    def _has_account(self):
        """Return whether somebody signs in to the portal with the address of this seat.

        :rtype: bool
        """
        own = Domain("email_normalized", "=", self.email) & Domain("share", "=", True)
        wanted = own & Domain("login", "not =like", f"{SEAT_LOGIN}%")
        return bool(self.env["res.users"].search_count(wanted, limit=1))

    def _decline(self):
        """Answer that nobody takes this seat."""
        self.ensure_one()
        lock_rows_or_retry(self)
        if self.state == "invited":
            self.state = "declined"
            self._note(
                self.env._("%s declined to act for this customer.", self.email),
                self.granted_by_id,
            )

    # === THE END === #

    def _end(self):
        """End seats that are offered or active, whoever does it: the user of an active one is
        archived, and sessions, links and all else end with that."""
        ending = self.filtered(lambda seat: seat.state in (*OPEN_STATES, "active"))
        lock_rows_or_retry(ending)
        users = ending.filtered(lambda seat: seat.state == "active").user_id
        for seat in ending:
            # Who archives the user says so, too.
            if seat.state == "active" and seat.user_id.active:
                seat._note(
                    self.env._("%s does not act for this customer any more.", seat.contact_id.name),
                    seat.contact_id,
                )
        ending.write({"state": "ended", "ended_on": fields.Datetime.now()})
        # One that was made an ordinary user meanwhile is left alone.
        users.filtered(lambda user: user.active and user._portal_is_seat()).active = False

    @api.model
    def _end_of(self, contacts):
        """End the seats at which contacts sit, or which they hold, as they lose their access.

        :param res.partner contacts: whose users were archived or are deleted
        """
        # Sudo: whoever takes an access away. The users are archived by now.
        seats_sudo = self.sudo().with_context(active_test=False)
        of_them = Domain("contact_id", "in", contacts.ids) | Domain(
            "holder_id.partner_id", "in", contacts.ids
        )
        seats_sudo.search(of_them & Domain("state", "=", "active"))._end()

    def _note(self, body, author):
        """Tell staff, on the customer, what became of a seat.

        :param str body: what happened
        :param res.partner author: who did it
        """
        if author:
            self.customer_id._portal_tell_staff(body, author)
