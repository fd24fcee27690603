"""How a tax ID is recognised, however it was stored and however it is typed.

What is stored becomes one key; what is typed becomes a few, one of which is the key of the
customer it belongs to. Plain Python on top of python-stdnum: no database is needed.

What varies: points, hyphens, spaces, case, accents, a country code in front, zeros in front,
the check digit of a Colombian NIT, the 001 behind an Ecuadorian person's number.
"""

import unicodedata

from stdnum.co import nit as co_nit
from stdnum.ec import ci as ec_ci
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.util import get_cc_module

# Longer than any tax ID with all its punctuation; what is longer is none.
MAX_LENGTH = 40
# As short as any is, without zeros in front.
MIN_LENGTH = 5
MIN_DIGITS = 4

# Countries whose code people write in front of the number: the European Union and its
# neighbours (EL is how Greece writes itself there), and Latin America.
_PREFIXES = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR GB GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK CH NO"
    " AR BO BR CL CO CR DO EC GT HN MX NI PA PE PY SV UY VE".split()
)


def compact_tax_id(text):
    """Return the letters and digits of a tax ID, in capitals and without accents.

    :param str text: as typed or stored
    :return: the compact number; empty if it is too long for one or has no digit
    :rtype: str
    """
    text = text or ""
    if len(text) > 2 * MAX_LENGTH:
        return ""
    plain = unicodedata.normalize("NFKD", text).upper()
    compact = "".join(char for char in plain if char.isascii() and char.isalnum())
    if len(compact) > MAX_LENGTH or not any(char.isdigit() for char in compact):
        return ""
    return compact


def is_tax_id(text):
    """Return whether something that was typed can be a tax ID at all, by its length and digits.

    :param str text: as typed
    :rtype: bool
    """
    compact = compact_tax_id(text)
    return len(compact) >= MIN_LENGTH and sum(map(str.isdigit, compact)) >= MIN_DIGITS


def stored_tax_id_key(number, country_code=""):
    """Return the key under which a stored tax ID is found.

    :param str number: as stored, in any spelling
    :param str country_code: two letters, the partner's country; may be empty
    :return: the key; empty if there is nothing to search by
    :rtype: str
    """
    compact = compact_tax_id(number)
    prefix = _PREFIX_OF.get(country_code, country_code or compact[:2])
    if _has_prefix(compact, prefix):
        compact = compact[2:]
    key = compact.lstrip("0")
    return _national_base(key).get(_COUNTRY_OF.get(prefix, prefix), key)


def typed_tax_id_keys(text):
    """Return the keys that a typed tax ID may be stored under.

    All spellings of a number have the same shortest key.

    :param str text: as typed
    :return: for each key the country of the partners it holds for; empty for any. Shortest first
    :rtype: dict[str, str]
    """
    compact = compact_tax_id(text)
    keys = {compact.lstrip("0"): ""}
    if compact[:2] in _PREFIXES:
        country = _COUNTRY_OF.get(compact[:2], compact[:2])
        # In front of a number it can't be anything else, whatever country is on the partner.
        keys[compact[2:].lstrip("0")] = "" if compact[2:].isdigit() else country
    for key in list(keys):
        for country, base in _national_base(key).items():
            keys.setdefault(base, country)
    return {key: keys[key] for key in sorted(keys, key=lambda key: (len(key), key)) if key}


_PREFIX_OF = {"GR": "EL"}
_COUNTRY_OF = {"EL": "GR"}


def _has_prefix(compact, prefix):
    """Return whether a number begins with a country code that is not part of it."""
    if prefix not in _PREFIXES or compact[:2] != prefix or not compact_tax_id(compact[2:]):
        return False
    # The RFC of a Mexican company may begin with MX by itself.
    module = get_cc_module(_COUNTRY_OF.get(prefix, prefix).lower(), "vat")
    return not (
        module
        and _is_valid(module, compact)
        and not _is_valid(module, compact[2:])
        and len(module.compact(compact)) == len(compact)
    )


def _national_base(key):
    """Return the number without a part that people of a country write or leave out.

    Decided by the digits alone, so that all spellings lead to the same one.

    :param str key: without zeros in front
    :return: shorter number by country; usually none
    :rtype: dict[str, str]
    """
    bases = {}
    if not key.isdigit():
        return bases
    # Companies have nine digits that begin with 8 or 9 and a check digit; people have up to
    # eight, or ten that begin with 1, and a check digit.
    company = key[0] in "89"
    if (
        len(key) == 10 and company
        or len(key) == 9 and not company
        or len(key) == 11 and key[0] == "1"
    ) and _is_valid(co_nit, key):  # fmt: skip
        bases["CO"] = key[:-1]
    # A person's RUC is the number of its identity card and 001.
    person, establishment = key[:-3].zfill(10), key[-3:]
    if len(person) == 10 and establishment == "001" and _is_valid(ec_ci, person):
        bases["EC"] = person.lstrip("0")
    return bases


def _is_valid(module, number):
    try:
        return bool(module.validate(number))
    except StdnumError:
        return False
