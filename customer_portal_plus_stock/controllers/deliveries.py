"""Deliveries and returns: list, page, paper; confirming their receipt, reporting problems."""

import re

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.document_lists import DocumentLists
from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.file_types import (
    MAX_POST_BYTES,
    MAX_UPLOAD_FILES,
    read_uploads,
)

MODEL = "stock.picking"
FIELD = re.compile(r"(kind|quantity|note)_(\d{1,10})")
PHOTO = re.compile(r"photo_(\d{1,10})")


class Deliveries(DocumentLists):
    def _get_portal_document_lists(self):
        return {
            **super()._get_portal_document_lists(),
            "deliveries": {
                "label": request.env._("Deliveries"),
                "model": MODEL,
                "url": "/my/deliveries",
                "pages": ["delivery"],
                "sequence": 45,
                "may_see": request.env.user._portal_allows(
                    "portal_show_deliveries", "can_see_deliveries"
                ),
                "counter": "delivery_count",
            },
        }

    # === PAGES === #

    @route(
        ["/my/deliveries", "/my/deliveries/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_deliveries(self, **kwargs):
        values = self._prepare_portal_document_list("deliveries")
        if not values:
            return self._render_portal_unavailable()
        return request.render("customer_portal_plus_stock.portal_deliveries", values)

    @route(
        "/my/deliveries/<int:delivery_id>", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_my_delivery(self, delivery_id, message=None, **kwargs):
        try:
            delivery_sudo = self._document_check_access(MODEL, delivery_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_portal_delivery(delivery_sudo, message=message)

    def _render_portal_delivery(self, delivery_sudo, **values):
        contact = self._get_portal_contact()
        [row] = delivery_sudo._portal_rows()
        return request.render(
            "customer_portal_plus_stock.portal_delivery",
            {
                **self._prepare_portal_layout_values(),
                **row,
                "page_name": "delivery",
                "no_breadcrumbs": True,
                "title": delivery_sudo._portal_conversation_title(),
                "portal_status": delivery_sudo._portal_status(),
                "lines": delivery_sudo._portal_lines(),
                "coming": delivery_sudo._portal_open_backorders()._portal_to_come(),
                "tracking": delivery_sudo._portal_tracking_links(),
                "address": (delivery_sudo.partner_id.contact_address or "").split("\n"),
                "related": self._get_portal_related_deliveries(delivery_sudo),
                "portal_orders": self._get_portal_followable(delivery_sudo.sale_id),
                "portal_invoices": self._get_portal_followable(delivery_sudo._portal_invoices()),
                "reported": delivery_sudo._portal_reported(contact),
                "can_report": not delivery_sudo._portal_receipt_obstacle(contact),
                "can_confirm": not delivery_sudo._portal_sign_refusal(contact),
                "signature": delivery_sudo._portal_signature_values(),
                "portal_beacon": request.env["customer.portal.event"]._page_token(delivery_sudo),
                **values,
            },
        )

    def _get_portal_related_deliveries(self, delivery_sudo):
        """Return what was split off a delivery, or it was split off, and its returns.

        :return: rows, see ``customer.portal.access.mixin._portal_rows``
        :rtype: list[dict]
        """
        related = (
            delivery_sudo.backorder_id
            | delivery_sudo.backorder_ids
            | delivery_sudo.return_id
            | delivery_sudo.return_ids
        )
        return self._get_portal_followable(related)._portal_rows()

    @route(
        "/my/deliveries/<int:delivery_id>/pdf",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_delivery_file(self, delivery_id, **kwargs):
        """Return the delivery note; the signed one, if its receipt was confirmed."""
        try:
            delivery_sudo = self._document_check_access(MODEL, delivery_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        name, content = delivery_sudo._portal_signed_file() or (
            delivery_sudo._portal_paper_name(),
            delivery_sudo._portal_paper(),
        )
        response = self._make_portal_file_response(name, content, shown=True)
        return self._note_portal_download(response, MODEL, delivery_id)

    # === RECEIPT === #

    @route(
        "/my/deliveries/<int:delivery_id>/receipt",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_delivery_receipt(self, delivery_id, **kwargs):
        """Freeze the delivery note and go to the page where its receipt is signed."""
        try:
            delivery_sudo = self._document_check_access(MODEL, delivery_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        return self._start_portal_signing(delivery_sudo)

    @route(
        "/my/deliveries/<int:delivery_id>/receipt",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def portal_my_delivery_receipt_form(self, delivery_id, **kwargs):
        """Lead who loads the address of the form anew to the page with the form."""
        return request.redirect(f"/my/deliveries/{delivery_id}", 303)

    # === PROBLEMS === #

    @route(
        "/my/deliveries/<int:delivery_id>/problem",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_delivery_problem(self, delivery_id, **kwargs):
        try:
            delivery_sudo = self._document_check_access(MODEL, delivery_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_portal_problem(delivery_sudo)

    def _render_portal_problem(self, delivery_sudo, typed=None, error=""):
        if delivery_sudo._portal_receipt_obstacle(self._get_portal_contact()):
            return request.redirect(delivery_sudo.access_url, 303)
        return request.render(
            "customer_portal_plus_stock.portal_delivery_problem",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "delivery",
                "no_breadcrumbs": True,
                "title": delivery_sudo._portal_conversation_title(),
                "url": delivery_sudo.access_url,
                "lines": delivery_sudo._portal_lines(),
                "kinds": request.env["customer.portal.delivery.problem"]
                ._fields["kind"]
                ._description_selection(request.env),
                "typed": typed or {},
                "error": error,
                "max_photos": MAX_UPLOAD_FILES,
            },
            status=422 if error else 200,
        )

    @route(
        "/my/deliveries/<int:delivery_id>/problem",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
    )
    def portal_my_delivery_problem_send(self, delivery_id, **posted):
        try:
            delivery_sudo = self._document_check_access(MODEL, delivery_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        typed = {}
        for name, value in posted.items():
            if match := FIELD.fullmatch(name):
                typed.setdefault(match[2], {})[match[1]] = value
        try:
            with request.env.cr.savepoint():
                # With the contact's own rights: what it writes is told as its words.
                delivery_sudo.with_env(request.env)._portal_report_problems(
                    self._get_portal_contact(), typed, self._read_portal_photos()
                )
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            return self._render_portal_problem(delivery_sudo, typed, str(refusal))
        return request.redirect(f"{delivery_sudo.access_url}?message=reported", 303)

    def _read_portal_photos(self):
        """Return the photos that were posted, no more of each than shows that it is too large.

        :return: number of a line -> pairs of name and content
        :rtype: dict[str, list[tuple[str, bytes]]]
        """
        photos = {}
        left = MAX_UPLOAD_FILES + 1
        for name, file in request.httprequest.files.items(multi=True):
            match = PHOTO.fullmatch(name)
            if not match or not file.filename or not left:
                continue
            left -= 1
            photos.setdefault(match[1], []).extend(read_uploads([file]))
        return photos
