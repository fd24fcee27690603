"""Digests that come in with a request."""

import re


def parse_sha256(text):
    """Return the digest that a text is.

    :param text: anything
    :return: 64 hexadecimal digits in small letters; empty if it is none
    :rtype: str
    """
    text = text.strip().lower() if isinstance(text, str) else ""
    return text if re.fullmatch(r"[0-9a-f]{64}", text, re.ASCII) else ""
