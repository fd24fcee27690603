"""Invoices of several customers, paid at once by one person that has a seat at each."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools.transactions import lock_rows_or_retry
from .customer_portal_basket import MAX_INVOICES, OLDEST_DUE_FIRST, PAID_STATES


class CustomerPortalJoint(models.TransientModel):
    """What a person is about to pay at once for several customers: a basket for each of them, all
    of one company and in one currency.

    Each basket is that of the contact as whom the person acts for the customer, or of its own
    contact: what is in it is judged by that contact's rights, as it is chosen and once more, with
    the rows locked, as it is paid. Credit of a customer is used on its own pages.
    """

    _name = "customer.portal.joint"
    _description = "Invoices of several customers to be paid together"
    _transient_max_hours = 4.0
    _transient_max_count = 0

    holder_id = fields.Many2one("res.users", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    # What was chosen together: one for each company and currency of it.
    choice = fields.Char(required=True)
    # The last payment that was started for it: the whole.
    transaction_id = fields.Many2one("payment.transaction", ondelete="set null")
    basket_ids = fields.One2many("customer.portal.basket", "joint_id")
    amount = fields.Monetary("To pay", compute="_compute_amount")

    @api.depends("basket_ids.amount")
    def _compute_amount(self):
        for joint in self:
            joint.amount = sum(joint.basket_ids.mapped("amount"))

    # === WHO PAYS WHAT === #

    @api.model
    def _payers(self, holder):
        """Return by whose rights a person pays: its own user and those of its seats, of customers
        for which it may pay online now.

        :param res.users holder: who has signed in
        :return: the users in sudo, one a customer
        :rtype: res.users
        """
        users = holder | self.env["customer.portal.seat"]._held_by(holder).user_id
        return users.sudo().filtered(
            lambda user: user._portal_can_pay_online() and user._portal_allows_invoices()
        )

    @api.model
    def _payable_domain(self, users):
        """Return the domain of the open invoices that may be chosen: each by the rights of the
        user that pays for its customer.

        :param res.users users: see ``_payers``
        :rtype: Domain
        """
        Move = self.env["account.move"]
        return (
            Domain.OR(Move.with_user(user)._portal_user_domain() for user in users)
            & self.env["customer.portal.basket"]._open_invoices_domain()
            & Domain("company_id.portal_allow_payment", "=", True)
        )

    @api.model
    def _find_payable(self, users, domain, limit=None):
        """Return open invoices that may be chosen, in sudo, the oldest due first.

        :param res.users users: see ``_payers``
        :param Domain domain: further conditions
        :param int limit: how many at most
        :rtype: account.move
        """
        Move = self.env["account.move"].sudo()  # Sudo: the gates are in the domain.
        wanted = self._payable_domain(users) & domain
        return Move.search(wanted, order=OLDEST_DUE_FIRST, limit=limit)

    # === CHOOSING === #

    @api.model
    def _build(self, holder, invoice_ids):
        """Make what a person pays of the invoices that it has chosen: one for each company and
        currency. What it chose earlier ends.

        :param res.users holder: who has signed in
        :param list invoice_ids: ids that came from outside
        :return: in sudo, the one with the oldest invoice first
        :rtype: customer.portal.joint
        :raise ValidationError: if something that was chosen can't be paid so
        """
        users = self._payers(holder)
        invoices = self._find_payable(users, Domain("id", "in", invoice_ids))
        if len(invoices) != len(set(invoice_ids)):
            raise ValidationError(
                self.env._(
                    "Some of these invoices are not to be paid any more. Please choose again."
                )
            )
        if not invoices:
            raise ValidationError(self.env._("Please choose at least one invoice."))
        if len(invoices) > MAX_INVOICES:
            raise ValidationError(
                self.env._("Please pay at most %s invoices at once.", MAX_INVOICES)
            )
        joints_sudo = self.sudo()  # Sudo: the table is nobody's; these are the person's own.
        joints_sudo.search([("holder_id", "=", holder.id)]).unlink()
        choice = secrets.token_hex(8)
        user_of = {user.partner_id.commercial_partner_id: user for user in users}
        made = joints_sudo.browse()
        for (company, currency), of_one in invoices.grouped(
            lambda invoice: (invoice.company_id, invoice.currency_id)
        ).items():
            baskets = self.env["customer.portal.basket"].sudo()
            for customer, chosen in of_one.grouped("commercial_partner_id").items():
                baskets |= baskets._build(user_of[customer].partner_id, chosen)
            made |= joints_sudo.create(
                {
                    "holder_id": holder.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "choice": choice,
                    "basket_ids": baskets.ids,
                }
            )
        return made

    @api.model
    def _find(self, joint_id, holder):
        """Return what a person chose to pay, in sudo; empty if there is no such choice of its.

        :param int joint_id: an id that came from outside
        :param res.users holder: who has signed in
        :rtype: customer.portal.joint
        """
        # Sudo: the table is nobody's to read.
        mine = Domain("id", "=", joint_id) & Domain("holder_id", "=", holder.id)
        return self.sudo().search(mine)

    def _others(self):
        """Return what else of the same choice waits to be paid: other companies and currencies.

        :rtype: customer.portal.joint
        """
        self.ensure_one()
        same = Domain("choice", "=", self.choice) & Domain("id", "!=", self.id)
        return self.search(same).filtered(
            lambda other: not other._portal_is_paid() and other.basket_ids.line_ids
        )

    # === PAYING === #

    def _portal_is_paid(self):
        """Return whether a payment of this was made, or is being processed.

        :rtype: bool
        """
        self.ensure_one()
        return self.transaction_id.state in PAID_STATES

    def _portal_keep_open(self):
        """Leave out what is not to be paid any more as it was chosen, or not by this person.

        :return: whether something was left out
        :rtype: bool
        """
        self.ensure_one()
        allowed = self._allowed_invoices()
        lines = self.basket_ids.line_ids
        gone = lines.filtered(lambda line: line.invoice_id not in allowed)
        gone.unlink()
        left_out = [basket._portal_keep_open() for basket in self.basket_ids]
        self.basket_ids.filtered(lambda basket: not basket.line_ids).unlink()
        return bool(gone) or any(left_out)

    def _allowed_invoices(self):
        """Return which of the invoices in here the person may pay now, for their customers.

        :rtype: account.move
        """
        invoices = self.basket_ids.line_ids.invoice_id
        return self._find_payable(self._payers(self.holder_id), Domain("id", "in", invoices.ids))

    def _check_still_payable(self):
        """Lock what is paid and the seats by which it is, and check that all of it still is to be
        paid, by this person.

        :raise ValidationError: if something has changed meanwhile
        """
        self.ensure_one()
        baskets = self.basket_ids
        invoices = baskets.line_ids.invoice_id
        seats = self.env["customer.portal.seat"]._held_by(self.holder_id)
        lock_rows_or_retry(self, baskets, invoices, seats)
        allowed = self._allowed_invoices()
        if self._portal_is_paid():
            raise ValidationError(self.env._("This was paid already. Please choose again."))
        if not invoices:
            raise ValidationError(self.env._("Please choose the invoices again."))
        if gone := invoices - allowed:
            raise ValidationError(
                self.env._("You can't pay %s any more. Please choose again.", gone[0].name)
            )
        for basket in baskets:
            basket._check_still_payable()

    def _start(self, transaction):
        """Give a payment its parts, one for each customer, before the provider is asked for it.

        :param payment.transaction transaction: the whole, just created
        """
        self.ensure_one()
        self.transaction_id = transaction
        for basket in self.basket_ids:
            values = basket._transaction_values()
            # No provider is told of it: its own rules for references are not for parts.
            reference = transaction._compute_reference("none", **values)
            basket.transaction_id = transaction.create(
                {
                    **values,
                    "portal_joint_id": transaction.id,
                    "reference": reference,
                    "provider_id": transaction.provider_id.id,
                    "payment_method_id": transaction.payment_method_id.id,
                    "operation": transaction.operation,
                    "amount": basket.amount,
                    "currency_id": transaction.currency_id.id,
                    "partner_id": basket.contact_id.id,
                }
            )
        self.basket_ids.transaction_id._log_sent_message()

    # === PAGES === #

    @api.model
    def _portal_choice(self, holder, select="", chosen=()):
        """Return what a person can choose to pay, by company and currency.

        :param res.users holder: who has signed in
        :param str select: ``overdue`` or ``all``: what is ticked beforehand
        :param list chosen: ids of the invoices that are ticked
        :return: ``groups``, see ``account.move._portal_payable_groups``; each of their rows has
            ``customer``, too, and those of one customer come together. ``more``: how many invoices
            are not listed
        :rtype: dict
        """
        users = self._payers(holder)
        if not users:
            return {"groups": [], "more": 0}
        totals = self.env["account.move"]._portal_payable_totals(self._payable_domain(users))
        invoices = self._find_payable(users, Domain.TRUE, limit=MAX_INVOICES)
        credits = self.env["account.move.line"]
        groups = invoices._portal_payable_groups(select, chosen, credits, totals)
        customers = {invoice.id: invoice.commercial_partner_id.name for invoice in invoices}
        for group in groups:
            for row in group["rows"]:
                row["customer"] = customers[row["id"]]
            group["rows"].sort(key=lambda row: row["customer"])
        count = sum(count for _left, count in totals.values())
        return {"groups": groups, "more": count - len(invoices)}

    def _portal_parts(self):
        """Return what the payment page shows, customer by customer.

        :return: dicts with ``customer``, ``amount`` and ``rows``, see
            ``customer.portal.basket._portal_rows``
        :rtype: list[dict]
        """
        self.ensure_one()
        parts = [
            {
                "customer": basket.contact_id.commercial_partner_id.name,
                "amount": basket.amount,
                "rows": basket._portal_rows(),
            }
            for basket in self.basket_ids
        ]
        return sorted(parts, key=lambda part: part["customer"])
