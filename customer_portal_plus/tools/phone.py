"""Telephone numbers as the address of a message."""

import re

try:
    import phonenumbers
except ImportError:  # Odoo can do without it, and so can we.
    phonenumbers = None

# Where the zero before a number belongs to it, also from abroad.
_KEEPS_ZERO = (39,)


def to_international(number, country_code="", calling_code=0):
    """Return the digits of a number in its international form, without plus sign or zeros before.

    :param str number: as somebody typed it
    :param str country_code: where it is called without a prefix, as in ``ES``
    :param int calling_code: of that country
    :return: empty if it is no number that could be called
    :rtype: str
    """
    number = (number or "").replace("(0)", "").strip()
    if phonenumbers:
        try:
            parsed = phonenumbers.parse(number, country_code or None)
        except phonenumbers.NumberParseException:
            return ""
        if not phonenumbers.is_possible_number(parsed):
            return ""
        form = phonenumbers.PhoneNumberFormat.E164
        return phonenumbers.format_number(parsed, form).lstrip("+")
    digits = re.sub(r"[\s().·/-]", "", number)
    if digits.startswith("+"):
        digits = digits[1:]
    elif digits.startswith("00"):
        digits = digits[2:]
    elif calling_code:
        if digits.startswith("0") and calling_code not in _KEEPS_ZERO:
            digits = digits[1:]
        digits = f"{calling_code}{digits}"
    else:
        return ""
    return digits if re.fullmatch(r"[1-9][0-9]{7,14}", digits) else ""
