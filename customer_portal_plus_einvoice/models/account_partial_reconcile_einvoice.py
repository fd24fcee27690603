"""A payment on an invoice: from it on, some clocks of the law run."""

from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        # Sudo: of the company, a switch.
        if any(partials.sudo().mapped("company_id.portal_answer_einvoices")):
            self.env["customer.portal.einvoice.duty"]._trigger_follow()
        return partials
