"""Text search that ignores case and accents, without asking for a database extension.

``portal_fold`` is an immutable SQL function, so that trigram indexes can be built on it; the
same folding is done in Python for the words that the customer types.
"""

from odoo.fields import Domain
from odoo.tools import SQL

_ACCENTED = "áàâäãåéèêëíìîïóòôöõúùûüñçý"
_PLAIN = "aaaaaaeeeeiiiiooooouuuuncy"

CREATE_FOLD_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION portal_fold(value text) RETURNS text AS
    $$ SELECT translate(lower($1), '{_ACCENTED}', '{_PLAIN}') $$
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
"""
DROP_FOLD_FUNCTION = "DROP FUNCTION IF EXISTS portal_fold(text) CASCADE"

_TABLE = str.maketrans(_ACCENTED, _PLAIN)


def fold(text):
    """Return ``text`` in lower case and without accents, as ``portal_fold`` does in SQL."""
    return text.lower().translate(_TABLE)


def like_pattern(text):
    """Return the LIKE pattern that finds ``text`` anywhere, its own wildcards taken literally."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def text_domain(text, *field_names):
    """Return a domain for the records in which one of the stored text fields contains ``text``.

    :param str text: what the customer typed
    :param str field_names: stored, untranslated text fields of the searched model
    :rtype: Domain
    """
    pattern = like_pattern(text)

    def to_sql(model, alias, query):
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                SQL("portal_fold(%s) LIKE %s", model._field_to_sql(alias, name, query), pattern)
                for name in field_names
            ),
        )

    def predicate(record):
        return any(fold(text) in fold(record[name] or "") for name in field_names)

    return Domain.custom(to_sql=to_sql, predicate=predicate)
