from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.sale.controllers.portal import CustomerPortal as SalePortal

from ..exceptions import PortalRefusal
from .step_up_session import needs_step_up, step_up_url


class WaysToPay(PortalAccount, SalePortal):
    """Only what the company offers in its portal is shown there, and only that is taken."""

    def _limit_portal_ways_to_pay(self, company):
        """Let this request know whose choice of ways to pay holds.

        :param res.company company: the company that is paid
        """
        request.update_context(portal_ways_company_id=company.id)

    # === WHAT IS SHOWN === #

    def _get_common_page_view_values(self, invoices_data, *args, **kwargs):
        """Override of `account_payment`: on pages where invoices are paid. Saved methods are for
        who has shown who it is."""
        self._limit_portal_ways_to_pay(invoices_data["company"] or request.env.company)
        values = super()._get_common_page_view_values(invoices_data, *args, **kwargs)
        return self._guard_portal_saved_methods(values)

    def _get_payment_values(self, order_sudo, *args, **kwargs):
        """Override of `sale`: on the page where a quote or an order is paid. Saved methods are
        for who has shown who it is."""
        self._limit_portal_ways_to_pay(order_sudo.company_id)
        return self._guard_portal_saved_methods(
            super()._get_payment_values(order_sudo, *args, **kwargs)
        )

    def _guard_portal_saved_methods(self, values):
        """Leave the saved methods out of a payment form for a guest, and for a session that must
        be confirmed first."""
        is_guest = request.env.user._is_public()
        if values.get("tokens_sudo") and (is_guest or needs_step_up()):
            values["tokens_sudo"] = values["tokens_sudo"].browse()
            if not is_guest:
                values["portal_step_up_url"] = step_up_url(request.httprequest.path)
        return values

    # === WHAT IS TAKEN === #

    @route()
    def payment_transaction(self, *args, provider_id=None, **kwargs):
        """Override of `payment`: a payment that no document of the portal starts."""
        provider = request.env["payment.provider"].sudo().browse(self._cast_as_int(provider_id))
        self._limit_portal_ways_to_pay(provider.exists().company_id or request.env.company)
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
        for directly. Paying with a saved method, or saving one, is for a session that says who it
        is.

        :raise PortalRefusal: in words for the customer
        """
        by_seat = request.env.user._portal_is_seat()
        if flow == "token" or kwargs.get("is_validation"):
            self._check_portal_stepped_up()
            if by_seat:
                raise PortalRefusal(
                    request.env._("Saved methods are for the customer's own people."), "option"
                )
        tokenization_requested = tokenization_requested and not by_seat
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

    def _check_portal_stepped_up(self):
        if needs_step_up():
            raise PortalRefusal(
                request.env._("Please confirm first that it is you. Reload the page to do so."),
                "step_up",
            )

    def _check_portal_payment_option(self, company, currency, payer_sudo, kwargs, **context):
        """Check that provider, method or saved method are among those that the page offers.

        :param res.company company: who is paid
        :param res.currency currency: of the payment
        :param res.partner payer_sudo: who pays
        :param dict kwargs: what the browser sent, ``amount`` in it
        :raise PortalRefusal: if not
        """
        self._limit_portal_ways_to_pay(company)
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
