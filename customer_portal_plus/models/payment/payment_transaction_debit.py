"""Requests to providers by automatic debit."""

import requests

from odoo import fields, models
from odoo.exceptions import ValidationError

from ...exceptions import PaymentOutcomeUnknown


def _may_be_carried_out(error):
    """Return whether a request that failed so may have reached the provider.

    :param Exception error: what made it fail
    :rtype: bool
    """
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return False
    if isinstance(error, requests.exceptions.HTTPError):
        return error.response is None or error.response.status_code >= 500
    return isinstance(error, requests.exceptions.RequestException)


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    portal_debit_attempt_ids = fields.One2many(
        "customer.portal.debit.attempt", "transaction_id", "Automatic debit", readonly=True
    )

    def _send_api_request(self, *args, **kwargs):
        """Override of `payment`: a request for a debit that got no answer may have been carried
        out, so it must not be taken for refused.

        :raise PaymentOutcomeUnknown: then
        """
        try:
            return super()._send_api_request(*args, **kwargs)
        except ValidationError as error:
            if self.env.context.get("portal_debit") and _may_be_carried_out(error.__context__):
                raise PaymentOutcomeUnknown(str(error)) from error
            raise
