"""The statement as a file: PDF to print, XLSX and CSV to reckon with."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools.misc import format_amount, format_date, formatLang

from ...report.statement_pdf import Section, Statement, draw_statement
from ...tools import table_files
from ...tools.pdf_data import company_party, logo, paper, partner_party
from ...tools.table_files import Column, Sheet, write_csv, write_xlsx

# Nobody prints more; drawing keeps a worker busy meanwhile.
MAX_PDF_LINES = 3000

MIMETYPES = {"pdf": "application/pdf", **table_files.MIMETYPES}


class StatementColumn(NamedTuple):
    """A column of a statement's files.

    Odoo's export of terms takes a parenthesis for a call of the name before it: a plain tuple with
    a label, after another one, would have its key translated.

    :ivar str key: of a line, see ``_movement_lines``
    :ivar str label: what stands above it
    :ivar str kind: of its values: ``date``, ``text`` or ``money``
    """

    key: str
    label: str
    kind: str


class CustomerPortalStatement(models.AbstractModel):
    _inherit = "customer.portal.statement"

    @api.model
    def _write_file(self, file, extension, parts, kind, begin, end):
        """Write statements into a file, in the language of the environment.

        :param file: a file to write bytes to
        :param str extension: a key of ``MIMETYPES``
        :param list parts: pairs of reader and its accounts (see ``_accounts``); one for a customer,
            several for staff
        :param str kind: ``movements`` or ``open``
        :param datetime.date begin: first day; does not count for ``open``
        :param datetime.date end: last day, or as of when
        """
        if extension == "pdf":
            file.write(self._draw(parts, kind, begin, end))
            return
        sheets = (
            self._sheet(reader, account, kind, begin, end, name_customer=len(parts) > 1)
            for reader, accounts in parts
            for account in accounts
        )
        if extension == "xlsx":
            write_xlsx(file, sheets, self._title(kind), self._author(parts))
        else:
            lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
            write_csv(file, sheets, lang.decimal_point)

    @api.model
    def _author(self, parts):
        return next((one["company"].name for _reader, accounts in parts for one in accounts), "")

    @api.model
    def _file_name(self, extension, kind, begin, end):
        """Return how a statement's file is called.

        :rtype: str
        """
        period = end.isoformat() if kind == "open" else f"{begin.isoformat()}-{end.isoformat()}"
        return self.env._("statement-%(period)s.%(extension)s", period=period, extension=extension)

    @api.model
    def _is_printable(self, parts, kind):
        """Return whether statements are short enough to be drawn as PDF.

        :param list parts: see ``_write_file``
        :rtype: bool
        """
        key = "open_count" if kind == "open" else "count"
        lines = sum(account[key] for _reader, accounts in parts for account in accounts)
        return lines <= MAX_PDF_LINES

    @api.model
    def _title(self, kind):
        _ = self.env._
        return _("Statement of open items") if kind == "open" else _("Account statement")

    @api.model
    def _columns(self, kind):
        """Return the columns of a statement: of the file to reckon with, and of the one to print.

        :rtype: list[StatementColumn]
        """
        _ = self.env._
        document = [
            StatementColumn("date", _("Date"), "date"),
            StatementColumn("kind", _("Type"), "text"),
            StatementColumn("name", _("Document"), "text"),
            StatementColumn("ref", _("Reference"), "text"),
            StatementColumn("due_date", _("Due date"), "date"),
        ]
        if kind == "open":
            return document + [
                StatementColumn("age", _("Age"), "text"),
                StatementColumn("amount", _("Amount"), "money"),
                StatementColumn("open", _("Open"), "money"),
                StatementColumn("balance", _("Balance"), "money"),
            ]
        return document + [
            StatementColumn("base", _("Tax base"), "money"),
            StatementColumn("tax", _("Tax"), "money"),
            StatementColumn("amount", _("Amount"), "money"),
            StatementColumn("balance", _("Balance"), "money"),
        ]

    @api.model
    def _all_lines(self, reader, account, kind, begin, end):
        """Give all lines of an account's statement with words for what their keys mean.

        :return: an iterator of dicts, see ``_movement_lines`` and ``_open_lines``
        """
        kinds, ages = self._kind_labels(), self._age_labels()
        lines = (
            self._open_lines(reader, account, end)
            if kind == "open"
            else self._movement_lines(reader, account, begin, end)
        )
        for line in lines:
            line["kind"] = kinds[line["kind"]]
            if kind == "open":
                line["age"] = ages[line["age"]]
            yield line

    @api.model
    def _lines_before(self, account, kind, begin):
        """Return the lines at the top: the opening balance, and other items.

        :rtype: list[dict]
        """
        labels = self._kind_labels()
        lines = []
        if kind == "open":
            other = account["ages"]["other"]
            if other:
                lines.append({"kind": labels["other"], "open": other, "balance": other})
            return lines
        opening = account["opening"]
        lines.append({"date": begin, "kind": self.env._("Opening balance"), "balance": opening})
        if "other" in account["moved"]:
            other = account["moved"]["other"]
            balance = account["currency"].round(opening + other) + 0.0
            lines.append({"kind": labels["other"], "amount": other, "balance": balance})
        return lines

    # === XLSX, CSV === #

    @api.model
    def _sheet(self, reader, account, kind, begin, end, name_customer):
        """Return the table of one account.

        :param bool name_customer: whether the file has several customers
        :rtype: tools.table_files.Sheet
        """
        _ = self.env._
        columns = self._columns(kind)
        keys = [key for key, _label, _kind in columns]

        def row(line):
            return [line.get(key) for key in keys]

        company, currency = account["company"], account["currency"]
        after = [{"date": end, "kind": _("Closing balance"), "balance": account["closing"]}]
        dates = [(_("As of"), end)] if kind == "open" else [(_("From"), begin), (_("To"), end)]
        return Sheet(
            name=f"{currency.name} {reader.customer.name if name_customer else company.name}",
            columns=[
                Column(label, type_, summed=key in ("base", "tax", "amount", "open"))
                for key, label, type_ in columns
            ],
            decimals=currency.decimal_places,
            facts=[
                (self._title(kind), reader.customer.name),
                (_("Company"), company.name),
                (_("Currency"), currency.name),
                *dates,
                *([(_("Documents"), _("Your own documents only"))] if reader.own_only else []),
            ],
            before=[row(line) for line in self._lines_before(account, kind, begin)],
            rows=(row(line) for line in self._all_lines(reader, account, kind, begin, end)),
            after=[row(line) for line in after],
            sum_label=_("Sum"),
            prefix=[
                *([(Column(_("Customer")), reader.customer.name)] if name_customer else []),
                (Column(_("Company")), company.name),
                (Column(_("Currency")), currency.name),
            ],
        )

    # === PDF === #

    @api.model
    def _draw(self, parts, kind, begin, end):
        """Draw statements.

        :param list parts: see ``_write_file``; with one account at least
        :return: the PDF
        :rtype: bytes
        """
        _ = self.env._
        notice = _("This statement has your own documents only, and what was paid of them.")
        companies = [account["company"] for _reader, accounts in parts for account in accounts]
        return draw_statement(
            Statement(
                paper=paper(companies[0].with_context(lang=self.env.lang), self._title(kind)),
                sections=[
                    self._section(reader, account, kind, begin, end)
                    for reader, accounts in parts
                    for account in accounts
                ],
                notice=notice if any(reader.own_only for reader, _accounts in parts) else "",
            )
        )

    @api.model
    def _section(self, reader, account, kind, begin, end):
        _ = self.env._
        company, currency = account["company"].with_context(bin_size=False), account["currency"]
        columns = [column for column in self._columns(kind) if column[0] not in ("ref", "kind")]

        def money(amount):
            return format_amount(self.env, amount, currency)

        def cell(line, key, type_):
            value = line.get(key)
            if key == "name":
                names = (value, line["kind"], line.get("ref"))
                return " · ".join(name for name in names if name)
            if value is None:
                return ""
            if type_ == "date":
                return format_date(self.env, value)
            return self._plain_number(value, currency) if type_ == "money" else value

        lines = self._lines_before(account, kind, begin)
        bold = list(range(len(lines)))
        lines += self._all_lines(reader, account, kind, begin, end)
        closing = {"date": end, "kind": _("Closing balance"), "balance": account["closing"]}
        if kind == "movements":
            closing.update(base=account["base"], tax=account["tax"])
        lines.append(closing)
        bold.append(len(lines) - 1)
        facts = [(_("Closing balance"), money(account["closing"]))]
        if kind == "movements":
            facts.insert(0, (_("Opening balance"), money(account["opening"])))
        labels = self._age_labels()
        return Section(
            company=company_party(company),
            customer=partner_party(reader.customer),
            customer_label=_("Customer"),
            logo=logo(company),
            heading=(
                _("%(currency)s, as of %(day)s", currency=currency.name, day=self._day(end))
                if kind == "open"
                else _(
                    "%(currency)s, %(begin)s to %(end)s",
                    currency=currency.name,
                    begin=self._day(begin),
                    end=self._day(end),
                )
            ),
            facts=facts,
            ages_label=_("Open on %s, by age", self._day(end)),
            ages=[
                (labels[age], money(amount))
                for age, amount in account["ages"].items()
                if amount or age not in ("credit", "other")
            ],
            columns=[(label, type_) for _key, label, type_ in columns],
            rows=[[cell(line, key, type_) for key, _label, type_ in columns] for line in lines],
            bold_rows=bold,
        )

    @api.model
    def _day(self, day):
        return format_date(self.env, day)

    @api.model
    def _plain_number(self, amount, currency):
        """Return an amount without its currency: that stands above the table."""
        return formatLang(self.env, amount, digits=currency.decimal_places)
