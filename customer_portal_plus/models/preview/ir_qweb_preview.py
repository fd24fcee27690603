from odoo import models
from odoo.http import request


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_frontend_environment(self, values):
        """Override of `portal` to tell the layout whether this is a preview by staff."""
        qweb = super()._prepare_frontend_environment(values)
        values["portal_preview"] = getattr(request, "portal_preview", None)
        return qweb
