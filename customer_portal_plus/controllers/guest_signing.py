"""Signing a quote by its mailed link, without signing in: a mailed code tells who it is."""

import secrets
import time

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from ..models.sign_in.customer_portal_throttle import TooManyTries
from .gate import GUEST_PAGE
from .sign_in import SignIn
from .signature import Signature

# What this browser is doing to show who it is: ``document`` (model and number), ``token`` (of the
# link it came by), ``nonce``, ``challenge``, ``shown`` (where the code went, as it is shown); then
# ``contact`` (who it has shown to be) and ``until``.
GUEST_KEY = "portal_guest_signer"
PROOF_SECONDS = 3600


class GuestSigning(Signature, SignIn):
    def _get_portal_guest_signing(self, document_sudo):
        """Return what this browser is doing to sign a document; empty if nothing.

        :rtype: dict
        """
        state = request.session.get(GUEST_KEY)
        of = [document_sudo._name, document_sudo.id]
        return dict(state) if isinstance(state, dict) and state.get("document") == of else {}

    def _get_portal_signer(self, model_name, document_id):
        """Override: a guest is the contact it has shown to be, for one document and one hour."""
        if not request.env.user._is_public():
            return super()._get_portal_signer(model_name, document_id)
        state = request.session.get(GUEST_KEY)
        contact = request.env["res.partner"]
        if (
            not isinstance(state, dict)
            or state.get("document") != [model_name, document_id]
            or not state.get("contact")
            or state["until"] < time.time()
        ):
            return contact, None
        return self._get_portal_guest_contact(state["contact"]), state["token"]

    def _get_portal_signing_facts(self, document_sudo):
        facts = super()._get_portal_signing_facts(document_sudo)
        if self._get_portal_guest_signing(document_sudo).get("contact"):
            facts["step_up"] = "mailed_code"
        return facts

    @route(
        "/my/orders/<int:order_id>/sign/who",
        methods=["GET", "POST"],
        **GUEST_PAGE,
    )
    def portal_quote_sign_who(self, order_id, access_token=None, choice="", **kwargs):
        """Ask a guest who signs: offer the masked addresses of those who may, mail a code."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        if not request.env.user._is_public():
            return request.redirect(order_sudo.access_url, 303)
        addresses = order_sudo._portal_guest_signers(self._get_portal_visitor())
        if request.httprequest.method != "POST":
            return self._render_portal_guest_who(order_sudo, access_token, addresses)
        chosen = next((address for address in addresses if address["key"] == choice), None)
        if not chosen:
            error = request.env._("Please choose one of the addresses.")
            return self._render_portal_guest_who(order_sudo, access_token, addresses, error, 422)
        nonce = secrets.token_urlsafe(32)
        try:
            challenge = request.env["customer.portal.challenge"]._ask(
                order_sudo.company_id,
                chosen["address"],
                chosen["contacts"],
                nonce,
                self._network_portal_address(),
                purpose="step_up",
            )
        except TooManyTries as error:
            return self._render_portal_guest_who(
                order_sudo, access_token, addresses, error.args[0], 429
            )
        request.session[GUEST_KEY] = {
            "document": [order_sudo._name, order_sudo.id],
            "token": access_token,
            "nonce": nonce,
            "challenge": challenge.id,
            "shown": chosen["masked"],
        }
        return request.redirect(f"/my/orders/{order_id}/sign/code", 303)

    @route(
        "/my/orders/<int:order_id>/sign/code",
        methods=["GET", "POST"],
        **GUEST_PAGE,
    )
    def portal_quote_sign_code(self, order_id, code="", **kwargs):
        """Take the mailed code, freeze the quote and go to its signing page."""
        state = request.session.get(GUEST_KEY)
        if not isinstance(state, dict) or state.get("document") != ["sale.order", order_id]:
            return self._render_portal_unavailable()
        try:
            order_sudo = self._document_check_access("sale.order", order_id, state["token"])
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        if not request.env.user._is_public():
            return request.redirect(order_sudo.access_url, 303)
        if request.httprequest.method != "POST":
            return self._render_portal_guest_code(order_sudo, state)
        # Sudo: nobody may read challenges; it is this browser's own.
        challenge_sudo = request.env["customer.portal.challenge"].sudo()
        challenge_sudo = challenge_sudo.browse(state["challenge"]).exists()
        if not challenge_sudo or not challenge_sudo._is_from_browser(state["nonce"]):
            return self._render_portal_unavailable()
        try:
            ticket = challenge_sudo._try_code(code, self._network_portal_address())
        except UserError as error:
            status = 429 if isinstance(error, TooManyTries) else 422
            return self._render_portal_guest_code(order_sudo, state, error.args[0], status)
        number = next(iter(challenge_sudo._consume(ticket)), 0)
        request.session[GUEST_KEY] = {
            **state,
            "contact": number,
            "until": time.time() + PROOF_SECONDS,
        }
        return self._start_portal_signing(order_sudo)

    def _render_portal_guest_who(self, order_sudo, access_token, addresses, error="", status=200):
        return self._render_portal_guest_page(
            "portal_guest_who",
            order_sudo,
            {"access_token": access_token, "addresses": addresses, "error": error},
            status,
        )

    def _render_portal_guest_code(self, order_sudo, state, error="", status=200):
        return self._render_portal_guest_page(
            "portal_guest_code",
            order_sudo,
            {
                "shown_address": state["shown"],
                "who_url": self._add_portal_token(
                    f"/my/orders/{order_sudo.id}/sign/who", state["token"]
                ),
                "error": error,
            },
            status,
        )

    def _render_portal_guest_page(self, template, order_sudo, values, status):
        token = values.get("access_token")
        response = request.render(
            f"customer_portal_plus.{template}",
            {
                "document_name": f"{order_sudo.type_name} {order_sudo.name}",
                "customer_name": order_sudo._portal_customer().name,
                "page_url": self._add_portal_token(order_sudo.access_url, token),
                "sign_in_url": f"/web/login?redirect=/my/orders/{order_sudo.id}",
                "order_id": order_sudo.id,
                "no_breadcrumbs": True,
                "res_company": order_sudo.company_id,  # The layout wants the record.
                **values,
            },
            status=status,
        )
        return self._protect_portal_sign_in(response)
