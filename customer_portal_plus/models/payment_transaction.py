from odoo import fields, models
from odoo.fields import Command


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

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to give each invoice what was chosen for it.

        Core reconciles a payment with all its invoices, the oldest first. Here the payment has
        one receivable line for each invoice, reconciled with that invoice alone.
        """
        self.ensure_one()
        if not self.portal_allocation_ids or self.source_transaction_id:
            return super()._create_payment(**extra_create_values)
        self.portal_allocation_ids._use_credits()
        parts = self._portal_get_payment_parts()
        values = {
            **self._portal_prepare_payment_values(),
            **extra_create_values,
        }
        values["line_ids"] = self._portal_prepare_payment_lines(values, parts)
        payment = self.env["account.payment"].create(values)
        payment.action_post()
        self.payment_id = payment
        lines = payment.move_id.line_ids.sorted("sequence")
        for part, line in zip(parts, lines.filtered("portal_allocation_id"), strict=True):
            (line | part["allocation"]._receivable_lines()).reconcile()
        return payment

    def _portal_get_payment_parts(self):
        """Return how this payment is split now: what each invoice can still take of its part.

        A discount is granted if the terms still grant it today. What does not fit any more,
        because the invoice was paid otherwise meanwhile, stays open as the customer's credit.

        :return: dicts with ``allocation``, ``amount`` (paid), ``discount_lines`` (journal items)
            and ``account`` (receivable)
        :rtype: list[dict]
        """
        self.ensure_one()
        parts = []
        left = self.amount
        for allocation in self.portal_allocation_ids.filtered(lambda a: not a.credit_line_id):
            invoice = allocation.invoice_id
            lines = allocation._receivable_lines()
            if invoice.state != "posted" or not lines:
                continue
            discount_lines = []
            if allocation.discount:
                discount_lines = self._portal_prepare_discount_lines(allocation)
            discount = sum(line["amount_currency"] for line in discount_lines)
            fits = invoice.amount_residual - discount
            amount = self.currency_id.round(min(allocation.amount, fits, left))
            if self.currency_id.compare_amounts(amount, 0) <= 0:
                continue
            left -= amount
            parts.append(
                {
                    "allocation": allocation,
                    "amount": amount,
                    "discount_lines": discount_lines,
                    "account": lines[0].account_id,
                }
            )
        return parts

    def _portal_prepare_discount_lines(self, allocation):
        """Return the journal items of an early payment discount, none if it is not granted.

        :rtype: list[dict]
        """
        invoice = allocation.invoice_id
        due = invoice._get_invoice_next_payment_values()
        if due.get("installment_state") != "epd" or self.currency_id.compare_amounts(
            allocation.amount, due["amount_due"]
        ):
            return []
        line = due["epd_line"]
        values = invoice._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": line,
                    "amount_currency": -line.amount_residual_currency,
                    "balance": -line.balance,
                }
            ],
            due["epd_discount_amount"],
        )
        return [
            {**line_values, "partner_id": invoice.commercial_partner_id.id}
            for lines in values.values()
            for line_values in lines
        ]

    def _portal_prepare_payment_values(self):
        """Return the values of the payment, but for its journal items.

        :rtype: dict
        """
        method_line = self.provider_id.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider_id
        )
        return {
            "amount": self.amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "journal_id": self.provider_id.journal_id.id,
            "company_id": self.provider_id.company_id.id,
            "payment_method_line_id": method_line.id,
            "payment_token_id": self.token_id.id,
            "payment_transaction_id": self.id,
            "memo": " - ".join(filter(None, [self.reference, self.provider_reference])),
            "invoice_ids": [Command.set(self.invoice_ids.ids)],
        }

    def _portal_prepare_payment_lines(self, values, parts):
        """Return the journal items of the payment: core's own, the receivable one split.

        :param dict values: values of the payment
        :param list parts: see ``_portal_get_payment_parts``
        :return: commands that create the items
        :rtype: list
        """
        discount_lines = [line for part in parts for line in part["discount_lines"]]
        draft = self.env["account.payment"].new(values)
        liquidity, receivable, *others = draft._prepare_move_line_default_vals(
            write_off_line_vals=discount_lines
        )
        company_currency = self.company_id.currency_id
        total = receivable["amount_currency"]
        total_balance = receivable["debit"] - receivable["credit"]
        lines, used, used_balance = [], 0.0, 0.0
        for part in parts:
            discount = sum(line["amount_currency"] for line in part["discount_lines"])
            amount = self.currency_id.round(-part["amount"] - discount)
            balance = company_currency.round(total_balance * amount / total)
            lines.append((part["allocation"], part["account"], amount, balance))
            used += amount
            used_balance += balance
        surplus = self.currency_id.round(total - used)
        rest = company_currency.round(total_balance - used_balance)
        if not self.currency_id.is_zero(surplus) or not lines:
            account = self.env["account.account"].browse(receivable["account_id"])
            empty = self.env["customer.portal.allocation"]
            lines.append((empty, account, surplus, rest))
        elif rest:
            # The cent that rounding of the exchange rate leaves goes with the last invoice.
            allocation, account, amount, balance = lines[-1]
            lines[-1] = (allocation, account, amount, company_currency.round(balance + rest))
        commands = [Command.create(dict(liquidity, sequence=0))]
        for sequence, (allocation, account, amount, balance) in enumerate(lines, start=1):
            commands.append(
                Command.create(
                    {
                        **receivable,
                        "account_id": account.id,
                        "amount_currency": amount,
                        "debit": max(balance, 0.0),
                        "credit": max(-balance, 0.0),
                        "sequence": sequence,
                        "portal_allocation_id": allocation.id,
                    }
                )
            )
        for sequence, line in enumerate(others, start=len(commands)):
            commands.append(Command.create({**line, "sequence": sequence}))
        return commands
