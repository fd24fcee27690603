"""What the page of the basket shows of the invoices that can be paid."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_payable_groups(self, select, chosen, credits):
        """Return what can be chosen, by company and currency.

        :param str select: ``overdue`` or ``all``: what is ticked beforehand
        :param list chosen: ids of the invoices that are ticked
        :param account.move.line credits: open credit that can be used
        :return: dicts with ``company``, ``currency``, ``rows``, ``credits``, ``total``,
            ``overdue`` and ``may_part``
        :rtype: list[dict]
        """
        groups, coverings = [], self._portal_coverings()
        due_dates = self._portal_due_dates()
        for (company, currency), invoices in self.grouped(
            lambda invoice: (invoice.company_id, invoice.currency_id)
        ).items():
            rows = [
                invoice._portal_payable_row(
                    select, chosen, due_dates.get(invoice.id, False), coverings.get(invoice.id, [])
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
                    "total": sum(row["residual"] for row in rows),
                    "overdue": sum(row["residual"] for row in rows if row["overdue"]),
                    "may_part": company.portal_allow_part_payment,
                }
            )
        return groups

    def _portal_overdue(self):
        """Return those of these invoices of which something is past its date.

        :rtype: account.move
        """
        due_dates = self._portal_due_dates()
        return self.filtered(
            lambda invoice: invoice._portal_state(due_dates.get(invoice.id, False)) == "overdue"
        )

    def _portal_payable_row(self, select, chosen, due_date, coverings):
        due = self._get_invoice_next_payment_values()
        overdue = not coverings and self._portal_state(due_date) == "overdue"
        payable = self._has_to_be_paid()
        next_amount = due.get("next_amount_to_pay", 0.0)
        is_instalment = due.get("installment_state") in ("next", "overdue")
        return {
            "id": self.id,
            "name": self.name,
            "url": self.access_url,
            "date": self.invoice_date,
            "due": due.get("next_due_date") or self.invoice_date_due,
            "overdue": overdue,
            "payable": payable,
            "coverings": [
                {**self._portal_look("pending", [covering]), "text": covering["text"]}
                for covering in coverings
            ],
            "residual": self.amount_residual,
            "to_pay": due.get("amount_due", self.amount_residual),
            "next": next_amount if is_instalment and next_amount < self.amount_residual else 0.0,
            "discount_text": due.get("epd_discount_msg", ""),
            "ticked": payable
            and (
                self.id in chosen
                # Who pays everything does not mean what is paid already, or will pay itself.
                or (not coverings and (select == "all" or (select == "overdue" and overdue)))
            ),
        }
