from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from ..tools.file_types import ACCEPT, MAX_POST_BYTES, read_uploads
from .home import PortalHome

MODEL = "customer.portal.balance.confirmation"
MAX_SHOWN = 100
# What is read of a form: a little more than is taken, so that a sentence says what is too long.
MOST_CHARACTERS = 3000


class Balances(PortalHome):
    """`/my/balances`: what the company asks the customer to confirm of its balance."""

    def _portal_may_confirm_balances(self):
        """Return whether the signed-in contact may confirm its customer's balance.

        :rtype: bool
        """
        contact = self._get_portal_contact()
        return (
            request.env.user._portal_allows("portal_allow_confirmations", "can_confirm_balance")
            and contact._portal_can("can_see_invoices")
            and contact._portal_scope() == "whole"
        )

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_may_confirm_balances():
            menu.append(
                {
                    "key": "balances",
                    "label": request.env._("Balance confirmations"),
                    "url": "/my/balances",
                    "pages": ["balances"],
                    "sequence": 75,
                    "place": "more",
                }
            )
        return menu

    def _get_portal_todo_domains(self):
        """Override to add the balances that wait to be confirmed."""
        domains = super()._get_portal_todo_domains()
        if self._portal_may_confirm_balances():
            Confirmation, allowed = self._get_portal_documents(MODEL)
            domains[MODEL] = allowed & Confirmation._portal_waiting_domain()
        return domains

    def _prepare_portal_todo(self, balances):
        """Override to add the balances that wait to be confirmed."""
        todo = super()._prepare_portal_todo(balances)
        if count := self._get_portal_todo_counts().get(MODEL):
            label = (
                request.env._("%s balances to confirm", count)
                if count > 1
                else request.env._("1 balance to confirm")
            )
            todo.append({"key": "balances", "label": label, "url": "/my/balances", "urgent": False})
        return todo

    @route("/my/balances", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_balances(self, **kwargs):
        if not self._portal_may_confirm_balances():
            return self._render_portal_unavailable()
        Confirmation, allowed = self._get_portal_documents(MODEL)
        found = Confirmation.search(allowed, order="date desc, id desc", limit=MAX_SHOWN)
        return request.render(
            "customer_portal_plus.portal_my_balances",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "balances",
                "rows": found._portal_rows(),
                "no_breadcrumbs": True,
            },
        )

    @route("/my/balances/<int:balance_id>", type="http", auth="user", website=True, methods=["GET"])
    def portal_my_balance(self, balance_id, message=None, **kwargs):
        try:
            balance_sudo = self._document_check_access(MODEL, balance_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        return self._render_portal_balance(balance_sudo, message=message)

    def _render_portal_balance(self, balance_sudo, message=None, posted=None, error="", status=200):
        contact = self._get_portal_contact()
        return request.render(
            "customer_portal_plus.portal_my_balance",
            {
                **self._prepare_portal_layout_values(),
                **balance_sudo._portal_rows()[0],
                **balance_sudo._portal_page_values(),
                "page_name": "balances",
                "message": message,
                "posted": posted or {},
                "error": error,
                "accept": ACCEPT,
                "may_answer": not balance_sudo._portal_sign_refusal(contact),
                "signature": balance_sudo._portal_signature_values(),
                "portal_beacon": request.env["customer.portal.event"]._page_token(balance_sudo),
                "no_breadcrumbs": True,
            },
            status=status,
        )

    @route(
        "/my/balances/<int:balance_id>/file",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_balance_file(self, balance_id, **kwargs):
        try:
            balance_sudo = self._document_check_access(MODEL, balance_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        response = self._make_portal_file_response(*balance_sudo._portal_download(), shown=True)
        return self._note_portal_download(response, MODEL, balance_id)

    @route(
        "/my/balances/<int:balance_id>/answer",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
        portal_files=("file",),
    )
    def portal_my_balance_answer(self, balance_id, **posted):
        """Take down what the contact answers, and lead it to the page where it signs that."""
        try:
            balance_sudo = self._document_check_access(MODEL, balance_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        posted = {
            name: posted[name][:MOST_CHARACTERS]
            for name in ("answer", "own", "owed_by", "words")
            if isinstance(posted.get(name), str)
        }
        try:
            with request.env.cr.savepoint():
                balance_sudo._portal_answer(
                    self._get_portal_contact(),
                    posted.get("answer", ""),
                    own=posted.get("own", ""),
                    owed_by=posted.get("owed_by", "us"),
                    words=posted.get("words", ""),
                    files=read_uploads(request.httprequest.files.getlist("file"), most_files=1),
                )
        except UserError as error:
            request.env.invalidate_all()
            return self._render_portal_balance(
                balance_sudo, posted=posted, error=str(error), status=422
            )
        return self._start_portal_signing(balance_sudo)
