from urllib.parse import urlsplit

import werkzeug.exceptions

from odoo import models
from odoo.http import request

from ...tools.parsing import is_token, parse_id
from .ir_http_values import MISREADINGS

# Names under which requests bring tokens, and the contact that a signed one is for.
TOKENS = ("access_token", "token", "hash", "_hash", "payment_token")
SIGNED_FOR = "pid"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    # === WALLS === #

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Override of `base`: addresses that name a customer's document as a record are those of
        the back office (its downloads). To customers they look as if there were no such
        document, instead of telling by another answer that there is one.
        """
        if request.env.user.share:
            mixin = request.env.registry["customer.portal.access.mixin"]
            for value in args.values():
                if isinstance(value, mixin):
                    # Sudo: whose document it is does not matter for this answer.
                    documents_sudo = request.env[value._name].sudo().browse(value.ids).exists()
                    if documents_sudo.filtered_domain(documents_sudo._portal_scope_domain()):
                        raise werkzeug.exceptions.NotFound
        super()._pre_dispatch(rule, args)
        # Core compares it as text, and fails on a file.
        if "csrf_token" in request.httprequest.files:
            raise werkzeug.exceptions.BadRequest

    @classmethod
    def _dispatch(cls, endpoint):
        """Override of `base`: our pages find texts where they expect texts, and what can be no
        token is a wrong one.

        Core compares tokens in a way that takes ASCII text only and fails on the rest, where
        there is something to compare with: the failure told which documents there are.
        """
        cls._portal_clean_params(endpoint)
        if request.env.user.share:
            cls._portal_drop_tokens(request.params)
        try:
            return cls._portal_tell_refusal(super()._dispatch(endpoint))
        except MISREADINGS as error:
            cls._portal_refuse_misread(endpoint, error)
            raise

    @classmethod
    def _portal_tell_refusal(cls, response):
        """Say on a page that a document is not there, where core leads home without a word.

        :param response: what a controller answered
        :return: it, or the page instead
        """
        page = getattr(request, "portal_refused_page", None)
        location = page and getattr(response, "location", None)
        if not location or not urlsplit(location).path.endswith("/my"):
            return response
        response = page()
        response.flatten()
        return response

    @classmethod
    def _portal_drop_tokens(cls, params):
        """Have what can be no token in the parameters of a request be a wrong one, however deep.

        :param dict params: changed
        """
        waiting = [params]
        while waiting:
            values = waiting.pop()
            if isinstance(values, list):
                waiting += values
            elif isinstance(values, dict):
                waiting += values.values()
                for name in TOKENS:
                    if values.get(name) and not is_token(values[name]):
                        values[name] = "-"
                if values.get(SIGNED_FOR) and not parse_id(values[SIGNED_FOR]):
                    values[SIGNED_FOR] = ""

    @classmethod
    def _portal_shield(cls, response):
        """Keep out of other sites' frames and logs, and out of all caches, what a customer gets to
        see: with a session, a personal link or the token of a document. What is the same for
        everybody may be kept.

        :param response: changed
        """
        user = request.env.user
        if user._is_public():
            is_private = request.params.get("access_token") or hasattr(
                request, "portal_link_contact"
            )
        else:
            is_private = user.share or request.httprequest.path.startswith("/my")
        headers = response.headers
        if not is_private or "public" in headers.get("Cache-Control", ""):
            return
        headers["Cache-Control"] = "private, no-store"
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        # Other sites learn where somebody comes from, and not from which document.
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        # Odoo gives pictures this policy, but only if they have none.
        is_picture = (response.mimetype or "").startswith("image/")
        policy = headers.get("Content-Security-Policy", "default-src 'none'" * is_picture)
        if "frame-ancestors" not in policy:
            policies = filter(None, [policy, "frame-ancestors 'self'"])
            headers["Content-Security-Policy"] = "; ".join(policies)

    # === LOG === #

    @classmethod
    def _portal_log_sign_in(cls):
        """Note it when the current request has opened the session of a customer, by any way."""
        uid = request.session.uid
        if not request.env or uid == getattr(request, "portal_uid_before", uid):
            return
        # Sudo: only asked whose session it is; nobody's, if somebody has signed out.
        user_sudo = request.env["res.users"].sudo().browse(uid)
        if user_sudo.share and not user_sudo._is_public():
            request.env["customer.portal.event"]._log_sign_in(user_sudo)
