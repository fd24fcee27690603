"""Billing data that a contact updates in the portal: what changes at once, what has to wait, and
who is told."""

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# What identifies the customer on its documents. An identification type belongs to the tax ID.
LEGAL_FIELDS = ("name", "company_name", "vat", "country_id", "l10n_latam_identification_type_id")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _portal_existing_id(self, field, text):
        """Return what a form says of a many2one field, empty if there is no such record.

        :param odoo.fields.Field field: a many2one field of partners
        :param str text: as posted
        :rtype: str
        """
        valid = text.isascii() and text.isdecimal() and len(text) < 10
        # Sudo: countries, states and the like; only whether the id exists is told.
        record = self.env[field.comodel_name].sudo().browse(int(text) if valid else ())
        return text if record.exists() else ""

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base` for what a contact changes through the portal: what may not change
        at once waits as a request, and all who should know are told."""
        within = self._portal_within_customer()
        if within != self:
            return not within or within.write(vals)
        contact_id = self.env.context.get("portal_changed_by")
        if not contact_id or len(self) != 1:
            return super().write(vals)
        contact = self.browse(contact_id)
        return self.with_context(portal_changed_by=None)._portal_write(vals, contact)

    def _portal_is_written_again(self):
        """Return whether ``write`` calls itself again, with what may be written.

        :rtype: bool
        """
        through_portal = bool(self.env.context.get("portal_changed_by")) and len(self) == 1
        return through_portal or self._portal_within_customer() != self

    def _update_address(self, vals):
        """Override of `base`, which keeps the addresses of a company and its subsidiaries the
        same: what one customer changes in the portal stays with this customer."""
        return super(ResPartner, self._portal_within_customer())._update_address(vals)

    def _portal_within_customer(self):
        """Return those of these partners that may be written: all, unless a contact writes
        through the portal; then those of its own customer."""
        customer_id = self.env.context.get("portal_customer_only")
        if not customer_id:
            return self
        return self.filtered(lambda partner: partner.commercial_partner_id.id == customer_id)

    def can_edit_vat(self):
        """Override of `portal`: a contact may ask for another tax ID also after documents."""
        if self.env.context.get("portal_changed_by") and self == self.commercial_partner_id:
            return True
        return super().can_edit_vat()

    def _can_edit_country(self):
        """Override of `portal`: a contact may ask for another country also after documents."""
        if self.env.context.get("portal_changed_by"):
            return True
        return super()._can_edit_country()

    def _can_be_edited_by_current_customer(self, **kwargs):
        """Override of `portal`: the data of the customer are for those who may update them, and
        are those of one customer, not of its subsidiaries."""
        user = self.env.user
        if not user._is_portal():
            return super()._can_be_edited_by_current_customer(**kwargs)
        contact = self._get_current_partner(**kwargs)
        if self == contact:
            return True
        if self.commercial_partner_id != contact.commercial_partner_id:
            return False
        if not user._portal_allows("portal_allow_billing_update", "can_update_billing"):
            return False
        if self == contact.commercial_partner_id:
            return True
        return super()._can_be_edited_by_current_customer(**kwargs)

    # === WHAT CHANGES AT ONCE === #

    def _portal_has_documents(self):
        """Return whether this customer has invoices, or quotes and orders that it has seen.

        :rtype: bool
        """
        self.ensure_one()
        # Sudo: whoever asks, the answer is the same.
        return bool(
            self.env["account.move"]
            .sudo()
            .search_count(
                [
                    ("commercial_partner_id", "=", self.id),
                    ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                    ("state", "=", "posted"),
                ],
                limit=1,
            )
            or self.env["sale.order"]
            .sudo()
            .search_count(
                [
                    ("portal_commercial_partner_id", "=", self.id),
                    ("state", "in", ("sent", "sale")),
                ],
                limit=1,
            )
        )

    def _portal_waiting_fields(self):
        """Return the fields of this customer or address that staff have to accept.

        Name, tax ID and country of a customer stand on its documents once there are some; so
        does the country of an address on which there are documents.

        :rtype: set[str]
        """
        self.ensure_one()
        partner = self.with_context(portal_changed_by=None)
        if partner == partner.commercial_partner_id:
            fields_ = {name for name in LEGAL_FIELDS if name in partner._fields}
            return fields_ if partner._portal_has_documents() else set()
        return set() if partner._can_edit_country() else {"country_id"}

    def _portal_write(self, vals, contact):
        """Write what a contact changed, except for what has to wait, and tell who should know.

        :param dict vals: as for ``write``
        :param res.partner contact: who changed it
        """
        self.ensure_one()
        changed = {
            name: value
            for name, value in vals.items()
            if self._portal_raw_value(name) != self._portal_raw(name, value)
        }
        waiting_fields = self._portal_waiting_fields() & changed.keys()
        if "country_id" in waiting_fields and "state_id" in changed:
            waiting_fields.add("state_id")  # A state of the other country
        waiting = {
            name: self._portal_raw(name, vals[name]) for name in vals if name in waiting_fields
        }
        at_once = {name: value for name, value in vals.items() if name not in waiting_fields}
        diff = [
            (
                name,
                self._portal_value_text(name),
                self._portal_value_text(name, self._portal_raw(name, value)),
            )
            for name, value in changed.items()
            if name not in waiting_fields
        ]
        customer = self.commercial_partner_id
        result = self.with_context(portal_customer_only=customer.id).write(at_once)
        if "email" in changed and self != contact:
            self._portal_cap_profile(contact)
        request = self.env["customer.portal.change.request"]
        if waiting:
            request = request._portal_request_billing(contact, self, waiting)
        if self != contact or self == customer:
            self._portal_tell_change(contact, diff, request)
        return result

    def _portal_cap_profile(self, contact):
        """Give an address no more rights than the contact has who wrote its e-mail address.

        Who reads the mails of an address may be able to sign in as it.

        :param res.partner contact: who wrote the address
        """
        mine = contact._portal_profile()
        if not self._portal_profile()._portal_is_within(mine):
            self.sudo().portal_profile_id = mine

    def _portal_update_self(self, values):
        """Change what belongs to a contact itself: its name, e-mail and phone.

        A new address for mails is told to the old one: whoever reads the mails of a contact can
        sign in as it.

        :param dict values: what changes, already checked
        """
        self.ensure_one()
        contact_sudo = self.sudo()
        old_email = contact_sudo.email
        contact_sudo.write(values)
        if "email" in values and old_email:
            company = self._portal_company()
            sender = self.commercial_partner_id._portal_mail_from(company)
            body = Markup("<p>%s</p><p>%s</p>") % (
                self.env._(
                    "Your address in the customer portal of %(company)s is now %(email)s.",
                    company=company.name,
                    email=self._portal_masked_email(),
                ),
                self.env._("If this was not you, please contact us at once."),
            )
            contact_sudo.env["mail.mail"].create(
                {
                    "subject": self.env._("Your e-mail address at %s was changed", company.name),
                    "email_from": sender,
                    # To people, not to the address that sorts mails by what they answer.
                    "reply_to": sender,
                    "email_to": old_email,
                    "auto_delete": True,
                    "body_html": self.env["mail.render.mixin"]
                    .sudo()
                    ._render_encapsulate(
                        "customer_portal_plus.mail_layout",
                        body,
                        add_context={"company": company, "lang": contact_sudo.lang},
                    ),
                }
            ).send_after_commit()

    def _portal_check_new_email(self, email, contact):
        """Return why a contact may not give this address, or a new one, an e-mail address.

        :param str email: what was typed
        :param res.partner contact: who typed it
        :return: a sentence for the contact; empty if it may
        :rtype: str
        """
        if not email or (self and email == self.email):
            return ""
        if self._portal_is_staff_address(email):
            return self.env._("This address can't be used. Please contact us about it.")
        if self != contact and self.user_ids:
            return self.env._(
                "%s signs in to this portal with this e-mail address; only that person changes it.",
                self.name,
            )
        return ""

    def _portal_can_archive_address(self, partner_id):
        """Return whether a partner is an address that this contact may remove: one of its
        customer, not the customer itself, and nobody who signs in.

        :param int partner_id: an id that came from outside
        :rtype: bool
        """
        address_sudo = self.sudo().browse(partner_id).exists()
        customer = self.commercial_partner_id
        return (
            bool(
                address_sudo
                and address_sudo != customer
                and address_sudo.commercial_partner_id == customer
                and not address_sudo.with_context(active_test=False).user_ids
            )
            or address_sudo == self
        )

    def _portal_withdraw_billing(self, request_id):
        """Take back a change of this contact's customer that waits for staff.

        :param int request_id: an id that came from outside
        :raise AccessError: if there is no such request of this customer
        :raise UserError: if it has been decided meanwhile
        """
        self.ensure_one()
        request = (
            self.env["customer.portal.change.request"]
            .sudo()
            .search(
                [
                    ("kind", "=", "billing"),
                    ("state", "=", "pending"),
                    ("customer_id", "=", self.commercial_partner_id.id),
                ]
            )
            .filtered(lambda waiting: waiting.id == request_id)
        )
        if not request:
            raise AccessError(self.env._("This request does not exist or is decided already."))
        request._portal_withdraw(self)

    # === VALUES === #

    def _portal_raw(self, name, value):
        """Return a value as it is compared and kept: an id, a text, a number or False."""
        if isinstance(value, models.BaseModel):
            return value.id
        if isinstance(value, str):
            value = value.strip()
        if self._fields[name].type == "many2one" and isinstance(value, (tuple, list)):
            value = value[0] if value else False
        return value or False

    def _portal_raw_value(self, name):
        return self._portal_raw(name, self[name])

    def _portal_value_text(self, name, value=None):
        """Return how a value reads for people.

        :param value: another value than the present one, as ``_portal_raw`` gives it
        :rtype: str
        """
        field = self._fields[name]
        value = self._portal_raw_value(name) if value is None else value
        if not value:
            return ""
        if field.type == "many2one":
            return self.env[field.comodel_name].sudo().browse(value).exists().display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    def _portal_field_label(self, name):
        """Return what a field is called where customers and staff read of its change."""
        self.ensure_one()
        if name == "name" and self == self.commercial_partner_id:
            return self.env._("Legal name")
        if name == "vat":
            return self.env._("Tax ID")
        if name == "email" and self == self.commercial_partner_id:
            return self.env._("E-mail for invoices")
        return self._fields[name]._description_string(self.env)

    def _portal_diff_html(self, diff):
        """Return changes of this contact as a list.

        :param list diff: field, old text and new text of each
        :rtype: Markup
        """
        rows = (
            Markup("<li>%s: %s → <strong>%s</strong></li>")
            % (self._portal_field_label(name), old or "—", new or "—")
            for name, old, new in diff
        )
        return Markup("<ul>%s</ul>") % Markup("").join(rows)

    # === WHO IS TOLD === #

    def _portal_responsible(self, company):
        """Return who of the staff looks after this customer.

        Its salesperson, else the one of its latest order, else of its latest invoice.

        :param res.company company: whose staff
        :return: the user, in sudo; empty if nobody does
        :rtype: res.users
        """
        self.ensure_one()
        customer_sudo = self.sudo()
        orders = customer_sudo.env["sale.order"].search(
            [
                ("portal_commercial_partner_id", "=", self.id),
                ("company_id", "=", company.id),
                ("user_id", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        invoices = customer_sudo.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.id),
                ("company_id", "=", company.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_user_id", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        for user in (customer_sudo.user_id, orders.user_id, invoices.invoice_user_id):
            if user.active and user._is_internal():
                return user
        return customer_sudo.env["res.users"]

    def _portal_mail_from(self, company):
        """Return from whom mails to contacts of this customer come: the company, else the one who
        looks after the customer, else Odoo itself.

        :return: the address with its name
        :rtype: str
        """
        return (
            company.sudo().email_formatted
            or self._portal_responsible(company).email_formatted
            or self.env.ref("base.partner_root").sudo().email_formatted
        )

    def _portal_contacts_who(self, capability, but=None):
        """Return the contacts of this customer who sign in, have a capability and an address.

        :param str capability: a capability of ``customer.portal.profile``
        :param res.partner but: one to leave out
        :return: the contacts, in sudo
        :rtype: res.partner
        """
        self.ensure_one()
        contacts_sudo = self.sudo().search(
            Domain("commercial_partner_id", "=", self.id)
            & Domain("email", "!=", False)
            & Domain("user_ids", "any", [("active", "=", True), ("share", "=", True)])
        )
        return contacts_sudo.filtered(
            lambda contact: contact != but and contact._portal_can(capability)
        )

    def _portal_tell_staff(self, body, author):
        """Note on this customer what one of its contacts did, and tell the responsible.

        :param Markup | str body: what was done
        :param res.partner author: who did it
        """
        self.ensure_one()
        company = author._portal_company()
        told = self.env["res.partner"]
        if self.env["customer.portal.staff.notification"]._wants(company, "change", "mail"):
            told = self._portal_responsible(company).partner_id
        self.sudo().with_context(mail_post_autofollow_author_skip=True).message_post(
            body=body,
            author_id=author.id,
            email_from=author.email_formatted or self._portal_mail_from(company),
            partner_ids=told.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _portal_tell_change(self, contact, diff, request=None):
        """Tell staff and the customer's other contacts who update billing data of a change.

        :param res.partner contact: who changed it
        :param list diff: what changed at once: field, old text, new text of each
        :param customer.portal.change.request request: what waits for staff
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        if not diff and not request:
            return

        def message(env):
            body = Markup()
            what = self.name if self != customer else env._("the billing data")
            if diff:
                body += Markup("<p>%s</p>%s") % (
                    env._(
                        "%(contact)s changed %(what)s in the customer portal:",
                        contact=contact.name,
                        what=what,
                    ),
                    self.with_env(env)._portal_diff_html(diff),
                )
            if request:
                body += Markup("<p>%s</p>%s") % (
                    env._(
                        "%(contact)s asked to change %(what)s; this waits to be accepted:",
                        contact=contact.name,
                        what=what,
                    ),
                    request.with_env(env)._get_diff_html(),
                )
            return body

        body = message(self.env)
        if request:
            body += request._get_html_link(title=self.env._("Decide"))
        customer._portal_tell_staff(body, contact)
        company = contact._portal_company()
        for other in customer._portal_contacts_who("can_update_billing", but=contact):
            env = self.with_context(lang=other.lang).env
            customer.sudo().with_context(lang=other.lang).message_notify(
                author_id=company.partner_id.id,
                email_from=customer._portal_mail_from(company),
                subject=env._("Your billing data at %s", company.name),
                body=message(env),
                partner_ids=other.ids,
                email_layout_xmlid="customer_portal_plus.mail_layout",
                email_add_signature=False,
                force_email_company=company,
                force_email_lang=other.lang,
            )

    def _portal_tell_new_address(self, contact):
        """Tell staff and the customer's other contacts of an address that a contact added.

        :param res.partner contact: who added it
        """
        self.ensure_one()
        self._portal_cap_profile(contact)
        names = ("name", "email", "phone", "street", "street2", "zip", "city", "country_id")
        self._portal_tell_change(
            contact, [(name, "", self._portal_value_text(name)) for name in names if self[name]]
        )

    def _portal_lock(self, *others):
        """Take these rows for the rest of the transaction, so that what is decided on them is
        decided on what they really are.

        A mere lock would let who waited for it go on with what it read before. A write makes
        the database refuse it, and Odoo tries again.
        """
        partners = self.browse().union(self, *others)
        if partners:
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET write_date = write_date WHERE id IN %s",
                    tuple(sorted(partners.ids)),
                )
            )
