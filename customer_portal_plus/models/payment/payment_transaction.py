from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_amount

from ..lists.account_move_list import UNPAID_STATES
from ..lists.payment_transaction_under_way import PROMISED_CODES

UNDER_WAY_STATES = ("pending", "authorized")
FAILED_STATES = ("cancel", "error")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    portal_allocation_ids = fields.One2many(
        "customer.portal.allocation",
        "transaction_id",
        "Meant for",
        readonly=True,
        help="What the customer chose to pay with this payment, invoice by invoice.",
    )

    # === BUSINESS METHODS - POST-PROCESSING === #

    def _post_process(self):
        """Override of `payment`: what a provider tells later holds for automatic debit, too,
        payments are noted on what they were for, and those of several customers are booked part by
        part."""
        result = super()._post_process()
        self.sudo().portal_debit_attempt_ids._follow()  # Sudo: providers' notices come as nobody.
        for tx in self.filtered(lambda tx: tx.operation != "validation"):
            if not tx.portal_part_ids:
                tx._portal_log_payment()
        self.portal_part_ids._portal_post_process_parts()
        return result

    def _portal_log_payment(self):
        self.ensure_one()
        events = self.env["customer.portal.event"]
        env = events._company_words(self.company_id)
        states = dict(self._fields["state"]._description_selection(env))
        detail = env._(
            "%(amount)s by %(provider)s: %(state)s",
            amount=format_amount(env, self.amount, self.currency_id),
            provider=self.provider_id.sudo().name,
            state=states.get(self.state, self.state),
        )
        documents = [*self.invoice_ids, *self.sale_order_ids]
        for document in documents or [None]:
            events._log(
                "payment",
                record=document,
                contact=self.partner_id,
                company=self.company_id,
                detail=detail,
            )

    def _check_amount_and_confirm_order(self):
        """Override of `sale`: a quote that was accepted by paying it in the portal is told to
        staff like one that was accepted with a click."""
        confirmed_orders = super()._check_amount_and_confirm_order()
        for order in confirmed_orders:
            tx = self.filtered(lambda tx, order=order: order in tx.sale_order_ids)[-1:]
            if (tx.landing_route or "").startswith(order.access_url):
                order._portal_notify_answer("accepted", tx.partner_id)
        return confirmed_orders

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to give each invoice what was chosen for it, and to tell
        what was paid twice. What several customers owe is booked by its parts."""
        self.ensure_one()
        if self._portal_is_booked_by_parts():
            return self.env["account.payment"]
        if not self.portal_allocation_ids or self.source_transaction_id:
            payment = super()._create_payment(**extra_create_values)
        else:
            payment = self.portal_allocation_ids._create_payment(
                {**self._portal_prepare_payment_values(), **extra_create_values}
            )
            self.payment_id = payment
        self._portal_tell_surplus(payment)
        self._portal_tell_unassigned_refund(payment)
        payment._portal_send_receipt()
        return payment

    def _portal_tell_surplus(self, payment):
        """Tell staff and customer what of a payment found nothing left to pay: somebody else paid
        the same invoice meanwhile, or it was cancelled. It stays open as the customer's credit.

        :param account.payment payment: the posted payment of this transaction
        """
        self.ensure_one()
        invoices = self.invoice_ids.filtered(lambda invoice: invoice._portal_in_scope())
        surplus = -sum(
            payment.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            ).mapped("amount_residual_currency")
        )
        if not invoices or self.currency_id.compare_amounts(surplus, 0) <= 0:
            return
        customer, amount = payment.partner_id, self.currency_id.format(surplus)
        candidates = invoices[:1].invoice_user_id | customer.user_id
        payment.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._(
                "%(customer)s paid %(amount)s more than was due",
                customer=customer.name,
                amount=amount,
            ),
            note=self.env._(
                "For %s, perhaps paid twice. It is open as the customer's credit: pay it back, or"
                " leave it for the next invoice.",
                ", ".join(invoice.name or invoice.display_name for invoice in invoices),
            ),
            user_id=payment.company_id._portal_bookkeeper(candidates).id,
        )
        contact = self.partner_id.with_context(lang=self.partner_id.lang)
        invoices[:1].message_post(
            body=contact.env._(
                "Your payment %(payment)s was more than was left to pay. %(amount)s are now to your"
                " credit; you can use them for another invoice.",
                payment=payment.name,
                amount=amount,
            ),
            partner_ids=contact.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=payment.company_id.partner_id.id,
        )

    def _portal_prepare_payment_values(self):
        """Return the values of the payment, but for its journal items.

        :rtype: dict
        """
        self.ensure_one()
        # A journal may have several for one provider, of which any will do.
        method_line = self.provider_id.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider_id
        )[:1]
        # What the provider knows is the whole, where it is of several customers.
        provider_reference = (self.portal_joint_id or self).provider_reference
        return {
            "amount": self.amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "currency_id": self.currency_id.id,
            # On the express page, nobody knows who pays.
            "partner_id": (
                self.invoice_ids.commercial_partner_id[:1] or self.partner_id.commercial_partner_id
            ).id,
            "journal_id": self.provider_id.journal_id.id,
            "company_id": self.provider_id.company_id.id,
            # A promised transfer has none of its own: that of the journal is taken.
            **({"payment_method_line_id": method_line.id} if method_line else {}),
            "payment_token_id": self.token_id.id,
            "payment_transaction_id": self.id,
            "memo": " - ".join(filter(None, [self.reference, provider_reference])),
            "invoice_ids": [Command.set(self.invoice_ids.ids)],
        }

    # === PAGES === #

    @api.model
    def _portal_history_domain(self, contact, companies, states=UNDER_WAY_STATES):
        """Return the domain of the payments without a receipt that a contact sees: those that its
        customer started and a provider, or the bank, has not confirmed yet.

        :param res.partner contact: a contact, with or without a user
        :param res.company companies: whose payments
        :param tuple states: ``FAILED_STATES`` for those that came to nothing instead
        :rtype: Domain
        """
        # An announced transfer is waited for while something of its invoices is to be paid.
        waits = Domain("provider_id.code", "not in", PROMISED_CODES) | Domain(
            "invoice_ids.payment_state", "in", UNPAID_STATES
        )
        return (
            Domain("state", "in", states)
            & Domain("operation", "not in", ("validation", "refund"))
            & Domain("invoice_ids", "!=", False)
            & (waits if states == UNDER_WAY_STATES else Domain.TRUE)
            & contact._portal_payer_domain(
                companies, "partner_id.commercial_partner_id", ["partner_id"]
            )
        )

    def _portal_history_rows(self, contact):
        """Return what the list of payments shows of those under way; see ``account.payment``.

        :rtype: list[dict]
        """
        Move = self.env["account.move"]
        shown = Move.search(Move._portal_domain(contact) & Domain("id", "in", self.invoice_ids.ids))
        return [
            {
                "date": fields.Datetime.context_timestamp(tx, tx.create_date).date(),
                # The reference is made of the invoices' names.
                "name": "" if tx.invoice_ids - shown else tx.reference,
                "method": tx.payment_method_id.name,
                "amount": tx.amount,
                "currency": tx.currency_id,
                "company": tx.company_id.name,
                "invoices": [
                    (invoice.name, f"/my/invoices/{invoice.id}")
                    for invoice in tx.invoice_ids & shown
                ],
                "receipt_url": "",
                **tx._portal_outcome(tx.invoice_ids & shown),
            }
            for tx in self
        ]

    def _portal_failure_text(self):
        """Return what is told after this payment has come to nothing.

        :return: empty for any other
        :rtype: str
        """
        # What the provider says is for those who know its words: staff see it.
        if self.state == "error":
            return self.env._(
                "Your payment was declined. Nothing was charged. Please try again, or choose"
                " another way to pay."
            )
        if self.state == "cancel":
            return self.env._("The payment was cancelled. Nothing was charged.")
        return ""

    def _portal_outcome(self, shown):
        """Return what is told of a payment without a receipt.

        :param account.move shown: which of its invoices the reader sees
        :return: ``state``, ``state_tone`` and ``reason``; for a transfer that was announced,
            ``transfer_url``, the page with its account
        :rtype: dict[str, str]
        """
        self.ensure_one()
        _ = self.env._
        if self._portal_is_promise():
            return {
                "state": _("Transfer announced"),
                "state_tone": "info",
                "reason": "",
                "transfer_url": (
                    f"{self.invoice_ids[0].access_url}/transfer"
                    if shown == self.invoice_ids
                    else ""
                ),
            }
        if self.state not in FAILED_STATES:
            return {
                "state": _("Being processed"),
                "state_tone": "info",
                "reason": "",
            }
        # What the provider says is for those who know its words: staff see it.
        declined = self.state == "error"
        return {
            "state": _("Declined") if declined else _("Cancelled"),
            "state_tone": "bad" if declined else "neutral",
            "reason": _("Nothing was charged. You can try again.") if declined else "",
        }
