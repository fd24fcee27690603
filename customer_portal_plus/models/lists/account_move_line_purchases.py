"""What a customer bought, by month and by product: the lines of its invoices, added up."""

from collections import defaultdict
from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _portal_purchase_domain(self, contact, companies):
        """Return the domain of the invoices and credit notes that count as a contact's purchases:
        those of its list of invoices.

        :param res.partner contact: who asks
        :param res.company companies: whose documents
        :rtype: Domain
        """
        documents = self.env["account.move"]._portal_domain(contact)
        return documents & Domain("company_id", "in", companies.ids)

    @api.model
    def _portal_purchase_years(self, contact, companies):
        """Return the years in which something was invoiced to a contact's customer, the last one
        first. For the params see ``_portal_purchase_domain``.

        :rtype: list[int]
        """
        # Sudo: the gates are in the domain.
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                self._portal_purchase_domain(contact, companies),
                ["invoice_date:year"],
                order="invoice_date:year DESC",
            )
        )
        return [day.year for (day,) in groups if day]

    @api.model
    def _portal_purchase_groups(self, contact, companies, year):
        """Return what was invoiced to a contact's customer in a year and the one before, without
        tax, credit notes with a minus.

        All that makes up the untaxed amount of a document counts: product lines, and what cash
        rounding added to it. What has no product has no quantity, either.

        :param int year: the later one
        :return: tuples of company, currency, first day of a month, product, unit (ids; None where
            there is none), amount and quantity
        :rtype: list[tuple[int, int, datetime.date, int, int, float, float]]
        """
        years = Domain("invoice_date", ">=", date(max(year - 1, 1), 1, 1)) & Domain(
            "invoice_date", "<=", date(year, 12, 31)
        )
        moves_sudo = self.env["account.move"].sudo()  # The gates are in the domain.
        moves = moves_sudo._search(self._portal_purchase_domain(contact, companies) & years)
        self.env["account.move"].flush_model()
        self.flush_model()
        columns = ("id", "company_id", "currency_id", "move_type", "invoice_date")
        return self.env.execute_query(
            SQL(
                """
                SELECT move.company_id, move.currency_id,
                       date_trunc('month', move.invoice_date)::date AS month, line.product_id,
                       CASE WHEN line.product_id IS NOT NULL THEN line.product_uom_id END AS unit,
                       SUM(-line.amount_currency),
                       SUM(CASE WHEN line.product_id IS NULL THEN 0
                                WHEN move.move_type = 'out_refund' THEN -line.quantity
                                ELSE line.quantity END)
                  FROM %s move
                  JOIN account_move_line line ON line.move_id = move.id
                 WHERE line.display_type = 'product'
                    OR (line.display_type = 'rounding' AND line.tax_repartition_line_id IS NULL)
                 GROUP BY 1, 2, 3, 4, 5
                """,
                moves.subselect(*(SQL.identifier("account_move", name) for name in columns)),
            )
        )

    @api.model
    def _portal_purchases(self, contact, companies, year):
        """Return what a contact's customer bought in a year, beside the year before, one entry for
        each company and currency. For the params see ``_portal_purchase_groups``.

        :return: dicts with ``key``, ``company``, ``currency`` (records), ``amount`` and ``before``
            (sums of both years); ``months``: dicts with ``month`` (its first day), ``amount``,
            ``before``; ``products``, the largest amount first: dicts with ``product_id``,
            ``unit_id`` (None for what has no product), ``amount``, ``before``, ``quantity``,
            ``quantity_before``
        :rtype: list[dict]
        """
        amounts = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        by_product = defaultdict(lambda: defaultdict(lambda: [0.0] * 4))
        groups = self._portal_purchase_groups(contact, companies, year)
        for company_id, currency_id, month, product_id, unit_id, amount, quantity in groups:
            account, past = (company_id, currency_id), int(month.year != year)
            amounts[account][month.month][past] += amount
            product = by_product[account][product_id, unit_id]
            product[past] += amount
            product[2 + past] += quantity
        currencies = self.env["res.currency"].browse({currency_id for _id, currency_id in amounts})
        accounts = []
        for currency in currencies:

            def money(amount, currency=currency):
                return currency.round(amount) + 0.0  # never "-0.00"

            for company in companies:
                account = (company.id, currency.id)
                if account not in amounts:
                    continue
                months = amounts[account]
                accounts.append(
                    {
                        "key": f"{company.id}-{currency.id}",
                        "company": company,
                        "currency": currency,
                        "amount": money(sum(now for now, _past in months.values())),
                        "before": money(sum(past for _now, past in months.values())),
                        "months": [
                            {
                                "month": date(year, number, 1),
                                "amount": money(months[number][0]),
                                "before": money(months[number][1]),
                            }
                            for number in range(1, 13)
                        ],
                        "products": [
                            {
                                "product_id": product_id,
                                "unit_id": unit_id,
                                "amount": money(sums[0]),
                                "before": money(sums[1]),
                                "quantity": sums[2],
                                "quantity_before": sums[3],
                            }
                            for (product_id, unit_id), sums in by_product[account].items()
                        ],
                    }
                )
                accounts[-1]["products"].sort(
                    key=lambda row: (
                        -row["amount"],
                        -row["before"],
                        row["product_id"] or 0,
                        row["unit_id"] or 0,
                    )
                )
        return sorted(
            accounts,
            key=lambda entry: (
                entry["company"].sequence,
                entry["company"].id,
                -len(entry["products"]),
                entry["currency"].name,
            ),
        )

    @api.model
    def _portal_name_purchases(self, rows):
        """Add ``name`` and ``unit`` to products of ``_portal_purchases``, in the reader's language.

        :param list rows: as many as are shown; changed in place
        :return: the same
        :rtype: list[dict]
        """
        names = {None: self.env._("Other")}
        units = {None: ""}
        # Sudo, and archived ones, too: they stand on the invoices.
        env = self.sudo().with_context(active_test=False).env
        for labels, model_name, key in (
            (names, "product.product", "product_id"),
            (units, "uom.uom", "unit_id"),
        ):
            ids = {row[key] for row in rows} - {None}
            labels.update((one.id, one.display_name) for one in env[model_name].browse(ids))
        for row in rows:
            row["name"], row["unit"] = names[row["product_id"]], units[row["unit_id"]]
        return rows
