from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.web.controllers.utils import _get_login_redirect_url
from odoo.addons.web.models.res_users import SKIP_CAPTCHA_LOGIN

from .gate import GUEST_PAGE, is_foreign_site

# Whatever state the invitation is in: how the page answers.
STATUS_CODES = {"valid": 200, "sent": 200, "expired": 410, "replaced": 410, "used": 410}


class PortalInvitation(http.Controller):
    """Where the link of an invitation leads: an invited contact sets its password and is in.

    Looking at the page changes nothing, since mail scanners open every link.
    """

    @http.route(
        ["/my/invitation", "/my/invitation/<string:token>"],
        methods=["GET"],
        **GUEST_PAGE,
    )
    def portal_invitation(self, token="", **kwargs):
        """Show the form for the password, or why the invitation does not work."""
        return self._render_portal_invitation(token)

    @http.route(
        "/my/invitation/<string:token>",
        methods=["POST"],
        **GUEST_PAGE,
    )
    def portal_invitation_accept(self, token, password="", confirm_password="", **kwargs):
        """Set the password and sign in with it."""
        Partner = request.env["res.partner"]
        _contact_sudo, state = Partner._portal_invitation_from_token(token)
        if state != "valid":
            return self._render_portal_invitation(token)
        if not password.strip():
            return self._render_portal_invitation(token, error=request.env._("Choose a password."))
        if password != confirm_password:
            return self._render_portal_invitation(
                token, error=request.env._("The two passwords are not the same.")
            )
        try:
            # What a refused password has changed so far must not stay.
            with request.env.cr.savepoint():
                login = Partner._portal_accept_invitation(token, password)
        except UserError as error:
            return self._render_portal_invitation(token, error=error.args[0])
        request.update_context(skip_captcha_login=SKIP_CAPTCHA_LOGIN)
        auth_info = request.session.authenticate(
            request.env, {"type": "password", "login": login, "password": password}
        )
        # A user with a second factor is not in yet; core says where that is asked for.
        return request.redirect(_get_login_redirect_url(auth_info["uid"], "/my"))

    @http.route(
        "/my/invitation/<string:token>/renew",
        methods=["POST"],
        **GUEST_PAGE,
    )
    def portal_invitation_renew(self, token, **kwargs):
        """Send a new invitation in place of an expired one, to the contact's own address."""
        contact_sudo, state = request.env["res.partner"]._portal_invitation_from_token(token)
        if state == "expired":
            contact_sudo._portal_send_invitation(inviter=contact_sudo.portal_invited_by_id)
            return self._render_portal_invitation(token, state="sent")
        return self._render_portal_invitation(token)

    def _render_portal_invitation(self, token, error="", state=None):
        contact_sudo, found = request.env["res.partner"]._portal_invitation_from_token(token)
        state = state or found
        company_sudo = (
            contact_sudo._portal_company()
            if contact_sudo
            else request.env["res.company"]._portal_company_of_guests()
        )
        response = request.render(
            "customer_portal_plus.portal_invitation",
            {
                "state": state,
                "error": error,
                "token": token,
                "name": contact_sudo.name,
                "login": contact_sudo and contact_sudo._portal_user().login,
                "masked_email": contact_sudo and contact_sudo._portal_masked_email(),
                "portal_company": company_sudo._portal_brand(),
                # The layout's footer wants the record.
                "res_company": company_sudo,
                "portal_company_sudo": company_sudo,
                "portal_foreign_site": is_foreign_site(company_sudo),
                "contact_card": company_sudo._portal_contact_card() if contact_sudo else None,
                "no_header": True,
            },
            status=422 if error else STATUS_CODES.get(state, 404),
        )
        # The address holds what sets the password: keep it from others and from caches.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
