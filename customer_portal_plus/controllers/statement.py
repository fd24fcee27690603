import tempfile

from werkzeug.urls import url_encode

from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.statement.customer_portal_statement_file import MAX_PDF_LINES, MIMETYPES
from ..tools.parsing import parse_date, parse_id
from ..tools.periods import free_period, named_periods
from .portal_page import PortalPage

PAGE_SIZE = 50
DEFAULT_PERIOD = "year"


class AccountStatement(PortalPage):
    """The account statement: movements of a period, or what is open as of a day."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if request.env.user._portal_statement_companies():
            menu.append(
                {
                    "key": "statement",
                    "label": request.env._("Statement"),
                    "url": "/my/statement",
                    "pages": ["statement"],
                    "sequence": 25,
                }
            )
        return menu

    # === WHAT IS ASKED FOR === #

    def _read_portal_statement_request(self):
        """Return which statement the query string asks for; what makes no sense is left out.

        :return: ``kind`` (``movements`` or ``open``), ``period`` (a name of ``named_periods``,
            None for free dates), ``begin``, ``end``, and ``url_args``: the same as a query string
            has it
        :rtype: dict
        """
        params = request.params
        today = request.env["account.move"]._portal_today()
        kind = "open" if params.get("kind") == "open" else "movements"
        begin, end = parse_date(params.get("date_begin")), parse_date(params.get("date_end"))
        if kind == "open":
            begin = None
        periods = named_periods(today)
        period = params.get("period")
        url_args = {"kind": kind} if kind == "open" else {}
        if begin or end:
            period = None
            begin, end = free_period(begin, end, today)
            if kind == "movements":
                url_args["date_begin"] = begin.isoformat()
            url_args["date_end"] = end.isoformat()
        elif kind == "open":
            period, begin, end = None, today, today
        else:
            if not isinstance(period, str) or period not in periods:
                period = DEFAULT_PERIOD
            begin, end = periods[period]
            url_args["period"] = period
        return {
            "kind": kind,
            "period": period,
            "begin": begin,
            "end": end,
            "url_args": url_args,
        }

    def _get_portal_statement_periods(self):
        """Return what the named periods are called.

        :rtype: dict[str, str]
        """
        _ = request.env._
        return {
            "month": _("This month"),
            "last_month": _("Last month"),
            "quarter": _("This quarter"),
            "year": _("This year"),
            "last_year": _("Last year"),
        }

    # === PAGE === #

    @route(
        ["/my/statement", "/my/statement/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_statement(self, page=1, **kwargs):
        if not request.env.user._portal_statement_companies():
            return self._render_portal_unavailable()
        return self._render_portal_statement(parse_id(page) or 1)

    def _render_portal_statement(self, page=1, too_long=False):
        """Return the page of a statement.

        :param int page: which page of its lines
        :param bool too_long: whether it was asked for as PDF and has too many lines for that
        """
        asked = self._read_portal_statement_request()
        Statement = request.env["customer.portal.statement"]
        reader = Statement._reader_of(self._get_portal_contact())
        companies = request.env.user._portal_statement_companies()
        accounts = Statement._accounts(reader, companies, asked["begin"], asked["end"])
        chosen = request.params.get("account")
        account = next((one for one in accounts if one["key"] == chosen), None) or next(
            iter(accounts), None
        )
        is_open = asked["kind"] == "open"
        url_args = {**asked["url_args"], **({"account": account["key"]} if account else {})}
        pager = portal_pager(
            "/my/statement",
            total=account["open_count" if is_open else "count"] if account else 0,
            page=page,
            step=PAGE_SIZE,
            url_args=url_args,
        )
        lines = []
        if account:
            slice_ = {"limit": PAGE_SIZE, "offset": max(pager["offset"], 0)}
            lines = list(
                Statement._open_lines(reader, account, asked["end"], **slice_)
                if is_open
                else Statement._movement_lines(
                    reader, account, asked["begin"], asked["end"], **slice_
                )
            )

        def link(**changes):
            args = {**url_args, **changes}
            return f"/my/statement?{url_encode({k: v for k, v in args.items() if v is not None})}"

        no_dates = {"date_begin": None, "date_end": None}
        return request.render(
            "customer_portal_plus.portal_statement",
            {
                **self._prepare_portal_layout_values(),
                **asked,
                "page_name": "statement",
                "no_breadcrumbs": True,
                "customer": reader.customer.name,
                "own_only": reader.own_only,
                "account": account,
                "accounts": [
                    {**one, "url": link(account=one["key"]), "active": one is account}
                    for one in accounts
                ],
                "exports": self._get_portal_export_links(
                    "/my/statement", asked["url_args"], MIMETYPES
                ),
                "too_long": MAX_PDF_LINES if too_long else 0,
                "show_company": len({one["company"].id for one in accounts}) > 1,
                "lines": lines,
                "pager": pager,
                "kind_labels": Statement._kind_labels(),
                "sum_labels": Statement._sum_labels(),
                "age_labels": Statement._age_labels(),
                "tabs": [
                    {
                        "label": label,
                        "url": link(kind=key, period=None, **no_dates),
                        "active": asked["kind"] == (key or "movements"),
                    }
                    for key, label in {
                        None: request.env._("Movements"),
                        "open": request.env._("Open items"),
                    }.items()
                ],
                "chips": [
                    {
                        "key": key,
                        "label": label,
                        "url": link(period=key, **no_dates),
                        "active": key == asked["period"],
                    }
                    for key, label in self._get_portal_statement_periods().items()
                ],
            },
            status=422 if too_long else 200,
        )

    # === FILES === #

    @route(
        "/my/statement/export.<any(pdf,xlsx,csv):extension>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_statement_export(self, extension, **kwargs):
        """The statement as a file, of all companies and currencies that the page has."""
        companies = request.env.user._portal_statement_companies()
        if not companies:
            return self._render_portal_unavailable()
        asked = self._read_portal_statement_request()
        kind, begin, end = asked["kind"], asked["begin"], asked["end"]
        Statement = request.env["customer.portal.statement"]
        reader = Statement._reader_of(self._get_portal_contact())
        accounts = Statement._accounts(reader, companies, begin, end)
        if not accounts:
            return request.redirect(f"/my/statement?{url_encode(asked['url_args'])}")
        if extension == "pdf" and not Statement._is_printable([(reader, accounts)], kind):
            return self._render_portal_statement(too_long=True)
        file = tempfile.TemporaryFile()  # noqa: SIM115 closed when it was sent
        Statement._write_file(file, extension, [(reader, accounts)], kind, begin, end)
        name = Statement._file_name(extension, kind, begin, end)
        response = self._answer_portal_with_file(file, MIMETYPES[extension], name)
        request.env["customer.portal.event"]._log(
            "download", contact=reader.contact, detail=name, own_transaction=True
        )
        return response
