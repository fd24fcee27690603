"""What is left to do when the addon goes: its keys are core's, and would stay."""

from .models.res_users_api import SCOPE


def uninstall_hook(env):
    """Revoke all keys of the portal's interface: there is nothing that they open any more."""
    env["res.users.apikeys"].sudo().search([("scope", "=", SCOPE)]).unlink()
