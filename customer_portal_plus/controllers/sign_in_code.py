"""The mailed code and link: what is done with them, and how one gets in."""

from odoo.exceptions import AccessDenied, UserError
from odoo.http import request, route

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.parsing import parse_id, parse_portal_path
from .gate import GUEST_PAGE
from .sign_in import SignIn
from .step_up_session import set_stepped_up


class SignInCode(SignIn):
    # === THE CODE === #

    @route("/p/<string:alias>/code", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_code(self, alias, code="", contact="", **kwargs):
        """Show that the mail was sent; take its code, and where several share the address, ask
        who it is."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_portal_challenge(company_sudo)
        if not challenge_sudo:
            return self._redirect_portal_sign_in(company_sudo)
        if request.httprequest.method != "POST":
            return self._render_portal_code_page(challenge_sudo)
        if challenge_sudo.needs_link:
            return self._render_portal_code_page(challenge_sudo, status=422)
        ticket = self._get_portal_sign_in_state().get("ticket")
        if not ticket:
            try:
                ticket = challenge_sudo._try_code(code, self._network_portal_address())
            except UserError as error:
                status = 429 if isinstance(error, TooManyTries) else 422
                return self._render_portal_code_page(challenge_sudo, error.args[0], status)
            self._set_portal_sign_in_state(ticket=ticket)
        return self._finish_portal_sign_in(challenge_sudo, ticket, contact, "mailed_code")

    @route("/p/<string:alias>/again", methods=["POST"], **GUEST_PAGE)
    def portal_sign_in_again(self, alias, **kwargs):
        """Ask for another mail to the same address."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_portal_challenge(company_sudo)
        if not challenge_sudo:
            return self._redirect_portal_sign_in(company_sudo)
        state = self._get_portal_sign_in_state()
        try:
            again = challenge_sudo._ask_again(state["nonce"], self._network_portal_address())
        except UserError as error:
            return self._render_portal_code_page(
                challenge_sudo, again_error=error.args[0], status=429
            )
        self._set_portal_sign_in_state(challenge=again.id, ticket="")
        return self._redirect_portal_sign_in(company_sudo, "/code")

    @route(
        "/p/<string:alias>/status",
        type="http",
        auth="public",
        sitemap=False,
        methods=["GET"],
        readonly=True,
    )
    def portal_sign_in_status(self, alias, **kwargs):
        """Tell the waiting page whether the mail has left: ``{"state": ...}``."""
        challenge_sudo = self._get_portal_challenge(self._get_portal_company(alias))
        response = request.make_json_response(
            {"state": self._get_portal_mail_state(challenge_sudo) if challenge_sudo else "none"}
        )
        return self._protect_portal_sign_in(response)

    def _get_portal_mail_state(self, challenge_sudo):
        """Return ``waiting``, ``delayed`` (the mail server is down), ``failed``, ``replaced``
        (another mail to the address was asked for) or ``sent``."""
        if challenge_sudo.state == "queued":
            return "delayed" if challenge_sudo.sendings else "waiting"
        return {"ended": "failed"}.get(challenge_sudo.state, challenge_sudo.state)

    def _render_portal_code_page(self, challenge_sudo, error="", status=200, again_error=""):
        state = self._get_portal_sign_in_state()
        return self._render_portal_sign_in(
            "portal_sign_in_code",
            challenge_sudo.company_id,
            {
                "shown_address": state.get("shown"),
                "mail_state": self._get_portal_mail_state(challenge_sudo),
                "needs_link": challenge_sudo.needs_link,
                "error": error,
                "again_error": again_error,
                "contact_card": challenge_sudo.company_id._portal_contact_card(),
            },
            status,
        )

    # === THE LINK === #

    @route("/p/<string:alias>/in/<string:token>", methods=["GET"], readonly=True, **GUEST_PAGE)
    def portal_sign_in_link(self, alias, token, **kwargs):
        """Show the button that signs in. Opening the link does nothing else: mail scanners do."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_portal_linked_challenge(company_sudo, token)
        return self._render_portal_link_page(company_sudo, challenge_sudo, token)

    @route("/p/<string:alias>/in/<string:token>", methods=["POST"], **GUEST_PAGE)
    def portal_sign_in_link_use(self, alias, token, code="", contact="", **kwargs):
        """Sign in with the link; in another browser than the one that asked, with the code."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_portal_linked_challenge(company_sudo, token)
        if not challenge_sudo:
            words = challenge_sudo._company_env()._("Link that does not work any more")
            challenge_sudo._log_failure(words)
            return self._render_portal_link_page(company_sudo, challenge_sudo, token)
        state = self._get_portal_sign_in_state()
        if challenge_sudo._is_from_browser(state.get("nonce")):
            return self._finish_portal_sign_in(challenge_sudo, token, contact, "mailed_link", token)
        numbers = [person["id"] for person in self._get_portal_people(challenge_sudo)]
        if len(numbers) > 1 and parse_id(contact) not in numbers:
            error = request.env._("Please choose who you are.")
            return self._render_portal_link_page(company_sudo, challenge_sudo, token, error, 422)
        try:
            ticket = challenge_sudo._try_code(code, self._network_portal_address())
        except UserError as error:
            status = 429 if isinstance(error, TooManyTries) else 422
            return self._render_portal_link_page(
                company_sudo, challenge_sudo, token, error.args[0], status
            )
        return self._finish_portal_sign_in(challenge_sudo, ticket, contact, "mailed_code")

    def _get_portal_linked_challenge(self, company_sudo, token):
        """Return the challenge of a link of this company, in sudo; empty if it does not work, also
        because it lets nobody in any more."""
        challenge_sudo = request.env["customer.portal.challenge"]._from_token(token)
        return challenge_sudo.filtered(
            lambda challenge: (
                challenge.company_id == company_sudo
                and challenge.purpose == "sign_in"
                and challenge._get_allowed_contacts()
            )
        )

    def _render_portal_link_page(self, company_sudo, challenge_sudo, token, error="", status=200):
        if not challenge_sudo:
            return self._render_portal_sign_in(
                "portal_sign_in_dead_link",
                company_sudo,
                {"signed_in": not request.env.user._is_public()},
                410,
            )
        nonce = self._get_portal_sign_in_state().get("nonce")
        return self._render_portal_sign_in(
            "portal_sign_in_link",
            company_sudo,
            {
                "token": token,
                "people": self._get_portal_people(challenge_sudo),
                "needs_code": not challenge_sudo._is_from_browser(nonce),
                "error": error,
            },
            status,
        )

    # === IN === #

    def _get_portal_people(self, challenge_sudo):
        """Return whom a challenge can let in: dicts with ``id``, ``name`` and ``customer``.

        Shown only to who has opened the mail.
        """
        return [
            {"id": contact_id, "name": name, "customer": "" if name == customer else customer}
            for contact_id, _address, name, customer in challenge_sudo._get_allowed_contacts()
        ]

    def _finish_portal_sign_in(self, challenge_sudo, secret, contact, way, token=""):
        """Sign in, or ask who it is where several contacts share the address.

        :param str secret: see ``_open_session``
        :param str contact: number of the contact that was chosen
        :param str way: see ``_open_session``
        :param str token: of the link, if it came by that without a code
        """
        company_sudo = challenge_sudo.company_id
        people = self._get_portal_people(challenge_sudo)
        numbers = [person["id"] for person in people]
        chosen = parse_id(contact)
        if chosen not in numbers:
            if len(numbers) > 1:
                if not token:
                    # The code was right: the next page need not ask again.
                    self._set_portal_sign_in_state(ticket=secret)
                return self._render_portal_who_page(challenge_sudo, people, token)
            chosen = numbers[0] if numbers else 0
        redirect = parse_portal_path(challenge_sudo.redirect)
        try:
            auth_info = challenge_sudo._open_session(secret, chosen, way)
            if challenge_sudo.link:
                addresses = {row[0]: row[1] for row in challenge_sudo._get_allowed_contacts()}
                set_stepped_up(way, addresses[chosen])
        except AccessDenied as error:
            if error.args != AccessDenied().args:
                return self._render_portal_alias_page(
                    company_sudo, values={"error": error.args[0]}, status=403
                )
            return self._render_portal_link_page(company_sudo, challenge_sudo.browse(), token)
        # A user with a second factor is not in yet; core says where that is asked for.
        return self._protect_portal_sign_in(
            request.redirect(_get_login_redirect_url(auth_info["uid"], redirect))
        )

    def _render_portal_who_page(self, challenge_sudo, people, token):
        company_sudo = challenge_sudo.company_id
        path = f"/in/{token}" if token else "/code"
        return self._render_portal_sign_in(
            "portal_sign_in_who",
            company_sudo,
            {"people": people, "form_url": f"/p/{company_sudo.portal_alias}{path}"},
        )
