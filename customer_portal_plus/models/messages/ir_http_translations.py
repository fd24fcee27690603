from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Override of `http_routing`: the messages below a document are drawn by `mail`, whose
        words core leaves out on pages for customers."""
        return [*super()._get_translation_frontend_modules_name(), "mail"]
