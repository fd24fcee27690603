"""What runs around installation: nothing more is shown to customers than before."""

from odoo.addons.customer_portal_plus.hooks import leave_switched_off


def post_init_hook(env):
    """Leave files and state of projects switched off in the companies that are there already, but
    for the demo's own, which shares some."""
    companies = env["res.company"].with_context(active_test=False).search([])
    sharing = env["customer.portal.document"].search([("project_id", "!=", False)]).company_id
    (companies - sharing).portal_show_projects = False
    leave_switched_off(env, "portal_show_project_state")


def uninstall_hook(env):
    """Hide the files of projects: without this addon, its switch would not hold them back."""
    documents = env["customer.portal.document"].search([("project_id", "!=", False)])
    documents.portal_visible = False
