"""What comes in as text, read once and in one way: ids, dates, amounts, local addresses.

Nothing here trusts its input: anything may come, of any type and length.
"""

import re
from datetime import date
from urllib.parse import unquote

MAX_ID = 2**31 - 1  # of a PostgreSQL integer; a greater one in a query is an error
MAX_ADDRESS_LENGTH = 500

MAX_MAIL_ADDRESS_LENGTH = 254  # RFC 5321

_MAIL_ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
# What people write around an amount: blanks, signs and codes of currencies, Swiss apostrophes.
_AROUND_AMOUNT = re.compile(r"[\s€$£']|^[A-Z]{3}|[A-Z]{3}$")


def clean_value(value, depth=10):
    """Return a value of a request with texts that any table can store: without the character zero
    and halves of surrogate pairs.

    :param value: a text, or what JSON is made of; other values stay as they are
    :param int depth: how deep lists and dicts may lie in each other; None is in the place of what
        lies deeper
    """
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, (list, dict)) and not depth:
        return None
    if isinstance(value, list):
        return [clean_value(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {clean_value(key): clean_value(item, depth - 1) for key, item in value.items()}
    return value


def parse_id(value):
    """Return the id of a record that ``value`` names.

    :param value: anything: digits from a form, a number from JSON
    :return: the id; 0 if it names none, which no record has
    :rtype: int
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 10:
        value = int(value)
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID
    return value if is_id else 0


def parse_ids(values):
    """Return the ids that several values name, in their order, without those that name none.

    :param values: an iterable of anything
    :rtype: list[int]
    """
    return [id_ for id_ in map(parse_id, values) if id_]


def is_token(value):
    """Return whether ``value`` can be a token at all: those are ASCII text.

    :param value: anything
    :rtype: bool
    """
    return isinstance(value, str) and value.isascii()


def parse_date(text):
    """Return the day that a text names.

    :param text: anything; ``2026-12-31``, and what follows the day is passed over
    :rtype: datetime.date | None
    """
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def parse_number(value, most):
    """Return the number that a script sent, like a count of seconds.

    :param value: anything; ``12`` or ``12.5``
    :param float most: what is returned at most
    :return: zero if it is none
    :rtype: float
    """
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", str(value)):
        return 0.0
    return min(float(value), most)


def read_amount(text):
    """Return the ways in which an amount can be read that somebody typed.

    Point and comma are decimal mark in one country and divide thousands in the next: ``1.234``
    is one thousand or one point two, ``1.234,50`` can only be the one.

    :param str text: ``1.234,50``, ``1,234.50``, ``1234.5``, ``1 234,5 €``
    :return: for each way: digits before the decimal mark, digits after it, and the mark
        (empty if there is none)
    :rtype: list[tuple[str, str, str]]
    """
    if not isinstance(text, str) or len(text) > 40:
        return []
    digits = _AROUND_AMOUNT.sub("", text.strip())
    if not digits.isascii() or not digits.isprintable():
        return []
    ways = []
    for mark, grouping in (("", "."), ("", ","), (".", ","), (",", ".")):
        whole, found, decimals = digits.partition(mark) if mark else (digits, "", "")
        if mark and not found:
            continue
        groups = rf"\d{{1,15}}|[1-9]\d{{0,2}}(\{grouping}\d{{3}})+"
        way = (whole.replace(grouping, ""), decimals, mark)
        if re.fullmatch(groups, whole) and re.fullmatch(r"\d{0,6}", decimals) and way not in ways:
            ways.append(way)
    return ways


def parse_money(text, currency, lang):
    """Return the amount of a currency that somebody typed.

    Where the text can be read in two ways, the currency decides, and if it has as many decimals
    as a group of thousands has digits, the language: ``1.234`` is 1,234 euros everywhere,
    and in Kuwaiti dinars 1.234 for English and 1,234 for Spanish readers.

    :param str text: see ``read_amount``; anything else is no amount
    :param currency: `res.currency`, whose ``decimal_places`` count
    :param lang: `res.lang` of who typed, whose ``decimal_point`` counts
    :return: the amount, zero or more, not rounded; None if it is no amount
    :rtype: float | None
    """
    ways = read_amount(text)
    if len(ways) > 1:
        decimal = currency.decimal_places >= 3 and any(
            mark == lang.decimal_point for _whole, _decimals, mark in ways
        )
        ways = [way for way in ways if bool(way[2]) == decimal] or ways
    if not ways:
        return None
    whole, decimals, _mark = ways[0]
    return float(f"{whole}.{decimals or 0}")


def parse_quantity(text, lang):
    """Return the quantity that somebody typed: ``12``, ``1,5``, ``1.234,5``.

    Where the text can be read in two ways, the language decides: ``1.234`` is 1.234 for English
    and 1,234 for Spanish readers.

    :param str text: see ``read_amount``; anything else is no quantity
    :param lang: `res.lang` of who typed, whose ``decimal_point`` counts
    :return: the quantity, zero or more; None if it is none
    :rtype: float | None
    """
    ways = read_amount(text)
    if not ways:
        return None
    in_language = (way for way in ways if way[2] == lang.decimal_point)
    whole, decimals, _mark = next(in_language, ways[0])
    return float(f"{whole}.{decimals or 0}")


def parse_address(text):
    """Return the e-mail address that somebody typed, and nothing beside it.

    As much as can be said before a mail is sent to it: one mailbox of plain characters, at a
    domain that has a dot. ``a@b`` is none, nor is ``<script>@example.com``.

    :param text: anything
    :return: the address without blanks around it; empty if it is none
    :rtype: str
    """
    text = text.strip() if isinstance(text, str) else ""
    return text if len(text) <= MAX_MAIL_ADDRESS_LENGTH and _MAIL_ADDRESS.fullmatch(text) else ""


def parse_portal_path(url, default="/my", also=()):
    """Return ``url`` if it is a page of the portal on this site.

    Whoever has just signed in, or just saved something, is led on to where a query string or a
    form says: anything else could be somebody else's page, or an act.

    :param url: what came with a request
    :param str default: what to return otherwise
    :param tuple also: other beginnings of paths that will do, like ``/shop``
    :rtype: str
    """
    if not isinstance(url, str) or not url.isascii() or not url.isprintable():
        return default
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    # As a server reads it, however often it is encoded.
    plain = unquote(unquote(unquote(path)))
    own = any(plain == root or plain.startswith(f"{root}/") for root in ("/my", *also))
    dots = any(part in (".", "..") for part in plain.split("/"))
    odd = "\\" in url or "\\" in plain or "//" in plain or "%" in plain or not plain.isprintable()
    return url if own and not dots and not odd and len(url) <= MAX_ADDRESS_LENGTH else default
