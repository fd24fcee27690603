"""What customers are told of their payment, in their language."""

from odoo import models
from odoo.tools import html2plaintext


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _get_status_message(self, status):
        """Override of `payment`: the sentences that providers come with are stored in English for
        all languages. As long as nobody has written another one, it is said in the reader's."""
        message = super()._get_status_message(status)
        own = self._portal_own_messages().get(status)
        in_english = self.with_context(lang="en_US")._portal_own_messages().get(status)
        return own if own and html2plaintext(message).strip() == in_english else message

    def _portal_own_messages(self):
        """Return what providers say when they are new, by state, in the language of the context.

        :rtype: dict[str, str]
        """
        return {
            "pending": self.env._("Your payment has been processed but is waiting for approval."),
            "authorized": self.env._("Your payment has been authorized."),
            "done": self.env._("Your payment has been processed."),
            "cancel": self.env._("Your payment has been cancelled."),
        }
