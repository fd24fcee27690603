"""Cells of the tables that spreadsheets open."""

# A cell that begins so would be run as a formula by a spreadsheet.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets know by this mark at the beginning that a table is UTF-8.
CSV_ENCODING = "utf-8-sig"


def neutral_text(value):
    """Return a text as a cell that a spreadsheet shows instead of running it.

    For texts only: a negative amount begins with a mark, too, and is none.

    :param str value: what somebody may have written
    :rtype: str
    """
    return f"'{value}" if value.startswith(FORMULA_MARKS) else value


def csv_number(value, decimals, decimal_point):
    """Return an amount as a cell of a table in text, in which programs reckon with it.

    :param float value: the amount
    :param int decimals: how many decimals its currency has
    :param str decimal_point: of the reader's language
    :rtype: str
    """
    return f"{value:.{decimals}f}".replace(".", decimal_point)


def csv_separator(decimal_point):
    """Return what divides the cells of a table in text, as spreadsheets expect it in a language.

    :param str decimal_point: of that language
    :rtype: str
    """
    return ";" if decimal_point == "," else ","
