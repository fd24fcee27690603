"""Billing data that a contact updates in the portal: what changes at once, what has to wait, and
who is told."""

from markupsafe import Markup

from odoo import api, models

from ...tools.parsing import parse_address, parse_id

# What identifies the customer on its documents. An identification type belongs to the tax ID.
LEGAL_FIELDS = ("name", "company_name", "vat", "country_id", "l10n_latam_identification_type_id")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _portal_form_ids(self, form):
        """Return the ids of records that a form with an address names; empty where it names none.

        Core would fail on an id that does not exist. A state of another country is none.

        :param dict form: as posted
        :return: texts, by names of many2one fields
        :rtype: dict[str, str]
        """
        found = {}
        for name in self._get_frontend_writable_fields() & form.keys():
            field = self._fields.get(name)
            if field and field.type == "many2one":
                # Sudo: countries, states and the like; only whether the id exists is told.
                record = self.env[field.comodel_name].sudo().browse(parse_id(form[name]) or ())
                found[name] = str(record.id) if record.exists() else ""
        if found.get("state_id"):
            state = self.env["res.country.state"].sudo().browse(int(found["state_id"]))
            if str(state.country_id.id) != found.get("country_id"):
                found["state_id"] = ""
        return found

    # === CRUD METHODS === #

    def _portal_takes_write(self, vals):
        """Override: of what a contact changes through the portal, what may not change at once
        waits as a request, and all who should know are told."""
        within = self._portal_within_customer()
        if within != self:
            within.write(vals)
            return False
        contact_id = self.env.context.get("portal_changed_by")
        if not contact_id or len(self) != 1:
            return super()._portal_takes_write(vals)
        contact = self.browse(contact_id)
        self.with_context(portal_changed_by=None)._portal_write(vals, contact)
        return False

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
        are those of one customer, not of its subsidiaries. What doesn't exist is refused like
        what is somebody else's."""
        contact = self._get_current_partner(**kwargs)
        if not self.exists():
            return False
        if contact and self.commercial_partner_id != contact.commercial_partner_id:
            return False
        user = self.env.user
        if not user._is_portal():
            return super()._can_be_edited_by_current_customer(**kwargs)
        if self == contact:
            return True
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

        Who reads the mails of an address may be able to sign in as it, and may be who wrote it.

        :param res.partner contact: who wrote the address
        """
        mine = contact._portal_profile()
        if not self._portal_profile()._portal_is_within(mine):
            self.sudo().portal_profile_id = mine
        if self.email:
            self._portal_introduce(contact)

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
        if not parse_address(email):
            return self.env._("Please enter a valid e-mail address.")
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
        requests = self.env["customer.portal.change.request"]._portal_pending(
            self.commercial_partner_id, "billing"
        )
        requests._portal_withdraw_one(self, request_id)

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
