from odoo import api, models


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_seal(self):
        """Let the demo's company seal with a certificate for trying, once."""
        company = self._in_demo_company().env["res.company"].browse(self._ref("demo_company").id)
        if not company.portal_seal_certificate_id:
            self._in_demo_company().env["customer.portal.seal.certificate"]._make_trial(company)
        company.portal_seal_files = True
