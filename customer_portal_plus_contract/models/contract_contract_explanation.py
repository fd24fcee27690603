"""Why a subscription is or is not shown to a contact, in words for staff."""

from odoo import models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _portal_why_switched_off(self, company):
        return self.env._("%s doesn't show subscriptions in the portal.", company.name)

    def _portal_why_contact(self, contact):
        follows = contact in self.message_partner_ids
        by_profile = self.company_id.portal_subscriptions_by_profile
        own = contact.commercial_partner_id == self._portal_customer()
        if own and contact._portal_can("can_see_subscriptions") and not follows and not by_profile:
            sentence = self.env._(
                "%s shows subscriptions to their followers alone, and this contact is none.",
                self.company_id.name,
            )
            return sentence, "settings"
        return super()._portal_why_contact(contact)

    def _portal_why_document(self, contact):
        if self.portal_visible:
            return self.env._("The contract is archived."), False
        return super()._portal_why_document(contact)
