"""How sure a session is of who it is.

A session knows how it was opened (``portal_opened_by``). One that began with a document's link,
which may have been forwarded, asks for a mailed code before signing, paying with a saved method,
or changing e-mail, roles or billing data. A code is good for 15 minutes; the one that was typed to
sign in is the first.
"""

import time

from werkzeug.urls import url_encode

from odoo import fields
from odoo.http import request

from ..tools.mask import mask_address

GOOD_SECONDS = 15 * 60
WEAK_WAYS = ("document_link",)
# In the session: ``until`` and ``evidence`` of the code that was typed last.
DONE_KEY = "portal_step_up"


def needs_step_up():
    """Return whether this session must show who it is before it does something that matters.

    :rtype: bool
    """
    if request.session.get("portal_opened_by") not in WEAK_WAYS:
        return False
    return (request.session.get(DONE_KEY) or {}).get("until", 0) < time.time()


def set_stepped_up(way, address):
    """Remember that a mailed code was typed in this session.

    :param str way: ``mailed_code`` or ``mailed_link``
    :param str address: where it was sent to
    """
    now = fields.Datetime.now().strftime("%Y-%m-%d %H:%M")
    request.session[DONE_KEY] = {
        "until": time.time() + GOOD_SECONDS,
        "evidence": f"{way}, {mask_address(address)}, {now} UTC",
    }


def step_up_evidence():
    """Return what this session was confirmed by, for the evidence of a signature; empty if it was
    not, or too long ago.

    :rtype: str
    """
    done = request.session.get(DONE_KEY) or {}
    return done.get("evidence", "") if done.get("until", 0) >= time.time() else ""


def step_up_url(url):
    """Return the address of the page that asks for a code and leads on to ``url``."""
    return f"/my/step_up?{url_encode({'redirect': url})}"
