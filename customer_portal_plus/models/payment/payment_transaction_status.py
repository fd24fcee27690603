"""Asking a provider what became of a payment for which it has given no answer.

Only what a provider says of this very payment counts. Where it says nothing, or can't be asked by
the payment's reference, it stays unknown, and staff find it out.
"""

import logging

from odoo import models
from odoo.exceptions import ValidationError

_logger = logging.getLogger(__name__)

ASKED_INTENTS = 100  # so many of a customer's newest payments, as many as Stripe lists at once


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _portal_ask_outcome(self):
        """Ask the provider what became of this payment, and take over its answer.

        Of Odoo's providers with saved methods, Stripe and Flutterwave can be asked by what Odoo
        sends along. For a module of another provider to be asked, it must override
        ``_portal_find_at_provider``.
        """
        self.ensure_one()
        try:
            answer = self._portal_find_at_provider()
        except ValidationError as error:
            # Unreachable, or it knows nothing of the payment: asked again next time.
            _logger.info("No outcome of %s to be had: %s", self.reference, error)
            return
        if answer:
            self._process(self.provider_code, answer)

    def _portal_find_at_provider(self):
        """Return what the provider says of this payment.

        :return: data as the provider's own notices bring them; None if it says nothing, or can't
            be asked
        :rtype: dict | None
        :raise ValidationError: if it can't be reached, or refuses to answer
        """
        self.ensure_one()
        if self.provider_code == "stripe":
            # Odoo's reference is Stripe's description, by which Stripe does not search. The list
            # is always up to date, its search is not.
            listed = self._send_api_request(
                "GET",
                "payment_intents",
                params={"customer": self.token_id.provider_ref, "limit": ASKED_INTENTS},
            )
            for intent in listed["data"]:
                if intent["description"] == self.reference:
                    return {
                        "reference": self.reference,
                        "payment_intent": intent,
                        "payment_method": intent["payment_method"],
                    }
        elif self.provider_code == "flutterwave":
            return self._send_api_request(
                "GET", "transactions/verify_by_reference", params={"tx_ref": self.reference}
            )
        return None
