"""How large a file is, in words."""

from odoo.tools import formatLang

UNITS = ("B", "kB", "MB", "GB")


def file_size_text(env, size):
    """Return a size as people say it, in the language of ``env``.

    :param int size: in bytes
    :return: ``637 B``, ``1.2 kB``, ``12 MB``
    :rtype: str
    """
    place = 0
    while size >= 1000 and place < len(UNITS) - 1:
        size /= 1000
        place += 1
    digits = 1 if place and size < 10 else 0
    return f"{formatLang(env, size, digits=digits)} {UNITS[place]}"
