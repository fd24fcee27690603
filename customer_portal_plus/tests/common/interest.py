"""Rates of late-payment interest that are easy to reckon with, and payments of any day."""

from datetime import date

from odoo import Command

from .settlement import SettlementCase

CHANGE = date(2025, 7, 1)  # the first day of the later rate, that of today


class InterestCase(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_claim_interest": True, "portal_claim_fixed_sum": True})
        cls.rate_before, cls.rate = cls._use_interest_rates(
            {"date_to": date(2025, 6, 30), "percentage": 11.15, "source": "BOE before"},
            {
                "date_from": CHANGE,
                "percentage": 10.95,  # of 100, 3 cents a day
                "source": "BOE today",
                "source_url": "https://www.boe.es/today",
            },
        )
        # Due on a Saturday, one month before the rate changes.
        cls.due = date(2025, 5, 31)

    @classmethod
    def _create_due(cls, amount=1000.0, **values):
        """Create an invoice that was due one month before the rate changed."""
        return cls._create_invoice(
            cls.alfa,
            amount,
            **{"invoice_date": date(2025, 5, 1), "invoice_date_due": cls.due, **values},
        )

    @classmethod
    def _pay_on(cls, invoice, amount, day):
        """Have a part of an invoice paid on a day of the past."""
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        account = receivable.account_id
        bank = cls.env["account.account"].search([("account_type", "=", "asset_cash")], limit=1)
        entry = cls.env["account.move"].create(
            {
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account_id,
                            "partner_id": invoice.partner_id.id,
                            "debit": debit,
                            "credit": credit,
                        }
                    )
                    for account_id, debit, credit in (
                        (bank.id, amount, 0.0),
                        (account.id, 0.0, amount),
                    )
                ],
            }
        )
        entry.action_post()
        (entry.line_ids.filtered(lambda line: line.account_id == account) | receivable).reconcile()
