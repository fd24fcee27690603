"""What the portal's log is told, all in one place, so that it can be read as a list.

Sign-ins are noted where the session changes hands (``ir.http``), views and downloads by the
controller of the beacon.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools import format_amount

# What a contact changes of itself or its customer. Names of fields are noted, never values:
# what is written in the log can't be forgotten again.
CONTACT_DATA = frozenset(
    [
        "name", "email", "phone", "vat", "street", "street2", "city", "zip", "state_id",
        "country_id", "company_name", "parent_id", "lang", "function", "active", "image_1920",
        "invoice_sending_method", "invoice_edi_format", "ref", "comment",
    ]
)  # fmt: skip


class CustomerPortalEvent(models.Model):
    _inherit = "customer.portal.event"

    @api.model
    def _company_words(self, company=None):
        """Return an environment that translates to the company's language, for details.

        :param res.company company: the current one by default
        :rtype: api.Environment
        """
        company = (company or self.env.company).sudo()
        return self.with_context(lang=company.partner_id.lang).env

    @api.model
    def _field_labels(self, model_name, names):
        """Return the labels of fields as a list in words, in the company's language.

        :rtype: str
        """
        model = self._company_words()[model_name]
        labels = model.sudo().fields_get(sorted(names), ["string"])
        return ", ".join(label["string"] for label in labels.values())


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base` to note who becomes a portal user."""
        users = super().create(vals_list)
        users._portal_filter_active()._portal_log_access(True)
        return users

    def write(self, vals):
        """Override of `base` to note who becomes a portal user and who is one no more."""
        if not {"active", "group_ids"} & set(vals):
            return super().write(vals)
        before = self._portal_filter_active()
        result = super().write(vals)
        after = self._portal_filter_active()
        (after - before)._portal_log_access(True)
        (before - after)._portal_log_access(False)
        return result

    def _portal_log_access(self, given):
        """Note that these users may or may no more sign in.

        :param bool given: whether access was given or taken away
        """
        events = self.env["customer.portal.event"]
        env = events._company_words()
        detail = env._("Portal access given") if given else env._("Portal access taken away")
        for user in self:
            contact = user.partner_id
            events._log("rights", contact=contact, detail=detail, company=user.company_id)

    def _login(self, credential, user_agent_env):
        """Override of `base` to note failed tries to sign in."""
        try:
            auth_info = super()._login(credential, user_agent_env)
        except AccessDenied:
            self._portal_log_failed_sign_in(credential.get("login"), credential.get("type"))
            raise
        if request:
            request.portal_way_in = credential.get("type")
        return auth_info

    def _check_credentials(self, credential, env):
        """Override of `base` to note failed tries of a second factor."""
        try:
            return super()._check_credentials(credential, env)
        except AccessDenied:
            second_factor = request and request.session.get("pre_uid") == self.id
            if second_factor and len(self) == 1 and self.sudo().share:
                self.env["customer.portal.event"]._log_failed_sign_in(
                    self.sudo().partner_id, way=credential.get("type")
                )
            raise

    @api.model
    def _portal_log_failed_sign_in(self, login, way):
        """Note a failed try, unless it was one of staff.

        :param str login: what was typed, or None; it is looked up, not kept: people type
            passwords there
        :param str way: type of the credential
        """
        # Sudo: nobody is signed in.
        user_sudo = self.sudo()
        if login:
            user_sudo = user_sudo.search(self._get_login_domain(login), limit=1)
        if user_sudo and not user_sudo.share:
            return
        self.env["customer.portal.event"]._log_failed_sign_in(user_sudo.partner_id, way=way)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base` to note changes of rights, and of data by the customers."""
        rights = {"portal_access", "portal_profile_id"} & set(vals)
        data = CONTACT_DATA & set(vals) if self.env.user.share else set()
        if not rights and not data or self._portal_is_written_again():
            return super().write(vals)
        # Sudo: customers change colleagues without reading all of these fields.
        partners_sudo = self.sudo()
        watched = rights | data
        before = {partner: {name: partner[name] for name in watched} for partner in partners_sudo}
        result = super().write(vals)
        for partner in partners_sudo:
            # Forms send an empty text where nothing was.
            changed = {
                name
                for name in watched
                if (partner[name] or False) != (before[partner][name] or False)
            }
            if partner != partner.commercial_partner_id:
                # Those are its customer's, and follow it by themselves.
                changed -= set(partner._commercial_fields())
            partner._portal_log_rights(rights & changed, before[partner])
            partner._portal_log_data(data & changed)
        return result

    def _portal_log_rights(self, names, before):
        self.ensure_one()
        events = self.env["customer.portal.event"]
        env = events._company_words()
        if "portal_access" in names:
            if self.portal_access:
                detail = env._("Portal access of the customer switched on")
            else:
                detail = env._("Portal access of the customer switched off")
            events._log("rights", contact=self, detail=detail)
        if "portal_profile_id" in names:
            standard = self._portal_company().portal_default_profile_id
            old, new = before["portal_profile_id"], self.portal_profile_id
            if (old or standard) == (new or standard):
                return  # The default written down gives no other rights.
            default = env._("the company's default")
            detail = env._(
                "Profile changed from %(old)s to %(new)s",
                old=old.with_env(env).name or default,
                new=new.with_env(env).name or default,
            )
            events._log("rights", contact=self, detail=detail)

    def _portal_log_data(self, names):
        self.ensure_one()
        if names and not self.env.user._is_public():
            events = self.env["customer.portal.event"]
            detail = events._field_labels("res.partner", names)
            events._log("data", contact=self, detail=detail)


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

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


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """Override of `base` to note which switches of the portal changed."""
        watched = {
            name
            for name in vals
            if name.startswith("portal_") and self._fields[name].type == "boolean"
        }
        before = {company: {name: company[name] for name in watched} for company in self}
        result = super().write(vals)
        events = self.env["customer.portal.event"]
        for company in self:
            env = events._company_words(company)
            for name in sorted(watched):
                if company[name] == before[company][name]:
                    continue
                label = events._field_labels(self._name, [name])
                value = env._("yes") if company[name] else env._("no")
                events._log(
                    "rights",
                    company=company,
                    contact=self.env["res.partner"],
                    detail=f"{label}: {value}",
                )
        return result


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def write(self, vals):
        """Override of `base` to note documents that are hidden or shown."""
        if "portal_visible" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda document: document.portal_visible != vals["portal_visible"])
        result = super().write(vals)
        events = self.env["customer.portal.event"]
        for document in changed:
            env = events._company_words(document.company_id)
            shown = document.portal_visible
            detail = env._("Shown in the portal") if shown else env._("Hidden in the portal")
            events._log("rights", record=document, contact=self.env["res.partner"], detail=detail)
        return result

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail` to note what customers write on a document."""
        result = super()._message_post_after_hook(message, msg_values)
        # What is said with an answer is noted as the answer.
        answering = self.env.context.get("portal_answering")
        if message.message_type in ("comment", "email") and not answering:
            author_sudo = message.sudo().author_id
            customer = self.sudo()._portal_customer()
            if author_sudo and author_sudo.commercial_partner_id == customer:
                self.env["customer.portal.event"]._log("message", record=self, contact=author_sudo)
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def message_post(self, **kwargs):
        """Override of `mail`: core leaves a note for each visit of a quote by its link, of mail
        scanners, too. The log tells views better, and ``_portal_was_seen`` leaves one note."""
        viewed = kwargs.get("subtype_xmlid") == "sale.mt_order_viewed"
        if viewed and not self.env.context.get("portal_seen_by_a_person"):
            return self.env["mail.message"]
        return super().message_post(**kwargs)

    def _portal_accept_quote(self, partner, version=None, **kwargs):
        """Override to note who accepted."""
        act = super()._portal_accept_quote(partner, version, **kwargs)
        self._portal_log_answer("accept", partner, self._portal_first_person_detail(act))
        return act

    def _portal_signed(self, evidence, image=None):
        """Override to note who signed."""
        result = super()._portal_signed(evidence, image)
        env = self.env["customer.portal.event"]._company_words(self.sudo().company_id)
        detail = self._portal_first_person_detail(evidence.act) or env._(
            "Signed by %s", evidence.signer_name
        )
        self._portal_log_answer("accept", evidence.contact_id, detail)
        return result

    def _portal_first_person_detail(self, act):
        if act != "approved":
            return None
        env = self.env["customer.portal.event"]._company_words(self.sudo().company_id)
        return env._("Waits for a second person")

    def _portal_undo_approval(self, partner, note="", version=None):
        """Override to note who took an acceptance back, or refused to approve it."""
        result = super()._portal_undo_approval(partner, note, version)
        env = self.env["customer.portal.event"]._company_words(self.sudo().company_id)
        details = {
            "withdrawn": env._("Acceptance taken back"),
            "refused": env._("Approval refused"),
        }
        self._portal_log_answer("message", partner, details[result])
        return result

    def _portal_reject_quote(self, partner, reason, version=None, **kwargs):
        """Override to note who rejected; the reason is in the chatter."""
        result = super()._portal_reject_quote(partner, reason, version, **kwargs)
        self._portal_log_answer("reject", partner)
        return result

    def _portal_ask_changes(self, partner, message, line_words, version=None):
        """Override to note who wrote."""
        result = super()._portal_ask_changes(partner, message, line_words, version)
        env = self.env["customer.portal.event"]._company_words(self.sudo().company_id)
        self._portal_log_answer("message", partner, env._("Asked for changes"))
        return result

    def _portal_log_answer(self, kind, partner, detail=None):
        self.env["customer.portal.event"]._log(kind, record=self, contact=partner, detail=detail)

    def _portal_post_answer(self, partner, body, **kwargs):
        """Override: an answer is not noted as a message besides."""
        self = self.with_context(portal_answering=True)
        return super()._portal_post_answer(partner, body, **kwargs)

    def _portal_was_seen(self, event):
        """Override to tell the followers, once for each contact, that a person saw the quote."""
        super()._portal_was_seen(event)
        if self.sudo().state != "sent":
            return
        earlier = event.search_count(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("kind", "=", "view"),
                ("viewer", "=", "human"),
                ("partner_ref", "=", event.partner_ref),
                ("id", "<", event.id),
            ],
            limit=1,
        )
        if earlier:
            return
        # As the system: a note about the customer, not by it.
        order = self.with_user(SUPERUSER_ID).with_context(portal_seen_by_a_person=True)
        env = self.env["customer.portal.event"]._company_words(order.company_id)
        if event.partner_name:
            body = env._("Quotation viewed by %s", event.partner_name)
        else:
            body = env._("Quotation viewed by somebody with its link")
        order.message_post(
            body=body, message_type="notification", subtype_xmlid="sale.mt_order_viewed"
        )


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """Override of `payment` to note payments on what they were for."""
        result = super()._post_process()
        for tx in self.filtered(lambda tx: tx.operation != "validation"):
            tx._portal_log_payment()
        return result

    def _portal_log_payment(self):
        self.ensure_one()
        events = self.env["customer.portal.event"]
        env = events._company_words(self.company_id)
        states = dict(self._fields["state"]._description_selection(env))
        detail = env._(
            "%(amount)s by %(provider)s: %(state)s",
            amount=format_amount(env, self.amount, self.currency_id),
            provider=self.provider_id.sudo().name,
            state=states.get(self.state, self.state),
        )
        documents = [*self.invoice_ids, *self.sale_order_ids]
        for document in documents or [None]:
            events._log(
                "payment",
                record=document,
                contact=self.partner_id,
                company=self.company_id,
                detail=detail,
            )


class CustomerPortalChallenge(models.Model):
    _inherit = "customer.portal.challenge"

    def _log_failure(self, detail):
        """Override to note wrong codes, with the contact if the address has only one."""
        super()._log_failure(detail)
        contact_ids = self.contacts or []
        contact = self.env["res.partner"].browse(contact_ids if len(contact_ids) == 1 else [])
        # The same is done for a decoy, which has no contact.
        self.env["customer.portal.event"]._log_failed_sign_in(
            contact, detail=detail, way="mailed_code"
        )
