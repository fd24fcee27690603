"""How the address of a company's portal, ``/p/<alias>``, is made from the company's name.

Plain Python: no database is needed to derive or check an alias.
"""

import re
import unicodedata

MIN_LENGTH = 2
MAX_LENGTH = 40

# Letters that Unicode does not take apart into a plain one and its mark.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})

_ALIAS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# Legal forms as they are written at the end of a name in Spain and Latin America (and next to
# them in Europe and the United States), without points and accents. Longer ones come first.
_LEGAL_FORMS = sorted(
    (
        form.split()
        for form in (
            # Spain
            "sl", "s l", "slu", "s l u", "sll", "slne", "slp", "sa", "s a", "sau", "s a u", "sal",
            "sc", "s c", "scp", "cb", "c b", "scoop", "s coop", "sociedad limitada",
            "sociedad anonima", "sociedad limitada unipersonal", "sociedad anonima unipersonal",
            "comunidad de bienes", "aie", "ute",
            # Chile
            "spa", "s p a", "ltda", "limitada", "eirl", "e i r l", "y cia", "y cia ltda",
            "sociedad por acciones", "sociedad de responsabilidad limitada",
            # Colombia, Peru, Ecuador, Argentina, Uruguay, Paraguay, Bolivia, Central America
            "sas", "s a s", "sac", "s a c", "saa", "s a a", "srl", "s r l", "sca", "s c a",
            "scrl", "s c r l", "cia ltda", "c ltda", "sociedad anonima cerrada", "y compania",
            "sociedad por acciones simplificada", "sociedad anonima simplificada", "esp", "e s p",
            "sas esp", "sa esp", "eu", "bic", "sas bic", "ca", "c a", "saci", "saic", "sae",
            # Mexico
            "sa de cv", "s a de c v", "s de rl de cv", "s de r l de c v", "sapi de cv", "s c de rl",
            "sapi", "s a p i de c v", "sab de cv", "s a b de c v", "s de rl", "s de r l",
            "s en c", "sofom", "sa de cv sofom enr", "sofom enr", "sas de cv", "s a s de c v",
            "sc de rl de cv", "ac", "a c", "spr de rl",
            # Neighbours
            "lda", "unipessoal lda", "sarl", "sasu", "gmbh", "ag", "bv", "nv", "llc", "inc", "ltd",
            "plc", "corp", "co",
        )
    ),
    key=len,
    reverse=True,
)  # fmt: skip

# Words that people would take for something of the site itself.
RESERVED = frozenset(
    "admin api json login logout my odoo p root signup static web website www xmlrpc".split()
)


def derive_alias(name):
    """Return the alias that a company's name suggests, not looking whether it is taken.

    Accents, legal form and punctuation go: ``Pepino Tech SpA`` gives ``pepino-tech``.

    :param str name: name of the company
    :return: a valid alias; ``company`` if the name has nothing to make one from
    :rtype: str
    """
    plain = unicodedata.normalize("NFKD", name or "")
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    plain = plain.translate(_PLAIN)
    # S.L. is one word, "Nord.Sur" are two: only points after single letters go.
    plain = re.sub(r"\b([a-z0-9])\.(?=[a-z0-9]\b|\W|$)", r"\1", plain)
    words = re.findall(r"[a-z0-9]+", plain.replace("'", "").replace("’", ""))
    words = _without_legal_form(words)
    alias = _cut("-".join(words))
    if len(alias) < MIN_LENGTH:
        return f"company-{alias}" if alias else "company"
    return f"{alias}-portal" if alias in RESERVED else alias


def numbered_alias(alias, number):
    """Return ``alias`` made different by a number, not longer than allowed.

    :rtype: str
    """
    suffix = f"-{number}"
    return _cut(alias, MAX_LENGTH - len(suffix)) + suffix


def clean_alias(text):
    """Return what somebody typed as an alias in the form in which it is kept and asked for.

    :rtype: str
    """
    return (text or "").strip().strip("/").casefold()


def is_valid_alias(alias):
    """Return whether ``alias`` can be the last part of a company's address.

    Letters a to z, digits, single hyphens between them; not too short or long; no word that
    belongs to the site itself.

    :rtype: bool
    """
    return (
        MIN_LENGTH <= len(alias) <= MAX_LENGTH
        and bool(_ALIAS.fullmatch(alias))
        and alias not in RESERVED
    )


def _without_legal_form(words):
    """Return the words of a name without the legal forms at its end, never all of them."""
    stripped = True
    while stripped:
        stripped = False
        for form in _LEGAL_FORMS:
            if len(words) > len(form) and words[-len(form) :] == form:
                words = words[: -len(form)]
                stripped = True
                break
    return words


def _cut(alias, length=MAX_LENGTH):
    """Return ``alias`` cut to ``length``, at a hyphen where one is near."""
    if len(alias) <= length:
        return alias
    cut = alias[: length + 1]
    at_hyphen = cut.rpartition("-")[0]
    return (at_hyphen if len(at_hyphen) >= length // 2 else alias[:length]).strip("-")
