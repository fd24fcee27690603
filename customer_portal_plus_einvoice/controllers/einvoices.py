"""What the law expects on a customer's invoices: the list, its files, and the answers."""

from werkzeug.urls import url_encode

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.document_page import DocumentPage
from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.parsing import parse_id

MAX_SHOWN = 200


class Einvoices(DocumentPage):
    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_answers_einvoices():
            menu.append(
                {
                    "key": "einvoices",
                    "label": request.env._("E-invoices"),
                    "url": "/my/einvoices",
                    "pages": ["einvoices"],
                    "sequence": 35,
                    "place": "more",
                }
            )
        return menu

    def _portal_answers_einvoices(self):
        """Return whether the signed-in contact answers electronic invoices of some company.

        :rtype: bool
        """
        user = request.env.user
        return user._portal_allows_invoices() and user._portal_allows(
            "portal_answer_einvoices", "can_answer_einvoices"
        )

    def _get_portal_einvoice_duties(self, limit=None):
        """Return what is expected or was answered on the invoices that the contact sees, in sudo.

        :param int limit: how many at most
        :rtype: customer.portal.einvoice.duty
        """
        Move, allowed = self._get_portal_documents(
            "account.move", Domain("move_type", "=", "out_invoice")
        )
        Duty = request.env["customer.portal.einvoice.duty"]
        return Duty._portal_duties_of(Move._search(allowed), limit)

    @route("/my/einvoices", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_einvoices(self, **kwargs):
        if not self._portal_answers_einvoices():
            return self._render_portal_unavailable()
        # One more than is shown tells that there are more.
        duties = self._get_portal_einvoice_duties(MAX_SHOWN + 1)
        rows = duties[:MAX_SHOWN]._portal_rows(self._get_portal_contact())
        return request.render(
            "customer_portal_plus_einvoice.portal_einvoices",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "einvoices",
                "no_breadcrumbs": True,
                "groups": [
                    {
                        "label": request.env._("To do"),
                        "rows": [row for row in rows if row["state"] in ("waiting", "overdue")],
                    },
                    {
                        "label": request.env._("Done"),
                        "rows": [row for row in rows if row["state"] not in ("waiting", "overdue")],
                    },
                ],
                "is_cut": len(duties) > MAX_SHOWN,
                "exports": self._get_portal_export_links("/my/einvoices") if rows else [],
            },
        )

    @route(
        "/my/einvoices/export.<any(xlsx,csv):extension>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_einvoices_export(self, extension, **kwargs):
        """All that is expected of the customer, and what it has answered."""
        if not self._portal_answers_einvoices():
            return self._render_portal_unavailable()
        title = request.env._("E-invoices")
        sheet = self._get_portal_einvoice_duties()._sheet(title, [])
        return self._answer_portal_with_table(extension, [sheet], title, "e-invoices")

    @route(
        "/my/invoices/<int:invoice_id>/einvoice/answer",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_invoice_einvoice_answer(
        self, invoice_id, duty="", act="", reason="", day="", **kwargs
    ):
        contact = self._get_portal_contact()
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        if not invoice_sudo._portal_may_settle(
            contact, "portal_answer_einvoices", "can_answer_einvoices"
        ):
            return self._render_portal_unavailable()
        outcome = "done"
        try:
            with request.env.cr.savepoint():
                invoice_sudo._portal_einvoice_answer(contact, parse_id(duty), act, reason, day)
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            outcome = refusal.code
        query = url_encode({"einvoice": outcome})
        return request.redirect(f"{invoice_sudo.access_url}?{query}#portal_einvoice", 303)
