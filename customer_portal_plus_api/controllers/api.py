"""What a contact's programs read: the same documents as its pages, through the same gates.

Each request comes with a key and nothing else: who is signed in in a browser does not matter, and
no session begins. Whatever goes wrong is told as JSON.
"""

import functools
import json
import math
import re
from datetime import datetime, timezone

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.document_page import DocumentPage
from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.models.sign_in.customer_portal_throttle import TooManyTries
from odoo.addons.customer_portal_plus.tools.parsing import is_token, parse_date, parse_id

BASE = "/my/api/v1"
PAGE_SIZE = 100
# Deeper pages cost more the deeper they are: further back one gets by date.
MAX_PAGES = 100
MAX_MOVEMENTS = 5000
# Per hour. Of a network, what any program tries, with a key or without; of a user, all its keys.
LIMITS = {"api.network": 3000, "api.user": 1000}


class ApiError(Exception):
    """An answer that is no success.

    :param int status: of HTTP
    :param str code: for programs
    :param str message: for who writes them, in plain English
    """

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found():
    """Return the refusal of what does not exist and of what is not the contact's to see."""
    return ApiError(404, "not_found", "There is nothing here that you may see.")


def api_route(path):
    """Make a method the answer to requests with a key.

    None of them is read-only to Odoo: each request is counted.

    :param str path: below ``BASE``
    """

    def decorate(method):
        @route(
            BASE + path,
            type="http",
            auth="public",
            methods=["GET"],
            save_session=False,
        )
        @functools.wraps(method)
        def answer(self, *args, **kwargs):
            return self._answer_portal_api(lambda: method(self, *args, **kwargs))

        return answer

    return decorate


