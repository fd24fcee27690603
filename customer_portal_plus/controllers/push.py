"""Notices in browsers: turned on and off on the page of one's own data."""

from odoo.http import request, route

from ..models.messages.res_users_push import PUSH_COOKIE
from .account import PortalAccount

COOKIE_SECONDS = 365 * 24 * 60 * 60


class PortalPush(PortalAccount):
    def _prepare_portal_push(self):
        """Override: offer it if a company of the contact has it on, and say where it is on."""
        if not self._portal_offers_push():
            return {}
        Device = request.env["customer.portal.push.device"]
        return {"key": Device._public_key(), "count": Device._count(request.env.user)}

    def _get_portal_account_messages(self):
        return {
            **super()._get_portal_account_messages(),
            "device": request.env._("You are told of news on this device from now on."),
            "no_device": request.env._(
                "Your browser sent nothing that notices can go to. They were not turned on."
            ),
            "off": request.env._("Notices are turned off on all of your devices."),
        }

    @route("/my/account/devices/on", type="http", auth="user", methods=["POST"], website=True)
    def portal_account_devices_on(self, endpoint="", p256dh="", auth="", **kwargs):
        """Tell who is signed in of news in this browser."""
        if not self._portal_offers_push():
            return request.redirect("/my/account")
        token = request.env["customer.portal.push.device"]._turn_on(
            request.env.user, endpoint, p256dh, auth
        )
        response = request.redirect(f"/my/account?done={'device' if token else 'no_device'}")
        if token:
            response.set_cookie(
                PUSH_COOKIE,
                token,
                max_age=COOKIE_SECONDS,
                secure=request.httprequest.is_secure,
                httponly=True,
                samesite="Lax",
            )
        return response

    @route("/my/account/devices/off", type="http", auth="user", methods=["POST"], website=True)
    def portal_account_devices_off(self, **kwargs):
        """Tell who is signed in of nothing more, wherever it was turned on."""
        if request.env.user._is_portal():
            request.env["customer.portal.push.device"]._turn_off(request.env.user)
            return request.redirect("/my/account?done=off")
        return request.redirect("/my/account")

    def _portal_offers_push(self):
        """Return whether who is signed in can turn notices on.

        :rtype: bool
        """
        user = request.env.user
        return user._is_portal() and any(
            company.portal_allow_push for company in user._portal_companies()
        )
