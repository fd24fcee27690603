import math
import re

from odoo import api, fields, models
from odoo.exceptions import LockError, ValidationError
from odoo.fields import Command, Domain

from ..access.account_move import OPEN_PAYMENT_STATES

MAX_INVOICES = 200  # in one payment


def parse_money(text):
    """Return the amount that somebody typed, with point or comma as the decimal mark.

    :param str text: ``1.234,50``, ``1,234.50``, ``1234.5``, ``1234,5``
    :return: the amount, None if the text is no positive amount
    :rtype: float | None
    """
    digits = re.sub(r"[\s\u00a0€$£']", "", text or "")
    if not re.fullmatch(r"\d{1,12}([.,]\d{3})*([.,]\d{0,6})?", digits):
        return None
    marks = [mark for mark in digits if mark in ".,"]
    if marks and (len(set(marks)) == 2 or marks.count(marks[-1]) == 1):
        # The last mark divides off the decimals, unless it can only be one of thousands.
        whole, _mark, decimals = digits.rpartition(marks[-1])
        if len(set(marks)) == 1 and len(decimals) == 3 and not whole.startswith("0"):
            whole, decimals = whole + decimals, ""
    else:
        whole, decimals = digits, ""
    value = float(f"{re.sub('[.,]', '', whole) or 0}.{decimals or 0}")
    return value if math.isfinite(value) else None


