"""Asking to change, pause or stop a subscription, and taking that back."""

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from ..models.contract_contract_request import MAX_WORDS_LENGTH
from .contracts import MODEL, Contracts

TYPED = ("date", "until", "line", "quantity", "words")


class ContractRequests(Contracts):
    @route(
        "/my/contracts/<int:contract_id>/request/<kind>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_contract_request(self, contract_id, kind, **kwargs):
        """Show the form by which something is asked for."""
        try:
            contract_sudo = self._document_check_access(MODEL, contract_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if kind not in dict(contract_sudo._portal_request_kinds(self._get_portal_contact())):
            return request.redirect(contract_sudo.access_url, 303)
        return self._render_portal_contract_request(contract_sudo, kind, {})

    @route(
        "/my/contracts/<int:contract_id>/request/<kind>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_contract_request_send(self, contract_id, kind, **posted):
        """Ask for something."""
        try:
            contract_sudo = self._document_check_access(MODEL, contract_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        typed = {name: posted.get(name) or "" for name in TYPED}
        contact = self._get_portal_contact()
        try:
            with request.env.cr.savepoint():
                contract_sudo.with_env(request.env)._portal_ask(contact, kind, typed)
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            if refusal.code in ("shut", "kind"):
                return self._render_portal_contract(contract_sudo, error=str(refusal))
            return self._render_portal_contract_request(
                contract_sudo, kind, typed, error=str(refusal), wrong=refusal.code
            )
        return request.redirect(f"{contract_sudo.access_url}?message=asked", 303)

    @route(
        "/my/contracts/<int:contract_id>/request/<int:request_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_contract_request_withdraw(self, contract_id, request_id, **kwargs):
        """Take back what was asked for."""
        try:
            contract_sudo = self._document_check_access(MODEL, contract_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        try:
            with request.env.cr.savepoint():
                contract_sudo.with_env(request.env)._portal_withdraw_request(
                    self._get_portal_contact(), request_id
                )
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            return self._render_portal_contract(contract_sudo, error=str(refusal))
        return request.redirect(f"{contract_sudo.access_url}?message=withdrawn", 303)

    def _render_portal_contract_request(self, contract_sudo, kind, typed, error="", wrong=""):
        """Return the form by which something is asked for.

        :param contract.contract contract_sudo: from the gate
        :param str kind: what for
        :param dict typed: what was typed already, see ``_portal_ask``
        :param str error: why nothing was asked for
        :param str wrong: of which field that is
        """
        kinds = request.env["customer.portal.contract.request"]._fields["kind"]
        earliest = contract_sudo._portal_earliest(kind)
        lines = contract_sudo._portal_changeable_lines() if kind == "quantity" else ()
        return request.render(
            "customer_portal_plus_contract.portal_contract_request",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "contract",
                "no_breadcrumbs": True,
                "subscription": contract_sudo._portal_conversation_title(),
                "url": contract_sudo.access_url,
                "kind": kind,
                "kind_label": dict(kinds._description_selection(request.env))[kind],
                "earliest": earliest,
                "latest": contract_sudo._portal_latest(),
                "lines": [
                    {
                        "id": str(line.id),
                        "name": line._portal_name().split("\n")[0],
                        "text": line._portal_quantity_text(line.quantity),
                    }
                    for line in lines
                ],
                "typed": {"date": earliest.isoformat(), **typed},
                "error": error,
                "wrong": wrong,
                "max_words": MAX_WORDS_LENGTH,
            },
            status=422 if error else 200,
        )
