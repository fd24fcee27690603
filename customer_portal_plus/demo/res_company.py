from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _portal_prepare_switches(self, names):
        """Override: when *Inventory* is installed after the demo, its last act is to write its
        mail on all companies. Without a warehouse, *Sales* could not be joined with it then: the
        demo's company has orders of goods already."""
        super()._portal_prepare_switches(names)
        if "stock_mail_confirmation_template_id" in names:
            company = self.env.ref("customer_portal_plus.demo_company", raise_if_not_found=False)
            if company and company in self:
                self.env["customer.portal.demo"]._load_warehouse(company)
