from collections import defaultdict

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import PaymentPortal as OrderPayment

from ..exceptions import PortalRefusal
from .document_page import DocumentPage
from .gate import PaymentGate
from .payment_options import WaysToPay


class PaymentPortal(DocumentPage, WaysToPay, PaymentGate, OrderPayment):
    """Paying one invoice, or a quote that asks for it: core's payment, with the gates before it."""

    @route()
    def invoice_transaction(self, invoice_id, access_token=None, **kwargs):
        """Override of `account_payment`: who may pay, how much, and in what way is asked first.

        :raise PortalRefusal: if the invoice can't be paid so, in words for the customer
        """
        self._prepare_portal_document_page()
        invoice_sudo = self._get_portal_payable_document("account.move", invoice_id, access_token)
        if not invoice_sudo._portal_in_scope():
            # No document of a customer: it stays as core has it.
            return super().invoice_transaction(invoice_id, access_token, **kwargs)
        self._check_portal_document_payment(invoice_sudo, invoice_sudo.partner_id, kwargs)
        kwargs["landing_route"] = invoice_sudo.get_portal_url()
        return super().invoice_transaction(invoice_id, access_token, **kwargs)

    @route()
    def portal_order_transaction(self, order_id, access_token=None, **kwargs):
        """Override of `sale`: paying a quote accepts it, so it asks for the same.

        :raise PortalRefusal: if the order can't be paid so, in words for the customer
        """
        self._prepare_portal_document_page()
        order_sudo = self._get_portal_payable_document("sale.order", order_id, access_token)
        self._check_portal_document_payment(
            order_sudo, order_sudo.partner_invoice_id, kwargs, sale_order_id=order_id
        )
        kwargs["landing_route"] = order_sudo.get_portal_url()
        return super().portal_order_transaction(order_id, access_token, **kwargs)

    @route()
    def payment_pay(self, *args, company_id=None, invoice_id=None, sale_order_id=None, **kwargs):
        """Override of `payment`: a payment link opens no document whose gates are shut, and shows
        the ways to pay that the document's company offers.

        :raise ValidationError: as core raises it for an order that does not exist
        """
        for name in ("landing_route", "reference_prefix", "transaction_route"):
            kwargs.pop(name, None)  # Core's own words for itself; from outside they would collide.
        company = request.env["res.company"].sudo().browse(self._cast_as_int(company_id)).exists()
        if invoice_id:
            if not self._is_portal_payment_link_open("account.move", self._cast_as_int(invoice_id)):
                return self._render_portal_unavailable()
            company = self._get_portal_linked_company("account.move", invoice_id) or company
        if order_id := self._cast_as_int(sale_order_id):
            if not self._is_portal_payment_link_open("sale.order", order_id):
                raise ValidationError(request.env._("The provided parameters are invalid."))
            company = self._get_portal_linked_company("sale.order", order_id) or company
        self._limit_portal_ways_to_pay(company or request.env.company)
        self._prepare_portal_document_page()
        try:
            return super().payment_pay(
                *args,
                company_id=company_id,
                invoice_id=invoice_id,
                sale_order_id=sale_order_id,
                **kwargs,
            )
        except ValidationError:
            if not invoice_id or request.env.user._is_internal():
                raise
            # A wrong link to an invoice must not tell that there is one.
            return self._render_portal_unavailable()

    def _get_portal_linked_company(self, model_name, document_id):
        # Whose choice of ways to pay holds is no secret; the gates were asked.
        return request.env[model_name]._portal_company_of(self._cast_as_int(document_id))

    def _is_portal_payment_link_open(self, model_name, document_id):
        """Return whether a payment link may open a document: its gates are open, an invoice's
        contact may pay, and no second person must accept a quote first.

        :param int document_id: from the link; None if it names none
        :rtype: bool
        """
        if not self._is_portal_document_open(model_name, document_id):
            return False
        if request.env.user._is_internal():
            return True
        document = request.env[model_name]._portal_find(document_id)
        if model_name == "sale.order":
            return not document._portal_approval_stage()
        return not document._portal_payment_right_obstacle(document._get_access_contact())

    def _get_extra_payment_form_values(self, invoice_id=None, access_token=None, **kwargs):
        """Override of `account_payment`: who is signed in pays without the invoice's token, and
        nothing offers to save a method where none may be saved."""
        form_values = super()._get_extra_payment_form_values(
            invoice_id=invoice_id, access_token=access_token, **kwargs
        )
        company = request.env["payment.provider"]._portal_ways_company()
        by_seat = request.env.user._portal_is_seat()
        if by_seat or (company and not company.portal_allow_saved_methods):
            # Core's form asks it of each provider.
            form_values["show_tokenize_input_mapping"] = defaultdict(bool)
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

    def _get_portal_payable_document(self, model_name, document_id, access_token):
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

    def _check_portal_document_payment(self, document_sudo, payer_sudo, kwargs, **context):
        """Check that a document can be paid as the browser asks for: in its own currency, by this
        visitor, so much, and in a way that the page offers.

        :param record document_sudo: an invoice or a quote, in sudo
        :param res.partner payer_sudo: who pays where nobody is signed in
        :param dict kwargs: what the browser sent; the currency is taken out of it
        :param dict context: see ``_check_portal_payment_option``
        :raise PortalRefusal: if it can't be paid so
        """
        currency_id = kwargs.pop("currency_id", None)
        if currency_id is not None and currency_id != document_sudo.currency_id.id:
            texts = document_sudo._portal_payment_obstacle_texts()
            raise PortalRefusal(texts["currency"], "currency")
        visitor = self._get_portal_visitor()
        document_sudo._portal_check_payment(visitor, kwargs.get("amount"))
        self._check_portal_payment_option(
            document_sudo.company_id,
            document_sudo.currency_id,
            visitor or payer_sudo,
            kwargs,
            **context,
        )
