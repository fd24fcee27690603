from odoo import models
from odoo.http import request


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _prepare_environment(self, values):
        """Override of `base`: around the page of a guest stands a company that has customers, where
        the page itself names none, and no website says whose it is."""
        if (
            request
            and getattr(request, "is_frontend", False)
            and not getattr(request, "website", None)
            and "res_company" not in values
            and self.env.user  # where nobody is asked for, there is none
            and self.env.user._is_public()
        ):
            values["res_company"] = self.env["res.company"]._portal_company_of_guests()
        return super()._prepare_environment(values)
