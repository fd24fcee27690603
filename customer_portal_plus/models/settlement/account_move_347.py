"""Modelo 347: the operations of a year with each customer, as a Spanish company declares them."""

from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# What deliveries abroad are reported as in the VAT returns, in the tags of their taxes.
ABROAD_TAGS = [f"{sign}mod303[{box}]" for sign in ("", "+", "-") for box in (59, 60)]
# The same as reasons of exemption, where the Spanish localization has them: articles 21 and 25.
ABROAD_REASONS = ("E2", "E5")
YEARS_BACK = 4  # a year can be looked at as long as it can be inspected


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_347_years(self):
        """Return the years that can be declared or corrected, the last one first.

        :rtype: list[int]
        """
        last = self._portal_today().year - 1
        return list(range(last, last - YEARS_BACK, -1))

    @api.model
    def _portal_347_domain(self, companies, years):
        """Return the domain of the documents that count: invoices to Spanish customers and their
        credit notes, by the day on which they are in the books.

        Left out are whole documents: of which something was withheld (other declarations have
        them), deliveries abroad, as far as taxes or the fiscal position say so, and interest of
        late payment, which is no operation.

        :param res.company companies: which declare, those in Spain among these
        :param list years: which
        :rtype: Domain
        """
        companies = companies._portal_declaring_347()
        if not companies:
            return Domain.FALSE
        charges_sudo = self.env["customer.portal.interest.charge"].sudo()  # Left out, not shown.
        charges = charges_sudo._search([]).subselect(SQL.identifier(charges_sudo._table, "move_id"))
        domain = (
            Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & Domain("company_id", "in", companies.ids)
            & Domain("date", ">=", date(min(years), 1, 1))
            & Domain("date", "<=", date(max(years), 12, 31))
            & Domain("commercial_partner_id.country_id.code", "=", "ES")
            & Domain("id", "not in", charges)
        )
        taxes, positions = self._portal_347_left_out(companies)
        if positions:
            domain &= Domain("fiscal_position_id", "not in", positions.ids)
        if taxes:
            lines_sudo = self.env["account.move.line"].sudo()  # Left out, not shown.
            lines = lines_sudo._search([("tax_ids", "in", taxes.ids)]).subselect(
                SQL.identifier(lines_sudo._table, "move_id")
            )
            domain &= Domain("id", "not in", lines)
        return domain

    @api.model
    def _portal_347_left_out(self, companies):
        """Return the taxes and the fiscal positions whose documents are not declared.

        :param res.company companies: in sudo
        :rtype: tuple[account.tax, account.fiscal.position]
        """
        # Sudo, and archived ones, too: documents have them.
        env = self.sudo().with_context(active_test=False).env
        left_out = (
            Domain("amount", "<", 0)
            | Domain("children_tax_ids.amount", "<", 0)
            | Domain("invoice_repartition_line_ids.tag_ids.name", "in", ABROAD_TAGS)
        )
        Tax = env["account.tax"]
        if "l10n_es_exempt_reason" in Tax._fields:
            left_out |= Domain("l10n_es_exempt_reason", "in", ABROAD_REASONS)
        within = Domain("company_id", "parent_of", companies.ids)
        taxes = Tax.search(within & Domain("type_tax_use", "=", "sale") & left_out)
        abroad = Domain("country_id", "!=", False) & Domain("country_id.code", "!=", "ES")
        groups = Domain("country_id", "=", False) & Domain("country_group_id", "!=", False)
        groups &= Domain("country_group_id", "not any", [("country_ids.code", "=", "ES")])
        positions = env["account.fiscal.position"].search(within & (abroad | groups))
        return taxes, positions

    @api.model
    def _portal_347_amounts(self, domain):
        """Return what documents add up to by quarter, taxes included, credit notes taken off.

        :param Domain domain: see ``_portal_347_domain``
        :return: (company, quarter 1 to 4) -> amount in the company's currency and number of
            documents; companies in sudo
        :rtype: dict[tuple, tuple]
        """
        # Sudo: whose they are is in the domain.
        groups = self.sudo()._read_group(
            domain, ["company_id", "date:quarter"], ["amount_total_signed:sum", "__count"]
        )
        return {
            (company, (day.month + 2) // 3): (company.currency_id.round(amount), count)
            for company, day, amount, count in groups
        }
