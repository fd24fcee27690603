from werkzeug.urls import url_encode

from odoo.fields import Domain
from odoo.http import request, route

from ..models.payment import customer_portal_pack
from ..tools.parsing import parse_id, parse_ids
from .invoices import PortalInvoices


class PortalPacks(PortalInvoices):
    """Archives of invoices and credit notes: at once where the files are there, else made in the
    background; see ``customer.portal.pack``."""

    @route("/my/invoices/download", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_invoices_download(self, **kwargs):
        """Give the files of the chosen documents, or of all of the list, in an archive."""
        if not request.env.user._portal_allows_invoices():
            return self._render_portal_unavailable()
        form = request.httprequest.form
        url_args = {}
        if form.get("all"):
            asked = self._read_portal_invoice_list()
            chosen, url_args = asked["shown"], asked["url_args"]
        else:
            chosen = Domain("id", "in", parse_ids(form.getlist("invoice")))
        most = customer_portal_pack.MAX_CHOSEN
        Pack = request.env["customer.portal.pack"]
        documents = Pack._documents_of_user(chosen, limit=most + 1)
        if not documents or len(documents) > most:
            problem = {"too_many": 1} if documents else {}
            return self._redirect_portal_to_invoices({**url_args, **problem})
        named = [[document.id, document.name] for document in documents]
        if Pack._is_quick(documents.ids):
            return self._answer_portal_with_pack(named, request.env._("invoices.zip"))
        pack_id = Pack._ask(named)
        if not pack_id:
            return self._redirect_portal_to_invoices({**url_args, "too_busy": 1})
        return request.redirect(f"/my/invoices/packs/{pack_id}", 303)

    @route(
        "/my/invoices/packs/<int:pack_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_invoices_pack(self, pack_id, **kwargs):
        """Show how far an archive is, and its parts once they can be downloaded."""
        pack_sudo = request.env["customer.portal.pack"]._find(parse_id(pack_id))
        if not pack_sudo:
            return self._redirect_portal_to_invoices()
        return request.render(
            "customer_portal_plus.portal_pack",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "seats" if pack_sudo.by_seats else "invoice",
                "no_breadcrumbs": True,
                "url": f"/my/invoices/packs/{pack_sudo.id}",
                "state": pack_sudo.state,
                "by_seats": pack_sudo.by_seats,
                "count": pack_sudo.document_count,
                "done": pack_sudo.done_count,
                "parts": range(1, pack_sudo._part_count() + 1),
                "part_size": customer_portal_pack.MAX_DOCUMENTS,
                "kept_until": pack_sudo.expires_on,
            },
        )

    @route(
        "/my/invoices/packs/<int:pack_id>/download",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_invoices_pack_download(self, pack_id, part="1", **kwargs):
        """Give a part of an archive that is ready."""
        pack_sudo = request.env["customer.portal.pack"]._find(parse_id(pack_id))
        number = parse_id(part)
        documents = pack_sudo._part(number) if pack_sudo.state == "ready" else []
        if not documents:
            return self._redirect_portal_to_invoices()
        name = request.env._("invoices.zip")
        if pack_sudo._part_count() > 1:
            name = request.env._("invoices-%s.zip", number)
        return self._answer_portal_with_pack(documents, name, pack_sudo.id, pack_sudo.by_seats)

    def _redirect_portal_to_invoices(self, url_args=None):
        query = f"?{url_encode(url_args)}" if url_args else ""
        return request.redirect(f"/my/invoices{query}", 303)

    def _answer_portal_with_pack(self, documents, name, pack_id=0, by_seats=False):
        """Return the answer with an archive that is put together while it is sent.

        :param list documents: pairs of id and number
        :param str name: how the archive is called
        :param int pack_id: see ``customer.portal.pack._stream``
        :param bool by_seats: see ``customer.portal.pack._documents_of_readers``
        """
        pieces = request.env["customer.portal.pack"]._stream(documents, pack_id, by_seats)
        return self._answer_portal_with_stream(pieces, "application/zip", name)
