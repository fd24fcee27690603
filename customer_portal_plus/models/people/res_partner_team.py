"""The people of a customer, managed by one of them in the portal."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...tools.parsing import parse_address, parse_id
from ...tools.transactions import lock_rows_or_retry

# How often mails can be sent off by a contact: to one address, and in all by one customer.
INVITATION_PAUSE = timedelta(minutes=10)
INVITATIONS_A_DAY = 20
NAME_LENGTH = 100


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === WHO AND WHAT === #

    def _portal_manages_team(self):
        """Return whether this contact manages its customer's team: the company lets customers do
        so, and the contact has the capability.

        :rtype: bool
        """
        user = self._portal_user()
        return bool(user) and user._portal_allows("portal_allow_team", "can_manage_team")

    def _portal_team_domain(self):
        """Return the domain of the people of this contact's customer: contacts, and who else
        signs in. Addresses are nobody, subsidiaries are customers of their own, and members of
        the company's staff are none of the customer's business.

        :rtype: Domain
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        # Sudo: a customer can't read users.
        Users = self.env["res.users"].sudo()
        signs_in = Domain("user_ids", "in", Users._search([("share", "=", True)]))
        staff = Domain("user_ids", "in", Users._search([("share", "=", False)]))
        person = Domain("type", "=", "contact") & Domain("is_company", "=", False)
        return Domain("commercial_partner_id", "=", customer.id) & (signs_in | person) & ~staff

    def _portal_colleague(self, contact_id):
        """Return one of the people of this contact's customer, in sudo.

        :param int contact_id: an id that came from outside
        :rtype: res.partner
        :raise AccessError: if it is none of them, whether it exists or not
        """
        colleague_sudo = self.sudo().search(
            self._portal_team_domain() & Domain("id", "=", parse_id(contact_id))
        )
        if not colleague_sudo:
            raise AccessError(self.env._("This person does not exist or is not of your team."))
        return colleague_sudo

    def _portal_offered_profiles(self):
        """Return the profiles that this contact may give to colleagues: those the company offers
        that allow nothing beyond its own.

        :return: the profiles, in sudo
        :rtype: customer.portal.profile
        """
        mine = self._portal_profile()
        profiles = (
            self.env["customer.portal.profile"].sudo().search([("portal_offered", "=", True)])
        )
        return profiles.filtered(lambda profile: profile._portal_is_within(mine))

    def _portal_can_change_colleague(self, colleague):
        """Return whether this contact may change or take away a colleague's access: not its own,
        and not that of somebody who may do more than itself.

        :param res.partner colleague: one of ``_portal_team_domain``
        :rtype: bool
        """
        if colleague == self:
            return False
        known = colleague._portal_user() or colleague.sudo().portal_profile_id
        return not known or colleague._portal_profile()._portal_is_within(self._portal_profile())

    # === WHAT A CONTACT DOES === #

    def _portal_team_invite(self, name, email, profile_id):
        """Invite a colleague; or ask staff to, where the company wants to approve it.

        :param str name: how the colleague is called
        :param str email: its address
        :param int profile_id: what it may do
        :return: ``invited`` or ``requested``
        :rtype: str
        :raise UserError: in words for the customer, if it is not possible
        """
        self._portal_team_begin()
        profile = self._portal_team_profile(profile_id)
        nameless = self.env._("Please enter the name of your colleague.")
        name, email = self._portal_team_read_person(name, email, nameless)
        colleague = self._portal_team_find(email)
        if colleague and not self._portal_can_change_colleague(colleague):
            raise UserError(self._portal_team_refusal())
        self._portal_team_check_address(colleague, email)
        self._portal_team_check_pace()
        company = self._portal_company()
        if company.portal_team_approval:
            self._portal_team_request(name, email, profile)
            return "requested"
        self.commercial_partner_id._portal_add_colleague(name, email, profile, self)
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s invited %(name)s (%(email)s) to the customer portal, profile"
                " %(profile)s.",
                contact=self.name,
                name=name,
                email=email,
                profile=profile.name,
            ),
            self,
        )
        return "invited"

    def _portal_team_invite_again(self, contact_id):
        """Send a colleague who has not come yet a new invitation.

        :raise UserError: in words for the customer, if it is not possible
        """
        colleague = self._portal_team_begin(contact_id)
        user = colleague._portal_user()
        if not user or user._portal_is_seat() or colleague.portal_status == "active":
            raise UserError(self.env._("This colleague needs no invitation."))
        invited = colleague.portal_invited_on
        if invited and invited > fields.Datetime.now() - INVITATION_PAUSE:
            raise UserError(
                self.env._("An invitation was sent a moment ago. Please wait a few minutes.")
            )
        self._portal_team_check_pace()
        colleague._portal_send_invitation(inviter=self)

    def _portal_team_change(self, contact_id, name, profile_id):
        """Change the name and the profile of a colleague.

        :raise UserError: in words for the customer, if it is not possible
        """
        colleague = self._portal_team_begin(contact_id)
        if not colleague._portal_user():
            raise UserError(self.env._("This colleague has no access. Please invite it first."))
        name = self._portal_team_read_name(name) or colleague.name
        if colleague._portal_profile().id != profile_id:
            profile = self._portal_team_profile(profile_id)
            before = colleague._portal_profile().name
            colleague.portal_profile_id = profile
            self.commercial_partner_id._portal_tell_staff(
                self.env._(
                    "%(contact)s changed the portal profile of %(name)s from %(old)s to %(new)s.",
                    contact=self.name,
                    name=colleague.name,
                    old=before,
                    new=profile.name,
                ),
                self,
            )
        # The name of a sole trader is its legal name: not a matter of the team.
        # Whoever acts by a seat is called as it is in its own account.
        by_seat = colleague._portal_user()._portal_is_seat()
        if name != colleague.name and colleague != colleague.commercial_partner_id and not by_seat:
            colleague.name = name

    def _portal_team_remove(self, contact_id):
        """Take the access of a colleague away; it is signed out at once.

        :raise UserError: in words for the customer, if it is not possible
        """
        colleague = self._portal_team_begin(contact_id)
        if not colleague._portal_user():
            raise UserError(self.env._("This colleague has no access."))
        colleague._portal_take_access_away()
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s took the access to the customer portal away from %(name)s.",
                contact=self.name,
                name=colleague.name,
            ),
            self,
        )

    def _portal_team_withdraw(self, request_id):
        """Take back the request to let a colleague be invited.

        :raise AccessError: if there is no such request of this customer
        :raise UserError: if it has been decided meanwhile
        """
        self._portal_team_begin()
        self._portal_team_pending()._portal_withdraw_one(self, request_id)

    def _portal_team_pending(self):
        """Return the requests for colleagues of this customer that wait for staff, in sudo."""
        return self.env["customer.portal.change.request"]._portal_pending(
            self.commercial_partner_id, "invitation"
        )

    def _portal_team_requests(self):
        """Return what the page shows of the requests that wait.

        :rtype: list[dict]
        """
        return self._portal_team_pending()._portal_rows()

    # === CHECKS === #

    def _portal_team_read_person(self, name, email, nameless):
        """Return name and address of somebody who is to come, as they are kept.

        :param str name: as it was typed
        :param str email: likewise
        :param str nameless: what is told where there is no name
        :rtype: tuple[str, str]
        :raise UserError: in words for the customer, if one of them can't be right
        """
        name = self._portal_team_read_name(name)
        if not name:
            raise UserError(nameless)
        email = email_normalize(parse_address(email))
        if not email:
            raise UserError(self.env._("Please enter a valid e-mail address."))
        return name, email

    def _portal_team_read_name(self, name):
        """Return a person's name as it is kept; empty for none.

        :raise UserError: if it is too long
        """
        name = " ".join((name or "").split())
        if len(name) > NAME_LENGTH:
            raise UserError(self.env._("This name is too long."))
        return name

    def _portal_team_begin(self, contact_id=None):
        """Take the rows that decide, then check that this contact may do what it is about to.

        Two managers who take each other's access away come one after the other: the second one
        finds its own gone.

        :param int contact_id: the colleague it is about, if there is one already
        :return: the colleague, in sudo
        :rtype: res.partner
        :raise AccessError: if the contact does not manage the team, or the colleague is not of it
        :raise UserError: if the colleague is out of its reach
        """
        self.ensure_one()
        colleague = self.sudo().browse()
        if contact_id is not None:
            colleague = self._portal_colleague(contact_id)
        lock_rows_or_retry(self.commercial_partner_id | self | colleague)
        if not self._portal_manages_team():
            raise AccessError(self.env._("You may not manage the team."))
        if contact_id is None:
            return colleague
        colleague = self._portal_colleague(contact_id)
        if colleague == self:
            raise UserError(
                self.env._("You can't change your own access. Ask a colleague, or contact us.")
            )
        if not self._portal_can_change_colleague(colleague):
            raise UserError(self._portal_team_refusal())
        return colleague

    def _portal_team_refusal(self):
        return self.env._("This colleague may do more than you; you can't change its access.")

    def _portal_team_profile(self, profile_id):
        profile = self._portal_offered_profiles().filtered(lambda offer: offer.id == profile_id)
        if not profile:
            raise UserError(self.env._("Please choose one of the profiles."))
        return profile

    def _portal_team_find(self, email):
        """Return the person of this customer who has an address, without access before others
        if several have it."""
        people = self.sudo().search(
            self._portal_team_domain() & Domain("email_normalized", "=", email), order="id"
        )
        return people.filtered(lambda person: person._portal_user())[:1] or people[:1]

    def _portal_team_check_address(self, colleague, email):
        """Raise unless an address can be invited. Whose it is, is not said; who signs in for
        another customer is invited like anybody."""
        if colleague:
            code, _sentence = colleague._portal_invitation_refusals().get(colleague, ("", ""))
        else:
            code = "staff" if self._portal_is_staff_address(email) else ""
        if code == "has_access":
            raise UserError(self.env._("This colleague has access already."))
        if code and code != "taken":
            raise UserError(
                self.env._("This address can't be invited. Please contact us about it.")
            )
        if email in self._portal_team_pending().mapped("contact_email"):
            raise UserError(self.env._("This colleague is waiting to be approved already."))

    def _portal_is_staff_address(self, email):
        """Return whether an address belongs to a member of the staff.

        :param str email: the address
        :rtype: bool
        """
        email = email_normalize(email or "") or ""
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        staff = Domain("share", "=", False)
        own = Domain("login", "=", email) | Domain("email_normalized", "=", email)
        return bool(email) and bool(Users.search_count(staff & own, limit=1))

    def _portal_team_check_pace(self):
        """Raise if this customer has sent off too many invitations today."""
        since = fields.Datetime.now() - timedelta(days=1)
        customer = self.commercial_partner_id
        sent = self.sudo().search_count(
            [
                ("commercial_partner_id", "=", customer.id),
                ("portal_invited_on", ">", since),
                ("portal_invited_by_id.commercial_partner_id", "=", customer.id),
            ]
        )
        asked = (
            self.env["customer.portal.change.request"]
            .sudo()
            .search_count(
                [
                    ("kind", "=", "invitation"),
                    ("customer_id", "=", customer.id),
                    ("create_date", ">", since),
                ]
            )
        )
        if sent + asked + self._portal_seats_granted(since) >= INVITATIONS_A_DAY:
            raise UserError(
                self.env._("That was a lot of invitations for one day. Please go on tomorrow.")
            )

    # === WHAT HAPPENS === #

    def _portal_add_colleague(self, name, email, profile, inviter):
        """Make a contact of this customer a user of the portal, and invite it.

        A contact that the customer has with this address is taken, else one is created.

        :param str name: how it is called
        :param str email: its address
        :param customer.portal.profile profile: what it may do
        :param res.partner inviter: who invites
        :return: the contact, in sudo
        :rtype: res.partner
        :raise UserError: if it can't be given access
        """
        self.ensure_one()
        customer_sudo = self.sudo()
        if not profile:
            raise UserError(self.env._("The profile does not exist any more."))
        colleague = customer_sudo.search(
            inviter._portal_team_domain() & Domain("email_normalized", "=", email),
            order="id",
            limit=1,
        ) or customer_sudo.create(
            {
                "name": name,
                "email": email,
                "parent_id": self.id,
                "type": "contact",
                "company_id": customer_sudo.company_id.id,
                "lang": inviter.lang or customer_sudo.lang,
            }
        )
        try:
            with self.env.cr.savepoint():
                colleague._portal_give_access(profile=profile, inviter=inviter)
        except IntegrityError as error:
            raise UserError(self.env._("This address is in use already.")) from error
        return colleague

    def _portal_team_request(self, name, email, profile):
        """Ask staff to let a colleague be invited."""
        Request = self.env["customer.portal.change.request"]
        request = Request._portal_request(
            self,
            {
                "kind": "invitation",
                "contact_name": name,
                "contact_email": email,
                "profile_id": profile.id,
            },
        )
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s wants to invite %(name)s (%(email)s) to the customer portal.",
                contact=self.name,
                name=name,
                email=email,
            )
            + request._get_html_link(title=self.env._("Decide")),
            self,
        )

    def _portal_team_rows(self, offset=0, limit=None):
        """Return the people of this contact's customer, those with access first.

        :return: dicts with ``id``, ``name``, ``email``, ``profile``, ``profile_id``, ``status``,
            ``last_seen``, ``invited_on``, ``problem``, ``is_me``, ``can_change``, ``has_access``,
            ``introduced_by`` (who brought it in, if nobody else has confirmed it), ``can_vouch``;
            and how many people there are
        :rtype: tuple[list[dict], int]
        """
        domain = self._portal_team_domain()
        People = self.sudo()
        total = People.search_count(domain)
        rows = []
        for person in People.search(domain, order="complete_name, id", offset=offset, limit=limit):
            has_access = bool(person._portal_user())
            rows.append(
                {
                    "id": person.id,
                    "name": person.name or "",
                    "email": person.email or "",
                    "profile": person._portal_profile().name if has_access else "",
                    "profile_id": person._portal_profile().id,
                    "status": person.portal_status,
                    "last_seen": person.portal_last_sign_in,
                    "invited_on": person.portal_invited_on,
                    "is_me": person == self,
                    "is_customer": person == person.commercial_partner_id,
                    "by_seat": has_access and person._portal_user()._portal_is_seat(),
                    "has_access": has_access,
                    "can_change": self._portal_can_change_colleague(person),
                    "introduced_by": has_access and person.portal_introduced_by_id.name,
                    "can_vouch": self._portal_can_vouch(person),
                }
            )
        return rows, total
