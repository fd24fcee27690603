"""Subscriptions: list, page, paper."""

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.contract.controllers.main import PortalContract
from odoo.addons.customer_portal_plus.controllers.debit import Debit
from odoo.addons.customer_portal_plus.controllers.document_lists import DocumentLists
from odoo.addons.customer_portal_plus.controllers.document_page import DocumentPage
from odoo.addons.customer_portal_plus.tools.parsing import parse_id

MODEL = "contract.contract"
PAGES = ["contract", "Contracts"]
SHOWN_INVOICES = 12


class Contracts(DocumentPage, Debit, DocumentLists, PortalContract):
    def _portal_may_see_contracts(self):
        return request.env.user._portal_allows("portal_show_subscriptions", "can_see_subscriptions")

    def _has_portal_supplier_contracts(self):
        """Return whether the current user, no member of staff, follows contracts by which it is a
        supplier: those stay as the engine has them.

        :rtype: bool
        """
        Contract = request.env[MODEL]
        return Contract.has_access("read") and bool(
            Contract.search_count(self._get_filter_domain({}), limit=1)
        )

    def _get_filter_domain(self, kw):
        """Override of `contract`: what customers have is in our list."""
        domain = super()._get_filter_domain(kw)
        if request.env.user.share:
            domain = [*domain, *~request.env[MODEL]._portal_scope_domain()]
        return domain

    def _get_portal_document_lists(self):
        return {
            **super()._get_portal_document_lists(),
            "contracts": {
                "label": request.env._("Subscriptions"),
                "model": MODEL,
                "url": "/my/contracts",
                "pages": PAGES,
                "sequence": 48,
                "may_see": self._portal_may_see_contracts(),
                "counter": None,
            },
        }

    def _prepare_portal_menu(self):
        """Override: those by which one is a supplier, too."""
        menu = super()._prepare_portal_menu()
        if (
            request.env.user.share
            and not self._portal_may_see_contracts()
            and self._has_portal_supplier_contracts()
        ):
            menu.append(
                {
                    "key": "contracts",
                    "label": request.env._("Contracts"),
                    "url": "/my/contracts",
                    "pages": PAGES,
                    "sequence": 48,
                    "place": "more",
                }
            )
        return menu

    def _prepare_home_portal_values(self, counters):
        """Override of `contract`: what is counted is what the pages show."""
        share = request.env.user.share
        values = super()._prepare_home_portal_values(
            [name for name in counters if name != "contract_count" or not share]
        )
        if "contract_count" in counters and share:
            Contract, allowed = self._get_portal_documents(MODEL)
            count = Contract.search_count(allowed, limit=1)
            values["contract_count"] = count or int(self._has_portal_supplier_contracts())
        return values

    # === LIST === #

    @route(
        ["/my/contracts", "/my/contracts/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_contracts(self, page=1, date_begin=None, date_end=None, sortby=None, **kw):
        """Override of `contract`: customers have our list. The engine's is for staff, and for
        suppliers."""
        user = request.env.user
        values = None
        if user.share and "supplier" not in kw:
            values = self._prepare_portal_document_list("contracts")
        if values:
            values["has_supplier_contracts"] = self._has_portal_supplier_contracts()
            return request.render("customer_portal_plus_contract.portal_contracts", values)
        if user.share and not self._has_portal_supplier_contracts():
            return self._render_portal_unavailable()
        return super().portal_my_contracts(page=parse_id(page) or 1, sortby=sortby)

    # === ONE === #

    @route(
        ["/my/contracts/<int:contract_contract_id>"],
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_my_contract_detail(self, contract_contract_id, access_token=None, **kw):
        """Override of `contract`: customers have our page; and where the engine's asks for a PDF,
        there is one."""
        self._prepare_portal_document_page()
        try:
            contract_sudo = self._document_check_access(MODEL, contract_contract_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if kw.get("report_type") == "pdf":
            return self._answer_portal_contract_file(contract_sudo)
        if not request.env.user.share or not contract_sudo._portal_in_scope():
            return super().portal_my_contract_detail(
                contract_contract_id, access_token=access_token, **kw
            )
        away = self._redirect_portal_without_token(MODEL, contract_contract_id)
        return away or self._render_portal_contract(
            contract_sudo, access_token, message=kw.get("message")
        )

    @route(
        "/my/contracts/<int:contract_contract_id>/pdf",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def portal_my_contract_file(self, contract_contract_id, access_token=None, **kwargs):
        """Return the paper of a contract."""
        try:
            contract_sudo = self._document_check_access(MODEL, contract_contract_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._answer_portal_contract_file(contract_sudo)

    def _answer_portal_contract_file(self, contract_sudo):
        response = self._make_portal_file_response(
            contract_sudo._portal_paper_name(), contract_sudo._portal_paper(), shown=True
        )
        return self._note_portal_download(response, MODEL, contract_sudo.id)

    def _render_portal_contract(self, contract_sudo, access_token=None, error="", **values):
        """Return the page of a subscription.

        :param contract.contract contract_sudo: from the gate
        :param str access_token: the link that a guest came by
        :param str error: why nothing was done
        """
        contact = contract_sudo._portal_as_contact(self._get_portal_contact())
        values = {"page_name": "contract", "error": error, "message": None, **values}
        values = self._get_page_view_values(
            contract_sudo, access_token, values, "my_contracts_history", False
        )
        invoices_sudo = self._get_portal_followable(contract_sudo._portal_invoices())
        newest = invoices_sudo.sorted(lambda move: (move.invoice_date, move.id), reverse=True)
        [row] = contract_sudo._portal_rows()
        requests_sudo = contract_sudo.portal_request_ids
        values.update(
            row,
            no_breadcrumbs=True,
            signed_in=bool(contact),
            title=contract_sudo._portal_conversation_title(),
            pdf_url=self._add_portal_token(
                f"/my/contracts/{contract_sudo.id}/pdf", values.get("access_token")
            ),
            currency=contract_sudo.currency_id,
            advance=contract_sudo._portal_advance_text(),
            lines=contract_sudo._portal_lines(),
            coming=contract_sudo._portal_next_invoice(),
            responsible=contract_sudo.user_id.name or "",
            invoices=newest[:SHOWN_INVOICES]._portal_rows(),
            invoice_count=len(newest),
            payment=self._prepare_portal_contract_payment(contract_sudo) if contact else None,
            kinds=contract_sudo._portal_request_kinds(contact) if contact else [],
            requests=requests_sudo._portal_request_rows(contact) if contact else [],
            can_withdraw=contact and not contract_sudo._portal_request_obstacle(contact),
        )
        return request.render(
            "customer_portal_plus_contract.portal_contract", values, status=422 if error else 200
        )

    def _prepare_portal_contract_payment(self, contract_sudo):
        """Return how the invoices of a subscription are paid, for who decides on that: by the one
        consent of its customer, to its main method.

        :return: ``method`` (empty if they are not charged automatically) and ``problem``; None if
            it is not the contact's to decide
        :rtype: dict[str, str] | None
        """
        if not self._portal_may_debit() or not contract_sudo.company_id.portal_allow_debit:
            return None
        debit_sudo = self._get_portal_debits().filtered(
            lambda debit: debit.company_id == contract_sudo.company_id
        )[:1]
        return {"method": debit_sudo.token_name or "", "problem": debit_sudo.problem or ""}
