"""Links to documents in mails: recognised, and freed of what opens doors by itself.

Plain Python: which documents are meant is asked of the database by who calls.
"""

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .parsing import parse_id

# Core's own keys to a document or an account, in the query of a link.
SECRETS = frozenset(
    ("access_token", "pid", "hash", "token", "auth_signup_token", "auth_login", "signup_token")
)
# Left in place of a key, with a mark that only this database can make: whoever made the mail meant
# its receiver to open the document.
MEANT = "portal_access"

_MODELS = {"invoices": "account.move", "orders": "sale.order"}
_PAGE = re.compile(r"/my(?:/[\w/.-]*)?")
_PATH = re.compile(
    r"(?:/[a-z]{2,3}(?:_[A-Za-z0-9@]+)?)?/my/(invoices|orders)/(\d{1,9})(/[\w/.-]*)?"
)
# What core's invitation to make an account leads on to.
_SIGN_UP = re.compile(r"/web/(?:signup|login|reset_password)")
# Our own secrets: the tokens of personal, sign-in and invitation links.
_OWN = re.compile(
    r"(?:https?://[^\s\"'<>/]*)?"
    r"(?:/p/[a-z0-9-]+/(?:d|in)/[\w-]{43}|/my/(?:seats/)?invitation/[\w.%=-]{20,})"
    r"(?:[?#][^\s\"'<>]*)?"
)
_HREF = re.compile(r"""(\bhref\s*=\s*)(["'])(.*?)\2""", re.I | re.S)


class DocumentLink:
    """A link to a customer's document.

    :ivar str model: model of the document
    :ivar int res_id: its id
    :ivar str rest: what follows the document's own address: path, query (without keys), anchor
    :ivar bool has_secrets: whether it had one of core's keys
    :ivar str access_token: core's key to the document, if it had that
    :ivar str mark: the mark that it had in place of that
    """

    def __init__(self, parts, model, res_id, path):
        self.model = model
        self.res_id = res_id
        self._parts = parts
        query = parse_qsl(parts.query, keep_blank_values=True)
        self._kept = [(key, value) for key, value in query if key not in SECRETS and key != MEANT]
        values = dict(query)
        self.has_secrets = bool(SECRETS & set(values))
        self.access_token = values.get("access_token", "")
        self.mark = values.get(MEANT, "")
        query = "" if parts.path.endswith("/mail/view") else urlencode(self._kept)
        self.rest = (path or "") + (query and f"?{query}")
        self.rest += f"#{parts.fragment}" if parts.fragment else ""

    def without_keys(self, mark=""):
        """Return the same link without keys.

        :param str mark: says that its receiver is meant to open the document
        :rtype: str
        """
        query = [*self._kept, (MEANT, mark)] if mark else self._kept
        return urlunsplit(self._parts._replace(query=urlencode(query)))


def parse_document_link(url, host=""):
    """Return the link to a customer's document that ``url`` is.

    :param str url: an address, absolute or relative
    :param str host: host and port of this site; links to other sites are none of ours
    :rtype: DocumentLink | None
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.netloc and parts.netloc != host:
        return None
    if match := _PATH.fullmatch(parts.path):
        kind, res_id, path = match.groups()
        return DocumentLink(parts, _MODELS[kind], int(res_id), path)
    query = dict(parse_qsl(parts.query))
    if parts.path == "/mail/view":
        model, res_id = query.get("model"), query.get("res_id", "")
        if model in _MODELS.values() and parse_id(res_id):
            return DocumentLink(parts, model, parse_id(res_id), "")
    elif _SIGN_UP.fullmatch(parts.path) and not query.get("redirect", "").startswith("/web/"):
        link = parse_document_link(query.get("redirect", ""), host)
        if link:
            link.has_secrets = True
        return link
    return None


def parse_page_link(url, host):
    """Return path, query and anchor of the link to a page of the portal that ``url`` is.

    :param str url: an address, absolute or relative
    :param str host: host and port of this site
    :rtype: str | None
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    own = not parts.netloc or parts.netloc == host
    if not own or not _PAGE.fullmatch(parts.path) or parts.path.startswith("/my/invitation"):
        return None
    return urlunsplit(parts._replace(scheme="", netloc=""))


def replace_links(body, replace):
    """Return HTML with the addresses of its links replaced.

    :param str body: HTML
    :param replace: called with each address; returns another one, or None to leave it
    :return: HTML of the same type (``Markup`` stays ``Markup``)
    """

    def replace_match(match):
        replaced = replace(html.unescape(match[3]))
        if replaced is None:
            return match[0]
        return f"{match[1]}{match[2]}{html.escape(replaced)}{match[2]}"

    return type(body)(_HREF.sub(replace_match, str(body)))


def drop_own_secrets(body):
    """Return text or HTML without the links that we have mailed: what a customer's answer quotes
    would be kept, and read by others.

    :param str body: text or HTML
    :return: the same type
    """
    return type(body)(_OWN.sub("/my", str(body)))
