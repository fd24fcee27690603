"""The page of a quote or order: paying it, and its state in words."""

from odoo import models
from odoo.tools import format_date

from ...exceptions import PortalRefusal
from ...tools.pdf_data import number
from ...tools.transactions import lock_rows_or_retry
from ..payment.account_move_page import MAX_AMOUNT


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === PAYING === #

    def _portal_payment_obstacle(self, partner):
        """Return what keeps ``partner`` from paying this quote or order online. It can be paid if:

        - a quote can be accepted (see ``_portal_accept_obstacle``) and needs no signature any more,
          because paying it accepts it;
        - an order: the gates are open, and the contact has the capability *Pay invoices* (a guest
          with the document's token is not asked for one);
        - the company lets customers pay online;
        - something is left to pay, and no payment is under way;
        - two people who must accept it have done so.

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :return: a key of ``_portal_payment_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        self.ensure_one()
        contact = self._portal_as_contact(partner)
        if self.state != "sale":
            obstacle = self._portal_accept_obstacle(partner)
            if obstacle:
                return obstacle
            if self._has_to_be_signed():
                return "to_sign"
        elif self._portal_refusal(contact):
            return "unavailable"
        elif contact and not contact._portal_can("can_pay"):
            return "no_right_to_pay"
        if not self.company_id.portal_allow_payment:
            return "payment_off"
        if self._portal_payment_under_way():
            return "payment_under_way"
        if self.currency_id.compare_amounts(self.amount_paid, self.amount_total) >= 0:
            return "nothing_due"
        return "to_approve" if self._portal_approval_stage() else None

    def _portal_is_payable(self, partner):
        """Return whether ``partner`` can pay this quote or order online.

        :rtype: bool
        """
        return not self._portal_payment_obstacle(partner)

    def _portal_check_payment(self, partner, amount):
        """Check that ``partner`` may start to pay ``amount`` of this quote or order.

        A quote asks for at least what confirms it, nothing asks for more than is left.

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :param float amount: as the browser sent it, in the order's currency
        :raise PortalRefusal: if not, in words for the customer
        """
        lock_rows_or_retry(self.sudo())  # Of two who pay at once the second one is told.
        obstacle = self._portal_payment_obstacle(partner)
        if not obstacle and not self._portal_is_amount_due(amount):
            obstacle = "amount"
        if obstacle:
            raise PortalRefusal(self._portal_payment_obstacle_texts()[obstacle], obstacle)

    def _portal_amounts_due(self):
        """Return the least and the most that can be paid now.

        :rtype: tuple[float, float]
        """
        least = 0.0
        if self.state != "sale":
            least = max(self._get_prepayment_required_amount() - self.amount_paid, 0.0)
        return least, self.amount_total - self.amount_paid

    def _portal_is_amount_due(self, amount):
        if not isinstance(amount, int | float) or isinstance(amount, bool):
            return False
        least, most = self._portal_amounts_due()
        compare = self.currency_id.compare_amounts
        return (
            0 < amount < MAX_AMOUNT
            and compare(amount, 0) > 0
            and compare(amount, least) >= 0
            and compare(amount, most) <= 0
        )

    def _portal_payment_obstacle_texts(self):
        """Return what is told to a customer who can't pay, by obstacle.

        :rtype: dict[str, str]
        """
        least, most = self._portal_amounts_due()
        return {
            **self._portal_obstacle_texts(),
            "no_right_to_pay": self.env._(
                "You can read this order. To pay it, ask a colleague who may."
            ),
            "nothing_due": self.env._("There is nothing left to pay on this order."),
            "amount": self.env._(
                "The amount must be at least %(least)s and at most %(most)s.",
                least=self.currency_id.format(least or self.currency_id.rounding),
                most=self.currency_id.format(most),
            ),
            "currency": self.env._("This order is paid in %s.", self.currency_id.name),
        }

    # === PAGE === #

    def _portal_amount_text(self):
        return self.currency_id.format(self.amount_total)

    def _portal_hero(self):
        """Return the one number of this quote's page: what is to be paid ahead, else its total.

        :return: ``label`` (what it is), ``amount`` and ``note``, in words
        :rtype: dict[str, str]
        """
        self.ensure_one()
        total = self._portal_amount_text()
        if self._has_to_be_paid() and self.prepayment_percent != 1.0:
            return {
                "label": self.env._("Down payment (%s%%)", self._portal_prepayment_number()),
                "amount": self.currency_id.format(self._get_prepayment_required_amount()),
                "note": self.env._("of %s", total),
            }
        is_part = 0 < self.amount_paid < self.amount_total and self.state != "cancel"
        paid = self.currency_id.format(self.amount_paid)
        return {
            "label": self.env._("Total"),
            "amount": total,
            "note": self.env._("%s of it is paid", paid) if is_part else "",
        }

    def _portal_status(self):
        """Return the state of this quote or order in plain words.

        :return: ``label`` and ``tone`` as in the list, ``text``: a sentence, ``hero``: see
            ``_portal_hero``
        :rtype: dict
        """
        self.ensure_one()
        state = self._portal_state()
        status = {
            "hero": self._portal_hero(),
            "label": self._portal_state_labels()[state],
            "tone": self._portal_state_tones()[state],
        }
        if self.state == "draft":
            status["text"] = self.env._("This quote is a draft. The customer does not see it.")
        elif self.state == "sale":
            confirmed_on = format_date(self.env, self.date_order)
            status["text"] = (
                self.env._(
                    "Ordered on %(date)s, signed by %(name)s.",
                    date=confirmed_on,
                    name=self.signed_by,
                )
                if self.signed_by
                else self.env._("Ordered on %s.", confirmed_on)
            )
        elif self.portal_rejected_on:
            rejected_on = format_date(self.env, self.portal_rejected_on)
            status["text"] = self.env._("Rejected on %s.", rejected_on)
        elif self.state == "cancel":
            status["text"] = self.env._("This quote was cancelled.")
        elif state == "expired":
            valid_until = format_date(self.env, self.validity_date)
            status["text"] = self.env._("It was valid until %s.", valid_until)
        elif self.signature and self._has_to_be_paid():
            status["text"] = self.env._("It is signed, and becomes an order when it is paid.")
        elif self.validity_date:
            valid_until = format_date(self.env, self.validity_date)
            status["text"] = self.env._("Please answer until %s.", valid_until)
        else:
            status["text"] = self.env._("We are waiting for your answer.")
        further = [self._portal_changes_state_text()]
        if not self.is_expired:
            further.append(self._portal_first_person_text())
        status["text"] = " ".join(filter(None, [status["text"], *further]))
        return status

    def _portal_prepayment_number(self):
        """Return how much of this quote is to be paid ahead, in per cent, for who reads it.

        :return: ``30``, ``12.5``
        :rtype: str
        """
        self.ensure_one()
        return number(self, self.prepayment_percent * 100)
