"""The documents behind the modelo 347: on the page, and in a file for spreadsheets."""

from collections import defaultdict

from odoo import api, models

from ...tools.table_files import Column, Sheet


class CustomerPortal347Answer(models.Model):
    _inherit = "customer.portal.347.answer"

    @api.model
    def _portal_documents(self, contact, companies, year, limit=None):
        """Return the documents behind the figures that a contact sees. For the params see
        ``_portal_declarations``.

        :param int limit: how many at most
        :return: (company id, quarter) -> dicts with ``name``, ``url``, ``date``, ``amount`` (with a
            minus for a credit note, in the company's currency), the first one first
        :rtype: dict[tuple, list]
        """
        domain = self._portal_domain_of(contact, companies, year)
        moves_sudo = self.env["account.move"].sudo()  # The gates are in the domain.
        found = defaultdict(list)
        for move in moves_sudo.search(
            domain & moves_sudo._portal_domain(contact), order="date, name, id", limit=limit
        ):
            found[move.company_id.id, (move.date.month + 2) // 3].append(
                {
                    "name": move.name,
                    "url": move.access_url,
                    "date": move.date,
                    "amount": move.amount_total_signed,
                }
            )
        return found

    @api.model
    def _portal_sheets(self, contact, companies, year):
        """Return the tables of the page: for each company one by quarter and one of documents. For
        the params see ``_portal_declarations``.

        :rtype: list[tools.table_files.Sheet]
        """
        _ = self.env._
        documents = self._portal_documents(contact, companies, year)
        customer = contact.sudo().commercial_partner_id  # Its tax ID is on its documents.
        sheets = []
        for declared in self._portal_declarations(contact, companies, year):
            company, currency = declared["company"], declared["currency"]
            common = {
                "decimals": currency.decimal_places,
                "sum_label": _("Sum"),
                "facts": [
                    (_("Modelo 347"), year),
                    (_("Company"), company.name),
                    (_("Tax ID"), company.vat or ""),
                    (_("Customer"), customer.name),
                    (_("Tax ID"), customer.vat or ""),
                    (_("Currency"), currency.name),
                ],
            }
            common["facts"] = [(label, str(value)) for label, value in common["facts"]]
            of = f" {company.name}" if len(companies) > 1 else ""
            sheets.append(
                Sheet(
                    name=_("Quarters") + of,
                    columns=[
                        Column(_("Quarter")),
                        Column(_("Amount"), "money", summed=True),
                        Column(_("Your objection")),
                    ],
                    rows=[
                        [str(one["number"]), one["amount"], one["objection"]]
                        for one in declared["quarters"]
                    ],
                    **common,
                )
            )
            rows = []
            for one in declared["quarters"]:
                number = str(one["number"])
                rows += [
                    [number, document["date"], document["name"], document["amount"]]
                    for document in documents[company.id, one["number"]]
                ]
                if one["other"]:
                    rows.append([number, None, _("Other items"), one["other"]])
            sheets.append(
                Sheet(
                    name=_("Documents") + of,
                    columns=[
                        Column(_("Quarter")),
                        Column(_("Date"), "date"),
                        Column(_("Document")),
                        Column(_("Amount"), "money", summed=True),
                    ],
                    rows=rows,
                    **common,
                )
            )
        return sheets
