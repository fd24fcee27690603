"""Each request of who acts for a customer: only while the seat holds, never to what is its own."""

import re

import werkzeug.exceptions

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.http import SessionExpiredException, request

from .customer_portal_seat_session import SESSION_KEY

# Where a session whose seat has ended becomes its holder's again.
OVER_PATH = "/my/seats/over"
# What is said of the pages below.
CLOSED_PATH = "/my/seats/closed"
# Pages of the account with which somebody signs in, those over all its customers among them, and
# what the people of the customer keep for themselves: its data, its saved methods and having them
# charged.
OWN_PATH = re.compile(
    r"(/[a-z]{2,3}(_[A-Za-z0-9@]+)?)?"
    r"(/my/(security|account|address(es)?|deactivate_account|payment_method|pay/debit|seats/(pay|download))"
    r"|/payment/archive_token)(/|$)"
)


def is_own_path(path):
    """Return whether an address is one that nobody reaches who acts for a customer.

    :param str path: with or without a language
    :rtype: bool
    """
    return bool(OWN_PATH.match(path))


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate_explicit(cls, auth):
        """Override of `base`: who acts for a customer goes on while the seat holds, and no longer.

        :raise SessionExpiredException: for what scripts ask, when it does not
        :raise AccessError: for what scripts ask of what is closed
        """
        if flag := request.session.get(SESSION_KEY):
            if flag["uid"] == request.session.uid:
                cls._portal_check_seat()
            else:
                del request.session[SESSION_KEY]  # Somebody else has signed in here.
        return super()._authenticate_explicit(auth)

    @classmethod
    def _portal_check_seat(cls):
        seats = request.env["customer.portal.seat"].sudo()
        session, path = request.session, request.httprequest.path
        holder_sudo = seats._session_holder(session)
        if not holder_sudo:
            session.logout(keep_db=True)
            request.env = api.Environment(request.env.cr, None, session.context)
            return
        if not seats._session_seat(session, holder_sudo):
            if path == OVER_PATH:
                seats._leave(holder_sudo)
                return
            words = request.env._("You don't act for this customer any more.")
            cls._portal_turn_away(OVER_PATH, SessionExpiredException(words))
        if is_own_path(path):
            words = request.env._("This is closed while you act for a customer.")
            cls._portal_turn_away(CLOSED_PATH, AccessError(words))

    @classmethod
    def _portal_turn_away(cls, path, error):
        """Do nothing of what was asked for: lead a browser to a page that says why.

        :param str path: address of that page
        :param Exception error: what a script gets instead
        """
        if request.dispatcher.routing_type != "http":
            raise error
        werkzeug.exceptions.abort(request.redirect(path, 303))
