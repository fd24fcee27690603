"""The portal as an app on a telephone: its manifest, icon and worker, and what it shows offline.

All of it is the same for everybody, and about the company alone.
"""

import base64

from werkzeug.exceptions import NotFound

from odoo.http import request, route
from odoo.tools.misc import file_open

from ..models.access.res_company_mail_frame import DEFAULT_COLOR
from ..tools.app_icon import SIZES, draw_icon
from .sign_in import SignIn

DAY = 24 * 60 * 60
WORKER = "customer_portal_plus/static/src/portal_worker.js"


class App(SignIn):
    @route(
        "/p/<string:alias>/app.webmanifest", type="http", auth="public", methods=["GET"],
        sitemap=False, readonly=True,
    )  # fmt: skip
    def portal_app_manifest(self, alias, **kwargs):
        """Return what a browser installs: the company's name, colour and icon."""
        company_sudo = self._get_portal_company(alias)
        color, _text = company_sudo._portal_colors(DEFAULT_COLOR)
        page = f"/p/{company_sudo.portal_alias}"
        manifest = {
            "id": page,
            "name": company_sudo.name,
            "short_name": company_sudo.name,
            "lang": (request.env.lang or "").replace("_", "-"),
            "start_url": "/my",
            # Signing in is part of it.
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": color,
            "icons": [
                {
                    "src": f"{page}/app-{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "any maskable",
                }
                for size in SIZES
            ],
        }
        headers = {"Content-Type": "application/manifest+json", **self._cached_portal_app()}
        return request.make_json_response(manifest, headers)

    @route(
        "/p/<string:alias>/app-<int:size>.png", type="http", auth="public", methods=["GET"],
        sitemap=False, readonly=True,
    )  # fmt: skip
    def portal_app_icon(self, alias, size, **kwargs):
        """Return the icon in one of two sizes."""
        company_sudo = self._get_portal_company(alias)
        if size not in SIZES:
            raise NotFound()
        logo = b""
        if not company_sudo.uses_default_logo:
            logo = base64.b64decode(company_sudo.with_context(bin_size=False).logo or b"")
        icon = draw_icon(
            size, company_sudo.name or "", company_sudo._portal_colors(DEFAULT_COLOR), logo
        )
        headers = {"Content-Type": "image/png", **self._cached_portal_app()}
        return request.make_response(icon, list(headers.items()))

    @route(
        "/p/<string:alias>/offline", type="http", auth="public", methods=["GET"],
        sitemap=False, readonly=True,
    )  # fmt: skip
    def portal_app_offline(self, alias, **kwargs):
        """Show the page that is kept for the time without a network."""
        company_sudo = self._get_portal_company(alias)
        color, text_color = company_sudo._portal_colors(DEFAULT_COLOR)
        values = {
            "name": company_sudo.name,
            "color": color,
            "text_color": text_color,
            "lang": (request.env.lang or "en_US").replace("_", "-"),
        }
        page = request.env["ir.qweb"]._render("customer_portal_plus.portal_offline", values)
        return request.make_response(
            f"<!DOCTYPE html>\n{page}", [("Content-Type", "text/html; charset=utf-8")]
        )

    @route(
        "/my/portal-worker.js", type="http", auth="public", methods=["GET"], sitemap=False,
        readonly=True,
    )  # fmt: skip
    def portal_app_worker(self, **kwargs):
        """Return the worker, which sees to the portal's addresses alone."""
        with file_open(WORKER, "rb") as file:
            content = file.read()
        headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": "no-cache",
            # Without it, `/my` itself would be left out.
            "Service-Worker-Allowed": "/my",
        }
        return request.make_response(content, list(headers.items()))

    def _cached_portal_app(self):
        return {"Cache-Control": f"public, max-age={DAY}"}
