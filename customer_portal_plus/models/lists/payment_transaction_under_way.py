"""Whether something is being paid at this moment, or a transfer of it was announced: asked by every
way to pay, every page, automatic debit and reminders, and told in the same words."""

from odoo import api, fields, models
from odoo.fields import Domain

# A bank transfer that is promised: it may come in some days, or never.
PROMISED_CODES = ("none", "custom")
# How long a customer who chose to pay by bank transfer is trusted to do so.
PROMISE_DAYS = 14
# The provider is asked while the customer waits; the others send it to the provider's page, and
# nobody knows whether it goes on there.
ASKED_OPERATIONS = ("online_token", "offline")
# A refund pays nothing, nor does saving a method.
IS_PAYMENT = Domain("operation", "not in", ("refund", "validation"))
# Where the payments of the express page lead back to: nobody has signed in there.
EXPRESS_ROUTE = "/p/"


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    # Those that are booked are many, those that are not are asked for with every list.
    _portal_unbooked_idx = models.Index(
        "(id) WHERE state = 'done' AND (is_post_processed IS NULL OR is_post_processed = FALSE)"
    )

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

    @api.model
    def _portal_promised_domain(self):
        """Return the domain of the bank transfers that a customer has announced and that have not
        come yet.

        :rtype: Domain
        """
        return (
            IS_PAYMENT
            & Domain("state", "in", ("pending", "authorized"))
            & Domain("provider_id.code", "in", PROMISED_CODES)
        )

    @api.model
    def _portal_trusted_promise_domain(self):
        """Return the domain of the announced transfers that are waited for: those of the last days,
        by somebody who had signed in or held the invoice's link.

        :rtype: Domain
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=PROMISE_DAYS)
        return (
            self._portal_promised_domain()
            & Domain("last_state_change", ">=", since)
            & ~Domain("landing_route", "=like", f"{EXPRESS_ROUTE}%")
        )
