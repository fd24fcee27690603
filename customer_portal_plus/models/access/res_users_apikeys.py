from odoo import models


class ResUsersApikeys(models.Model):
    _inherit = "res.users.apikeys"

    def _check_credentials(self, *, scope, key):
        """Override of `base`: the key of a customer whose access is off opens nothing, nor does
        one of a seat's user."""
        uid = super()._check_credentials(scope=scope, key=key)
        user = self.env["res.users"].browse(uid)
        if uid and (user._portal_is_blocked() or user._portal_is_seat()):
            return None
        return uid
