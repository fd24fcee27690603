"""What comes in with a request to a page of the portal: texts, and files where it asks for some."""

from werkzeug.datastructures import FileStorage

from odoo import models
from odoo.http import request

from ...tools.parsing import clean_value

ADDON = "odoo.addons.customer_portal_plus"  # and those whose names begin so: its bridges


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _portal_clean_params(cls, endpoint):
        """Let a page of the portal find texts where it expects texts.

        A file that is sent in the place of a text reads as an empty text. A route that asks for
        files names them: ``@route(..., portal_files=("proof",))``. Of texts, what no table can
        store is left out.
        """
        if endpoint.__module__.startswith(ADDON):
            files = endpoint.routing.get("portal_files", ())
            request.params = {
                name: ("" if name not in files else value)
                if isinstance(value, FileStorage)
                else clean_value(value)
                for name, value in request.params.items()
            }
