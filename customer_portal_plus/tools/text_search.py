"""Text search that ignores case and accents, without asking for a database extension.

``portal_fold`` is an immutable SQL function, so that trigram indexes can be built on it; the
same folding is done in Python for the words that the customer types.
"""

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


def trigram_index(*columns, where=""):
    """Return the definition of an index that finds text anywhere in ``columns``.

    :param str columns: columns of text, searched through ``portal_fold``
    :param str where: the ``WHERE ...`` of a partial index
    :return: a function of the registry, as `models.Index` takes it; it gives no definition in a
        database without trigrams, where searching works all the same, only slower
    :rtype: collections.abc.Callable
    """
    terms = ", ".join(f"portal_fold({column}) gin_trgm_ops" for column in columns)
    definition = f"USING gin ({terms})" + (f" {where}" if where else "")
    return lambda registry: definition if registry.has_trigram else ""
