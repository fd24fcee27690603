from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.customer_portal_plus.tools.actions import list_action


class ProjectProject(models.Model):
    _inherit = "project.project"

    portal_document_count = fields.Integer(
        "Shared files", compute="_compute_portal_document_count", groups="base.group_user"
    )

    def _compute_portal_document_count(self):
        counts = dict(
            self.env["customer.portal.document"]._read_group(
                [("project_id", "in", self.ids)], ["project_id"], ["__count"]
            )
        )
        for project in self:
            project.portal_document_count = counts.get(project, 0)

    def action_portal_documents(self):
        """Open the files of this project that were shared with its customer.

        :rtype: dict
        :raise AccessError: if the current user is no staff
        """
        self.ensure_one()
        # Customers may see projects and documents, but not the categories as staff keep them.
        self.env["customer.portal.document.category"].check_access("read")
        context = self._portal_share_context() if self.partner_id else {}
        return list_action(
            self.env,
            "customer_portal_plus.customer_portal_document_action",
            [("project_id", "=", self.id)],
            **context,
        )

    def action_portal_share_files(self):
        """Ask which files of this project to share with its customer.

        :rtype: dict
        :raise AccessError: if the current user may not share files
        :raise UserError: if the project has no customer
        """
        self.ensure_one()
        self.env["customer.portal.document.share"].check_access("create")
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer of the project first."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_plus.customer_portal_document_share_action"
        )
        action["context"] = self._portal_share_context()
        return action

    def _portal_share_context(self):
        return {
            "default_project_id": self.id,
            "default_partner_id": self.partner_id.commercial_partner_id.id,
            "default_company_id": (self.company_id or self.env.company).id,
        }

    def _portal_files_domain(self):
        """Return the domain of the files that hang on this project and on its tasks.

        :rtype: Domain
        """
        self.ensure_one()
        tasks = self.env["project.task"].with_context(active_test=False)
        on_tasks = tasks.search([("project_id", "=", self.id)])
        return Domain("type", "=", "binary") & (
            (Domain("res_model", "=", "project.project") & Domain("res_id", "=", self.id))
            | (Domain("res_model", "=", "project.task") & Domain("res_id", "in", on_tasks.ids))
        )
