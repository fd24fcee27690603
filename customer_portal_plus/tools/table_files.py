"""Tables for spreadsheets: XLSX and CSV, written line by line so that no table is kept in memory.

Plain Python: labels come translated, values as they are: texts, dates, amounts as numbers.
"""

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from .cells import CSV_ENCODING, csv_number, csv_separator, neutral_text

MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
WIDTHS = {"text": 22, "date": 12, "money": 15, "number": 12}
# The first day that spreadsheets have a number for.
FIRST_DAY = date(1900, 1, 1)
MAX_NAME_LENGTH = 31
_SHORT_DATE = 14  # The format that each reader's spreadsheet writes dates in.
_PART_SIZE = 2**16  # characters of a table in text that are given at once


@dataclass
class Column:
    """A column: what its values are (``text``, ``date``, ``money``, or ``number`` for quantities),
    and whether it is summed."""

    label: str
    kind: str = "text"
    summed: bool = False


@dataclass
class Sheet:
    """A table. ``facts`` are pairs of label and value above it; ``before`` and ``after`` rows that
    are no part of the sums; ``prefix`` columns with their value for tables that have no sheets.
    Where amounts are of several currencies, ``currency`` is the index of the column that names
    theirs: ``decimals`` are by that name then, and so are the sums. None is an empty cell."""

    name: str
    columns: list[Column]
    rows: Iterable[list]
    decimals: int | dict[str, int] = 2
    facts: list[tuple] = field(default_factory=list)
    before: list[list] = field(default_factory=list)
    after: list[list] = field(default_factory=list)
    sum_label: str = ""
    prefix: list[tuple[Column, str]] = field(default_factory=list)
    currency: int | None = None

    def currency_of(self, row):
        """Return the name of the currency of a row's amounts; None where all have the same."""
        return None if self.currency is None else row[self.currency]

    def decimals_of(self, currency):
        """Return how many decimals amounts have.

        :param currency: see ``currency_of``
        :rtype: int
        """
        return self.decimals if self.currency is None else self.decimals.get(currency, 2)


# === XLSX === #


def write_xlsx(file, sheets, title, author):
    """Write tables as sheets of one workbook.

    :param file: a file to write bytes to
    :param sheets: an iterable of ``Sheet``, each read to its end before the next one
    :param str title: of the workbook
    :param str author: who made it
    """
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": title, "author": author})
    names = set()
    formats = {}
    for sheet in sheets:
        name = _sheet_name(sheet.name, names)
        names.add(name.lower())
        _SheetWriter(book, book.add_worksheet(name), sheet, formats).write_all()
    if not names:
        book.add_worksheet()
    book.close()


def _sheet_name(wanted, taken):
    """Return a name that a sheet may have, and none has yet."""
    plain = "".join(" " if char in "[]:*?/\\" or ord(char) < 32 else char for char in wanted)
    plain = plain.strip(" '")[:MAX_NAME_LENGTH].strip(" '") or "1"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: MAX_NAME_LENGTH - len(str(number)) - 1]} {number}"
    return name


