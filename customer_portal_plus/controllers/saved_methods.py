from odoo.fields import Domain
from odoo.http import request, route

from .basket import Basket
from .step_up_session import needs_step_up, step_up_url


class SavedMethods(Basket):
    """The payment methods that a contact has saved."""

    def _prepare_portal_payment_links(self):
        links = super()._prepare_portal_payment_links()
        if self._portal_may_save_methods():
            links.append(
                {"label": request.env._("Saved payment methods"), "url": "/my/payment_method"}
            )
        return links

    def _portal_may_save_methods(self):
        """Return whether the signed-in contact may keep payment methods.

        :rtype: bool
        """
        user = request.env.user
        return (
            user._portal_allows("portal_allow_payment", "can_pay")
            and user._portal_allows("portal_allow_saved_methods", "can_pay")
            and not user._portal_is_seat()
        )

    def _portal_may_choose_main(self):
        """Return whether the signed-in contact chooses the main method: it is the customer's.

        :rtype: bool
        """
        return self._get_portal_contact()._portal_scope() == "whole"

    def _get_portal_saved_methods(self, domain=None):
        """Return the saved methods that the signed-in contact manages, in sudo.

        :param Domain domain: further conditions
        :rtype: payment.token
        """
        # Sudo: core's rule shows a contact its own ones alone, not those of its customer.
        Token = request.env["payment.token"].sudo()
        if not self._portal_may_save_methods():
            return Token
        allowed = Token._portal_domain(self._get_portal_contact())
        return Token.search(allowed & Domain(domain or Domain.TRUE))

    @route()
    def payment_method(self, **kwargs):
        """Override of `payment`: a page that works without a script, and tells what expires. A
        session that may do less is confirmed first."""
        if needs_step_up():
            return request.redirect(step_up_url("/my/payment_method"))
        if not request.env.user.share:
            return super().payment_method(**kwargs)
        if not self._portal_may_save_methods():
            return self._render_portal_unavailable()
        self._limit_portal_ways_to_pay(request.env.company)
        response = super().payment_method(**kwargs)
        response.template = "customer_portal_plus.portal_saved_methods"
        rows = self._get_portal_saved_methods()._portal_rows()
        response.qcontext.update(
            self._prepare_portal_layout_values(),
            page_name="saved_methods",
            no_breadcrumbs=True,
            rows=rows,
            may_choose_main=self._portal_may_choose_main(),
            may_debit=self._portal_may_choose_main()
            and request.env.user._portal_allows("portal_allow_debit", "can_pay"),
            show_company=len({row["company"] for row in rows}) > 1,
            # They stand in our own list; core's form is there to save another one.
            tokens_sudo=request.env["payment.token"].sudo(),
        )
        return response

    @route(
        "/my/payment_method/<int:token_id>/main",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_payment_method_main(self, token_id, **kwargs):
        """Make a saved method the main one of the customer."""
        if needs_step_up():
            return request.redirect(step_up_url("/my/payment_method"), 303)
        token_sudo = self._get_portal_saved_methods([("id", "=", token_id)])
        if token_sudo and self._portal_may_choose_main():
            token_sudo._portal_set_main()
        return request.redirect("/my/payment_method", 303)

    @route(
        "/my/payment_method/<int:token_id>/delete",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_payment_method_delete(self, token_id, **kwargs):
        """Delete a saved method."""
        if needs_step_up():
            return request.redirect(step_up_url("/my/payment_method"), 303)
        self._get_portal_saved_methods([("id", "=", token_id)])._portal_delete()
        return request.redirect("/my/payment_method", 303)

    @route()
    def archive_token(self, token_id):
        """Override of `payment`: not of the whole customer's for who sees only its own, and for
        a session that says who it is."""
        self._check_portal_stepped_up()
        if not request.env.user.share:
            return super().archive_token(token_id)
        self._get_portal_saved_methods([("id", "=", self._cast_as_int(token_id))])._portal_delete()
        return None
