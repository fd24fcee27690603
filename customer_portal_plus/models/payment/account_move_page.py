"""The page of an invoice or credit note: paying it, its state in words."""

from odoo import fields, models
from odoo.tools import format_date

from ...exceptions import PortalRefusal
from ...tools.transactions import lock_rows_or_retry
from ..lists.account_move_list import TO_PAY_STATES

# More than anybody owes; what a browser sends may be too great a number to be rounded.
MAX_AMOUNT = 1e15


class AccountMove(models.Model):
    _inherit = "account.move"

    # === PAYING === #

    def _has_to_be_paid(self):
        """Override of `account_payment`: the company lets customers pay online, the contact for
        whom a page is made may pay, and no payment is under way, though it may not be booked."""
        return (
            super()._has_to_be_paid()
            and not self._portal_payment_right_obstacle(self._portal_page_contact())
            and not self._portal_payment_under_way()
        )

    def _get_online_payment_error(self):
        """Override of `account_payment`: our own reasons, in words."""
        obstacle = self._portal_payment_right_obstacle(self._portal_page_contact())
        if obstacle:
            return self._portal_payment_obstacle_texts()[obstacle]
        return super()._get_online_payment_error()

    def _portal_payment_right_obstacle(self, contact):
        """Return whether company or profile keeps this document from being paid online.

        :param res.partner contact: a contact of the customer; empty for a guest with the token
        :return: ``payment_off``, ``no_right`` or None
        :rtype: str | None
        """
        self.ensure_one()
        if not self._portal_in_scope():
            return None
        if not self.sudo().company_id.portal_allow_payment:
            return "payment_off"
        if contact and not contact._portal_can("can_pay"):
            return "no_right"
        return None

    def _portal_payment_obstacle(self, partner):
        """Return what keeps ``partner`` from paying this document online. It can be paid if:

        - the four gates are open for it, or for a guest with the document's token;
        - nothing of the document itself keeps it, see ``_portal_shown_payment_obstacle``.

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :return: a key of ``_portal_payment_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        self.ensure_one()
        if self._portal_refusal(self._portal_as_contact(partner)):
            return "unavailable"
        return self._portal_shown_payment_obstacle(partner)

    def _portal_shown_payment_obstacle(self, partner):
        """Return what keeps ``partner`` from paying this document, which the gate has given to it:

        - the company lets customers pay online;
        - the contact has the capability *Pay invoices* (a guest is not asked for one);
        - it is a posted invoice with something left to pay, and no payment is under way.

        :param res.partner partner: see ``_portal_payment_obstacle``
        :return: likewise
        :rtype: str | None
        """
        contact = self._portal_as_contact(partner)
        obstacle = self._portal_payment_right_obstacle(contact)
        if obstacle:
            return obstacle
        if self.currency_id.is_zero(self.amount_residual):
            return "nothing_due"
        if self._portal_payment_under_way():
            return "under_way"
        if not self._has_to_be_paid():
            return "not_online"
        return None

    def _portal_check_payment(self, partner, amount):
        """Check that ``partner`` may start to pay ``amount`` of this document, in its currency.

        The invoice's row is locked first: of two who pay at the same moment the second one is told.

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :param float amount: as the browser sent it
        :raise PortalRefusal: if not, in words for the customer
        """
        lock_rows_or_retry(self.sudo())  # Who may pay is asked right after.
        obstacle = self._portal_payment_obstacle(partner)
        if not obstacle and not self._portal_is_amount_due(amount):
            obstacle = "amount"
        if obstacle:
            raise PortalRefusal(self._portal_payment_obstacle_texts()[obstacle], obstacle)
        if not self._portal_is_offered_amount(amount):
            if refusal := self._portal_part_refusal(amount):
                raise PortalRefusal(refusal, "amount")

    def _portal_is_amount_due(self, amount):
        return (
            isinstance(amount, int | float)
            and not isinstance(amount, bool)
            and abs(amount) < MAX_AMOUNT
            and self.currency_id.compare_amounts(amount, 0) > 0
            and self.currency_id.compare_amounts(amount, self.amount_residual) <= 0
        )

    def _portal_is_offered_amount(self, amount):
        """Return whether the page itself asks for an amount: all that is left, the instalment that
        is next, what is overdue, or what a discount for paying early leaves.

        :rtype: bool
        """
        values, due = self._get_invoice_next_payment_values(), self._portal_due()[self.id]
        offered = (
            self.amount_residual,
            values.get("amount_due"),
            values.get("next_amount_to_pay"),
            self._portal_next_amount(due),
            due["open"],
        )
        compare = self.currency_id.compare_amounts
        return any(one and not compare(amount, one) for one in offered)

    def _portal_part_refusal(self, amount, online=True):
        """Return why an amount can't be paid of this invoice, in words: the one rule for parts.

        :param float amount: in the invoice's currency; None if it could not be read
        :param bool online: to be paid here; False if it was paid elsewhere, where staff decide
            what it settles
        :return: empty if it can be paid
        :rtype: str
        """
        self.ensure_one()
        currency, name, company = self.currency_id, self.name, self.company_id
        if amount is None or currency.compare_amounts(amount, 0) <= 0:
            return self.env._("%s: please type an amount, such as 150.00.", name)
        if abs(currency.round(amount) - amount) > 1e-9:
            return self.env._(
                "%(invoice)s: %(currency)s has %(decimals)s decimals.",
                invoice=name,
                currency=currency.name,
                decimals=currency.decimal_places,
            )
        difference = currency.compare_amounts(amount, self.amount_residual)
        if difference > 0:
            return self.env._(
                "%(invoice)s: at most %(amount)s is to be paid.",
                invoice=name,
                amount=currency.format(self.amount_residual),
            )
        if not difference or not online:
            return ""
        if not company.portal_allow_part_payment:
            return self.env._("%s can only be paid in full.", name)
        minimum = company.currency_id._convert(
            company.portal_part_payment_minimum,
            currency,
            company,
            fields.Date.context_today(self),
        )
        if currency.compare_amounts(amount, minimum) < 0:
            return self.env._(
                "%(invoice)s: a part payment is at least %(amount)s.",
                invoice=name,
                amount=currency.format(minimum),
            )
        return ""

    def _portal_payment_under_way(self):
        """Return whether this document is being paid online at this moment.

        :rtype: bool
        """
        return bool(self.sudo().transaction_ids._portal_filter_under_way())

    def _portal_payment_obstacle_texts(self):
        """Return what is told to a customer who can't pay, by obstacle.

        :rtype: dict[str, str]
        """
        return {
            "unavailable": self.env._("This invoice is not available."),
            "payment_off": self.env._("Invoices are not paid online. Please pay by bank transfer."),
            "no_right": self.env._(
                "You can read this invoice. To pay it, ask a colleague who may."
            ),
            "nothing_due": self.env._("There is nothing left to pay on this invoice."),
            "under_way": self.env._(
                "A payment of this invoice is under way. Please wait until it is finished."
            ),
            "not_online": self.env._("This invoice can't be paid online. Please write to us."),
            "amount": self.env._(
                "The amount must be more than zero and at most %s, what is left to pay.",
                self.currency_id.format(self.amount_residual),
            ),
            "currency": self.env._("This invoice is paid in %s.", self.currency_id.name),
        }

    # === PAGE === #

    def _portal_payments(self):
        """Return what has been paid of this document, or taken off by credit notes, by date.

        :return: for each, ``date`` and ``amount`` (formatted), and ``label``
        :rtype: list[dict[str, str]]
        """
        self.ensure_one()
        partials = self.sudo()._get_all_reconciled_invoice_partials() or []
        return [
            {
                "date": format_date(self.env, line.date),
                "label": self._portal_payment_label(line),
                "amount": self.currency_id.format(amount),
            }
            for line, amount in sorted(
                (
                    (partial["aml"], partial["amount"])
                    for partial in partials
                    if not partial["is_exchange"]
                ),
                key=lambda pair: (pair[0].date, pair[0].id),
            )
        ]

    def _portal_payment_label(self, line):
        """Return what a line is that this document was reconciled with, for its customer."""
        move = line.move_id
        if move.is_invoice(include_receipts=True):
            # A document that is hidden from the customer is not named, either.
            named = move.portal_visible
            return f"{move.type_name} {move.name}" if named else self.env._("Other items")
        transaction = line.payment_id.payment_transaction_id
        if transaction:
            return self.env._("Online payment (%s)", transaction.payment_method_id.name)
        return self.env._("Payment")

    def _portal_hero(self, left):
        """Return the one number of this document's page.

        :param float left: what of it is left, without what is on its way
        :return: ``label`` (what it is), ``amount`` and ``note`` (of how much), in words
        :rtype: dict[str, str]
        """
        left, is_credit = abs(left), self.move_type == "out_refund"
        is_part = self.currency_id.compare_amounts(left, self.amount_total)
        return {
            "label": self.env._("In your favour") if is_credit else self.env._("Left to pay"),
            "amount": self.currency_id.format(left),
            "note": (
                self.env._("of %s", self.currency_id.format(self.amount_total)) if is_part else ""
            ),
        }

    def _portal_status(self):
        """Return the state of this document in plain words.

        :return: ``label`` and ``tone`` as in the list, ``text``: a sentence, ``links``: dicts with
            ``url`` and ``label``, ``covered``: whether a payment of it is on its way, ``hero``:
            see ``_portal_hero``
        :rtype: dict
        """
        self.ensure_one()
        covered = self._portal_covered()
        asked = self._portal_due(covered)[self.id]
        state = self._portal_state(asked, under_way=None if covered else False)
        coverings = covered._portal_coverings().get(self.id, [])
        left = self.currency_id.format(asked["open"])
        overdue = self.currency_id.format(asked["overdue"])
        due = format_date(self.env, asked["date"] or self.invoice_date_due)
        paid_on = self._portal_paid_dates().get(self.id)
        texts = {
            "paid": self.env._("Paid on %s.", format_date(self.env, paid_on))
            if paid_on
            else self.env._("There is nothing left to pay."),
            "reversed": self.env._("There is nothing to pay."),
            "processing": self.env._("We have been told of a payment. It is being processed."),
            "overdue": self.env._("%(left)s left to pay. Due on %(due)s.", left=left, due=due)
            if not self.currency_id.compare_amounts(asked["open"], asked["overdue"])
            else self.env._(
                "%(left)s left to pay; %(overdue)s of it was due on %(due)s.",
                left=left,
                overdue=overdue,
                due=due,
            ),
            "partial": self.env._(
                "%(left)s left to pay, the next part until %(due)s.", left=left, due=due
            ),
            "pending": self.env._("%(left)s to pay until %(due)s.", left=left, due=due),
            "blocked": self.env._("%s left to pay. Please ask us before you pay.", left),
            "credit": self.env._("%s of this credit note are in your favour.", left),
            "credit_used": self.env._("Nothing is left of this credit note."),
        }
        look = self._portal_look(state, coverings)
        words = [texts[state], self._portal_reminder_text()]
        if coverings and state in TO_PAY_STATES:
            words = [covering["text"] for covering in coverings]
            if self.currency_id.compare_amounts(asked["open"], 0) > 0:
                words.append(texts[state])
        links = [
            {"url": covering["url"], "label": self.env._("See account and reference")}
            for covering in coverings
            if covering["url"]
        ]
        return {
            "label": look["label"],
            "tone": look["tone"],
            "text": " ".join(filter(None, words)),
            "links": links[:1],
            "covered": bool(covered),
            "hero": self._portal_hero(asked["open"] + asked["later"]),
        }
