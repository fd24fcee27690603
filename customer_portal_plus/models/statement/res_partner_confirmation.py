"""Who of a customer confirms its balance."""

from odoo import models
from odoo.fields import Command


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_portal_confirm_balance(self):
        """Open a new round of balance confirmations with these customers.

        :rtype: dict
        :raise AccessError: if the current user may not
        """
        self.env["customer.portal.balance.inquiry"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Balances"),
            "res_model": "customer.portal.balance.inquiry",
            "view_mode": "form",
            "context": {"default_customer_ids": [Command.set(self.commercial_partner_id.ids)]},
        }

    def _portal_confirmation_recipients(self, company):
        """Return who is asked to confirm the balance of this customer: of its addressees, who may
        in the portal.

        :param res.company company: whose ledger it is
        :return: nobody, if the customer has no access, or the company asks for none
        :rtype: res.partner
        """
        self.ensure_one()
        company_sudo = company.sudo()  # Its switches are no secret of settings.
        if not (company_sudo.portal_enabled and company_sudo.portal_allow_confirmations):
            return self.browse()
        return self._portal_find_addressees(
            lambda contact: (
                contact._portal_can("can_confirm_balance")
                and contact._portal_can("can_see_invoices")
                and contact._portal_scope() == "whole"
            )
        )
