"""What runs around installation: nothing more is shown to customers than before."""

from odoo.addons.customer_portal_plus.hooks import leave_switched_off


def post_init_hook(env):
    """Leave what is new switched off. Subscriptions themselves stay, for their followers: the
    engine shows them to those without this addon, too."""
    leave_switched_off(env, "portal_subscriptions_by_profile", "portal_allow_subscription_requests")
