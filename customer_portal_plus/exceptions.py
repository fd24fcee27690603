"""What the portal says when an act is not possible: a code for programs, words for people."""

from odoo.exceptions import UserError


class PortalRefusal(UserError):
    """An act that the customer's document does not allow now.

    :param str message: what is shown to the customer
    :param str code: why, as a short name that does not change with the language
    """

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


class PaymentOutcomeUnknown(Exception):
    """A provider was asked for a payment and gave no answer: it may have been carried out."""
