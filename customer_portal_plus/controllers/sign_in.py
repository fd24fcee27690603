"""Ways into the portal for guests: everything below ``/p/<alias>``.

The rules (who may ask for a code, how often, what it opens) are in
``models/sign_in/customer_portal_challenge.py``; docs/getting_in.md lists all ways in.
"""

import re
import secrets

from werkzeug.exceptions import NotFound, abort
from werkzeug.urls import url_encode

from odoo.exceptions import AccessDenied, UserError
from odoo.http import request, route
from odoo.tools import email_normalize

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.parsing import parse_id, parse_portal_path
from .gate import GUEST_PAGE
from .portal_page import PortalPage
from .step_up_session import set_stepped_up

# What this browser is doing to get in: ``nonce`` (its secret), ``challenge`` (number of the mail
# it asked for), ``shown`` (where that mail went, as it is shown), ``tax_id`` (as typed),
# ``ticket`` (proof that it typed the right code), ``redirect``.
SESSION_KEY = "portal_sign_in"

# As much as can be said of an address before a mail is sent to it.
_ADDRESS = re.compile(r"[^@\s<>,;\x00]+@[^@\s<>,;\x00]+\.[^@\s<>,;\x00]+")


class SignIn(PortalPage):
    # === COMMON === #

    def _get_portal_company(self, alias):
        """Return the company whose portal has this alias.

        :param str alias: from the address
        :return: the company, in sudo since a guest asks
        :rtype: res.company
        :raise NotFound: if there is none, or its portal is off; both look the same
        :raise HTTPException: a redirect to the present alias, if this is a former one
        """
        if "\x00" in request.httprequest.path:
            # Core fails where it looks whether such an address is that of a file.
            abort(request.make_response("Not Found", status=404))
        company_sudo, is_present = request.env["customer.portal.former.alias"]._find_company(alias)
        if not company_sudo:
            raise NotFound()
        if not is_present and request.httprequest.method in ("GET", "HEAD"):
            path = request.httprequest.path.replace(
                f"/p/{alias}", f"/p/{company_sudo.portal_alias}", 1
            )
            # Not permanent: browsers would keep it, and the company may take the old one back.
            abort(request.redirect_query(path, request.httprequest.args, code=302))
        return company_sudo

    def _get_sign_in_state(self):
        """Return what this browser is doing to get in; see ``SESSION_KEY``.

        :rtype: dict
        """
        state = request.session.get(SESSION_KEY)
        return dict(state) if isinstance(state, dict) else {}

    def _set_sign_in_state(self, **values):
        """Keep what this browser is doing to get in, with a new secret where it has none."""
        state = {**self._get_sign_in_state(), **values}
        state.setdefault("nonce", secrets.token_urlsafe(32))
        request.session[SESSION_KEY] = state
        return state

    def _get_challenge(self, company_sudo):
        """Return the challenge that this browser asked for last, in sudo; empty if none.

        :rtype: customer.portal.challenge
        """
        state = self._get_sign_in_state()
        number = state.get("challenge")
        challenge_sudo = request.env["customer.portal.challenge"].sudo()
        challenge_sudo = challenge_sudo.browse(number if isinstance(number, int) else []).exists()
        return challenge_sudo.filtered(
            lambda challenge: (
                challenge.company_id == company_sudo
                and challenge._is_from_browser(state.get("nonce"))
            )
        )

    def _network_address(self):
        return request.httprequest.remote_addr

    def _render_sign_in(self, template, company_sudo, values=None, status=200):
        """Return a page below ``/p/<alias>``: in the company's dress, kept by no cache, telling
        no other site its address, and shown in no frame.

        :param str template: name of the template, without the addon's
        :param res.company company_sudo: whose portal it is
        :param dict values: what the page shows
        :param int status: the answer's status
        :rtype: odoo.http.Response
        """
        response = request.render(
            f"customer_portal_plus.{template}",
            {
                "portal_company": company_sudo._portal_brand(),
                # The layout's footer wants the record.
                "res_company": company_sudo,
                "no_header": True,
                **(values or {}),
            },
            status=status,
        )
        return self._protect_sign_in(response)

    def _protect_sign_in(self, response):
        """Set the headers of pages that are nobody else's business."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    def _redirect_sign_in(self, company_sudo, path="", **query):
        """Return a redirect to a page below ``/p/<alias>``."""
        url = f"/p/{company_sudo.portal_alias}{path}"
        if query := {key: value for key, value in query.items() if value}:
            url = f"{url}?{url_encode(query)}"
        return self._protect_sign_in(request.redirect(url))

    def _sign_out_url(self, url):
        """Return the address that signs out and leads to ``url``."""
        return f"/web/session/logout?{url_encode({'redirect': url})}"

    # === THE COMPANY'S PAGE === #

    @route("/p/<string:alias>", methods=["GET"], readonly=True, **GUEST_PAGE)
    def portal_alias_page(self, alias, redirect="", **kwargs):
        """Show the portal's own page: what it is good for, and the ways in.

        Whoever is signed in and comes by a link to one of its pages goes there at once.
        """
        if redirect and not request.env.user._is_public():
            return request.redirect(parse_portal_path(redirect))
        return self._render_alias_page(self._get_portal_company(alias), redirect)

    def _render_alias_page(self, company_sudo, redirect="", values=None, status=200):
        path = parse_portal_path(redirect)
        values = {
            "offers": company_sudo._portal_public_offers(),
            "contact_card": company_sudo._portal_contact_card(),
            "signed_in_name": "" if request.env.user._is_public() else request.env.user.name,
            "sign_out_url": self._sign_out_url(f"/p/{company_sudo.portal_alias}"),
            "way_email": company_sudo.portal_allow_email_code,
            "way_tax_id": company_sudo.portal_allow_tax_id,
            "sign_in_redirect": path,
            "password_url": f"/web/login?{url_encode({'redirect': path})}",
            **(values or {}),
        }
        return self._render_sign_in("portal_sign_in", company_sudo, values, status)

    # === BY ADDRESS === #

    @route("/p/<string:alias>/email", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_email(self, alias, email="", redirect="", **kwargs):
        """Ask for a mail to an address that is typed; answer the same whoever has it."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_email_code:
            raise NotFound()
        if request.httprequest.method != "POST":
            return self._redirect_sign_in(company_sudo)
        address = _ADDRESS.fullmatch(email.strip()[:255]) and email_normalize(email)
        if not address:
            return self._render_alias_page(
                company_sudo,
                redirect,
                {
                    "email_error": request.env._("Please type your e-mail address in full."),
                    "email": email[:254],
                },
                status=422,
            )
        rows = request.env["customer.portal.challenge"]._find_contacts(
            company_sudo, address=address
        )
        return self._ask_and_show(
            company_sudo, address, address, [row[0] for row in rows], redirect
        )

    def _ask_and_show(self, company_sudo, address, shown, contact_ids, redirect="", link=None):
        """Ask for a mail and lead on to the page where its code is typed.

        :param customer.portal.link link: the link to a document with which it began, if any
        """
        state = self._set_sign_in_state()
        try:
            challenge = request.env["customer.portal.challenge"]._ask(
                company_sudo,
                address,
                contact_ids,
                state["nonce"],
                self._network_address(),
                redirect=parse_portal_path(redirect or state.get("redirect")),
                link=link,
            )
        except TooManyTries as error:
            return self._render_alias_page(
                company_sudo, redirect, {"error": error.args[0]}, status=429
            )
        self._set_sign_in_state(challenge=challenge.id, shown=shown, ticket="")
        return self._redirect_sign_in(company_sudo, "/code")

    # === BY TAX ID === #

    @route("/p/<string:alias>/tax_id", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_tax_id(self, alias, tax_id="", redirect="", **kwargs):
        """Take a tax ID; what it leads to is looked for on the next page."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_tax_id:
            raise NotFound()
        if request.httprequest.method != "POST":
            return self._redirect_sign_in(company_sudo)
        try:
            request.env["customer.portal.challenge"]._count_tax_id(
                company_sudo, tax_id, self._network_address()
            )
        except UserError as error:
            too_many = isinstance(error, TooManyTries)
            return self._render_alias_page(
                company_sudo,
                redirect,
                {"error" if too_many else "tax_id_error": error.args[0], "tax_id": tax_id[:80]},
                status=429 if too_many else 422,
            )
        self._set_sign_in_state(tax_id=tax_id, redirect=parse_portal_path(redirect))
        return self._after_tax_id(company_sudo, tax_id)

    def _after_tax_id(self, company_sudo, tax_id):
        """Return where a tax ID leads; hook for other pages than that of the addresses.

        :param str tax_id: as typed, counted already
        :rtype: odoo.http.Response
        """
        return self._redirect_sign_in(company_sudo, "/address")

    @route("/p/<string:alias>/address", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_address(self, alias, choice="", **kwargs):
        """Show the registered addresses for a tax ID, masked; send to the one that is chosen."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_tax_id:
            raise NotFound()
        state = self._get_sign_in_state()
        if not state.get("tax_id"):
            return self._redirect_sign_in(company_sudo)
        addresses = request.env["customer.portal.challenge"]._find_addresses(
            company_sudo, state["tax_id"]
        )
        values = {"addresses": addresses, "contact_card": company_sudo._portal_contact_card()}
        if request.httprequest.method != "POST":
            return self._render_sign_in("portal_sign_in_address", company_sudo, values)
        chosen = next((address for address in addresses if address["key"] == choice), None)
        if not chosen:
            values["error"] = request.env._("Please choose one of the addresses.")
            return self._render_sign_in("portal_sign_in_address", company_sudo, values, 422)
        return self._ask_and_show(
            company_sudo, chosen["address"], chosen["masked"], chosen["contacts"]
        )

    # === THE CODE === #

    @route("/p/<string:alias>/code", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_code(self, alias, code="", contact="", **kwargs):
        """Show that the mail was sent; take its code, and where several share the address, ask
        who it is."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_challenge(company_sudo)
        if not challenge_sudo:
            return self._redirect_sign_in(company_sudo)
        if request.httprequest.method != "POST":
            return self._render_code_page(challenge_sudo)
        ticket = self._get_sign_in_state().get("ticket")
        if not ticket:
            try:
                ticket = challenge_sudo._try_code(code, self._network_address())
            except UserError as error:
                status = 429 if isinstance(error, TooManyTries) else 422
                return self._render_code_page(challenge_sudo, error.args[0], status)
            self._set_sign_in_state(ticket=ticket)
        return self._finish_sign_in(challenge_sudo, ticket, contact, "mailed_code")

    @route("/p/<string:alias>/again", methods=["POST"], **GUEST_PAGE)
    def portal_sign_in_again(self, alias, **kwargs):
        """Ask for another mail to the same address."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_challenge(company_sudo)
        if not challenge_sudo:
            return self._redirect_sign_in(company_sudo)
        state = self._get_sign_in_state()
        try:
            again = challenge_sudo._ask_again(state["nonce"], self._network_address())
        except UserError as error:
            return self._render_code_page(challenge_sudo, again_error=error.args[0], status=429)
        self._set_sign_in_state(challenge=again.id, ticket="")
        return self._redirect_sign_in(company_sudo, "/code")

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
        challenge_sudo = self._get_challenge(self._get_portal_company(alias))
        response = request.make_json_response(
            {"state": self._get_mail_state(challenge_sudo) if challenge_sudo else "none"}
        )
        return self._protect_sign_in(response)

    def _get_mail_state(self, challenge_sudo):
        """Return ``waiting``, ``delayed`` (the mail server is down), ``failed`` or ``sent``."""
        if challenge_sudo.state == "queued":
            return "delayed" if challenge_sudo.sendings else "waiting"
        if challenge_sudo.state == "ended":
            return "failed"
        return "sent"

    def _render_code_page(self, challenge_sudo, error="", status=200, again_error=""):
        state = self._get_sign_in_state()
        return self._render_sign_in(
            "portal_sign_in_code",
            challenge_sudo.company_id,
            {
                "shown_address": state.get("shown"),
                "mail_state": self._get_mail_state(challenge_sudo),
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
        challenge_sudo = self._get_linked_challenge(company_sudo, token)
        return self._render_link_page(company_sudo, challenge_sudo, token)

    @route("/p/<string:alias>/in/<string:token>", methods=["POST"], **GUEST_PAGE)
    def portal_sign_in_link_use(self, alias, token, code="", contact="", **kwargs):
        """Sign in with the link; in another browser than the one that asked, with the code."""
        company_sudo = self._get_portal_company(alias)
        challenge_sudo = self._get_linked_challenge(company_sudo, token)
        if not challenge_sudo:
            words = challenge_sudo._company_env()._("Link that does not work any more")
            challenge_sudo._log_failure(words)
            return self._render_link_page(company_sudo, challenge_sudo, token)
        state = self._get_sign_in_state()
        if challenge_sudo._is_from_browser(state.get("nonce")):
            return self._finish_sign_in(challenge_sudo, token, contact, "mailed_link", token)
        numbers = [person["id"] for person in self._get_people(challenge_sudo)]
        if len(numbers) > 1 and parse_id(contact) not in numbers:
            error = request.env._("Please choose who you are.")
            return self._render_link_page(company_sudo, challenge_sudo, token, error, 422)
        try:
            ticket = challenge_sudo._try_code(code, self._network_address())
        except UserError as error:
            status = 429 if isinstance(error, TooManyTries) else 422
            return self._render_link_page(
                company_sudo, challenge_sudo, token, error.args[0], status
            )
        return self._finish_sign_in(challenge_sudo, ticket, contact, "mailed_code")

    def _get_linked_challenge(self, company_sudo, token):
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

    def _render_link_page(self, company_sudo, challenge_sudo, token, error="", status=200):
        if not challenge_sudo:
            return self._render_sign_in(
                "portal_sign_in_dead_link",
                company_sudo,
                {"signed_in": not request.env.user._is_public()},
                410,
            )
        nonce = self._get_sign_in_state().get("nonce")
        return self._render_sign_in(
            "portal_sign_in_link",
            company_sudo,
            {
                "token": token,
                "people": self._get_people(challenge_sudo),
                "needs_code": not challenge_sudo._is_from_browser(nonce),
                "error": error,
            },
            status,
        )

    # === IN === #

    def _get_people(self, challenge_sudo):
        """Return whom a challenge can let in: dicts with ``id``, ``name`` and ``customer``.

        Shown only to who has opened the mail.
        """
        return [
            {"id": contact_id, "name": name, "customer": "" if name == customer else customer}
            for contact_id, _address, name, customer in challenge_sudo._get_allowed_contacts()
        ]

    def _finish_sign_in(self, challenge_sudo, secret, contact, way, token=""):
        """Sign in, or ask who it is where several contacts share the address.

        :param str secret: see ``_open_session``
        :param str contact: number of the contact that was chosen
        :param str way: see ``_open_session``
        :param str token: of the link, if it came by that without a code
        """
        company_sudo = challenge_sudo.company_id
        people = self._get_people(challenge_sudo)
        numbers = [person["id"] for person in people]
        chosen = parse_id(contact)
        if chosen not in numbers:
            if len(numbers) > 1:
                if not token:
                    # The code was right: the next page need not ask again.
                    self._set_sign_in_state(ticket=secret)
                return self._render_who_page(challenge_sudo, people, token)
            chosen = numbers[0] if numbers else 0
        redirect = parse_portal_path(challenge_sudo.redirect)
        try:
            auth_info = challenge_sudo._open_session(secret, chosen, way)
            if challenge_sudo.link:
                addresses = {row[0]: row[1] for row in challenge_sudo._get_allowed_contacts()}
                set_stepped_up(way, addresses[chosen])
        except AccessDenied as error:
            if error.args != AccessDenied().args:
                return self._render_alias_page(
                    company_sudo, values={"error": error.args[0]}, status=403
                )
            return self._render_link_page(company_sudo, challenge_sudo.browse(), token)
        # A user with a second factor is not in yet; core says where that is asked for.
        return self._protect_sign_in(
            request.redirect(_get_login_redirect_url(auth_info["uid"], redirect))
        )

    def _render_who_page(self, challenge_sudo, people, token):
        company_sudo = challenge_sudo.company_id
        path = f"/in/{token}" if token else "/code"
        return self._render_sign_in(
            "portal_sign_in_who",
            company_sudo,
            {"people": people, "form_url": f"/p/{company_sudo.portal_alias}{path}"},
        )
