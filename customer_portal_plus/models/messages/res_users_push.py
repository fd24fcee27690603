"""Browsers that change hands."""

from odoo import models
from odoo.http import request

# Names the browser, which its user may leave or another one may come to.
PUSH_COOKIE = "portal_push"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _portal_begin_session(self, uid):
        """Override: nobody is told in a browser that another one uses now."""
        self.env["customer.portal.push.device"]._leave(request.cookies.get(PUSH_COOKIE), but=uid)
        return super()._portal_begin_session(uid)
