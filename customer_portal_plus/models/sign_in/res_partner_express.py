from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_express = fields.Boolean(
        "Express page",
        default=True,
        tracking=True,
        help="Whoever knows the tax ID of this customer sees what it has to pay. Only where the"
        " security of the portal is medium.",
    )
    portal_express_offered = fields.Boolean(compute="_compute_portal_express_offered")

    @api.depends_context("allowed_company_ids")
    def _compute_portal_express_offered(self):
        companies_sudo = self.env.companies.sudo()
        self.portal_express_offered = any(
            map(self.env["customer.portal.express"]._is_offered, companies_sudo)
        )
