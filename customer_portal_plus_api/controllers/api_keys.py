"""The page on which a contact makes and revokes the keys of its programs."""

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.portal_page import PortalPage
from odoo.addons.customer_portal_plus.controllers.step_up_session import needs_step_up, step_up_url
from odoo.addons.customer_portal_plus.tools.parsing import parse_id

from ..models.res_users_api import DURATIONS, MAX_NAME
from .api import BASE

PAGE = "/my/api"


class PortalApiKeys(PortalPage):
    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if request.env.user._portal_may_use_api():
            menu.append(
                {
                    "key": "api",
                    "label": request.env._("API keys"),
                    "url": PAGE,
                    "pages": ["api"],
                    "sequence": 110,
                    "place": "own",
                }
            )
        return menu

    @route(PAGE, type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_api(self, done="", **kwargs):
        """List the keys of the signed-in contact."""
        if not request.env.user._portal_may_use_api():
            return self._render_portal_unavailable()
        return self._render_portal_api_keys(revoked=done == "revoked")

    @route("/my/api/keys/make", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_api_make(self, name="", days="", **kwargs):
        """Make a key, and show it this once: the page is the answer itself, and is kept nowhere."""
        if not request.env.user._portal_may_use_api():
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url(PAGE), 303)
        try:
            key = request.env.user._portal_make_api_key(name, parse_id(days))
        except UserError as error:
            return self._render_portal_api_keys(error=error.args[0], name=name)
        return self._render_portal_api_keys(key=key)

    @route("/my/api/keys/revoke", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_api_revoke(self, key_id="", **kwargs):
        """Revoke a key; one that is gone already is as good."""
        if not request.env.user._portal_may_use_api():
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url(PAGE), 303)
        request.env.user._portal_revoke_api_key(parse_id(key_id))
        return request.redirect(f"{PAGE}?done=revoked", 303)

    def _render_portal_api_keys(self, key="", error="", name="", revoked=False):
        return request.render(
            "customer_portal_plus_api.portal_my_api",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "api",
                "no_breadcrumbs": True,
                "portal_step_up_url": step_up_url(PAGE) if needs_step_up() else "",
                "keys": [
                    {
                        "id": one.id,
                        "name": one.name,
                        "made": one.create_date,
                        "expires": one.expiration_date,
                    }
                    for one in request.env.user._portal_api_keys()
                ],
                "new_key": key,
                "error": error,
                "name": name,
                "max_name": MAX_NAME,
                "durations": DURATIONS,
                "revoked": revoked,
                "address": f"{request.httprequest.url_root.rstrip('/')}{BASE}",
            },
            status=422 if error else 200,
        )
