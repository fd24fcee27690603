"""The express page below ``/p/<alias>``; what it may show: model ``customer.portal.express``."""

import time

from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError, ValidationError
from odoo.http import request, route

from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.parsing import parse_date
from .basket import MAX_REPORT_BYTES, Basket
from .gate import GUEST_PAGE
from .sign_in import SignIn

# How long a browser goes on with the tax ID that was typed in it.
OPEN_SECONDS = 30 * 60


class Express(SignIn, Basket):
    # === WHO === #

    def _get_portal_express_company(self, alias):
        """Return the company, in sudo.

        :raise NotFound: if it does not offer the page
        """
        company_sudo = self._get_portal_company(alias)
        if not self._portal_express()._is_offered(company_sudo):
            raise NotFound()
        return company_sudo

    def _portal_express(self):
        return request.env["customer.portal.express"]

    def _get_portal_express_customer(self, company_sudo):
        """Return the customer whose page this browser has opened, in sudo; empty if none.

        What it was opened with is asked for anew each time.

        :rtype: res.partner
        """
        state = self._get_portal_sign_in_state()
        opened = state.get("express") or {}
        if not state.get("tax_id") or opened.get("until", 0) < time.time():
            return self._portal_express()._nobody()
        return self._portal_express()._open(company_sudo, state["tax_id"], opened.get("number", ""))

    def _open_portal_express(self, company_sudo, customer_sudo, number=""):
        """Remember for a while that this browser may see the page."""
        self._set_portal_sign_in_state(
            express={"number": number, "until": time.time() + OPEN_SECONDS}
        )
        self._portal_express()._log_opened(company_sudo, customer_sudo)

    def _after_portal_tax_id(self, company_sudo, tax_id):
        """Override to lead to the express page, where the company has one."""
        if not self._portal_express()._is_offered(company_sudo):
            return super()._after_portal_tax_id(company_sudo, tax_id)
        self._set_portal_sign_in_state(express={})
        if customer_sudo := self._portal_express()._open(company_sudo, tax_id):
            self._open_portal_express(company_sudo, customer_sudo)
        return self._redirect_portal_sign_in(company_sudo, "/express")

    # === PAGES === #

    @route(
        "/p/<string:alias>/express",
        methods=["GET", "POST"],
        **GUEST_PAGE,
    )
    def portal_express(self, alias, number="", done="", **kwargs):
        """Show what the customer owes; or ask for the number of an invoice, and take it."""
        company_sudo = self._get_portal_express_company(alias)
        state = self._get_portal_sign_in_state()
        if not state.get("tax_id"):
            return self._redirect_portal_sign_in(company_sudo)
        if request.httprequest.method == "POST":
            try:
                customer_sudo = self._portal_express()._try_number(
                    company_sudo, state["tax_id"], number, self._network_portal_address()
                )
            except UserError as error:
                status = 429 if isinstance(error, TooManyTries) else 422
                return self._render_portal_express_number(
                    company_sudo, error.args[0], number, status
                )
            self._open_portal_express(company_sudo, customer_sudo, number[:60])
            return self._redirect_portal_sign_in(company_sudo, "/express")
        customer_sudo = self._get_portal_express_customer(company_sudo)
        if not customer_sudo:
            return self._render_portal_express_number(company_sudo)
        if done == "paid" and (basket_sudo := self._get_portal_express_basket(company_sudo)):
            tx_sudo = basket_sudo.transaction_id
            if tx_sudo and tx_sudo._portal_is_promise():
                return self._redirect_portal_sign_in(company_sudo, "/express/transfer")
            if not basket_sudo._portal_is_paid():  # Declined, or left: it is chosen once more.
                return self._render_portal_express(
                    company_sudo,
                    customer_sudo,
                    error=tx_sudo._portal_failure_text(),
                    chosen=[
                        self._portal_express()._key(one) for one in basket_sudo.line_ids.invoice_id
                    ],
                )
        return self._render_portal_express(company_sudo, customer_sudo, done=done)

    def _render_portal_express_number(self, company_sudo, error="", number="", status=200):
        return self._render_portal_sign_in(
            "portal_express_number",
            company_sudo,
            {"error": error, "number": number[:60]},
            status,
        )

    def _render_portal_express(
        self, company_sudo, customer_sudo, done="", error="", chosen=(), status=200
    ):
        messages = {
            "paid": request.env._(
                "Thank you. What you paid leaves this list as soon as the payment is confirmed."
            ),
            "reported": request.env._("Thank you. We check the payment against our bank."),
            "cancelled": request.env._("The transfer is cancelled. It is to be paid as before."),
        }
        promised = self._get_portal_express_promise(company_sudo)
        rows = self._portal_express()._rows(
            self._portal_express()._invoices(company_sudo, customer_sudo)
        )
        return self._render_portal_sign_in(
            "portal_express",
            company_sudo,
            {
                "customer_name": customer_sudo.name if customer_sudo.is_company else "",
                "rows": rows,
                "totals": self._portal_express()._totals(rows),
                "may_pay": company_sudo.portal_allow_payment,
                "may_report": company_sudo.portal_allow_payment_report,
                "chosen": chosen,
                "message": messages.get(done),
                "transfer_url": f"/p/{company_sudo.portal_alias}/express/transfer"
                if promised
                else "",
                "error": error,
                "contact_card": company_sudo._portal_contact_card(),
            },
            status,
        )

    @route(
        "/p/<string:alias>/express/link",
        methods=["POST"],
        **GUEST_PAGE,
    )
    def portal_express_link(self, alias, **kwargs):
        """Ask for a mailed link, which opens the whole portal."""
        company_sudo = self._get_portal_express_company(alias)
        tax_id = self._get_portal_sign_in_state().get("tax_id")
        if not tax_id:
            return self._redirect_portal_sign_in(company_sudo)
        addresses = request.env["customer.portal.challenge"]._find_addresses(company_sudo, tax_id)
        if len(addresses) > 1:
            return self._redirect_portal_sign_in(company_sudo, "/address")
        (address,) = addresses
        return self._ask_portal_and_show(
            company_sudo, address["address"], address["masked"], address["contacts"]
        )

    # === PAYING === #

    @route(
        "/p/<string:alias>/express/pay",
        methods=["POST"],
        **GUEST_PAGE,
    )
    def portal_express_pay(self, alias, **kwargs):
        """Take what was chosen, and go on to pay it."""
        company_sudo = self._get_portal_express_company(alias)
        customer_sudo = self._get_portal_express_customer(company_sudo)
        if not customer_sudo or not company_sudo.portal_allow_payment:
            return self._redirect_portal_sign_in(company_sudo, "/express")
        keys = request.httprequest.form.getlist("invoice")
        try:
            with request.env.cr.savepoint():
                basket_sudo = self._portal_express()._make_basket(company_sudo, customer_sudo, keys)
        except UserError as error:
            status = 429 if isinstance(error, TooManyTries) else 422
            return self._render_portal_express(
                company_sudo, customer_sudo, error=str(error), chosen=keys, status=status
            )
        state = self._get_portal_sign_in_state()
        self._set_portal_sign_in_state(express={**state["express"], "basket": basket_sudo.id})
        return self._redirect_portal_sign_in(company_sudo, "/express/payment")

    def _get_portal_express_basket(self, company_sudo):
        """Return what this browser is about to pay, in sudo; empty if nothing.

        :rtype: customer.portal.basket
        """
        customer_sudo = self._get_portal_express_customer(company_sudo)
        number = (self._get_portal_sign_in_state().get("express") or {}).get("basket")
        # Sudo: the table is nobody's to read; whose it is, is compared right here.
        basket_sudo = request.env["customer.portal.basket"].sudo()
        basket_sudo = basket_sudo.browse(number if isinstance(number, int) else []).exists()
        return basket_sudo.filtered(
            lambda basket: (
                company_sudo.portal_allow_payment
                and basket.is_express
                and basket.contact_id == customer_sudo
                and basket.company_id == company_sudo
            )
        )

    @route(
        "/p/<string:alias>/express/payment",
        methods=["GET"],
        **GUEST_PAGE,
    )
    def portal_express_payment(self, alias, **kwargs):
        """Show the ways to pay what was chosen."""
        company_sudo = self._get_portal_express_company(alias)
        basket_sudo = self._get_portal_express_basket(company_sudo)
        if not basket_sudo:
            return self._redirect_portal_sign_in(company_sudo, "/express")
        url = f"/p/{company_sudo.portal_alias}/express"
        values = self._get_common_page_view_values(
            invoices_data={
                # Nobody has signed in: what providers show or keep of a payer is not the
                # customer's, and there are no saved methods.
                "partner": self._get_portal_contact(),
                "company": company_sudo,
                "total_amount": basket_sudo.amount,
                "currency": basket_sudo.currency_id,
                "amount_residual": basket_sudo.amount,
                "landing_route": f"{url}?done=paid",
                "transaction_route": f"{url}/transaction",
            }
        )
        rows = self._portal_express()._rows(basket_sudo.line_ids.invoice_id)
        values.update(
            rows=rows,
            amount=basket_sudo.amount,
            show_tokenize_input_mapping=dict.fromkeys(values["providers_sudo"].ids, False),
        )
        return self._render_portal_sign_in("portal_express_payment", company_sudo, values)

    def _get_portal_express_promise(self, company_sudo):
        """Return the transfer that was announced in this browser, in sudo; empty if there is none.

        :rtype: payment.transaction
        """
        tx_sudo = self._get_portal_express_basket(company_sudo).transaction_id
        return tx_sudo if tx_sudo and tx_sudo._portal_is_promise() else tx_sudo.browse()

    @route("/p/<string:alias>/express/transfer", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_express_transfer(self, alias, **kwargs):
        """Show account and reference of the transfer that was announced; or take it back."""
        company_sudo = self._get_portal_express_company(alias)
        promise_sudo = self._get_portal_express_promise(company_sudo)
        if not promise_sudo:
            return self._redirect_portal_sign_in(company_sudo, "/express")
        error = ""
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    promise_sudo._portal_cancel_promise(self._portal_express()._nobody())
                return self._redirect_portal_sign_in(company_sudo, "/express", done="cancelled")
            except ValidationError as refusal:
                error = str(refusal)
        transfer = promise_sudo._portal_transfer()
        return self._render_portal_sign_in(
            "portal_express_transfer",
            company_sudo,
            {
                "transfer": transfer,
                "instructions": "" if transfer else promise_sudo.provider_id.pending_msg,
                "error": error,
            },
            422 if error else 200,
        )

    @route("/p/<string:alias>/express/transaction", type="jsonrpc", auth="public")
    def portal_express_transaction(self, alias, access_token=None, **kwargs):
        """Start the payment; amount and invoices are those that were chosen.

        :param str access_token: the payment form sends one always; here it counts for nothing
        :return: what the payment form needs to go on
        :rtype: dict
        :raise UserError: in words, if it can't be paid (any more)
        """
        company_sudo = self._get_portal_express_company(alias)
        basket_sudo = self._get_portal_express_basket(company_sudo)
        if not basket_sudo:
            raise ValidationError(request.env._("Please choose the invoices again."))
        with self._portal_express()._short_names(basket_sudo.line_ids.invoice_id):
            basket_sudo._check_still_payable()
        payer = self._get_portal_contact()
        self._validate_transaction_kwargs(kwargs)
        kwargs.update(
            amount=basket_sudo.amount,
            currency_id=basket_sudo.currency_id.id,
            partner_id=payer.id,
            tokenization_requested=False,
            landing_route=f"/p/{company_sudo.portal_alias}/express?done=paid",
            # Else the numbers of the invoices: the page after the payment shows it.
            reference_prefix=f"EXPRESS-{basket_sudo.id}",
        )
        self._check_portal_payment_option(company_sudo, basket_sudo.currency_id, payer, kwargs)
        tx_sudo = self._create_transaction(
            custom_create_values=basket_sudo._transaction_values(), **kwargs
        )
        basket_sudo.transaction_id = tx_sudo
        return tx_sudo._get_processing_values()

    # === REPORTING === #

    @route(
        "/p/<string:alias>/express/report",
        methods=["GET", "POST"],
        max_content_length=MAX_REPORT_BYTES,
        portal_files=("proof",),
        **GUEST_PAGE,
    )
    def portal_express_report(self, alias, **posted):
        """Take the report of a payment that was made elsewhere."""
        company_sudo = self._get_portal_express_company(alias)
        customer_sudo = self._get_portal_express_customer(company_sudo)
        if not customer_sudo or not company_sudo.portal_allow_payment_report:
            return self._redirect_portal_sign_in(company_sudo, "/express")
        if request.httprequest.method != "POST":
            return self._render_portal_express_report(company_sudo, customer_sudo)
        keys = request.httprequest.form.getlist("invoice")
        file = posted.pop("proof", None)
        try:
            with request.env.cr.savepoint():
                self._portal_express()._report(
                    company_sudo,
                    customer_sudo,
                    keys,
                    parse_date(posted.get("date")),
                    posted.get("method"),
                    posted.get("reference"),
                    posted.get("note"),
                    self._read_portal_proof(file),
                )
        except UserError as error:
            status = 429 if isinstance(error, TooManyTries) else 422
            return self._render_portal_express_report(
                company_sudo, customer_sudo, str(error), keys, posted, status
            )
        return self._redirect_portal_sign_in(company_sudo, "/express", done="reported")

    def _render_portal_express_report(
        self, company_sudo, customer_sudo, error="", chosen=(), posted=None, status=200
    ):
        methods = request.env["customer.portal.payment.report"]._fields["method"]
        return self._render_portal_sign_in(
            "portal_express_report",
            company_sudo,
            {
                "rows": self._portal_express()._rows(
                    self._portal_express()._invoices(company_sudo, customer_sudo)
                ),
                "chosen": chosen,
                "posted": posted or {},
                "error": error,
                "methods": methods._description_selection(request.env),
            },
            status,
        )
