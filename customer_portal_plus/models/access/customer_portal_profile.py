from odoo import api, fields, models
from odoo.exceptions import ValidationError

CAPABILITIES = (
    "can_see_invoices",
    "can_see_statement",
    "can_confirm_balance",
    "can_pay",
    "can_dispute",
    "can_promise",
    "can_plan",
    "can_check_347",
    "can_see_quotes",
    "can_accept",
    "can_message",
    "can_manage_team",
    "can_update_billing",
    "can_see_documents",
    "can_upload",
)


class CustomerPortalProfile(models.Model):
    """What a contact may see and do in the portal: capabilities, and a scope for its documents.

    This record is the truth about a contact's rights. Rules, pages and checks ask
    ``res.partner._portal_can`` and ``res.partner._portal_scope``, which read it.
    """

    _name = "customer.portal.profile"
    _description = "Customer Portal Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(translate=True, help="Shown where a profile is chosen.")
    scope = fields.Selection(
        selection=[
            ("whole", "All documents of the customer"),
            ("own", "Only the contact's own documents"),
        ],
        required=True,
        default="whole",
        help="Own documents are the invoices addressed to the contact, and the quotes and orders"
        " of which it is the customer or the invoice contact.",
    )
    can_see_invoices = fields.Boolean("See invoices", default=True)
    can_see_statement = fields.Boolean(
        "See the account statement",
        default=True,
        help="Needs the right to see invoices, too.",
    )
    can_confirm_balance = fields.Boolean(
        "Confirm balances",
        help="Says whether the balance of a day is that of its customer's books, where you ask for"
        " it. Needs the right to see invoices, and all documents of the customer.",
    )
    can_pay = fields.Boolean("Pay invoices")
    can_dispute = fields.Boolean(
        "Dispute invoices", help="Says which lines of an invoice are wrong, or which sum of it."
    )
    can_promise = fields.Boolean(
        "Promise payments", help="Says on which day invoices will be paid, as far as you allow it."
    )
    can_plan = fields.Boolean(
        "Propose payment plans", help="Pays invoices in instalments, as far as you allow it."
    )
    can_check_347 = fields.Boolean(
        "Check the modelo 347",
        help="Sees what you declare of its customer's operations of a year, and agrees or objects;"
        " needs the right to see all invoices of the customer.",
    )
    can_see_quotes = fields.Boolean("See quotes and orders", default=True)
    can_accept = fields.Boolean("Accept, sign and reject")
    can_message = fields.Boolean("Write messages", default=True)
    can_see_documents = fields.Boolean("See shared documents", default=True)
    can_upload = fields.Boolean(
        "Upload files", help="Sends the files that you ask its customer for."
    )
    can_manage_team = fields.Boolean(
        "Manage the team",
        help="Sees the people of its customer who use the portal, invites colleagues, and changes"
        " or takes away their access; never beyond its own rights.",
    )
    can_update_billing = fields.Boolean(
        "Update billing data",
        help="Changes the customer's address, phone, e-mail for invoices, tax ID and legal name."
        " Once there are documents, tax ID, legal name and country wait for your approval.",
    )
    portal_offered = fields.Boolean(
        "Offered to customers",
        help="A contact who manages its team may give this profile to its colleagues, if the"
        " profile allows nothing that the contact may not do itself.",
    )
    company_ids = fields.One2many(
        "res.company",
        "portal_default_profile_id",
        "Default of",
        readonly=True,
        help="Companies whose contacts have this profile until they are given another one.",
    )
    contact_count = fields.Integer(
        compute="_compute_contact_count", help="Contacts that were given this profile."
    )

    # === COMPUTE METHODS === #

    def _compute_contact_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("portal_profile_id", "in", self.ids)], ["portal_profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.contact_count = counts.get(profile, 0)

    @api.depends("scope")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = profile.name
            if profile.scope == "own":
                profile.display_name = self.env._("%s (own documents)", profile.name)

    # === CONSTRAINTS === #

    @api.constrains("active")
    def _check_default_profile_is_active(self):
        for profile in self.sudo():  # Sudo: of companies that the user doesn't see, too.
            if not profile.active and profile.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(profile)s is the default profile of %(companies)s. Choose another"
                        " default in the settings first.",
                        profile=profile.display_name,
                        companies=", ".join(profile.company_ids.mapped("name")),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base` to note which rights changed for all contacts of a profile."""
        watched = ({"scope"} | set(self._portal_capabilities())) & set(vals)
        before = {profile: {name: profile[name] for name in watched} for profile in self}
        result = super().write(vals)
        events = self.env["customer.portal.event"]
        env = events._company_words()
        for profile in self:
            for name in sorted(watched):
                if profile[name] == before[profile][name]:
                    continue
                detail = env._(
                    "Profile %(profile)s, %(right)s: %(value)s",
                    profile=profile.with_env(env).name,
                    right=events._field_labels(self._name, [name]),
                    value=profile.with_env(env)._portal_value_label(name),
                )
                events._log("rights", detail=detail, contact=self.env["res.partner"])
        return result

    def _portal_value_label(self, name):
        self.ensure_one()
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env))[self[name]]
        return self.env._("yes") if self[name] else self.env._("no")

    # === ACTIONS === #

    def action_portal_open_contacts(self):
        """Open the list of the contacts that were given this profile."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("portal_profile_id", "=", self.id)],
        }

    # === BUSINESS METHODS === #

    def _portal_is_within(self, other):
        """Return whether this profile allows nothing that ``other`` does not allow.

        :param customer.portal.profile other: the profile not to be exceeded
        :rtype: bool
        """
        self.ensure_one()
        if self == other:
            return True
        if self.scope == "whole" and other.scope != "whole":
            return False
        return all(
            other[capability] for capability in self._portal_capabilities() if self[capability]
        )

    @api.model
    def _portal_capabilities(self):
        """Return the names of the capability fields.

        For a module to add a capability, it must add the field and extend this list.

        :rtype: tuple[str]
        """
        return CAPABILITIES
