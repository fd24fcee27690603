"""Giving contacts access to the portal, inviting them by mail, and taking access away."""

from werkzeug.urls import url_quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, hash_sign
from odoo.tools.misc import verify_hash_signed

from ...tools.actions import form_action
from ...tools.parsing import parse_address

INVITATION_PATH = "/my/invitation"
_SCOPE = "customer_portal_plus.invitation"


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_invited_on = fields.Datetime("Invited on", readonly=True, copy=False)
    portal_invited_by_id = fields.Many2one(
        "res.partner",
        "Invited by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The member of your staff, or the colleague, who sent the last invitation.",
    )
    portal_invitation_message_id = fields.Many2one(
        "mail.message",
        "Invitation mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to invite new customers, if the company says so."""
        partners = super().create(vals_list)
        if self.env.user._is_internal() and not self.env.context.get("import_file"):
            partners.filtered("customer_rank")._portal_invite_new_customers()
        return partners

    def _increase_rank(self, field, n=1):
        """Override of `account`: who gets its first invoice is a new customer, too."""
        new = self.browse()
        if field == "customer_rank":
            new = self.sudo().commercial_partner_id.filtered(lambda p: not p.customer_rank)
        result = super()._increase_rank(field, n=n)
        new._portal_invite_new_customers()
        return result

    # === ACTIONS === #

    def action_portal_give_access(self):
        """Open the wizard that shows who can be invited, who can't and why, and invites.

        :return: the action of the wizard, for these contacts and those of these customers
        :rtype: dict
        """
        self.check_access("write")
        wizard = self.env["customer.portal.invitation.wizard"].create(
            {"partner_ids": [fields.Command.set(self.ids)]}
        )
        return form_action(wizard, name=self.env._("Give portal access"), target="new")

    def action_portal_invite_again(self):
        """Send contacts who have access a new invitation; the links of older ones die."""
        # Who acts by a seat has signed in with its own account.
        contacts = self._portal_check_have_access(by_seat=False)
        contacts._portal_send_invitation()
        return self.env["customer.portal.access.mixin"]._portal_notify(
            self.env._("Invitations sent: %s", len(contacts))
        )

    def action_portal_take_away(self):
        """Take the access of contacts away; their sessions and links die at once."""
        contacts = self._portal_check_have_access()
        contacts._portal_take_access_away()
        return self.env["customer.portal.access.mixin"]._portal_notify(
            self.env._("Contacts whose access was taken away: %s", len(contacts))
        )

    def _portal_check_have_access(self, by_seat=True):
        """Return those of some contacts who have access to the portal.

        :param bool by_seat: whether somebody who acts for the customer by a seat counts
        :rtype: res.partner
        :raise AccessError: if the current user may not change the contacts
        :raise UserError: if none of them has access
        """
        self.check_access("write")
        contacts = self.filtered(lambda contact: contact._portal_user())
        if not by_seat:
            contacts = contacts.filtered(lambda one: not one._portal_user()._portal_is_seat())
        if not contacts:
            raise UserError(self.env._("None of these contacts has access to the portal."))
        return contacts

    # === BUSINESS METHODS - ACCESS === #

    def _portal_invitation_refusals(self, emails=None):
        """Return the contacts that can't be given access, and why.

        :param dict emails: the addresses to use, by contact, where not the contact's own
        :return: a code and a sentence for each contact that must be refused
        :rtype: dict[res.partner, tuple[str, str]]
        """
        emails = {
            contact: parse_address(email_normalize((emails or {}).get(contact, contact.email)))
            for contact in self
        }
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        addresses = [email for email in emails.values() if email]
        owners = {user.login: user for user in Users.search([("login", "in", addresses)])}
        staff = set(
            Users.search([("email_normalized", "in", addresses), ("share", "=", False)]).mapped(
                "email_normalized"
            )
        )
        refusals = {}
        for contact, email in emails.items():
            owner = owners.get(email)
            users = contact.sudo().user_ids
            if not contact.active:
                refusal = ("archived", self.env._("The contact is archived."))
            elif users.filtered(lambda user: not user.share):
                refusal = ("staff", self.env._("A member of your staff."))
            elif contact._portal_user():
                refusal = ("has_access", self.env._("Has access already."))
            elif not contact.sudo().commercial_partner_id.portal_access:
                refusal = (
                    "blocked",
                    self.env._("The portal access of this customer is switched off."),
                )
            elif not email:
                refusal = ("no_email", self.env._("No valid e-mail address."))
            elif email in staff or (owner and not owner.share):
                refusal = ("staff", self.env._("The address of a member of your staff."))
            elif owner and owner.partner_id != contact:
                refusal = (
                    "taken",
                    self.env._("%s signs in with this address.", owner.partner_id.display_name),
                )
            elif addresses.count(email) > 1:
                refusal = ("twice", self.env._("The same address as another one in this list."))
            else:
                continue
            refusals[contact] = refusal
        return refusals

    def _portal_invite_new_customers(self):
        """Give new customers access, where their company wants it.

        The contacts of a customer that has some with an address are invited, else the customer
        itself. Who can't be invited is left alone: creating a customer must not fail for that.
        """
        for customer in self:
            company = customer._portal_company()
            if not company.portal_auto_invite or not company.portal_enabled:
                continue
            if customer.commercial_partner_id != customer:
                continue
            contacts = customer.child_ids.filtered(
                lambda child: child.type == "contact" and not child.is_company and child.email
            )
            contacts = contacts or customer
            (
                contacts
                - contacts.browse(contact.id for contact in contacts._portal_invitation_refusals())
            )._portal_give_access()

    # === BUSINESS METHODS - INVITATION === #

    def _portal_send_invitation(self, inviter=None):
        """Send the mail that says what the portal offers, with the link to set a password.

        The link itself is put in when the mail leaves; it stands in no table and no chatter.
        An older invitation stops working.

        :param res.partner inviter: who invites, if not the current user
        """
        template_sudo = self.env.ref(
            "customer_portal_plus.mail_template_invitation", raise_if_not_found=False
        )
        if not template_sudo:
            raise UserError(
                self.env._("The mail template of the invitation is gone. Please restore it.")
            )
        template_sudo = template_sudo.sudo()  # Sudo: also a colleague may invite.
        inviter = inviter or self.env.user.partner_id
        for contact in self:
            contact_sudo = contact.sudo().with_context(mail_post_autofollow_author_skip=True)
            company_sudo = contact._portal_company()
            contact_sudo.write(
                {
                    "portal_invited_on": fields.Datetime.now(),
                    "portal_invited_by_id": inviter.id,
                    "signup_type": "signup",
                }
            )
            contact_sudo.portal_invitation_message_id = contact_sudo._portal_mail_contacts(
                contact,
                company_sudo,
                template_sudo,
                author=None if inviter.partner_share else inviter,
                email_from=contact.commercial_partner_id._portal_mail_from(company_sudo),
            )

    def _portal_invitation_url(self, token=""):
        """Return the address of the page where an invited contact sets its password.

        :param str token: empty in what is stored; put in when the mail leaves
        :rtype: str
        """
        return f"{self.get_base_url()}{INVITATION_PATH}" + (token and f"/{url_quote(token)}")

    def _portal_invitation_token(self):
        """Return the token of the contact's last invitation.

        It is signed, not stored: a newer invitation, the first use, and losing the access make
        it worthless. How long it works is counted from the day of the invitation.

        :return: the token, empty if the contact is not invited
        :rtype: str
        """
        self.ensure_one()
        contact_sudo = self.sudo()
        user = self._portal_user()
        if not user or not contact_sudo.portal_invited_on:
            return ""
        if contact_sudo.signup_type != "signup":
            return ""
        return hash_sign(contact_sudo.env, _SCOPE, self._portal_invitation_signed(user))

    def _portal_invitation_signed(self, user):
        return [self.id, user.id, int(self.sudo().portal_invited_on.timestamp())]

    @api.model
    def _portal_invitation_from_token(self, token):
        """Return whom an invitation is for, and whether it still works.

        :param str token: what came with the address
        :return: the contact in sudo (empty for a token that was never one, or whose contact has
            lost its access) and ``valid``, ``expired``, ``replaced`` (a newer one that works was
            sent), ``used`` or ``invalid``
        :rtype: tuple[res.partner, str]
        """
        nobody = self.sudo().browse()
        try:
            signed = verify_hash_signed(self.sudo().env, _SCOPE, token)
            contact_id, user_id, _invited_on = signed
        except (ValueError, TypeError):  # TypeError: a signature that is not ours gives None
            return nobody, "invalid"
        contact_sudo = self.sudo().browse(contact_id).exists()
        user = contact_sudo and contact_sudo._portal_user()
        if not user or user.id != user_id or user._portal_is_seat():
            return nobody, "invalid"
        company = contact_sudo._portal_company()
        if not contact_sudo.commercial_partner_id.portal_access or not company.portal_enabled:
            return nobody, "invalid"
        if contact_sudo.signup_type != "signup" or not contact_sudo.portal_invited_on:
            return contact_sudo, "used"
        if contact_sudo.portal_invited_on <= self._portal_oldest_valid_invitation():
            return contact_sudo, "expired"
        if signed != contact_sudo._portal_invitation_signed(user):
            return contact_sudo, "replaced"
        return contact_sudo, "valid"

    @api.model
    def _portal_accept_invitation(self, token, password):
        """Set the password that an invited contact chose.

        :param str token: the token of the invitation
        :param str password: the new password
        :return: the login with which to sign in
        :rtype: str
        :raise UserError: if the invitation does not work (any more), or the password is refused
        """
        contact_sudo, state = self._portal_invitation_from_token(token)
        if state != "valid":
            raise UserError(self.env._("This invitation does not work any more."))
        # Core's token is made and used up here: it never leaves the server.
        login, _password = (
            self.env["res.users"]
            .sudo()
            .signup({"password": password}, contact_sudo._generate_signup_token(expiration=1))
        )
        return login

    def _portal_offers(self):
        """Return what the portal offers this contact, a sentence each, for its invitation.

        For a module to add something, it must override this method and append to the list.

        :rtype: list[str]
        """
        self.ensure_one()
        company = self._portal_company()
        offers = []
        if company.portal_show_invoices and self._portal_can("can_see_invoices"):
            offers.append(self.env._("See and download your invoices, and what is still to pay."))
            if company.portal_allow_payment and self._portal_can("can_pay"):
                offers.append(self.env._("Pay online."))
        if company.portal_show_quotes and self._portal_can("can_see_quotes"):
            if company.portal_allow_quote_acceptance and self._portal_can("can_accept"):
                offers.append(self.env._("Read your quotes, accept or reject them."))
            else:
                offers.append(self.env._("Read your quotes."))
        if company.portal_show_orders and self._portal_can("can_see_quotes"):
            offers.append(self.env._("Follow your orders."))
        if company.portal_allow_messages and self._portal_can("can_message"):
            offers.append(self.env._("Write to us, and read our answers in one place."))
        if company.portal_allow_billing_update and self._portal_can("can_update_billing"):
            offers.append(self.env._("Keep your billing data up to date."))
        if company.portal_allow_team and self._portal_can("can_manage_team"):
            offers.append(self.env._("Invite your colleagues."))
        return offers

    def _portal_masked_email(self):
        """Return the contact's address so that its owner knows it and nobody else learns it.

        :return: such as ``g•••@example.com``
        :rtype: str
        """
        self.ensure_one()
        name, at, domain = (self.sudo().email_normalized or "").rpartition("@")
        return f"{name[:1]}•••{at}{domain}" if at else ""

    def _portal_home_url(self):
        """Return the address of the portal: the company's own one, if it has an alias.

        :rtype: str
        """
        company = self._portal_company()
        alias = "portal_alias" in company._fields and company.portal_alias
        return f"{self.get_base_url()}/p/{alias}" if alias else f"{self.get_base_url()}/my"
