"""Ways into the portal for guests: everything below ``/p/<alias>``.

The rules (who may ask for a code, how often, what it opens) are in
``models/sign_in/customer_portal_challenge.py``; docs/sign_in.md lists all ways in.
"""

import secrets

from werkzeug.exceptions import NotFound, abort
from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import email_normalize

from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.parsing import parse_address, parse_portal_path
from .gate import GUEST_PAGE, is_foreign_site
from .portal_page import PortalPage

# What this browser is doing to get in: ``nonce`` (its secret), ``challenge`` (number of the mail
# it asked for), ``shown`` (where that mail went, as it is shown), ``tax_id`` (as typed),
# ``ticket`` (proof that it typed the right code), ``redirect``.
SESSION_KEY = "portal_sign_in"


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
        company_sudo, is_present = request.env["res.company"]._portal_find_by_alias(alias)
        if not company_sudo:
            raise NotFound()
        if not is_present and request.httprequest.method in ("GET", "HEAD"):
            path = request.httprequest.path.replace(
                f"/p/{alias}", f"/p/{company_sudo.portal_alias}", 1
            )
            # Not permanent: browsers would keep it, and the company may take the old one back.
            abort(request.redirect_query(path, request.httprequest.args, code=302))
        return company_sudo

    def _get_portal_sign_in_state(self):
        """Return what this browser is doing to get in; see ``SESSION_KEY``.

        :rtype: dict
        """
        state = request.session.get(SESSION_KEY)
        return dict(state) if isinstance(state, dict) else {}

    def _set_portal_sign_in_state(self, **values):
        """Keep what this browser is doing to get in, with a new secret where it has none."""
        state = {**self._get_portal_sign_in_state(), **values}
        state.setdefault("nonce", secrets.token_urlsafe(32))
        request.session[SESSION_KEY] = state
        return state

    def _get_portal_challenge(self, company_sudo):
        """Return the challenge that this browser asked for last, in sudo; empty if none.

        :rtype: customer.portal.challenge
        """
        state = self._get_portal_sign_in_state()
        number = state.get("challenge")
        challenge_sudo = request.env["customer.portal.challenge"].sudo()
        challenge_sudo = challenge_sudo.browse(number if isinstance(number, int) else []).exists()
        return challenge_sudo.filtered(
            lambda challenge: (
                challenge.company_id == company_sudo
                and challenge._is_from_browser(state.get("nonce"))
            )
        )

    def _network_portal_address(self):
        return request.httprequest.remote_addr

    def _render_portal_sign_in(self, template, company_sudo, values=None, status=200):
        """Return a page below ``/p/<alias>``: in the company's dress, kept by no cache, telling
        no other site its address, and shown in no frame.

        :param str template: name of the template, without the addon's
        :param res.company company_sudo: whose portal it is
        :param dict values: what the page shows
        :param int status: the answer's status
        :rtype: odoo.http.Response
        """
        company_sudo._portal_remember_for_guest()
        response = request.render(
            f"customer_portal_plus.{template}",
            {
                "portal_company": company_sudo._portal_brand(),
                # The layout's footer wants the record. A website names its own in its place.
                "res_company": company_sudo,
                "portal_company_sudo": company_sudo,
                "portal_foreign_site": is_foreign_site(company_sudo),
                "no_header": True,
                **(values or {}),
            },
            status=status,
        )
        return self._protect_portal_sign_in(response)

    def _protect_portal_sign_in(self, response):
        """Set the headers of pages that are nobody else's business."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
        return response

    def _redirect_portal_sign_in(self, company_sudo, path="", **query):
        """Return a redirect to a page below ``/p/<alias>``."""
        url = f"/p/{company_sudo.portal_alias}{path}"
        if query := {key: value for key, value in query.items() if value}:
            url = f"{url}?{url_encode(query)}"
        return self._protect_portal_sign_in(request.redirect(url))

    def _sign_portal_out_url(self, url):
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
        return self._render_portal_alias_page(self._get_portal_company(alias), redirect)

    def _render_portal_alias_page(self, company_sudo, redirect="", values=None, status=200):
        path = parse_portal_path(redirect)
        values = {
            "offers": company_sudo._portal_public_offers(),
            "contact_card": company_sudo._portal_contact_card(),
            "signed_in_name": "" if request.env.user._is_public() else request.env.user.name,
            "sign_out_url": self._sign_portal_out_url(f"/p/{company_sudo.portal_alias}"),
            "way_email": company_sudo.portal_allow_email_code,
            "way_tax_id": company_sudo.portal_allow_tax_id,
            "sign_in_redirect": path,
            "password_url": f"/web/login?{url_encode({'redirect': path})}",
            **(values or {}),
        }
        return self._render_portal_sign_in("portal_sign_in", company_sudo, values, status)

    # === BY ADDRESS === #

    @route("/p/<string:alias>/email", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_email(self, alias, email="", redirect="", **kwargs):
        """Ask for a mail to an address that is typed; answer the same whoever has it."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_email_code:
            raise NotFound()
        if request.httprequest.method != "POST":
            return self._redirect_portal_sign_in(company_sudo)
        address = email_normalize(parse_address(email))
        if not address:
            return self._render_portal_alias_page(
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
        return self._ask_portal_and_show(
            company_sudo, address, address, [row[0] for row in rows], redirect
        )

    def _ask_portal_and_show(
        self, company_sudo, address, shown, contact_ids, redirect="", link=None
    ):
        """Ask for a mail and lead on to the page where its code is typed.

        :param customer.portal.link link: the link to a document with which it began, if any
        """
        state = self._set_portal_sign_in_state()
        try:
            challenge = request.env["customer.portal.challenge"]._ask(
                company_sudo,
                address,
                contact_ids,
                state["nonce"],
                self._network_portal_address(),
                redirect=parse_portal_path(redirect or state.get("redirect")),
                link=link,
            )
        except TooManyTries as error:
            return self._render_portal_alias_page(
                company_sudo, redirect, {"error": error.args[0]}, status=429
            )
        self._set_portal_sign_in_state(challenge=challenge.id, shown=shown, ticket="")
        return self._redirect_portal_sign_in(company_sudo, "/code")

    # === BY TAX ID === #

    @route("/p/<string:alias>/tax_id", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_tax_id(self, alias, tax_id="", redirect="", **kwargs):
        """Take a tax ID; what it leads to is looked for on the next page."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_tax_id:
            raise NotFound()
        if request.httprequest.method != "POST":
            return self._redirect_portal_sign_in(company_sudo)
        try:
            request.env["customer.portal.challenge"]._count_tax_id(
                company_sudo, tax_id, self._network_portal_address()
            )
        except UserError as error:
            too_many = isinstance(error, TooManyTries)
            return self._render_portal_alias_page(
                company_sudo,
                redirect,
                {"error" if too_many else "tax_id_error": error.args[0], "tax_id": tax_id[:80]},
                status=429 if too_many else 422,
            )
        self._set_portal_sign_in_state(tax_id=tax_id, redirect=parse_portal_path(redirect))
        return self._after_portal_tax_id(company_sudo, tax_id)

    def _after_portal_tax_id(self, company_sudo, tax_id):
        """Return where a tax ID leads: to the page with the addresses.

        For a module to lead elsewhere, it must override this method.

        :param str tax_id: as typed, counted already
        :rtype: odoo.http.Response
        """
        return self._redirect_portal_sign_in(company_sudo, "/address")

    @route("/p/<string:alias>/address", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_sign_in_address(self, alias, choice="", **kwargs):
        """Show the registered addresses for a tax ID, masked; send to the one that is chosen."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_tax_id:
            raise NotFound()
        state = self._get_portal_sign_in_state()
        if not state.get("tax_id"):
            return self._redirect_portal_sign_in(company_sudo)
        addresses = request.env["customer.portal.challenge"]._find_addresses(
            company_sudo, state["tax_id"]
        )
        values = {"addresses": addresses, "contact_card": company_sudo._portal_contact_card()}
        if request.httprequest.method != "POST":
            return self._render_portal_sign_in("portal_sign_in_address", company_sudo, values)
        chosen = next((address for address in addresses if address["key"] == choice), None)
        if not chosen:
            values["error"] = request.env._("Please choose one of the addresses.")
            return self._render_portal_sign_in("portal_sign_in_address", company_sudo, values, 422)
        return self._ask_portal_and_show(
            company_sudo, chosen["address"], chosen["masked"], chosen["contacts"]
        )
