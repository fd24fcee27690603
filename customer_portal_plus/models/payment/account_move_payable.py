"""What the page of the basket shows of the invoices that can be paid."""

from itertools import islice

from odoo import api, models

# Before the date of an instalment, where all until then is chosen.
UNTIL = "until:"


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_payable_totals(self, domain):
        """Return what is left of the invoices that can be paid, by company and currency.

        :param Domain domain: which ones, the gates in it
        :return: (company, currency) -> sum in that currency, and number of invoices
        :rtype: dict[tuple, tuple[float, int]]
        """
        groups = self.sudo()._read_group(  # The gates are in the domain.
            domain, ["company_id", "currency_id"], ["amount_residual:sum", "__count"]
        )
        return {(company, currency): (left, count) for company, currency, left, count in groups}

    def _portal_payable_groups(self, select, chosen, credits, totals):
        """Return what can be chosen, by company and currency.

        :param str select: ``overdue`` or ``all``: what is ticked beforehand
        :param list chosen: ids of the invoices that are ticked
        :param account.move.line credits: open credit that can be used
        :param dict totals: what is left of all, these among them; see ``_portal_payable_totals``
        :return: dicts with ``company``, ``currency``, ``rows``, ``credits``, ``total`` and
            ``may_part``
        :rtype: list[dict]
        """
        groups, covered = [], self._portal_covered()
        coverings, due = covered._portal_coverings(), self._portal_due(covered)
        for (company, currency), invoices in self.grouped(
            lambda invoice: (invoice.company_id, invoice.currency_id)
        ).items():
            rows = [
                invoice._portal_payable_row(
                    select, chosen, due[invoice.id], coverings.get(invoice.id, [])
                )
                for invoice in invoices
            ]
            usable = credits.filtered(
                lambda line, c=company, cur=currency: (
                    line.company_id == c and line.currency_id == cur
                )
            )
            groups.append(
                {
                    "company": company.name,
                    "currency": currency,
                    "rows": rows,
                    "credits": usable._portal_credit_rows(),
                    "total": totals[company, currency][0],
                    "may_part": company.portal_allow_part_payment,
                }
            )
        return groups

    def _portal_asked(self, overdue_only=False, limit=None):
        """Return those of these invoices of which something is asked for and can be paid now: what
        is on its way is left out.

        :param bool overdue_only: those of which something is past its date
        :param int limit: how many at most, the first ones
        :rtype: account.move
        """
        key = "overdue" if overdue_only else "open"
        due = self._portal_due()
        asked = (move for move in self if due[move.id][key] and move._has_to_be_paid())
        return self.browse(move.id for move in islice(asked, limit))

    def _portal_payable_row(self, select, chosen, due, coverings):
        values = self._get_invoice_next_payment_values()
        payable = self._has_to_be_paid()
        asked, part = self.currency_id.round(due["open"]), self._portal_next_amount(due)
        return {
            "id": self.id,
            "name": self.name,
            "url": self.access_url,
            "date": self.invoice_date,
            "due": due["date"] or self.invoice_date_due,
            "overdue": due["overdue"],
            "payable": payable,
            "coverings": [
                {**self._portal_look("pending", [covering]), **covering} for covering in coverings
            ],
            "residual": self.amount_residual,
            "to_pay": asked
            if coverings and asked
            else values.get("amount_due", self.amount_residual),
            "next": part,
            # Further instalments, each with those before it.
            "until": [
                {"value": f"{UNTIL}{date.isoformat()}", "date": date, "amount": amount}
                for date, amount in self._portal_amounts_until(due).items()
                if (part or not asked) and self.currency_id.compare_amounts(amount, part) > 0
            ],
            "discount_text": self._portal_discount(values)[1],
            "ticked": payable
            and (
                self.id in chosen
                # Who pays everything does not mean what is paid already, or will pay itself.
                or (select == "all" and bool(asked))
                or (select == "overdue" and bool(due["overdue"]))
            ),
            "how": "next" if select == "overdue" and due["overdue"] and part else "all",
        }
