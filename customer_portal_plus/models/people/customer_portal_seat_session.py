"""Changing over between one's own account and the contacts of one's seats, in one browser."""

import secrets

from odoo import api, models
from odoo.fields import Domain
from odoo.http import get_default_session, request
from odoo.tools import consteq

# In the session of who acts for a customer: numbers of its user (``uid``), ``seat`` and ``holder``,
# and with ``key`` the ``proof`` that the session of the holder would still be good.
SESSION_KEY = "portal_seat"
# What a session keeps as it changes over: how sure it is of the person, and nothing that pages,
# payments or a confirmed password have left in it for the other account.
KEPT_IN_SESSION = ("db", "portal_opened_by")


class CustomerPortalSeat(models.Model):
    _inherit = "customer.portal.seat"

    @api.model
    def _held_by(self, user, limit=None):
        """Return the seats by which a person can act now, in sudo.

        :param res.users user: with whom the person has signed in
        :param int limit: at most so many
        :rtype: customer.portal.seat
        """
        seats_sudo = self.sudo()  # Sudo: nobody of a customer may read seats.
        if not user._portal_companies("portal_allow_seats"):
            return seats_sudo.browse()
        held = Domain("holder_id", "=", user.id) & Domain("state", "=", "active")
        seats_sudo = seats_sudo.search(held, order="customer_id, id", limit=limit)
        return seats_sudo.filtered(lambda seat: seat._holds(user))

    def _holds(self, holder):
        """Return whether a person may act by this seat, as things are now: it was neither taken
        away nor given back, company and customer have not closed their doors, the contact is
        still that customer's, and its user is still one that nobody signs in with.

        :param res.users holder: who wants to
        :rtype: bool
        """
        self.ensure_one()
        contact, user = self.contact_id, self.user_id
        return bool(
            self.state == "active"
            and self.holder_id == holder
            and holder._portal_companies("portal_allow_seats")
            and self._is_open()
            and contact.active
            and contact.commercial_partner_id == self.customer_id
            and user.active
            and user._is_portal()
            and user._portal_is_seat()
            and user.partner_id == contact
        )

    def _enter(self, holder):
        """Go on in this browser as the contact of this seat.

        :param res.users holder: who has signed in
        """
        self.ensure_one()
        key = secrets.token_urlsafe(32)
        self._change_session(
            self.user_id,
            {
                "uid": self.user_id.id,
                "seat": self.id,
                "holder": holder.id,
                "key": key,
                "proof": self._proof(holder, key),
            },
        )
        # Sudo on the user: the sign-in is that of the contact.
        self.user_id.with_user(self.user_id)._update_last_login()
        events = self.env["customer.portal.event"]
        events._log(
            "sign_in",
            contact=self.contact_id,
            user=self.user_id,
            company=self.company_id,
            detail=events._company_words(self.company_id)._("By a seat, from %s", holder.login),
        )

    @api.model
    def _leave(self, holder):
        """Go on in this browser as who has signed in.

        :param res.users holder: see ``_session_holder``
        """
        self._change_session(holder)

    @api.model
    def _session_holder(self, session):
        """Return who has signed in, in the session of somebody who acts for a customer.

        Whatever ends the sessions of its own user (another password, access taken away, the
        customer's access switched off) has ended this one, too.

        :param odoo.http.Session session: with ``SESSION_KEY`` in it
        :return: the user, in sudo; empty if it would have to sign in anew
        :rtype: res.users
        """
        flag = session[SESSION_KEY]
        # Sudo: asked before anybody is authenticated.
        holder_sudo = self.env["res.users"].sudo().browse(flag["holder"]).exists()
        proof = holder_sudo and self._proof(holder_sudo, flag["key"])
        if not proof or not consteq(proof, flag["proof"]):
            return holder_sudo.browse()
        is_in = holder_sudo._portal_filter_active() and not holder_sudo._portal_is_blocked()
        return holder_sudo if is_in else holder_sudo.browse()

    @api.model
    def _session_seat(self, session, holder):
        """Return the seat by which a session acts, in sudo; empty if it must not any more.

        :param odoo.http.Session session: with ``SESSION_KEY`` in it
        :param res.users holder: see ``_session_holder``
        :rtype: customer.portal.seat
        """
        seat_sudo = self.sudo().browse(session[SESSION_KEY]["seat"]).exists()
        may = seat_sudo and seat_sudo.user_id.id == session.uid and seat_sudo._holds(holder)
        return seat_sudo if may else seat_sudo.browse()

    @api.model
    def _proof(self, user, key):
        """Return what changes as soon as the sessions of a user are to end; cached as they are.

        :param res.users user: whose
        :param str key: drawn for one session
        :rtype: str
        """
        return user._compute_session_token(f"{SESSION_KEY} {user.id} {key}")

    @api.model
    def _change_session(self, user, flag=None):
        """Make the session of this browser another user's.

        It gets a number of its own: forms that were opened before are refused, and so nothing
        that was meant for one customer is done for another.

        :param res.users user: whose session it becomes
        :param dict flag: by which seat, if it is one
        """
        session = request.session
        kept = {name: session[name] for name in KEPT_IN_SESSION if name in session}
        context = dict(user.with_user(user).context_get())
        session.clear()
        session.update(get_default_session(), **kept)
        session.update(
            uid=user.id,
            login=user.login,
            context=context,
            session_token=user._compute_session_token(session.sid),
        )
        if flag:
            session[SESSION_KEY] = flag
        session.should_rotate = True
        # What is noted when a session is opened is not for this.
        request.portal_uid_before = user.id
        request.update_env(user=user.id, context=context)
