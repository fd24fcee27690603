from odoo import api, fields, models


class CustomerPortalOverview(models.TransientModel):
    _inherit = "customer.portal.overview"

    steps_left = fields.Integer("First steps left", compute="_compute_steps_left")

    @api.depends_context("allowed_company_ids", "uid")
    def _compute_steps_left(self):
        """Count for administrators, who alone can do them."""
        self.steps_left = 0
        if self.env.user.has_group("base.group_system"):
            settings = self.env["res.config.settings"].new({"company_id": self.env.company.id})
            self.steps_left = settings.portal_steps_left

    def action_first_steps(self):
        """Open the settings, which begin with the first steps."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_plus.res_config_settings_action"
        )
