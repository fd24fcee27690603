"""What the page of all seats tells of each customer."""

from odoo import api, models


class CustomerPortalSeat(models.Model):
    _inherit = "customer.portal.seat"

    def _portal_figures(self):
        """Return how these customers stand, each as the contact of the seat sees it: by the same
        domains as the pages that it opens.

        :return: dicts with ``id``, ``customer``, ``profile``, ``shows_balance``, ``balances`` (see
            ``account.move._portal_balance``; of what is open) and ``to_answer`` (how many quotes
            and files wait for an answer)
        :rtype: list[dict]
        """
        return [
            {
                "id": seat.id,
                "customer": seat.customer_id.name,
                "profile": seat.contact_id._portal_profile().name,
                **seat._portal_standing(),
            }
            for seat in self
        ]

    @api.model
    def _portal_totals(self, figures):
        """Return what is to be paid by several customers together.

        :param list figures: see ``_portal_figures``
        :return: dicts with ``currency``, ``pending`` and ``overdue``, one a currency
        :rtype: list[dict]
        """
        totals = {}
        for balance in (balance for one in figures for balance in one["balances"]):
            currency = balance["currency"]
            total = totals.setdefault(
                currency, {"currency": currency, "pending": 0.0, "overdue": 0.0}
            )
            for key in ("pending", "overdue"):
                total[key] = currency.round(total[key] + balance[key])
        return [totals[currency] for currency in sorted(totals, key=lambda one: one.name)]

    def _portal_standing(self):
        self.ensure_one()
        user = self.user_id.with_user(self.user_id)
        shows_balance = user._portal_allows_invoices()
        balances = {}
        if shows_balance:
            balances = user.env["account.move"]._portal_balance(
                user.partner_id, user._portal_companies("portal_show_invoices")
            )
        return {
            "shows_balance": shows_balance,
            "balances": [
                balance
                for balance in balances.values()
                if balance["pending_count"] or balance["overdue_count"]
            ],
            "to_answer": user._portal_to_answer(),
        }
