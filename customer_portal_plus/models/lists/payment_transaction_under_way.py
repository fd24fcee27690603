"""Whether something is being paid at this moment: asked by every way to pay, every page, automatic
debit and reminders, and told in the same words."""

from odoo import api, models
from odoo.fields import Domain

# A bank transfer that is promised: it may come in some days, or never.
PROMISED_CODES = ("none", "custom")
# The provider is asked while the customer waits; the others send it to the provider's page, and
# nobody knows whether it goes on there.
ASKED_OPERATIONS = ("online_token", "offline")
# A refund pays nothing, nor does saving a method.
IS_PAYMENT = Domain("operation", "not in", ("refund", "validation"))


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model
    def _portal_under_way_domain(self):
        """Return the domain of the payments that are under way:

        - the provider is being asked for them, or
        - they are pending or authorized, or
        - they are confirmed and not booked yet: the invoice still says that it is open.

        Refunds and saving a method are none; nor are promised bank transfers.

        :rtype: Domain
        """
        return IS_PAYMENT & (
            Domain("state", "=", "draft") & Domain("operation", "in", ASKED_OPERATIONS)
            | Domain("state", "in", ("pending", "authorized"))
            & Domain("provider_id.code", "not in", PROMISED_CODES)
            | Domain("state", "=", "done") & Domain("is_post_processed", "=", False)
        )

    def _portal_filter_under_way(self):
        """Return those of these payments that are under way, in sudo.

        :rtype: payment.transaction
        """
        # Sudo: payments are not readable for customers.
        return self.sudo().filtered_domain(self._portal_under_way_domain())
