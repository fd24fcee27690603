from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CustomerPortalDocument(models.Model):
    """A document may be a file of a project. It is for the customer of the project alone.

    When a project gets another customer, the new one sees nothing of what was shared before, and
    the former one does not see it any more: the document keeps its customer and is not shown
    until the project is that customer's again.
    """

    _inherit = "customer.portal.document"

    project_id = fields.Many2one(
        "project.project",
        "Project",
        index="btree_not_null",
        tracking=True,
        # Released from its project, a file would be shown whatever the project's switch says.
        ondelete="restrict",
        check_company=True,
        help="The document is a file of this project, and is shown to its customer.",
    )
    project_is_customers = fields.Boolean(
        "The project is the customer's",
        compute="_compute_project_is_customers",
        store=True,
    )

    @api.depends("project_id.partner_id.commercial_partner_id", "commercial_partner_id")
    def _compute_project_is_customers(self):
        for document in self:
            customer = document.project_id.partner_id.commercial_partner_id
            document.project_is_customers = (
                bool(customer) and customer == document.commercial_partner_id
            )

    @api.constrains("project_id", "partner_id", "audience")
    def _check_project(self):
        # Sudo: who shares a file need not see the project.
        for document in self.sudo().filtered("project_id"):
            if document.audience != "customer" or not document.project_is_customers:
                raise ValidationError(
                    self.env._("Files of a project are shared with the customer of the project.")
                )

    def action_send(self):
        """Override: nobody is told by mail of what is not shown."""
        for document in self.sudo().filtered("project_id"):
            if not document.company_id.portal_show_projects:
                raise UserError(
                    self.env._(
                        "Files of projects are not shown in the portal of %s. Switch them on in"
                        " the settings of the customer portal.",
                        document.company_id.name,
                    )
                )
        return super().action_send()

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        """Override: files of projects have a switch, and are for the project's customer."""
        no_project = Domain("project_id", "=", False)
        further = {
            "company": no_project | Domain("company_id.portal_show_projects", "=", True),
            "document": no_project | Domain("project_is_customers", "=", True),
        }
        return [
            (gate, domain & further.get(gate, Domain.TRUE))
            for gate, domain in super()._portal_gates(contact)
        ]

    # === PAGES === #

    @api.model
    def _portal_category_filters(self, allowed):
        """Override: also a filter for each project that occurs in a list."""
        groups = self._read_group(allowed & Domain("project_id", "!=", False), ["project_id"])
        projects_sudo = self.env["project.project"].sudo()  # Customers need no right on them.
        projects_sudo = projects_sudo.union(*(project for (project,) in groups))
        return {
            **super()._portal_category_filters(allowed),
            **{
                f"project-{project.id}": {
                    "label": project.name,
                    "domain": Domain("project_id", "=", project.id),
                }
                for project in projects_sudo.sorted("name")
            },
        }

    def _portal_rows(self):
        """Override: with the project's name."""
        rows = super()._portal_rows()
        for document_sudo, row in zip(self.sudo(), rows, strict=True):
            row["project"] = document_sudo.project_id.name or ""
        return rows
