"""Changes of a contact's rights, and of its data by customers, for the log."""

from odoo import models

# What a contact changes of itself or its customer. Names of fields are noted, never values:
# what is written in the log can't be forgotten again.
CONTACT_DATA = frozenset(
    [
        "name", "email", "phone", "vat", "street", "street2", "city", "zip", "state_id",
        "country_id", "company_name", "parent_id", "lang", "function", "active", "image_1920",
        "invoice_sending_method", "invoice_edi_format", "ref", "comment",
    ]
)  # fmt: skip


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _portal_watched_values(self, vals):
        """Return what these partners have now of what is noted when it changes.

        :param dict vals: what is about to be written
        :return: for each partner, in sudo, its values by name of the field
        :rtype: dict[res.partner, dict]
        """
        names = {"portal_access", "portal_profile_id"} & set(vals)
        if self.env.user.share:
            names |= CONTACT_DATA & set(vals)
        if not names:
            return {}
        # Sudo: customers change colleagues without reading all of these fields.
        return {partner: {name: partner[name] for name in names} for partner in self.sudo()}

    def _portal_log_changes(self, before):
        """Note what has changed since.

        :param dict before: see ``_portal_watched_values``
        """
        for partner, values in before.items():
            # Forms send an empty text where nothing was.
            changed = {
                name
                for name, value in values.items()
                if (partner[name] or False) != (value or False)
            }
            if partner != partner.commercial_partner_id:
                # Those are its customer's, and follow it by themselves.
                changed -= set(partner._commercial_fields())
            rights = {"portal_access", "portal_profile_id"} & changed
            partner._portal_log_rights(rights, values)
            partner._portal_log_data(changed - rights)

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
