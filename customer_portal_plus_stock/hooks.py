"""What runs around installation: nothing more is shown to customers than before."""

from odoo.addons.customer_portal_plus.hooks import leave_switched_off


def post_init_hook(env):
    """Leave deliveries, and what customers do with them, switched off."""
    leave_switched_off(
        env, "portal_show_deliveries", "portal_allow_receipt", "portal_allow_reorder"
    )
