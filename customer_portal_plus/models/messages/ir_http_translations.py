from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Override of `http_routing`: our scripts speak the reader's language, and so do the
        messages below a document, which `mail` draws: core leaves its words out on pages for
        customers."""
        return [*super()._get_translation_frontend_modules_name(), "mail", "customer_portal_plus"]
