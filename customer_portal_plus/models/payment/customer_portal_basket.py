import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from ...tools.parsing import parse_date, parse_money
from ...tools.transactions import lock_rows_or_retry
from ..access.account_move import OPEN_PAYMENT_STATES
from .account_move_payable import UNTIL

MAX_INVOICES = 200  # in one payment
# Of a payment that was made, is being processed, or was announced.
PAID_STATES = ("pending", "authorized", "done")
# In which order open invoices are listed to be chosen.
OLDEST_DUE_FIRST = "invoice_date_due, id"


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
    # Of a payment of several customers, and only paid with it.
    joint_id = fields.Many2one("customer.portal.joint", ondelete="cascade", index=True)
    # What was chosen together: one basket for each company and currency of it.
    choice = fields.Char(required=True, default=lambda self: secrets.token_hex(8))
    # The last payment that was started for it.
    transaction_id = fields.Many2one("payment.transaction", ondelete="set null")
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
        :param dict choices: invoice id -> ``all``, ``next`` (what is overdue, else the next
            instalment), ``until:`` and the date of an instalment, or the amount as typed; what is
            not in it is ``all``
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
        choices, due = choices or {}, invoices._portal_due()
        baskets = self.sudo().browse()
        choice = secrets.token_hex(8)
        ordered = invoices.sorted(lambda inv: (inv.invoice_date_due or inv.date, inv.id))
        for (company, currency), group in ordered.grouped(
            lambda invoice: (invoice.company_id, invoice.currency_id)
        ).items():
            if free_amount:
                lines = self._spread(group, free_amount, due, online)
                free_amount = None  # One sum is in one currency: that of the oldest invoice.
            else:
                lines = [
                    self._line(invoice, choices.get(invoice.id, "all"), due[invoice.id], online)
                    for invoice in group
                ]
            usable = (credits or self.env["account.move.line"]).filtered(
                lambda line, c=company, cur=currency: (
                    line.company_id == c and line.currency_id == cur
                )
            )
            baskets |= self.sudo().create(
                {
                    "choice": choice,
                    "contact_id": contact.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "line_ids": [Command.create(line) for line in self._use_credits(lines, usable)],
                }
            )
        return baskets

    @api.model
    def _line(self, invoice, choice, due, online=True):
        """Return what is paid for one invoice.

        :param account.move invoice: in sudo
        :param str choice: ``all``, ``next``, ``until:`` and a date, or an amount as typed
        :param dict due: what of it is due, from ``account.move._portal_due``
        :return: values of a basket line
        :rtype: dict
        :raise ValidationError: if the invoice or the amount can't be paid
        """
        if online and not invoice._has_to_be_paid():
            raise ValidationError(
                self.env._("%s can't be paid now. Perhaps a payment is under way.", invoice.name)
            )
        if choice.startswith(UNTIL):
            amounts = invoice._portal_amounts_until(due, with_last=True)
            amount = amounts.get(parse_date(choice[len(UNTIL) :]))
            if not amount:
                raise ValidationError(
                    self.env._(
                        "The instalments of %s have changed. Please choose again.", invoice.name
                    )
                )
            return {"invoice_id": invoice.id, "amount": amount, "discount": 0.0}
        if choice not in ("all", "next"):
            return self._part_line(invoice, self._parse_amount(choice, invoice.currency_id), online)
        amount, discount = invoice._portal_next_amount(due) if choice == "next" else 0.0, 0.0
        if not amount:
            amount, discount = self._whole_amount(invoice, due)
        return {"invoice_id": invoice.id, "amount": amount, "discount": discount}

    @api.model
    def _whole_amount(self, invoice, due):
        """Return what is paid for all of an invoice: what of it is not on its way, or all that is
        left, if somebody pays what is.

        :param dict due: see ``_line``
        :return: the amount, and the discount for paying early that comes on top
        :rtype: tuple[float, float]
        """
        asked = invoice.currency_id.round(due["open"])
        if asked and invoice.currency_id.compare_amounts(asked, invoice.amount_residual) < 0:
            return asked, 0.0
        values = invoice._get_invoice_next_payment_values()
        return values["amount_due"], invoice._portal_discount(values)[0]

    @api.model
    def _part_line(self, invoice, amount, online=True):
        """Return a line that pays an amount of an invoice.

        :param float amount: None if it could not be read
        :raise ValidationError: if that can't be paid of it
        """
        # All of it, for who types what is to be paid with the discount.
        discount = amount and invoice._portal_discount_of(amount, fields.Date.context_today(self))
        if not discount and (refusal := invoice._portal_part_refusal(amount, online)):
            raise ValidationError(refusal)
        return {"invoice_id": invoice.id, "amount": amount, "discount": discount or 0.0}

    @api.model
    def _parse_amount(self, text, currency):
        """Return the amount that the contact typed; None if it is none.

        :rtype: float | None
        """
        return parse_money(text, currency, self.env["res.lang"]._get_data(code=self.env.lang))

    @api.model
    def _spread(self, invoices, free_amount, due, online=True):
        """Return the lines that spend one sum on invoices, the oldest first.

        :param account.move invoices: of one company and currency, by due date
        :param str free_amount: the sum as typed
        :param dict due: by invoice id, see ``_line``
        :rtype: list[dict]
        :raise ValidationError: if it is no amount, or more than is due
        """
        currency = invoices.currency_id
        left = self._parse_amount(free_amount, currency)
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
            is_part = currency.compare_amounts(amount, invoice.amount_residual)
            lines.append(
                self._part_line(invoice, amount, online)
                if is_part
                else self._line(invoice, "all", due[invoice.id], online)
            )
            left = currency.round(left - lines[-1]["amount"])
        return lines

    # === PAYING === #

    def _check_still_payable(self):
        """Lock what the basket pays, and check that it is still to be paid.

        Who pays the same at the same moment waits, and is told.

        :raise ValidationError: if one of the invoices was paid or changed meanwhile, or this
            basket was
        """
        self.ensure_one()
        invoices, credits = self.line_ids.invoice_id, self.line_ids.credit_line_id
        # The credit, too: it could be used for another invoice at the same moment.
        lock_rows_or_retry(self, invoices | credits.move_id)
        if self._portal_is_paid():
            raise ValidationError(self.env._("This was paid already. Please choose again."))
        if not invoices:
            raise ValidationError(self.env._("Please choose the invoices again."))
        for invoice in invoices:
            if not self._is_still_payable(invoice):
                raise ValidationError(
                    self.env._(
                        "%s has changed since you chose it; perhaps it was paid meanwhile."
                        " Please choose again.",
                        invoice.name,
                    )
                )
        for credit, lines in (
            self.line_ids.filtered("credit_line_id").grouped("credit_line_id").items()
        ):
            used, left = sum(lines.mapped("amount")), -credit.amount_residual_currency
            if credit.reconciled or self.currency_id.compare_amounts(used, left) > 0:
                raise ValidationError(
                    self.env._("The credit was used meanwhile. Please choose again.")
                )

    def _is_still_payable(self, invoice):
        """Return whether an invoice still owes what this basket pays of it.

        :rtype: bool
        """
        asker = self.contact_id.browse() if self.is_express else self.contact_id
        lines = self.line_ids.filtered(lambda line: line.invoice_id == invoice)
        amount = sum(lines.mapped("amount"))
        return (
            invoice._has_to_be_paid()
            and not invoice._portal_refusal(asker)
            and self.currency_id.compare_amounts(amount, invoice.amount_residual) <= 0
        )

    def _portal_is_paid(self):
        """Return whether a payment of this basket was made, is being processed, or was announced.

        :rtype: bool
        """
        self.ensure_one()
        return self.transaction_id.state in PAID_STATES

    def _portal_keep_open(self):
        """Leave out what is not to be paid any more as it was chosen.

        :return: whether something was left out
        :rtype: bool
        """
        self.ensure_one()
        gone = self.line_ids.invoice_id.filtered(
            lambda invoice: not self._is_still_payable(invoice)
        )
        self.line_ids.filtered(lambda line: line.invoice_id in gone).unlink()
        return bool(gone)

    @api.model
    def _portal_end_choices(self, contact):
        """End what a contact chose earlier: whoever chooses anew pays that.

        :param res.partner contact: who chooses
        """
        # Sudo: the table is nobody's; these are the contact's own.
        mine = Domain("contact_id", "=", contact.id) & Domain("is_express", "=", False)
        self.sudo().search(mine & Domain("joint_id", "=", False)).unlink()

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
            (what stays to be paid afterwards) and ``coverings`` (what is on its way already)
        :rtype: list[dict]
        """
        self.ensure_one()
        rows, coverings = [], self.line_ids.invoice_id._portal_coverings()
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
                    "coverings": coverings.get(invoice.id, []),
                }
            )
        return rows

    def _portal_other_baskets(self):
        """Return what else of the same choice waits to be paid: other companies and currencies.

        :return: dicts with ``url``, ``company``, ``amount``, ``currency``
        :rtype: list[dict]
        """
        self.ensure_one()
        others = self.search(
            [
                ("contact_id", "=", self.contact_id.id),
                ("choice", "=", self.choice),
                ("id", "!=", self.id),
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
            if not other._portal_is_paid()
            and any(other._is_still_payable(invoice) for invoice in other.line_ids.invoice_id)
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
