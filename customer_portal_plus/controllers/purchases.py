from werkzeug.urls import url_encode

from odoo.http import request, route
from odoo.tools.misc import format_date

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.bar_chart import draw_bars
from ..tools.parsing import parse_id
from ..tools.pdf_data import number
from .portal_page import PortalPage

PAGE_SIZE = 50  # products


class Purchases(PortalPage):
    """What the customer bought in a year, by month and by product, beside the year before."""

    def _portal_purchase_companies(self):
        """Return the companies whose invoices the signed-in contact sees, in sudo; none if it may
        see none.

        :rtype: res.company
        """
        user = request.env.user
        companies = user._portal_companies("portal_show_invoices")
        may = user.partner_id._portal_can("can_see_invoices")
        return companies if may else companies.browse()

    def _read_portal_purchase_year(self, companies):
        """Return the years that have something, and which of them is asked for: the last one if
        it is none of them.

        :param res.company companies: see ``_portal_purchase_companies``
        :rtype: tuple[list[int], int | None]
        """
        Line = request.env["account.move.line"]
        years = Line._portal_purchase_years(self._get_portal_contact(), companies)
        year = parse_id(request.params.get("year"))
        return years, year if year in years else next(iter(years), None)

    @route(
        ["/my/purchases", "/my/purchases/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_purchases(self, page=1, **kwargs):
        companies = self._portal_purchase_companies()
        if not companies:
            return self._render_portal_unavailable()
        contact = self._get_portal_contact()
        Line = request.env["account.move.line"]
        years, year = self._read_portal_purchase_year(companies)
        accounts = Line._portal_purchases(contact, companies, year) if year else []
        chosen = request.params.get("account")
        account = next((one for one in accounts if one["key"] == chosen), None) or next(
            iter(accounts), None
        )
        url_args = {"year": year, **({"account": account["key"]} if account else {})}
        pager = portal_pager(
            "/my/purchases",
            total=len(account["products"]) if account else 0,
            page=parse_id(page) or 1,
            step=PAGE_SIZE,
            url_args=url_args,
        )
        start = max(pager["offset"], 0)
        products = account["products"][start : start + PAGE_SIZE] if account else []

        def link(**changes):
            return f"/my/purchases?{url_encode({**url_args, **changes})}"

        return request.render(
            "customer_portal_plus.portal_purchases",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "purchases",
                "no_breadcrumbs": True,
                "own_only": contact._portal_scope() == "own",
                "year": year,
                "years": [
                    {"label": one, "url": link(year=one), "active": one == year} for one in years
                ],
                "account": account,
                "accounts": [
                    {**one, "url": link(account=one["key"]), "active": one is account}
                    for one in accounts
                ],
                "show_company": len({one["company"].id for one in accounts}) > 1,
                "months": self._prepare_portal_purchase_months(account),
                "chart": account
                and draw_bars([(row["before"], row["amount"]) for row in account["months"]]),
                "products": self._prepare_portal_purchase_products(products),
                "pager": pager,
                "exports": self._get_portal_export_links("/my/purchases", {"year": year})
                if account
                else [],
            },
        )

    def _prepare_portal_purchase_months(self, account):
        """Return the months of an account, with their names.

        :param account: see ``account.move.line._portal_purchases``; None if there is none
        :return: dicts with ``label``, ``short``, ``amount``, ``before``
        :rtype: list[dict]
        """
        return [
            {
                **row,
                "label": format_date(request.env, row["month"], date_format="LLLL"),
                "short": format_date(request.env, row["month"], date_format="LLL"),
            }
            for row in (account["months"] if account else ())
        ]

    def _prepare_portal_purchase_products(self, products):
        """Return products of an account, with their names, and their quantities as texts.

        :param list products: see ``account.move.line._portal_purchases``
        :rtype: list[dict]
        """
        Line = request.env["account.move.line"]

        def text(row, key):
            return f"{number(Line, row[key])} {row['unit']}" if row["unit"] and row[key] else ""

        return [
            {
                **row,
                "quantity": text(row, "quantity"),
                "quantity_before": text(row, "quantity_before"),
            }
            for row in Line._portal_name_purchases(products)
        ]

    @route(
        "/my/purchases/export.<any(xlsx,csv):extension>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_purchases_export(self, extension, **kwargs):
        """Both years of all companies and currencies: in sheets as on the page, or as one table."""
        companies = self._portal_purchase_companies()
        if not companies:
            return self._render_portal_unavailable()
        _years, year = self._read_portal_purchase_year(companies)
        if not year:
            return request.redirect("/my/purchases")
        asked = (self._get_portal_contact(), companies, year)
        Line = request.env["account.move.line"]
        if extension == "xlsx":
            sheets = Line._portal_purchase_sheets(*asked)
        else:
            sheets = [Line._portal_purchase_table(*asked)]
        title = request.env._("Purchases")
        return self._answer_portal_with_table(extension, sheets, title, f"{title.lower()}-{year}")
