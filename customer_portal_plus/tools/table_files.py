"""Tables for spreadsheets: XLSX and CSV, written line by line so that no table is kept in memory.

Plain Python: labels come translated, values as they are: texts, dates, amounts as numbers.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from .cells import CSV_ENCODING, csv_number, csv_separator, neutral_text

WIDTHS = {"text": 22, "date": 12, "money": 15}
# The first day that spreadsheets have a number for.
FIRST_DAY = date(1900, 1, 1)
MAX_NAME_LENGTH = 31
_SHORT_DATE = 14  # The format that each reader's spreadsheet writes dates in.


@dataclass
class Column:
    """A column: what its values are (``text``, ``date``, ``money``), and whether it is summed."""

    label: str
    kind: str = "text"
    summed: bool = False


@dataclass
class Sheet:
    """A table. ``facts`` are pairs of label and value above it; ``before`` and ``after`` rows that
    are no part of the sums; ``prefix`` columns with their value for tables that have no sheets.
    None is an empty cell."""

    name: str
    columns: list[Column]
    rows: Iterable[list]
    decimals: int = 2
    facts: list[tuple] = field(default_factory=list)
    before: list[list] = field(default_factory=list)
    after: list[list] = field(default_factory=list)
    sum_label: str = ""
    prefix: list[tuple[Column, str]] = field(default_factory=list)


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
        for label, value in sheet.facts:
            self._write_cell(0, "text", label)
            self._write_cell(1, "money", value, bold=True)
            self.row += 1
        self.row += bool(sheet.facts)
        for index, column in enumerate(sheet.columns):
            self.page.write_string(
                self.row, index, neutral_text(column.label), self._format("head", True)
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
        first = self.row
        summed = [index for index, column in enumerate(self.sheet.columns) if column.summed]
        sums = dict.fromkeys(summed, 0.0)
        for row in self.sheet.rows:
            for index in summed:
                sums[index] += row[index] or 0.0
            self._write_row(row)
        if not sums or self.row == first:
            return
        self._write_cell(0, "text", self.sheet.sum_label, bold=True)
        for index, value in sums.items():
            letter = xl_col_to_name(index)
            # With its value, for readers that do not reckon.
            self.page.write_formula(
                self.row,
                index,
                f"=SUM({letter}{first + 1}:{letter}{self.row})",
                self._format("money", True),
                round(value, self.sheet.decimals),
            )
        self.row += 1

    def _write_row(self, row, bold=False):
        for index, value in enumerate(row):
            self._write_cell(index, self.sheet.columns[index].kind, value, bold)
        self.row += 1

    def _write_cell(self, index, kind, value, bold=False):
        if value is None or value == "":
            return
        if isinstance(value, date) and value >= FIRST_DAY:
            self.page.write_datetime(self.row, index, value, self._format("date", bold))
        elif isinstance(value, (int, float)):
            self.page.write_number(self.row, index, value, self._format(kind, bold))
        else:
            text = neutral_text(str(value))
            self.page.write_string(self.row, index, text, self._format("text", bold))

    def _format(self, kind, bold=False):
        key = (kind, bold, self.sheet.decimals)
        if key not in self.formats:
            values = {"bold": bold}
            if kind == "date":
                values.update(num_format=_SHORT_DATE, align="left")
            elif kind == "money":
                decimals = "." + "0" * self.sheet.decimals if self.sheet.decimals else ""
                values["num_format"] = f"#,##0{decimals}"
            elif kind == "head":
                values.update(bottom=1, text_wrap=True)
            self.formats[key] = self.book.add_format(values)
        return self.formats[key]


# === CSV === #


def write_csv(file, sheets, decimal_point):
    """Write tables one below the other, as one table.

    :param file: a file to write bytes to
    :param sheets: an iterable of ``Sheet`` with the same columns
    :param str decimal_point: of the reader's language; decides what divides the cells, too
    """
    text = io.TextIOWrapper(file, encoding=CSV_ENCODING, newline="", write_through=False)
    writer = csv.writer(text, delimiter=csv_separator(decimal_point))
    head = None
    for sheet in sheets:
        prefix = [neutral_text(value) for _column, value in sheet.prefix]
        if head is None:
            head = [column.label for column, _value in sheet.prefix]
            head += [column.label for column in sheet.columns]
            writer.writerow([neutral_text(label) for label in head])

        def cell(value, decimals=sheet.decimals):
            if value is None:
                return ""
            if isinstance(value, date):
                return value.isoformat()
            if isinstance(value, float):
                return csv_number(value, decimals, decimal_point)
            return neutral_text(str(value))

        for rows in (sheet.before, sheet.rows, sheet.after):
            for row in rows:
                writer.writerow(prefix + [cell(value) for value in row])
    text.flush()
    text.detach()
