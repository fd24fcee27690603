"""The project's state on Odoo's own page of a project."""

from odoo.http import request

from odoo.addons.project.controllers.portal import ProjectCustomerPortal


class ProjectPage(ProjectCustomerPortal):
    def _project_get_page_view_values(self, project, access_token, *args, **kwargs):
        """Override of `project` to add how the project is going, for its own customer."""
        values = super()._project_get_page_view_values(project, access_token, *args, **kwargs)
        values["portal_progress"] = project._portal_progress(request.env.user)
        return values
