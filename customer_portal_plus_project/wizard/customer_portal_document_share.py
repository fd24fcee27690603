from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerPortalDocumentShare(models.TransientModel):
    """Files of a project are chosen among those that are there already, or added."""

    _inherit = "customer.portal.document.share"

    project_id = fields.Many2one("project.project", "Project")
    project_file_ids = fields.Many2many(
        "ir.attachment",
        "customer_portal_document_share_project_file_rel",
        "share_id",
        "attachment_id",
        "Files of the project",
        domain="[('id', 'in', project_file_choice_ids)]",
        help="Files on the project and on its tasks. The customer gets a copy as it is now.",
    )
    project_file_choice_ids = fields.Many2many(
        "ir.attachment",
        string="Files to choose from",
        compute="_compute_project_file_choice_ids",
    )

    @api.depends("project_id")
    def _compute_project_file_choice_ids(self):
        for wizard in self:
            wizard.project_file_choice_ids = self.env["ir.attachment"].search(
                wizard.project_id._portal_files_domain() if wizard.project_id else Domain.FALSE
            )

    def action_share(self):
        """Override: what was chosen of the project is copied; its own files stay there.

        :raise UserError: if a chosen file is not one of the project
        """
        self.ensure_one()
        if self.project_file_ids - self.project_file_choice_ids:
            raise UserError(self.env._("Choose files of this project and of its tasks."))
        self.attachment_ids += self.project_file_ids.copy({"res_model": self._name, "res_id": 0})
        return super().action_share()

    def _prepare_document_values(self, attachment):
        return {
            **super()._prepare_document_values(attachment),
            "project_id": self.project_id.id,
        }