class _SheetWriter:
    """Writes one table, from its top to its end."""

    def __init__(self, book, page, sheet, formats):
        self.book, self.page, self.sheet = book, page, sheet
        self.formats = formats  # Shared by all sheets of a workbook.
        self.row = 0

    def write_all(self):
        sheet = self.sheet
        for index, column in enumerate(sheet.columns):
            self.page.set_column(index, index, WIDTHS[column.kind])
        # What stands beside it would cut a label off.
        labels = [len(label) + 2 for label, _value in sheet.facts]
        self.page.set_column(0, 0, max([WIDTHS[sheet.columns[0].kind], *labels]))
        for label, value in sheet.facts:
            self._write_cell(0, "text", label)
            self._write_cell(1, "money", value, bold=True)
            self.row += 1
        self.row += bool(sheet.facts)
        for index, column in enumerate(sheet.columns):
            kind = "head" if column.kind in ("text", "date") else "number_head"
            self.page.write_string(
                self.row, index, neutral_text(column.label), self._format(kind, True)
            )
        self.row += 1
        self.page.freeze_panes(self.row, 0)
        for row in sheet.before:
            self._write_row(row, bold=True)
        self._write_body()
        for row in sheet.after:
            self._write_row(row, bold=True)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)

    def _write_body(self):
        sheet, first = self.sheet, self.row
        summed = [index for index, column in enumerate(sheet.columns) if column.summed]
        sums = {}
        for row in sheet.rows:
            own = sums.setdefault(sheet.currency_of(row), dict.fromkeys(summed, 0.0))
            for index in summed:
                own[index] += row[index] or 0.0
            self._write_row(row)
        if summed:
            last = self.row
            for currency in sorted(sums):
                self._write_sums(currency, sums[currency], first, last)

    def _write_sums(self, currency, sums, first, last):
        """Write the sums of the amounts of one currency, over rows from ``first`` to ``last``."""
        decimals = self.sheet.decimals_of(currency)
        self._write_cell(0, "text", self.sheet.sum_label, bold=True)
        if currency is not None:
            self._write_cell(self.sheet.currency, "text", currency, bold=True)
        for index, value in sums.items():
            letter = xl_col_to_name(index)
            cells = f"{letter}{first + 1}:{letter}{last}"
            formula = f"=SUM({cells})"
            if currency is not None:
                names = xl_col_to_name(self.sheet.currency)
                formula = f"=SUMIF({names}{first + 1}:{names}{last},{names}{self.row + 1},{cells})"
            # With its value, for readers that do not reckon.
            self.page.write_formula(
                self.row,
                index,
                formula,
                self._format("money", True, decimals),
                round(value, decimals),
            )
        self.row += 1

    def _write_row(self, row, bold=False):
        decimals = self.sheet.decimals_of(self.sheet.currency_of(row))
        for index, value in enumerate(row):
            self._write_cell(index, self.sheet.columns[index].kind, value, bold, decimals)
        self.row += 1

    def _write_cell(self, index, kind, value, bold=False, decimals=2):
        if value is None or value == "":
            return
        if isinstance(value, date) and value >= FIRST_DAY:
            self.page.write_datetime(self.row, index, value, self._format("date", bold))
        elif isinstance(value, (int, float)):
            self.page.write_number(self.row, index, value, self._format(kind, bold, decimals))
        else:
            text = neutral_text(str(value))
            self.page.write_string(self.row, index, text, self._format("text", bold))

    def _format(self, kind, bold=False, decimals=2):
        key = (kind, bold, decimals if kind == "money" else None)
        if key not in self.formats:
            values = {"bold": bold}
            if kind == "date":
                values.update(num_format=_SHORT_DATE, align="left")
            elif kind == "money":
                places = "." + "0" * decimals if decimals else ""
                values["num_format"] = f"#,##0{places}"
            elif kind == "head":
                values.update(bottom=1, text_wrap=True)
            elif kind == "number_head":
                values.update(bottom=1, text_wrap=True, align="right")
            self.formats[key] = self.book.add_format(values)
        return self.formats[key]


# === CSV === #


def write_csv(file, sheets, decimal_point):
    """Write tables one below the other, as one table.

    :param file: a file to write bytes to
    :param sheets: an iterable of ``Sheet`` with the same columns
    :param str decimal_point: of the reader's language; decides what divides the cells, too
    """
    for part in csv_parts(sheets, decimal_point):
        file.write(part)


def csv_parts(sheets, decimal_point):
    """Give the file of ``write_csv`` part by part, so that it can be sent while it is made.

    :return: an iterator of bytes
    """
    encode = codecs.getincrementalencoder(CSV_ENCODING)().encode
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=csv_separator(decimal_point))
    head = None
    for sheet in sheets:
        prefix = [neutral_text(value) for _column, value in sheet.prefix]
        if head is None:
            head = [column.label for column, _value in sheet.prefix]
            head += [column.label for column in sheet.columns]
            writer.writerow([neutral_text(label) for label in head])
        for rows in (sheet.before, sheet.rows, sheet.after):
            for row in rows:
                decimals = sheet.decimals_of(sheet.currency_of(row))
                cells = [
                    _csv_cell(column.kind, value, decimals, decimal_point)
                    for column, value in zip(sheet.columns, row, strict=True)
                ]
                writer.writerow(prefix + cells)
                if text.tell() > _PART_SIZE:
                    yield encode(text.getvalue())
                    text.seek(0)
                    text.truncate()
    yield encode(text.getvalue())


def _csv_cell(kind, value, decimals, decimal_point):
    # What there is most of comes first.
    if isinstance(value, str):
        return neutral_text(value)
    if value is None:
        return ""
    if isinstance(value, float):
        if kind == "number":
            return f"{value + 0.0:.6f}".rstrip("0").rstrip(".").replace(".", decimal_point)
        return csv_number(value, decimals, decimal_point)
    if isinstance(value, date):
        return value.isoformat()
    return neutral_text(str(value))
