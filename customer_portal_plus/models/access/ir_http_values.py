"""What comes in with a request to a page of the portal: texts, and files where it asks for some."""

import logging
import re

import werkzeug.exceptions
from werkzeug.datastructures import FileStorage

from odoo import models
from odoo.http import request

from ...tools.parsing import clean_value

ADDON = "odoo.addons.customer_portal_plus"  # and those whose names begin so: its bridges
# Where a browser comes back to from a payment provider, with what that provider says of it.
PROVIDERS = "odoo.addons.payment_"
RETURN_PATH = re.compile(r"/payment/\w+/(\w+[_/])?return")
# What reading it raises where it is not as the provider writes it.
MISREADINGS = (AttributeError, KeyError, TypeError, ValueError)


_logger = logging.getLogger(__name__)


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

    @classmethod
    def _portal_refuse_misread(cls, endpoint, error):
        """Lead to the state of the payment who comes back from a provider with what can't be read:
        nothing at all, or what somebody made up. Nothing of it is kept.

        :param endpoint: what the request was for
        :param Exception error: what reading it raised; of all else it is an error of the server
        :raise werkzeug.exceptions.HTTPException: with the way on, if it is such a return
        """
        is_return = endpoint.__module__.startswith(PROVIDERS) and RETURN_PATH.fullmatch(
            request.httprequest.path
        )
        if is_return:
            _logger.warning("%s can't be read: %r", request.httprequest.path, error)
            raise werkzeug.exceptions.HTTPException(
                response=request.redirect("/payment/status", 303)
            ) from error
