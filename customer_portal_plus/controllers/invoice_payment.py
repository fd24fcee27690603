from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import PaymentPortal as OrderPayment

from ..exceptions import PortalRefusal
from .document_page import DocumentPage
from .gate import PaymentGate
from .payment_options import WaysToPay
from .step_up_session import needs_step_up, step_up_url


class PaymentPortal(DocumentPage, WaysToPay, PaymentGate, OrderPayment):
    """Paying one invoice, or a quote that asks for it: core's payment, with the gates before it."""

    @route()
    def invoice_transaction(self, invoice_id, access_token=None, **kwargs):
        """Override of `account_payment`: who may pay, how much, and in what way is asked first.

        :raise PortalRefusal: if the invoice can't be paid so, in words for the customer
        """
        self._prepare_document_page()
        invoice_sudo = self._get_payable_document("account.move", invoice_id, access_token)
        if not invoice_sudo._portal_in_scope():
            # No document of a customer: it stays as core has it.
            return super().invoice_transaction(invoice_id, access_token, **kwargs)
        texts = invoice_sudo._portal_payment_obstacle_texts()
        self._check_payment_currency(invoice_sudo, kwargs, texts)
        visitor = self._get_portal_visitor()
        invoice_sudo._portal_check_payment(visitor, kwargs.get("amount"))
        self._check_payment_option(
            invoice_sudo.company_id,
            invoice_sudo.currency_id,
            visitor or invoice_sudo.partner_id,
            kwargs,
        )
        kwargs["landing_route"] = invoice_sudo.get_portal_url()
        return super().invoice_transaction(invoice_id, access_token, **kwargs)

    @route()
    def portal_order_transaction(self, order_id, access_token=None, **kwargs):
        """Override of `sale`: paying a quote accepts it, so it asks for the same.

        :raise PortalRefusal: if the order can't be paid so, in words for the customer
        """
        self._prepare_document_page()
        order_sudo = self._get_payable_document("sale.order", order_id, access_token)
        texts = order_sudo._portal_payment_obstacle_texts()
        self._check_payment_currency(order_sudo, kwargs, texts)
        visitor = self._get_portal_visitor()
        order_sudo._portal_check_payment(visitor, kwargs.get("amount"))
        self._check_payment_option(
            order_sudo.company_id,
            order_sudo.currency_id,
            visitor or order_sudo.partner_invoice_id,
            kwargs,
            sale_order_id=order_id,
        )
        kwargs["landing_route"] = order_sudo.get_portal_url()
        return super().portal_order_transaction(order_id, access_token, **kwargs)

    @route()
    def payment_pay(self, *args, invoice_id=None, **kwargs):
        """Override of `payment`: a payment link of an invoice stands behind the gates, too."""
        if invoice_id and not self._is_document_open("account.move", self._cast_as_int(invoice_id)):
            return self._render_payment_unavailable()
        self._prepare_document_page()
        try:
            return super().payment_pay(*args, invoice_id=invoice_id, **kwargs)
        except ValidationError:
            if not invoice_id or request.env.user._is_internal():
                raise
            # A wrong link to an invoice must not tell that there is one.
            return self._render_payment_unavailable()

    def _render_payment_unavailable(self):
        return request.render("customer_portal_plus.document_unavailable_page", {}, status=404)

    def _get_extra_payment_form_values(self, invoice_id=None, access_token=None, **kwargs):
        """Override of `account_payment`: who is signed in pays without the invoice's token."""
        form_values = super()._get_extra_payment_form_values(
            invoice_id=invoice_id, access_token=access_token, **kwargs
        )
        invoice_id = self._cast_as_int(invoice_id)
        if invoice_id:
            # The gates are asked anew; who came by a payment link alone keeps what it gave.
            try:
                invoice_sudo = self._document_check_access("account.move", invoice_id)
            except (AccessError, MissingError):
                return form_values
            if invoice_sudo._portal_page_contact():
                form_values.update(landing_route=invoice_sudo.access_url, access_token=None)
        return form_values

    # === SAVED METHODS === #

    def _get_common_page_view_values(self, *args, **kwargs):
        """Override of `account_payment`: saved methods are for who has shown who it is."""
        return self._guard_saved_methods(super()._get_common_page_view_values(*args, **kwargs))

    def _get_payment_values(self, *args, **kwargs):
        """Override of `sale`: saved methods are for who has shown who it is."""
        return self._guard_saved_methods(super()._get_payment_values(*args, **kwargs))

    def _guard_saved_methods(self, values):
        """Leave the saved methods out of a payment form for a guest, and for a session that must
        be confirmed first."""
        is_guest = request.env.user._is_public()
        if values.get("tokens_sudo") and (is_guest or needs_step_up()):
            values["tokens_sudo"] = values["tokens_sudo"].browse()
            if not is_guest:
                values["portal_step_up_url"] = step_up_url(request.httprequest.path)
        return values

    @route()
    def payment_method(self, **kwargs):
        """Override of `payment`: a session that may do less is confirmed first."""
        if needs_step_up():
            return request.redirect(step_up_url("/my/payment_method"))
        return super().payment_method(**kwargs)

    @route()
    def archive_token(self, token_id):
        """Override of `payment`: see ``payment_method``."""
        self._check_stepped_up()
        return super().archive_token(token_id)

    def _create_transaction(self, *args, flow=None, is_validation=False, **kwargs):
        """Override of `payment`: paying with a saved method, or saving one, is for a session that
        says who it is.

        :raise PortalRefusal: if it must be confirmed first
        """
        if flow == "token" or is_validation:
            self._check_stepped_up()
        return super()._create_transaction(*args, flow=flow, is_validation=is_validation, **kwargs)

    def _check_stepped_up(self):
        if needs_step_up():
            raise PortalRefusal(
                request.env._("Please confirm first that it is you. Reload the page to do so."),
                "step_up",
            )

    def _get_payable_document(self, model_name, document_id, access_token):
        """Return a document to pay, in sudo.

        :raise PortalRefusal: alike for what does not exist and what is not the visitor's
        """
        try:
            return self._document_check_access(model_name, document_id, access_token)
        except (AccessError, MissingError) as error:
            raise PortalRefusal(
                request.env._("This document does not exist or is not yours to pay."),
                "unavailable",
            ) from error

    def _check_payment_currency(self, document_sudo, kwargs, texts):
        """Check that nothing but the document's own currency is asked for."""
        currency_id = kwargs.pop("currency_id", None)
        if currency_id is not None and currency_id != document_sudo.currency_id.id:
            raise PortalRefusal(texts["currency"], "currency")
