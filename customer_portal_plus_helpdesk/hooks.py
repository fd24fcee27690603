"""What runs around installation: nothing new is shown to customers, and nothing stays behind."""

from odoo.addons.customer_portal_plus.hooks import leave_switched_off


def post_init_hook(env):
    """Leave what is new switched off. Tickets themselves stay: the helpdesk shows them without
    this addon, too."""
    leave_switched_off(
        env,
        "portal_allow_ticket_reports",
        "portal_allow_ticket_rating",
        "portal_ticket_reopen_days",
    )


def uninstall_hook(env):
    """Take away the lines that stand for tickets in the list of messages: without this addon they
    would be conversations without a word in them. And names that Odoo keeps otherwise, those of
    what `rating` gives tickets, unless another addon has it give them the same."""
    env["customer.portal.conversation"].search([("portal_ticket_id", "!=", False)]).unlink()
    others = env["ir.module.module"].search_count(
        [("name", "=", "helpdesk_mgmt_rating"), ("state", "=", "installed")]
    )
    if not others:
        env["ir.model.data"].search(
            [
                ("module", "=", "rating"),
                ("model", "=", "ir.model.fields.selection"),
                ("name", "=like", "selection\\_\\_helpdesk\\_ticket\\_\\_%"),
            ]
        ).unlink()
