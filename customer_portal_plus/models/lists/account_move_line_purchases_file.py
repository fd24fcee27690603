"""Purchases as files."""

from odoo import api, models
from odoo.tools.misc import format_date

from ...tools.table_files import Column, Sheet


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _portal_purchase_sheets(self, contact, companies, year):
        """Return the tables of the page: for each company and currency one by month and one by
        product. For the params see ``_portal_purchase_groups``.

        :rtype: list[tools.table_files.Sheet]
        """
        _ = self.env._
        sheets = []
        for account in self._portal_purchases(contact, companies, year):
            company, currency = account["company"], account["currency"]
            common = {
                "decimals": currency.decimal_places,
                "sum_label": _("Sum"),
                "facts": [
                    (_("Purchases"), contact.commercial_partner_id.name),
                    (_("Company"), company.name),
                    (_("Currency"), currency.name),
                    *(
                        [(_("Documents"), _("Your own documents only"))]
                        if contact._portal_scope() == "own"
                        else []
                    ),
                ],
            }
            money = [
                Column(_("Amount %s", year), "money", summed=True),
                Column(_("Amount %s", year - 1), "money", summed=True),
            ]
            of = currency.name if len(companies) == 1 else f"{currency.name} {company.name}"
            sheets.append(
                Sheet(
                    name=_("Months %s", of),
                    columns=[Column(_("Month")), *money],
                    rows=[
                        [
                            format_date(self.env, row["month"], date_format="LLLL"),
                            row["amount"],
                            row["before"],
                        ]
                        for row in account["months"]
                    ],
                    **common,
                )
            )
            products = self._portal_name_purchases(account["products"])
            sheets.append(
                Sheet(
                    name=_("Products %s", of),
                    columns=[
                        Column(_("Product")),
                        Column(_("Unit")),
                        Column(_("Quantity %s", year), "number"),
                        Column(_("Quantity %s", year - 1), "number"),
                        *money,
                    ],
                    rows=[
                        [
                            row["name"],
                            row["unit"],
                            row["product_id"] and row["quantity"],
                            row["product_id"] and row["quantity_before"],
                            row["amount"],
                            row["before"],
                        ]
                        for row in products
                    ],
                    **common,
                )
            )
        return sheets

    @api.model
    def _portal_purchase_table(self, contact, companies, year):
        """Return all of it as one table, a line for each month and product. For the params see
        ``_portal_purchase_groups``.

        :rtype: tools.table_files.Sheet
        """
        _ = self.env._
        groups = self._portal_purchase_groups(contact, companies, year)
        currencies = self.env["res.currency"].browse({group[1] for group in groups})
        currencies = {currency.id: currency for currency in currencies}
        rows = self._portal_name_purchases(
            [
                {
                    "company": companies.browse(company_id),
                    "currency": currencies[currency_id],
                    "month": month,
                    "product_id": product_id,
                    "unit_id": unit_id,
                    "amount": amount,
                    "quantity": quantity,
                }
                for company_id, currency_id, month, product_id, unit_id, amount, quantity in groups
            ]
        )
        rows.sort(
            key=lambda row: (
                row["company"].sequence,
                row["company"].id,
                row["currency"].name,
                row["month"],
                row["name"],
            )
        )
        return Sheet(
            name=_("Purchases"),
            columns=[
                Column(_("Company")),
                Column(_("Month")),
                Column(_("Product")),
                Column(_("Unit")),
                Column(_("Quantity"), "number"),
                Column(_("Amount"), "money"),
                Column(_("Currency")),
            ],
            rows=[
                [
                    row["company"].name,
                    row["month"].isoformat()[:7],
                    row["name"],
                    row["unit"],
                    row["product_id"] and row["quantity"],
                    row["amount"],
                    row["currency"].name,
                ]
                for row in rows
            ],
            decimals={row["currency"].name: row["currency"].decimal_places for row in rows},
            currency=6,
        )