class CustomerPortalBasket(models.TransientModel):
    """What a contact is about to pay at once: invoices of one company, in one currency.

    It holds what was chosen until the payment starts, for some hours. The amounts in it are
    computed here, from what the invoices owe; nothing of them comes from the browser but the
    choice, and an amount that is checked.
    """

    _name = "customer.portal.basket"
    _description = "Invoices to be paid together"
    _transient_max_hours = 4.0
    _transient_max_count = 0

    contact_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    # Of the express page: nobody has signed in, so nobody's rights count.
    is_express = fields.Boolean()
    line_ids = fields.One2many("customer.portal.basket.line", "basket_id")
    amount = fields.Monetary("To pay", compute="_compute_amounts")
    credit = fields.Monetary("Credit used", compute="_compute_amounts")

    @api.depends("line_ids.amount", "line_ids.credit_line_id")
    def _compute_amounts(self):
        for basket in self:
            credits = basket.line_ids.filtered("credit_line_id")
            basket.credit = sum(credits.mapped("amount"))
            basket.amount = sum((basket.line_ids - credits).mapped("amount"))

    # === CHOOSING === #

    @api.model
    def _open_invoices_domain(self):
        """Return the domain of the invoices that can be chosen, the gates aside.

        :rtype: Domain
        """
        return (
            Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", OPEN_PAYMENT_STATES)
            & Domain("amount_residual", ">", 0)
        )

    @api.model
    def _build(self, contact, invoices, choices=None, credits=None, free_amount=None, online=True):
        """Make the baskets for what a contact has chosen: one for each company and currency.

        :param res.partner contact: who pays
        :param account.move invoices: what it has chosen, from the gate
        :param dict choices: invoice id -> ``all``, ``next`` (instalment) or the amount as typed;
            what is not in it is paid in full
        :param account.move.line credits: open credit to be used, from ``_open_credits``
        :param str free_amount: a sum as typed, to be spread over the invoices, the oldest first
        :param bool online: to be paid here; False if it was paid elsewhere
        :return: the baskets, in sudo
        :rtype: customer.portal.basket
        :raise ValidationError: if something that was chosen can't be paid so
        """
        if not invoices:
            raise ValidationError(self.env._("Please choose at least one invoice."))
        if len(invoices) > MAX_INVOICES:
            raise ValidationError(
                self.env._("Please pay at most %s invoices at once.", MAX_INVOICES)
            )
        choices = choices or {}
        baskets = self.sudo().browse()
        ordered = invoices.sorted(lambda inv: (inv.invoice_date_due or inv.date, inv.id))
        for (company, currency), group in ordered.grouped(
            lambda invoice: (invoice.company_id, invoice.currency_id)
        ).items():
            if free_amount:
                lines = self._spread(group, free_amount, online)
                free_amount = None  # One sum is in one currency: that of the oldest invoice.
            else:
                lines = [
                    self._line(invoice, choices.get(invoice.id, "all"), online) for invoice in group
                ]
            usable = (credits or self.env["account.move.line"]).filtered(
                lambda line, c=company, cur=currency: (
                    line.company_id == c and line.currency_id == cur
                )
            )
            baskets |= self.sudo().create(
                {
                    "contact_id": contact.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "line_ids": [Command.create(line) for line in self._use_credits(lines, usable)],
                }
            )
        return baskets

    @api.model
    def _line(self, invoice, choice, online=True):
        """Return what is paid for one invoice.

        :param account.move invoice: in sudo
        :param str choice: ``all``, ``next`` or an amount as typed
        :return: values of a basket line
        :rtype: dict
        :raise ValidationError: if the invoice or the amount can't be paid
        """
        due = invoice._get_invoice_next_payment_values()
        if online and not invoice._has_to_be_paid():
            raise ValidationError(
                self.env._("%s can't be paid now. Perhaps a payment is under way.", invoice.name)
            )
        discount = 0.0
        if choice == "all":
            amount = due["amount_due"]
            discount = due.get("epd_discount_amount_currency", 0.0)
        elif choice == "next":
            amount = due["next_amount_to_pay"]
        else:
            amount = parse_money(choice)
            # All of it, for who types what is to be paid with the discount.
            discount = amount and invoice._portal_discount_of(
                amount, fields.Date.context_today(self)
            )
            if not discount:
                amount = self._check_part(invoice, amount, online)
        return {"invoice_id": invoice.id, "amount": amount, "discount": discount or 0.0}

    @api.model
    def _check_part(self, invoice, amount, online=True):
        """Return a part payment, checked against the invoice and the company's minimum.

        :raise ValidationError: if it is no amount, too small, too large or too precise
        """
        currency, name = invoice.currency_id, invoice.name
        if amount is None or currency.compare_amounts(amount, 0) <= 0:
            raise ValidationError(self.env._("%s: please type an amount, such as 150.00.", name))
        if abs(currency.round(amount) - amount) > 1e-9:
            raise ValidationError(
                self.env._(
                    "%(invoice)s: %(currency)s has %(decimals)s decimals.",
                    invoice=name,
                    currency=currency.name,
                    decimals=currency.decimal_places,
                )
            )
        difference = currency.compare_amounts(amount, invoice.amount_residual)
        if difference > 0:
            raise ValidationError(
                self.env._(
                    "%(invoice)s: at most %(amount)s is to be paid.",
                    invoice=name,
                    amount=currency.format(invoice.amount_residual),
                )
            )
        if not difference:
            return amount
        company = invoice.company_id
        if not online:
            return amount  # What was paid was paid; staff decide what it settles.
        if not company.portal_allow_part_payment:
            raise ValidationError(self.env._("%s can only be paid in full.", name))
        minimum = company.currency_id._convert(
            company.portal_part_payment_minimum,
            currency,
            company,
            fields.Date.context_today(self),
        )
        if currency.compare_amounts(amount, minimum) < 0:
            raise ValidationError(
                self.env._(
                    "%(invoice)s: a part payment is at least %(amount)s.",
                    invoice=name,
                    amount=currency.format(minimum),
                )
            )
        return amount

    @api.model
    def _spread(self, invoices, free_amount, online=True):
        """Return the lines that spend one sum on invoices, the oldest first.

        :param account.move invoices: of one company and currency, by due date
        :param str free_amount: the sum as typed
        :rtype: list[dict]
        :raise ValidationError: if it is no amount, or more than is due
        """
        currency = invoices.currency_id
        left = parse_money(free_amount)
        if left is None or currency.compare_amounts(left, 0) <= 0:
            raise ValidationError(self.env._("Please type an amount, such as 150.00."))
        total = sum(invoices.mapped("amount_residual"))
        if currency.compare_amounts(left, total) > 0:
            raise ValidationError(self.env._("At most %s is to be paid.", currency.format(total)))
        lines = []
        for invoice in invoices:
            amount = currency.round(min(left, invoice.amount_residual))
            if currency.is_zero(amount):
                break
            part = str(amount) if currency.compare_amounts(amount, invoice.amount_residual) else ""
            lines.append(self._line(invoice, part or "all", online))
            left = currency.round(left - lines[-1]["amount"])
        return lines

    # === PAYING === #

    def _check_still_payable(self):
        """Lock the invoices, and check that they still owe what the basket pays.

        :raise ValidationError: if one of them was paid or changed meanwhile
        """
        self.ensure_one()
        invoices = self.line_ids.invoice_id
        try:
            # The credit, too: it could be used for another invoice at the same moment.
            (invoices | self.line_ids.credit_line_id.move_id).lock_for_update(
                allow_referencing=True
            )
        except LockError as error:
            raise ValidationError(
                self.env._("One of these invoices is being paid at this moment. Please reload.")
            ) from error
        invoices.invalidate_recordset(["amount_residual", "payment_state", "state"])
        asker = self.contact_id.browse() if self.is_express else self.contact_id
        for invoice, lines in self.line_ids.grouped("invoice_id").items():
            amount = sum(lines.mapped("amount"))
            if (
                not invoice._has_to_be_paid()
                or invoice._portal_refusal(asker)
                or self.currency_id.compare_amounts(amount, invoice.amount_residual) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%s has changed since you chose it; perhaps it was paid meanwhile."
                        " Please choose again.",
                        invoice.name,
                    )
                )
        for line in self.line_ids.filtered("credit_line_id"):
            credit = line.credit_line_id
            if (
                credit.reconciled
                or self.currency_id.compare_amounts(line.amount, -credit.amount_residual_currency)
                > 0
            ):
                raise ValidationError(
                    self.env._("The credit was used meanwhile. Please choose again.")
                )

    def _transaction_values(self):
        """Return what a payment transaction needs to know of this basket.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "invoice_ids": [Command.set(self.line_ids.invoice_id.ids)],
            "portal_allocation_ids": [
                Command.create(
                    {
                        "invoice_id": line.invoice_id.id,
                        "amount": line.amount,
                        "discount": line.discount,
                        "credit_line_id": line.credit_line_id.id,
                    }
                )
                for line in self.line_ids
            ],
        }

    # === PAGES === #

    def _portal_rows(self):
        """Return what the payment page shows of this basket, invoice by invoice.

        :return: dicts with ``name``, ``url``, ``amount``, ``credit``, ``discount``, ``left``
            (what stays to be paid afterwards)
        :rtype: list[dict]
        """
        self.ensure_one()
        rows = []
        for invoice, lines in self.line_ids.grouped("invoice_id").items():
            credits = lines.filtered("credit_line_id")
            amount = sum((lines - credits).mapped("amount"))
            credit, discount = sum(credits.mapped("amount")), sum(lines.mapped("discount"))
            rows.append(
                {
                    "name": invoice.name,
                    "url": invoice.access_url,
                    "amount": amount,
                    "credit": credit,
                    "discount": discount,
                    "left": invoice.amount_residual - amount - credit - discount,
                }
            )
        return rows

    def _portal_was_paid(self):
        """Return whether the last payment of these invoices that the contact started was made, or
        is being processed.

        :rtype: bool
        """
        self.ensure_one()
        payments = self.line_ids.invoice_id.transaction_ids.filtered(
            lambda tx: tx.partner_id == self.contact_id
        )
        return payments.sorted("id")[-1:].state in ("pending", "authorized", "done")

    def _portal_other_baskets(self):
        """Return the contact's other baskets that still wait to be paid.

        :return: dicts with ``url``, ``company``, ``amount``, ``currency``
        :rtype: list[dict]
        """
        self.ensure_one()
        others = self.search(
            [
                ("contact_id", "=", self.contact_id.id),
                ("id", "!=", self.id),
                ("create_date", ">=", fields.Datetime.subtract(self.create_date, minutes=1)),
            ]
        )
        return [
            {
                "url": f"/my/pay/{other.id}",
                "company": other.company_id.name,
                "amount": other.amount,
                "currency": other.currency_id,
            }
            for other in others
            if any(invoice._has_to_be_paid() for invoice in other.line_ids.invoice_id)
        ]


class CustomerPortalBasketLine(models.TransientModel):
    _name = "customer.portal.basket.line"
    _description = "Invoice to be paid"
    _order = "id"

    basket_id = fields.Many2one(
        "customer.portal.basket", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="basket_id.currency_id")
    invoice_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    amount = fields.Monetary(required=True)
    discount = fields.Monetary()
    credit_line_id = fields.Many2one("account.move.line", ondelete="cascade")