class PortalApi(DocumentPage):
    # === WHO ASKS === #

    def _answer_portal_api(self, act):
        """Return the answer to a request: what ``act`` gives its contact, or why not.

        :param callable act: returns a response, or what is told as JSON
        """
        try:
            self._enter_portal_api()
            told = act()
        except ApiError as error:
            return self._tell_portal_api_error(error)
        except (AccessError, MissingError):
            return self._tell_portal_api_error(not_found())
        return self._tell_portal_api(told) if isinstance(told, dict) else told

    def _enter_portal_api(self):
        """Go on as the contact whose key came with the request.

        :raise ApiError: without a key that opens something, or after too many requests
        """
        Throttle = request.env["customer.portal.throttle"]
        network = request.env["customer.portal.challenge"]._network(request.httprequest.remote_addr)
        try:
            Throttle._count({("api.network", network): LIMITS["api.network"]})
            user = self._get_portal_api_user()
            if not user:
                raise ApiError(401, "unauthorized", "Send a valid key: Authorization: Bearer KEY")
            Throttle._count({("api.user", user.id): LIMITS["api.user"]})
        except TooManyTries as error:
            raise ApiError(
                429, "too_many_requests", "Too many requests. Go on in the next hour."
            ) from error
        request.update_env(user=user.id)
        request.update_context(lang=request.env.user.lang or request.env.lang)
        if not request.env.user._portal_may_use_api():
            raise ApiError(
                403, "forbidden", "The API is switched off, or not part of your profile."
            )

    def _get_portal_api_user(self):
        """Return whose key came with the request; nobody without one that opens something.

        :rtype: res.users
        """
        Users = request.env["res.users"]
        header = request.httprequest.headers.get("Authorization", "")
        found = re.fullmatch(r"bearer +([0-9a-z]+)", header, re.IGNORECASE)
        if not found or not is_token(found[1]):
            return Users
        return Users._portal_api_user(found[1])

    # === ANSWERS === #

    def _tell_portal_api(self, values, status=200, headers=()):
        # As bytes: core counts characters, and would cut off answers that have accents.
        content = json.dumps(values, ensure_ascii=False).encode()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/json; charset=utf-8"),
                ("Cache-Control", "private, no-store"),
                *headers,
            ],
            status=status,
        )

    def _tell_portal_api_error(self, error):
        headers = []
        if error.status == 401:
            headers.append(("WWW-Authenticate", "Bearer"))
        if error.status == 429:
            now = datetime.now(timezone.utc)
            headers.append(("Retry-After", str(3600 - now.minute * 60 - now.second)))
        told = {"error": {"code": error.code, "message": error.message}}
        return self._tell_portal_api(told, error.status, headers)

    def _check_portal_api_allows(self, *allowed):
        """Refuse documents that the contact may see none of.

        :param allowed: whether the contact has what shows them; one of them is enough
        :raise ApiError: if it has none
        """
        if not any(allowed):
            raise ApiError(403, "forbidden", "Your profile does not include these documents.")

    def _read_portal_api_dates(self):
        """Return the period that is asked for.

        :return: first and last day, each None if it is left open
        :rtype: tuple[datetime.date | None, datetime.date | None]
        :raise ApiError: if one is no day, or the last comes before the first
        """
        days = []
        for name in ("date_begin", "date_end"):
            text = request.params.get(name)
            days.append(parse_date(text))
            if text and not (days[-1] and re.fullmatch(r"\d{4}-\d\d-\d\d", text)):
                raise ApiError(400, "bad_request", f"{name} is no day like 2026-12-31.")
        if all(days) and days[0] > days[1]:
            raise ApiError(400, "bad_request", "date_end comes before date_begin.")
        return tuple(days)

    def _prepare_portal_api_list(self, model_name, make_row):
        """Return a page of the documents that the contact sees, the newest first.

        :param str model_name: a model behind the gates
        :param callable make_row: makes what is told of a row of ``_portal_rows``
        :rtype: dict
        """
        page = parse_id(request.params.get("page", "1"))
        if not page or page > MAX_PAGES:
            raise ApiError(400, "bad_request", f"page is no number from 1 to {MAX_PAGES}.")
        begin, end = self._read_portal_api_dates()
        Document, allowed = self._get_portal_documents(model_name, self._get_portal_api_domain())
        if begin or end:
            allowed &= Document._portal_date_domain(begin, end)
        total = Document.search_count(allowed)
        order = next(iter(Document._portal_sorts().values()))["order"]
        documents = Document.search(
            allowed, order=order, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
        )
        return {
            "items": [make_row(row) for row in documents._portal_rows()],
            "page": page,
            "pages": max(math.ceil(total / PAGE_SIZE), 1),
            "total": total,
        }

    def _get_portal_api_domain(self):
        """Return the domain of documents of companies that have the interface switched on."""
        companies = request.env.user._portal_companies("portal_allow_api")
        return Domain("company_id", "in", companies.ids)

    def _get_portal_api_document(self, model_name, document_id):
        """Return a document that the contact sees, in sudo as the gates give it.

        :raise ApiError: if there is none
        """
        document_sudo = self._document_check_access(model_name, document_id)
        if not document_sudo._portal_in_scope() or not document_sudo.company_id.portal_allow_api:
            raise not_found()
        return document_sudo

    def _send_portal_api_file(self, document_sudo, name, content):
        response = self._make_portal_file_response(name, content)
        return self._note_portal_download(response, document_sudo._name, document_sudo.id)

    # === DOCUMENTS === #

    def _prepare_portal_api_row(self, row):
        """Return what is told of an invoice or a quote alike."""
        return {
            "id": row["id"],
            "number": row["name"],
            "reference": row["ref"],
            "type": row["type"],
            "date": _day(row["date"]),
            "company": row["company"],
            "currency": row["currency"].name,
            "total": _amount(row["total"], row["currency"]),
            "state": row["state"],
            "state_text": row["state_label"],
        }

    def _prepare_portal_api_invoice(self, row):
        currency = row["currency"]
        return {
            **self._prepare_portal_api_row(row),
            "due_date": _day(row["due_date"]),
            "remaining": _amount(row["remaining"], currency),
            "overdue": _amount(row["overdue"], currency),
            "paid_on": _day(row["paid_on"]),
            "page": f"/my/invoices/{row['id']}",
            "file": f"{BASE}/invoices/{row['id']}/file",
        }

    def _prepare_portal_api_quote(self, row):
        return {
            **self._prepare_portal_api_row(row),
            "valid_until": _day(row["valid_until"]),
            "to_answer": row["to_answer"],
            "page": f"/my/orders/{row['id']}",
            "file": f"{BASE}/quotes/{row['id']}/file",
        }

    def _prepare_portal_api_lines(self, lines_sudo, quantity):
        """Return the lines of a document, with headings and notes.

        :param models.Model lines_sudo: in their order
        :param str quantity: the field of how many
        :rtype: list[dict]
        """
        rows = []
        for line in lines_sudo:
            is_text = line.display_type in ("line_section", "line_subsection", "line_note")
            rows.append(
                {
                    "type": line.display_type.removeprefix("line_") if is_text else "line",
                    "text": line.name or "",
                    "quantity": None if is_text else line[quantity],
                    "unit": None if is_text else line.product_uom_id.name or "",
                    "unit_price": None if is_text else line.price_unit,
                    "discount": None if is_text else line.discount,
                    "subtotal": None if is_text else _amount(line.price_subtotal, line.currency_id),
                    "total": None if is_text else _amount(line.price_total, line.currency_id),
                }
            )
        return rows

    @api_route("/invoices")
    def portal_api_invoices(self, **kwargs):
        self._check_portal_api_allows(request.env.user._portal_allows_invoices())
        return self._prepare_portal_api_list("account.move", self._prepare_portal_api_invoice)

    @api_route("/invoices/<int:invoice_id>")
    def portal_api_invoice(self, invoice_id, **kwargs):
        invoice_sudo = self._get_portal_api_document("account.move", invoice_id)
        [row] = invoice_sudo._portal_rows()
        lines = invoice_sudo.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        return {
            **self._prepare_portal_api_invoice(row),
            "lines": self._prepare_portal_api_lines(lines, "quantity"),
        }

    @api_route("/invoices/<int:invoice_id>/file")
    def portal_api_invoice_file(self, invoice_id, **kwargs):
        invoice_sudo = self._get_portal_api_document("account.move", invoice_id)
        if invoice_sudo.state != "posted":
            raise not_found()
        try:
            content, name = invoice_sudo._portal_file()
        except PortalRefusal as refusal:
            raise not_found() from refusal
        return self._send_portal_api_file(invoice_sudo, f"{name}.pdf", content)

    @api_route("/quotes")
    def portal_api_quotes(self, **kwargs):
        user = request.env.user
        self._check_portal_api_allows(
            user._portal_allows("portal_show_quotes", "can_see_quotes"),
            user._portal_allows("portal_show_orders", "can_see_quotes"),
        )
        return self._prepare_portal_api_list("sale.order", self._prepare_portal_api_quote)

    @api_route("/quotes/<int:quote_id>")
    def portal_api_quote(self, quote_id, **kwargs):
        order_sudo = self._get_portal_api_document("sale.order", quote_id)
        [row] = order_sudo._portal_rows()
        lines = order_sudo._get_order_lines_to_report()
        return {
            **self._prepare_portal_api_quote(row),
            "lines": self._prepare_portal_api_lines(lines, "product_uom_qty"),
        }

    @api_route("/quotes/<int:quote_id>/file")
    def portal_api_quote_file(self, quote_id, **kwargs):
        order_sudo = self._get_portal_api_document("sale.order", quote_id)
        return self._send_portal_api_file(
            order_sudo, f"{order_sudo.name}.pdf", order_sudo._portal_render_pdf()
        )

    @api_route("/files")
    def portal_api_files(self, **kwargs):
        user = request.env.user
        self._check_portal_api_allows(
            user._portal_allows("portal_show_documents", "can_see_documents")
        )
        return self._prepare_portal_api_list(
            "customer.portal.document",
            lambda row: {
                "id": row["id"],
                "title": row["name"],
                "category": row["category"],
                "date": _day(row["date"]),
                "valid_until": _day(row["expires_on"]),
                "company": row["company"],
                "state_text": row["state"],
                "page": f"/my/documents/{row['id']}",
                "file": f"{BASE}/files/{row['id']}/file",
            },
        )

    @api_route("/files/<int:file_id>/file")
    def portal_api_file(self, file_id, **kwargs):
        document_sudo = self._get_portal_api_document("customer.portal.document", file_id)
        return self._send_portal_api_file(document_sudo, *document_sudo._portal_download())

    # === STATEMENT === #

    @api_route("/statement")
    def portal_api_statement(self, **kwargs):
        user = request.env.user
        companies = user._portal_statement_companies().filtered("portal_allow_api")
        if not companies:
            raise ApiError(403, "forbidden", "Your profile does not include the statement.")
        begin, end = self._read_portal_api_dates()
        today = request.env["account.move"]._portal_today()
        end = end or today
        begin = begin or min(today, end).replace(month=1, day=1)
        if begin > end:
            raise ApiError(400, "bad_request", "date_end comes before date_begin.")
        Statement = request.env["customer.portal.statement"]
        reader = Statement._reader_of(self._get_portal_contact())
        accounts = Statement._accounts(reader, companies, begin, end)
        if sum(account["count"] for account in accounts) > MAX_MOVEMENTS:
            raise ApiError(
                400, "too_long", f"More than {MAX_MOVEMENTS} movements. Ask for a shorter period."
            )
        return {
            "date_begin": _day(begin),
            "date_end": _day(end),
            "accounts": [
                self._prepare_portal_api_account(Statement, reader, account, begin, end)
                for account in accounts
            ],
        }

    def _prepare_portal_api_account(self, Statement, reader, account, begin, end):
        currency = account["currency"]
        return {
            "company": account["company"].name,
            "currency": currency.name,
            "opening": _amount(account["opening"], currency),
            "closing": _amount(account["closing"], currency),
            # What is not named one by one, so that the sums hold.
            "other": _amount(account["moved"].get("other", 0.0), currency),
            "movements": [
                {
                    "date": _day(line["date"]),
                    "kind": line["kind"],
                    "number": line["name"],
                    "reference": line["ref"],
                    "due_date": _day(line["due_date"]),
                    "amount": _amount(line["amount"], currency),
                    "balance": _amount(line["balance"], currency),
                }
                for line in Statement._movement_lines(reader, account, begin, end)
            ],
        }

    # === THE REST === #

    @route(
        [BASE, f"{BASE}/<path:rest>"], type="http", auth="public", csrf=False, save_session=False
    )
    def portal_api_nothing(self, **kwargs):
        """Tell a program that there is nothing at an address, or nothing to be done there."""
        if request.httprequest.method != "GET":
            error = ApiError(
                405, "method_not_allowed", "There is nothing to change here: GET only."
            )
        else:
            error = not_found()
        return self._tell_portal_api_error(error)


def _day(value):
    """Return a day as the interface tells it: ``2026-12-31``, None if there is none."""
    return value.isoformat() if value else None


def _amount(value, currency):
    """Return an amount as the interface tells it: a decimal number as text, exact to the cent."""
    return f"{currency.round(value) + 0.0:.{currency.decimal_places}f}"
