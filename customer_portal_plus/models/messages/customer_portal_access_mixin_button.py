"""The buttons of mails: where each receiver's leads, and what it says."""

from odoo import api, models

from .customer_portal_access_mixin_delivery import CARRIES_DOCUMENT

# Of receivers of a mail: whoever reads what goes to the company's own address.
STAFF_GROUP = "portal_staff"
# Groups of receivers who are no employees.
OUTSIDERS = (
    "additional_intended_recipient",
    "portal_customer",
    "portal",
    "follower",
    "customer",
)


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `mail`: mails that a page sends off carry the links of mails; whoever reads
        the company's own address is staff."""
        document = self.with_context(portal_page_uid=False)
        groups = super(CustomerPortalAccessMixin, document)._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if title := self and self._portal_mail_button():
            button = {"url": f"{self.get_base_url()}{self.access_url}", "title": title}
            for name, _has_to_be_notified, data in groups:
                if name != "user":
                    data.update(active=True, has_button_access=True, button_access=button)
        if self:
            self.ensure_one()
            company_partner = (self.sudo().company_id or self.env.company).partner_id
            button = {
                "url": f"{self.get_base_url()}/odoo/{self._name}/{self.id}",
                "title": self.env._("Open"),
            }
            staff = {"active": True, "has_button_access": True, "button_access": button}
            groups.insert(0, (STAFF_GROUP, lambda data: data["id"] == company_partner.id, staff))
            if not self._portal_mails_lead_to_it():
                return self._portal_strip_buttons(groups)
        return groups

    def _portal_mail_button(self):
        """Return what the button of a mail says that leads to the page of this document, where
        its receiver signs in.

        :return: empty where a link of the receiver's own opens the document
        :rtype: str
        """
        return ""

    def _portal_mails_lead_to_it(self):
        """Return whether mails of this document lead customers to the portal.

        For a model whose mails look as without a portal where customers do not see the document,
        it must override this method.

        :rtype: bool
        """
        return True

    def _portal_is_open_to_customer(self):
        """Return whether the customer sees this document at all, whoever of it.

        For models that no link opens, it must override this method.

        :rtype: bool
        """
        self.ensure_one()
        return self._portal_in_scope() and not self._portal_refusal(self.env["res.partner"])

    @api.model
    def _portal_strip_buttons(self, groups):
        """Return the groups of receivers of a mail as they are without a portal: customers have
        no button, nor a group of their own.

        :param list groups: see ``_notify_get_recipients_groups``
        """
        for name, _has_to_be_notified, data in groups:
            if name == "portal":
                data.update(active=False, has_button_access=False)
        return [group for group in groups if group[0] != "portal_customer"]

    def _portal_hide_buttons(self, groups):
        """Take the buttons out of a mail that brings a document as an attachment alone.

        :param list groups: see ``_notify_get_recipients_groups``
        :return: the same groups
        """
        if self.env.context.get(CARRIES_DOCUMENT) and self._portal_in_scope():
            if self._portal_delivery() == "attachment":
                for name, _has_to_be_notified, data in groups:
                    if name in OUTSIDERS:
                        data["has_button_access"] = False
        return groups
