"""The page on which a contact confirms who it is; when that is asked for: step_up_session.py."""

import secrets

from odoo.exceptions import AccessDenied, UserError
from odoo.http import request, route

from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.mask import mask_address
from ..tools.parsing import parse_portal_path
from .portal_page import PortalPage
from .step_up_session import needs_step_up, set_stepped_up, step_up_url

# Pages that are not shown without a code; the others ask for it when something is sent to them.
ASKING_PAGES = ("/my/account/billing", "/my/payment_method")
# In the session: ``challenge``, ``nonce`` and ``shown`` of the mail that was asked for.
ASKED_KEY = "portal_step_up_asked"


class StepUp(PortalPage):
    @route("/my/step_up", type="http", auth="user", website=True, methods=["GET"])
    def portal_step_up(self, redirect="", again="", **kwargs):
        """Ask for a code, or for what is in the mail with one."""
        redirect = parse_portal_path(redirect)
        if not needs_step_up():
            return request.redirect(redirect)
        return self._render_portal_step_up(redirect, again=bool(again))

    @route("/my/step_up/send", type="http", auth="user", website=True, methods=["POST"])
    def portal_step_up_send(self, redirect="", **kwargs):
        """Send a code to the signed-in contact's own address; a new one in place of the last."""
        redirect = parse_portal_path(redirect)
        if not needs_step_up():
            return request.redirect(redirect, 303)
        if challenge_sudo := self._get_portal_step_up_challenge():
            return self._send_portal_step_up_again(challenge_sudo, redirect)
        contact = self._get_portal_contact()
        company = contact._portal_company()
        challenges = request.env["customer.portal.challenge"]
        rows = challenges._find_contacts(company, contact_ids=contact.ids, is_sign_in=False)
        if not rows:
            return self._render_portal_step_up(
                redirect,
                request.env._(
                    "We can't send you a code: no e-mail address of yours is registered. Please"
                    " sign in with your password, or write to us."
                ),
                422,
            )
        address = rows[0][1]
        nonce = secrets.token_urlsafe(32)
        try:
            challenge = challenges._ask(
                company,
                address,
                contact.ids,
                nonce,
                request.httprequest.remote_addr,
                purpose="step_up",
            )
        except TooManyTries as error:
            return self._render_portal_step_up(redirect, error.args[0], 429)
        request.session[ASKED_KEY] = {
            "challenge": challenge.id,
            "nonce": nonce,
            "shown": mask_address(address),
        }
        return request.redirect(step_up_url(redirect), 303)

    def _send_portal_step_up_again(self, challenge_sudo, redirect):
        asked = request.session[ASKED_KEY]
        try:
            again = challenge_sudo._ask_again(asked["nonce"], request.httprequest.remote_addr)
        except UserError as error:
            return self._render_portal_step_up(redirect, send_error=error.args[0], status=429)
        request.session[ASKED_KEY] = {**asked, "challenge": again.id}
        return request.redirect(f"{step_up_url(redirect)}&again=1", 303)

    @route("/my/step_up/code", type="http", auth="user", website=True, methods=["POST"])
    def portal_step_up_code(self, code="", redirect="", **kwargs):
        """Take the code; go on with what was begun."""
        redirect = parse_portal_path(redirect)
        if not needs_step_up():
            return request.redirect(redirect, 303)
        challenge_sudo = self._get_portal_step_up_challenge()
        if not challenge_sudo:
            return request.redirect(step_up_url(redirect), 303)
        contact = self._get_portal_contact()
        try:
            ticket = challenge_sudo._try_code(code, request.httprequest.remote_addr)
            allowed = {row[0]: row[1] for row in challenge_sudo._get_allowed_contacts()}
            if contact.id not in challenge_sudo._consume(ticket) or contact.id not in allowed:
                raise AccessDenied()
        except UserError as error:
            status = 429 if isinstance(error, TooManyTries) else 422
            return self._render_portal_step_up(redirect, error.args[0], status)
        except AccessDenied:
            request.session.pop(ASKED_KEY, None)
            return self._render_portal_step_up(
                redirect,
                request.env._("This code does not work any more. Please ask for a new one."),
                422,
            )
        request.session.pop(ASKED_KEY, None)
        set_stepped_up("mailed_code", allowed[contact.id])
        return request.redirect(redirect, 303)

    def _get_portal_step_up_challenge(self):
        """Return the mail that this session asked for last, in sudo; empty if none.

        :rtype: customer.portal.challenge
        """
        asked = request.session.get(ASKED_KEY) or {}
        number = asked.get("challenge")
        # Sudo: nobody reads challenges; whose it is, is compared right here.
        challenge_sudo = request.env["customer.portal.challenge"].sudo()
        challenge_sudo = challenge_sudo.browse(number if isinstance(number, int) else []).exists()
        return challenge_sudo.filtered(
            lambda challenge: (
                challenge.purpose == "step_up"
                and challenge.contacts == self._get_portal_contact().ids
                and challenge._is_from_browser(asked.get("nonce"))
            )
        )

    def _render_portal_step_up(self, redirect, error="", status=200, send_error="", again=False):
        challenge_sudo = self._get_portal_step_up_challenge()
        return request.render(
            "customer_portal_plus.portal_step_up",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "step_up",
                "no_breadcrumbs": True,
                "redirect": redirect,
                # Pages that ask for a code before they are shown would only lead back to here.
                "back_url": "/my" if redirect.startswith(ASKING_PAGES) else redirect,
                "shown": (request.session.get(ASKED_KEY) or {}).get("shown", ""),
                "asked": bool(challenge_sudo),
                "failed": challenge_sudo.state == "ended",
                "delayed": challenge_sudo.state == "queued" and bool(challenge_sudo.sendings),
                "again": again,
                "error": error,
                "send_error": send_error,
            },
            status=status,
        )
