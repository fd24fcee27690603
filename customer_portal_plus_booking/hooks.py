"""What runs around installation: nothing more is shown to customers than before."""

from odoo.addons.customer_portal_plus.hooks import leave_switched_off


def post_init_hook(env):
    """Leave appointments switched off."""
    leave_switched_off(env, "portal_show_appointments")
