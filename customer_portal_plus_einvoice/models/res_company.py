from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_answer_einvoices = fields.Boolean("Customers answer electronic invoices")
    portal_einvoice_since = fields.Date(
        "Invoices since",
        help="Older invoices are left alone. Where the law reaches your company later than others,"
        " enter that day.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._portal_begin_einvoices()
        return companies

    def write(self, vals):
        """Override of `base`: switched on, it is about invoices from now on."""
        result = super().write(vals)
        if vals.get("portal_answer_einvoices") or "portal_einvoice_since" in vals:
            self._portal_begin_einvoices()
        return result

    def _portal_begin_einvoices(self):
        """Have what the law expects on the invoices of these companies looked for."""
        companies = self.filtered("portal_answer_einvoices")
        companies.filtered(
            lambda company: not company.portal_einvoice_since
        ).portal_einvoice_since = fields.Date.context_today(self)
        if companies:
            self.env["customer.portal.einvoice.duty"]._trigger_follow()
