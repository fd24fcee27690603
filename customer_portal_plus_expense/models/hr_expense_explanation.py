"""Why an expense is or is not shown to a contact, in words for staff."""

from odoo import models


class HrExpense(models.Model):
    _inherit = "hr.expense"

    def _portal_why_switched_off(self, company):
        return self.env._("%s doesn't show expenses in the portal.", company.name)

    def _portal_why_contact(self, contact):
        """Override: an expense is for whom its order is for."""
        capable = contact._portal_profile().can_see_expenses
        if capable and contact.commercial_partner_id == self._portal_customer():
            return self.sale_order_id._portal_why_contact(contact)
        return super()._portal_why_contact(contact)

    def _portal_why_document(self, contact):
        order = self.sale_order_id
        if self.portal_visible and (order.state != "sale" or not order.portal_visible):
            return self.env._("The order %s isn't shown in the portal.", order.name), False
        return super()._portal_why_document(contact)

    def action_portal_preview(self):
        """Override: an expense is seen by whom its order is for."""
        self.ensure_one()
        self.check_access("read")
        # Sudo: who reads the expense need not see the orders of others.
        customer = self.sudo().sale_order_id.partner_id.with_env(self.env)
        return self.env["customer.portal.preview"]._start(customer, record=self)
