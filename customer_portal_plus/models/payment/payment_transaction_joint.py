"""One payment for several customers: what the provider knows is the whole, what is booked are its
parts, one for each customer.

The whole has who pays as its partner, and no invoices. Each part is a payment of one customer, of
the contact as whom the person acts there, with that customer's invoices: so lists, states,
receipts, reminders and the ledger of each customer find a payment of its own, and nothing of the
others'. A part goes to no provider: it has the state of the whole.
"""

import logging

import psycopg2

from odoo import fields, models

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    portal_joint_id = fields.Many2one(
        "payment.transaction",
        "Paid together",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The payment of which this is one customer's part. The provider knows that one.",
    )
    portal_part_ids = fields.One2many(
        "payment.transaction",
        "portal_joint_id",
        "Parts",
        readonly=True,
        help="What of this payment is of which customer.",
    )
    portal_refunded_id = fields.Many2one(
        "payment.transaction",
        "Part paid back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Of which customer's part of a payment this pays something back.",
    )

    # === STATES === #

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: what the provider tells of the whole holds for its parts."""
        together = self | self.portal_part_ids
        return super(PaymentTransaction, together)._update_state(
            allowed_states, target_state, state_message
        )

    # === BOOKING === #

    def _portal_is_booked_by_parts(self):
        """Return whether nothing is booked for this payment, as its parts are; nor for what is
        captured of it.

        :rtype: bool
        """
        self.ensure_one()
        is_refund = self.operation == "refund"
        return not is_refund and bool((self | self.source_transaction_id).portal_part_ids)

    def _portal_post_process_parts(self):
        """Book parts, each by itself: one customer's books that can't take it hold up nobody
        else's. What fails is tried again by Odoo's own scheduled action, like any payment."""
        for part in self.filtered(lambda part: not part.is_post_processed):
            try:
                with self.env.cr.savepoint():
                    # The provider may have learned only now by what it was paid.
                    part.payment_method_id = part.portal_joint_id.payment_method_id
                    part._post_process()
            except (psycopg2.OperationalError, psycopg2.IntegrityError):
                raise  # Another process has it.
            except Exception:
                _logger.exception("Part %s of a payment was not booked", part.reference)

    # === REFUNDS === #

    def _refund(self, amount_to_refund=None):
        """Override of `payment`: the provider is asked for a refund of the payment that it knows,
        of one customer's part."""
        if not self.portal_joint_id:
            return super()._refund(amount_to_refund)
        joint = self.portal_joint_id.with_context(portal_refunded_id=self.id)
        return super(PaymentTransaction, joint)._refund(amount_to_refund or self.amount)

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment`: a refund is of the customer whose part is paid back, if that is
        known; it is not where it was begun at the provider's and there are several."""
        if is_refund and (parts := self.portal_part_ids):
            asked = parts.filtered(
                lambda part: part.id == self.env.context.get("portal_refunded_id")
            )
            part = asked or (parts if len(parts) == 1 else parts.browse())
            if part:
                custom_create_values.update(
                    portal_refunded_id=part.id, partner_id=part.partner_id.id
                )
        return super()._create_child_transaction(amount, is_refund, **custom_create_values)

    def _log_message_on_linked_documents(self, message):
        """Override of `payment`: a refund is noted on what its part has paid."""
        super()._log_message_on_linked_documents(message)
        part = self.portal_refunded_id
        for document in (*part.invoice_ids, *part.payment_id):
            document.message_post(body=message)

    def _portal_tell_unassigned_refund(self, payment):
        """Ask staff of which customer a refund is that was begun at the provider's.

        :param account.payment payment: the posted payment of this transaction
        """
        self.ensure_one()
        parts = self.source_transaction_id.portal_part_ids
        if self.operation != "refund" or not parts or self.portal_refunded_id:
            return
        customers = parts.partner_id.commercial_partner_id
        payment.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Of which customer is this refund?"),
            note=self.env._(
                "It was begun at the provider's, of a payment for several customers: %s. It is"
                " booked on who paid; book it on whose invoices it is about.",
                ", ".join(customers.mapped("name")),
            ),
            user_id=payment.company_id._portal_bookkeeper(customers.user_id).id,
        )
