from collections import defaultdict

from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.sale.controllers.portal import CustomerPortal as SalePortal

from ..exceptions import PortalRefusal


class WaysToPay(PortalAccount, SalePortal):
    """Only what the company offers in its portal is shown there, and only that is taken."""

    def _limit_ways_to_pay(self, company):
        """Let this request know whose choice of ways to pay holds.

        :param res.company company: the company that is paid
        """
        request.update_context(portal_ways_company_id=company.id)

    # === WHAT IS SHOWN === #

    def _get_common_page_view_values(self, invoices_data, *args, **kwargs):
        """Override of `account_payment`: on pages where invoices are paid."""
        self._limit_ways_to_pay(invoices_data["company"] or request.env.company)
        return super()._get_common_page_view_values(invoices_data, *args, **kwargs)

    def _get_payment_values(self, order_sudo, *args, **kwargs):
        """Override of `sale`: on the page where a quote or an order is paid."""
        self._limit_ways_to_pay(order_sudo.company_id)
        return super()._get_payment_values(order_sudo, *args, **kwargs)

    @route()
    def payment_pay(self, *args, company_id=None, invoice_id=None, sale_order_id=None, **kwargs):
        """Override of `payment`: on the page of a payment link."""
        company = request.env["res.company"].sudo().browse(self._cast_as_int(company_id)).exists()
        for model_name, document_id in (
            ("account.move", invoice_id),
            ("sale.order", sale_order_id),
        ):
            if document_id := self._cast_as_int(document_id):
                # Whose choice holds is no secret; who may see the document is asked by the gates.
                company = request.env[model_name]._portal_company_of(document_id) or company
        self._limit_ways_to_pay(company or request.env.company)
        return super().payment_pay(
            *args,
            company_id=company_id,
            invoice_id=invoice_id,
            sale_order_id=sale_order_id,
            **kwargs,
        )

    def _get_extra_payment_form_values(self, **kwargs):
        """Override of `payment`: nothing offers to save a method where none may be saved."""
        values = super()._get_extra_payment_form_values(**kwargs)
        company = request.env["payment.provider"]._portal_ways_company()
        if company and not company.portal_allow_saved_methods:
            # Core's form asks it of each provider.
            values["show_tokenize_input_mapping"] = defaultdict(bool)
        return values

    # === WHAT IS TAKEN === #

    @route()
    def payment_transaction(self, *args, provider_id=None, **kwargs):
        """Override of `payment`: a payment that no document of the portal starts."""
        provider = request.env["payment.provider"].sudo().browse(self._cast_as_int(provider_id))
        self._limit_ways_to_pay(provider.exists().company_id or request.env.company)
        return super().payment_transaction(*args, provider_id=provider_id, **kwargs)

    def _create_transaction(
        self,
        *,
        provider_id,
        payment_method_id=None,
        token_id=None,
        flow,
        tokenization_requested=False,
        **kwargs,
    ):
        """Override of `payment`: what the company does not offer is refused, also if it is asked
        for directly.

        :raise PortalRefusal: in words for the customer
        """
        company = request.env["payment.provider"]._portal_ways_company()
        if company:
            # Sudo: to ask the company's choice about what the browser sent.
            token = request.env["payment.token"].sudo().browse(token_id if flow == "token" else ())
            token = token.exists()
            method = token.payment_method_id or request.env["payment.method"].sudo().browse(
                payment_method_id
            )
            provider = request.env["payment.provider"].sudo().browse(provider_id)
            company._portal_check_way(
                token.provider_id or provider.exists(), method.exists(), token
            )
            if not company.portal_allow_saved_methods:
                if kwargs.get("is_validation"):
                    raise PortalRefusal(
                        request.env._("Payment methods are not saved here."), "option"
                    )
                tokenization_requested = False
        return super()._create_transaction(
            provider_id=provider_id,
            payment_method_id=payment_method_id,
            token_id=token_id,
            flow=flow,
            tokenization_requested=tokenization_requested,
            **kwargs,
        )

    def _check_payment_option(self, company, currency, payer_sudo, kwargs, **context):
        """Check that provider, method or saved method are among those that the page offers.

        :param res.company company: who is paid
        :param res.currency currency: of the payment
        :param res.partner payer_sudo: who pays
        :param dict kwargs: what the browser sent, ``amount`` in it
        :raise PortalRefusal: if not
        """
        self._limit_ways_to_pay(company)
        # Sudo: providers and saved methods are not for customers to read.
        providers_sudo = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                company.id,
                payer_sudo.id,
                kwargs["amount"],
                currency_id=currency.id,
                **context,
            )
        )
        if kwargs.get("flow") == "token" and request.env.user._is_public():
            # Whoever has but a link is not its owner.
            options, chosen = request.env["payment.token"], None
        elif kwargs.get("flow") == "token":
            options = (
                request.env["payment.token"]
                .sudo()
                ._get_available_tokens(providers_sudo.ids, payer_sudo.id)
            )
            chosen = kwargs.get("token_id")
        else:
            providers_sudo = providers_sudo.filtered(
                lambda provider: provider.id == kwargs.get("provider_id")
            )
            options = (
                request.env["payment.method"]
                .sudo()
                ._get_compatible_payment_methods(
                    providers_sudo.ids, payer_sudo.id, currency_id=currency.id, **context
                )
            )
            chosen = kwargs.get("payment_method_id")
        if kwargs.get("is_validation") or chosen not in options.ids:
            raise PortalRefusal(
                request.env._("This way of paying is not available. Please choose another one."),
                "option",
            )
