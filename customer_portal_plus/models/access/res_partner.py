from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.tax_id import stored_tax_id_key

# What a portal user may read of the partners it sees: its colleagues, so nothing private.
READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "complete_name", "active", "lang", "type", "is_company",
        "company_type", "parent_id", "parent_name", "child_ids", "commercial_partner_id",
        "commercial_company_name", "company_id", "company_name", "user_ids", "main_user_id",
        "partner_share", "im_status", "tz", "write_date", "create_date",
        "avatar_1920", "avatar_1024", "avatar_512", "avatar_256", "avatar_128",
        "image_1920", "image_1024", "image_512", "image_256", "image_128",
    ]
)  # fmt: skip


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["customer.portal.columns.mixin", "res.partner"]

    portal_access = fields.Boolean(
        "Portal access",
        default=True,
        tracking=True,
        help="Switched off, nobody of this customer gets into the portal.",
    )
    portal_profile_id = fields.Many2one(
        "customer.portal.profile",
        "Portal profile",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        help="What this contact may see and do in the portal. Empty: the company's default.",
    )

    portal_contact_ids = fields.Many2many(
        "res.partner",
        string="Contacts who sign in",
        compute="_compute_portal_contact_ids",
        help="Contacts of this customer that have a user of the portal.",
    )
    portal_last_sign_in = fields.Datetime(
        "Last sign-in", compute="_compute_portal_last_sign_in", compute_sudo=True
    )
    portal_event_count = fields.Integer(
        "Portal log entries", compute="_compute_portal_event_count", compute_sudo=True
    )

    portal_link_count = fields.Integer(
        "Links in mails", compute="_compute_portal_link_count", compute_sudo=True
    )

    portal_tax_id_key = fields.Char(
        compute="_compute_portal_tax_id_key",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The tax ID as the portal looks for it, whatever its spelling.",
    )

    # Signing in by mail looks for the address.
    _portal_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("vat", "country_id")
    def _compute_portal_tax_id_key(self):
        for partner in self:
            key = stored_tax_id_key(partner.vat, partner.country_id.code or "")
            partner.portal_tax_id_key = key or False

    @api.depends("commercial_partner_id", "child_ids.user_ids", "user_ids")
    def _compute_portal_contact_ids(self):
        contacts = self.search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("user_ids.share", "=", True),
            ]
        ).grouped("commercial_partner_id")
        for partner in self:
            partner.portal_contact_ids = contacts.get(partner.commercial_partner_id)

    @api.depends("user_ids")
    def _compute_portal_last_sign_in(self):
        for partner in self:
            users = partner.user_ids.filtered("share")
            dates = [user.login_date for user in users if user.login_date]
            partner.portal_last_sign_in = max(dates, default=False)

    def _compute_portal_event_count(self):
        counts = {}
        groups = self.env["customer.portal.event"]._read_group(
            Domain("partner_id", "in", self.ids) | Domain("customer_id", "in", self.ids),
            ["customer_id", "partner_id"],
            ["__count"],
        )
        for customer, contact, count in groups:
            for partner_id in {customer.id, contact.id}:
                counts[partner_id] = counts.get(partner_id, 0) + count
        for partner in self:
            partner.portal_event_count = counts.get(partner.id, 0)

    def _compute_portal_link_count(self):
        for partner in self:
            partner.portal_link_count = self.env["customer.portal.link"].search_count(
                partner._portal_links_domain()
            )

    def _portal_links_domain(self):
        """Return the domain of the links mailed to this contact, or to all of this customer's.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain("partner_id", "=", self.id)
        if self == self.commercial_partner_id:
            domain |= Domain("partner_id.commercial_partner_id", "=", self.id)
        return domain

    # === ACTIONS === #

    def action_portal_links(self):
        """List the links in mails to this contact, or to all contacts of this customer.

        :rtype: dict
        :raise AccessError: if the current user may not see them
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.portal.link"]._portal_show(self._portal_links_domain())

    def action_portal_events(self):
        """Open the portal's log of this customer, or of this contact.

        :rtype: dict
        :raise AccessError: if the current user may not read the log
        """
        self.ensure_one()
        return self.env["customer.portal.event"]._portal_show(
            ["|", ("customer_id", "=", self.id), ("partner_id", "=", self.id)]
        )

    def action_portal_preview(self):
        """See the portal as this contact.

        :return: an action that opens it
        :rtype: dict
        :raise AccessError: if the current user may not
        """
        self.ensure_one()
        return self.env["customer.portal.preview"]._start(self)

    def action_portal_access_on(self):
        """Let the customers of the selected contacts into the portal."""
        return self._portal_set_access(True)

    def action_portal_access_off(self):
        """Keep the customers of the selected contacts out of the portal."""
        return self._portal_set_access(False)

    def _portal_set_access(self, access):
        customers = self.commercial_partner_id
        customers.portal_access = access
        if access:
            message = self.env._("Customers with portal access switched on: %s", len(customers))
        else:
            message = self.env._("Customers with portal access switched off: %s", len(customers))
        return self.env["customer.portal.access.mixin"]._portal_notify(message)

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: access switched off ends at once all that it opened; changes of
        rights, and of data by customers, are noted."""
        if not self._portal_takes_write(vals):
            return True
        watched = self._portal_watched_values(vals)
        result = super().write(vals)
        self._portal_log_changes(watched)
        if "portal_access" in vals or "parent_id" in vals:
            self._portal_end_lost_access()
        if "active" in vals and not vals["active"]:
            # Sudo: whoever may archive a contact ends its access.
            links_sudo = self.env["customer.portal.link"].sudo()
            links_sudo.search([("partner_id", "in", self.ids)])._revoke()
        return result

    def _portal_takes_write(self, vals):
        """Return whether these values are to be written on all these partners as they are.

        For a module to hold something back, or to write only some of it, it must override this
        method, do that, and return False.

        :rtype: bool
        """
        return True

    def _portal_end_lost_access(self):
        """End what the users of these partners hold, if the customer's access is off now."""
        users = self.env["res.users"].sudo().with_context(active_test=False)
        # Sudo: whoever may write on the customer ends its access, whatever their other rights.
        blocked = users.search(
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("partner_id.commercial_partner_id.portal_access", "=", False)
            & Domain("share", "=", True)
        )
        blocked._portal_end_access()
        # Contacts without a user have links, too.
        self.env["customer.portal.link"].sudo().search(
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("partner_id.commercial_partner_id.portal_access", "=", False)
            & Domain("revoked_on", "=", False)
        )._revoke()

    # === RIGHTS === #

    def _portal_profile(self):
        """Return the profile that decides on this contact's rights.

        The question can be asked of a contact without a user, too: the company's default holds
        until a profile is chosen.

        :rtype: customer.portal.profile
        """
        self.ensure_one()
        contact_sudo = self.sudo()  # Whoever asks, the answer is the same.
        if contact_sudo.portal_profile_id:
            return contact_sudo.portal_profile_id
        company = contact_sudo.company_id or self._portal_users()[:1].company_id
        return (company or self.env.company).sudo().portal_default_profile_id

    def _portal_can(self, capability):
        """Return whether this contact has a capability (and its customer's access is on).

        :param str capability: a capability field of ``customer.portal.profile``
        :rtype: bool
        """
        if not self:
            return False
        self.ensure_one()
        return bool(
            self.sudo().commercial_partner_id.portal_access and self._portal_profile()[capability]
        )

    def _portal_scope(self):
        """Return ``whole`` or ``own``: which of its customer's documents the contact sees.

        :rtype: str
        """
        return self._portal_profile().scope or "own"

    def _portal_users(self):
        """Return the users of this contact; the current one, if it is that, without a query.

        :return: users, in sudo
        :rtype: res.users
        """
        self.ensure_one()
        user_sudo = self.env.user.sudo()
        return user_sudo if user_sudo.partner_id == self else self.sudo().user_ids

    def _portal_company_ids(self):
        """Return the companies in whose portal this contact is: what a company shares with all
        its customers is for these.

        :rtype: list[int]
        """
        self.ensure_one()
        contact_sudo = self.sudo()  # Whoever asks, the answer is the same.
        companies = self._portal_users().company_ids or contact_sudo.company_id
        return (companies or self.env.company).ids

    def _portal_rights(self):
        """Return all that record rules read of a contact, as a hashable value.

        :rtype: tuple
        """
        self.ensure_one()
        profile = self._portal_profile()
        capabilities = profile._portal_capabilities()
        return (
            self.id,
            self.sudo().commercial_partner_id.id,
            self.sudo().commercial_partner_id.portal_access,
            profile.scope,
            tuple(bool(profile[capability]) for capability in capabilities),
        )

    @api.model
    @api.private
    def portal_rule_domain(self, user):
        """Return the domain of the global rule on partners for a user that is not staff.

        Core lets a portal user read all partners below its own, subsidiaries with it. A
        customer is one commercial partner; what a website publishes stays published.

        :param res.users user: a portal or public user
        :rtype: list
        """
        if user._is_public():
            return list(Domain.TRUE)
        domain = Domain("commercial_partner_id", "=", user.partner_id.commercial_partner_id.id)
        if "is_published" in self._fields:
            domain |= Domain("is_published", "=", True)
        return list(domain)

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    @api.model
    def _portal_limits_columns(self):
        """Override: the public user reads the partners that a website publishes."""
        return self.env.user._is_portal()
