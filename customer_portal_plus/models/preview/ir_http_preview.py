"""See as customer: the portal is served as the contact, from a read-only transaction."""

import re
import time
from urllib.parse import urlsplit

import psycopg2
import werkzeug.exceptions

from odoo import models
from odoo.http import SAFE_HTTP_METHODS, request

from .customer_portal_preview import SESSION_KEY, PortalPreviewRefused

# Addresses that belong to the portal. During a preview they are the contact's.
PORTAL_PATH = re.compile(r"/(my|portal|payment|invoice/transaction|mail/chatter_fetch)(/|$)")
# Starting and leaving a preview is done by staff.
STAFF_PATH = re.compile(r"/my/preview(/|$)")
# Addresses that pages of the portal and of the back office have in common. They are the
# contact's when a page of the portal asks for them.
SHARED_PATH = re.compile(
    r"/(web/(image|content|dataset|session/logout)|mail|discuss|html_editor)(/|$)|/$"
)
# A page's address may begin with a language: /es/my, /es_419/my.
LANGUAGE_PREFIX = re.compile(r"/[a-z]{2,3}(_[A-Za-z0-9@]+)?(?=/)")
# These calls read, though they don't say so.
READING_CALLS = ("/portal/chatter_init", "/mail/chatter_fetch")
# What is left of a session during a preview: nothing that pages remember there.
KEPT_IN_SESSION = ("context", "create_time", "db", "debug", "login", "session_token", "uid")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    # === SEE AS CUSTOMER === #

    @classmethod
    def _portal_preview_flag(cls):
        """Return the preview that the current request is part of, if any.

        :return: see ``customer.portal.preview._start``
        :rtype: dict | None
        """
        flag = request.session.get(SESSION_KEY)
        if not flag or flag["staff"] != request.session.uid:
            return None
        path = request.httprequest.path
        if STAFF_PATH.match(path):
            return None
        if cls._portal_is_portal_path(path):
            return flag
        if not SHARED_PATH.match(path):
            return None
        referrer = request.httprequest.referrer
        if not referrer:
            # Who hides where a request comes from can't be told apart: better refuse to write.
            return None if request.httprequest.method in SAFE_HTTP_METHODS else flag
        return flag if cls._portal_is_portal_path(urlsplit(referrer).path) else None

    @classmethod
    def _portal_is_portal_path(cls, path):
        """Return whether an address belongs to the portal, with or without a language.

        :rtype: bool
        """
        without_language = LANGUAGE_PREFIX.sub("", path, count=1)
        return bool(PORTAL_PATH.match(path) or PORTAL_PATH.match(without_language))

    @classmethod
    def _sanitize_cookies(cls, cookies):
        """Override of `base`: during a preview pages come in the contact's language."""
        super()._sanitize_cookies(cookies)
        if request and getattr(request, "portal_preview_lang", None):
            cookies["frontend_lang"] = request.portal_preview_lang

    @classmethod
    def _match(cls, path_info):
        """Override of `http_routing`: the language is chosen before anybody is authenticated."""
        flag = cls._portal_preview_flag()
        request.portal_preview_lang = flag["lang"] if flag else None
        if flag:
            vars(request).pop("cookies", None)  # cached as the browser sent them
        return super()._match(path_info)

    @classmethod
    def _authenticate(cls, endpoint):
        """Override of `base` to go on as the contact, if staff see the portal as one."""
        if getattr(request, "portal_preview", None):
            # The request is served again: begin as staff, in a transaction that may write.
            cls._portal_preview_release()
            request.portal_preview = None
            request.session = request._get_session_and_dbname()[0]
            request.update_env(user=request.session.uid, context=request.session.context)
        request.portal_uid_before = request.session.uid
        super()._authenticate(endpoint)
        if flag := cls._portal_preview_flag():
            cls._portal_preview_enter(flag, endpoint)

    @classmethod
    def _portal_preview_enter(cls, flag, endpoint):
        """Go on with the request as the contact, in a read-only transaction.

        :param dict flag: the preview
        :param endpoint: where the request goes
        :raise PortalPreviewRefused: if it is more than looking
        """
        path = request.httprequest.path
        if path == "/":
            # The logo leads the contact to its own home.
            werkzeug.exceptions.abort(request.redirect("/my"))
        env = request.env(user=flag["staff"])
        preview = env["customer.portal.preview"]
        contact = env["res.partner"].browse(flag["contact"]).exists()
        over = time.time() > flag["until"] or not contact or preview._refusal(contact)
        # Signing out of a preview ends the preview, not the session of staff.
        signs_out = path == "/web/session/logout"
        if over or signs_out:
            del request.session[SESSION_KEY]
            request.portal_preview_lang = None
            if signs_out or endpoint.routing["type"] == "http":
                werkzeug.exceptions.abort(request.redirect(flag["back"]))
            return

        company = env["res.company"].browse(flag["company"])
        user = preview._get_user(contact)
        # In the language of staff: it is for them, the page around it is the contact's.
        shown = preview.with_context(lang=env.user.lang)._prepare_preview(contact, bool(user))
        env.cr.commit()  # what belongs to staff: the log of devices
        made_uid = cls._portal_preview_keep_read_only(env, contact, company, user)
        uid = user.id or made_uid
        request.portal_preview = shown
        context = dict(env(user=uid, context={})["res.users"].context_get())
        # In memory only: the session of staff stays as it is.
        request.session.can_save = False
        for key in list(request.session):
            if key not in KEPT_IN_SESSION:
                del request.session[key]
        request.session.update(uid=uid, login=user.login, context=context, debug="", _trace=[])
        request.update_env(user=uid, context=context)
        reads = (
            request.httprequest.method in SAFE_HTTP_METHODS
            or path in READING_CALLS
            or (endpoint.routing["type"] == "jsonrpc" and endpoint.routing["readonly"] is True)
        )
        if not reads:
            raise PortalPreviewRefused(shown["refusal"])

    @classmethod
    def _portal_preview_keep_read_only(cls, env, contact, company, user):
        """Make the current transaction read-only, and each that follows on this cursor, as long as
        the request has an environment: Odoo takes that away before it gives the cursor back, and
        nothing may be asked of a cursor that is being closed.

        A contact without a user gets one first, which the end of the transaction takes away;
        the next transaction gets it again, under the same number.

        :param api.Environment env: of staff
        :param res.partner contact: whose portal is shown
        :param res.company company: of a user that is made
        :param res.users user: the contact's own, or empty
        :return: number of the user that was made, if any
        :rtype: int | None
        """
        cr = env.cr
        if cr.readonly and user:
            return None  # The connection refuses by itself, for as long as it is open.
        preview_sudo = env["customer.portal.preview"].sudo()
        uid = None

        def prepare():
            nonlocal uid
            if not user:
                uid = preview_sudo._make_user(contact, company, uid)
            cr.execute("SET TRANSACTION READ ONLY")
            cr.prerollback.add(after_rollback)
            cr.precommit.add(after_commit)

        def after_rollback():
            if request and request.env:
                cr.postrollback.add(prepare)

        def after_commit():
            cr.postcommit.add(prepare)

        prepare()
        return uid

    @classmethod
    def _post_dispatch(cls, response):
        """Override of `base` to note who signed in, to keep private what is, and to end a
        preview's transaction."""
        if request.env.uid:
            cls._portal_shield(response)
        if not getattr(request, "portal_preview", None):
            cls._portal_log_sign_in()
            if hasattr(request, "portal_link_contact"):
                # What a personal link opened is for one person, who may lose it.
                response.headers["Referrer-Policy"] = "same-origin"
            return super()._post_dispatch(response)
        # No other page learns the address of a page of the preview, but our own do: it tells
        # them apart from the back office.
        response.headers["Referrer-Policy"] = "same-origin"
        super()._post_dispatch(response)
        if getattr(response, "is_qweb", False):
            response.flatten()
        cls._portal_preview_release()
        return None

    @classmethod
    def _portal_preview_release(cls):
        """End the read-only transaction of a preview, and begin no other one on its cursor."""
        cr = request.env.cr
        for hooks in (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback):
            hooks.clear()
        # What the page has left to be written is dropped, not tried.
        request.env.transaction.clear()
        cr.rollback()

    @classmethod
    def _handle_error(cls, exception):
        """Override of `base`: what can't be done in a preview is said in words."""
        if not getattr(request, "portal_preview", None):
            return super()._handle_error(exception)
        if isinstance(exception, psycopg2.errors.ReadOnlySqlTransaction):
            request.env.cr.rollback()
            exception = PortalPreviewRefused(request.portal_preview["refusal"])
        is_http = request.dispatcher.routing_type == "http"
        if is_http and isinstance(exception, PortalPreviewRefused):
            words = exception.args[0]
            if not getattr(request, "is_frontend", False):
                return super()._handle_error(werkzeug.exceptions.Forbidden(words))
            request.params = request.get_http_params()
            cls._frontend_pre_dispatch()
            response = request.render(
                "customer_portal_plus.preview_refused", {"words": words}, status=403
            )
            response.flatten()
            cls._post_dispatch(response)
            return response
        return super()._handle_error(exception)
