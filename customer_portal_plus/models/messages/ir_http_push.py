from odoo import models
from odoo.http import request

from .res_users_push import PUSH_COOKIE


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_logout(cls):
        """Override of `base`: a browser in which a session ends gets no notices."""
        if token := request.cookies.get(PUSH_COOKIE):
            request.env["customer.portal.push.device"]._leave(token)
        return super()._post_logout()
