from odoo.exceptions import ValidationError
from odoo.http import request, route

from .basket import Basket
from .home import PortalHome
from .step_up_session import needs_step_up, step_up_url


class Debit(Basket, PortalHome):
    """Automatic debit, as the customer switches it on and off, and what it takes next."""

    def _prepare_portal_todo(self, balances):
        """Override to announce what will be charged by itself."""
        todo = super()._prepare_portal_todo(balances)
        if not any(entry["covered"] for entry in balances):
            return todo
        _Move, allowed = self._get_portal_documents("account.move")
        # Sudo: whoever sees an invoice may know that it pays itself.
        attempts_sudo = request.env["customer.portal.debit.attempt"].sudo()
        return todo + [
            {
                "key": "debit",
                "label": label,
                "url": "/my/pay/debit"
                if self._portal_may_debit()
                else "/my/invoices?filterby=pending&sortby=duedate",
                "urgent": False,
            }
            for label in attempts_sudo._portal_announcements(allowed)
        ]

    def _portal_may_debit(self):
        """Return whether the signed-in contact decides on automatic debit for its customer: it
        pays, and sees what would be charged.

        :rtype: bool
        """
        return (
            self._portal_may_pay()
            and request.env.user._portal_allows("portal_allow_debit", "can_pay")
            and self._get_portal_contact()._portal_scope() == "whole"
        )

    def _get_portal_debits(self):
        """Return the consents of the signed-in contact's customer that are on, in sudo.

        :rtype: customer.portal.debit
        """
        # Sudo: nobody of a customer reads the table; the customer is named right here.
        return (
            request.env["customer.portal.debit"]
            .sudo()
            .search(
                [
                    ("customer_id", "=", self._get_portal_contact().commercial_partner_id.id),
                    ("company_id", "in", request.env.user.company_ids.ids),
                    ("state", "=", "on"),
                ]
            )
        )

    @route("/my/pay/debit", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_debit(self, done=None, **kwargs):
        if not self._portal_may_debit():
            return self._render_portal_unavailable()
        return self._render_portal_debit(notice=done if done in ("on", "off") else "")

    def _render_portal_debit(self, notice="", error=""):
        debit_sudo = self._get_portal_debits()[:1]
        contact = self._get_portal_contact()
        Debit = request.env["customer.portal.debit"]
        return request.render(
            "customer_portal_plus.portal_debit",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "saved_methods",
                "no_breadcrumbs": True,
                "debit": debit_sudo
                and {
                    "method": debit_sudo.token_name,
                    "company": debit_sudo.company_id.name,
                    "agreed_by": debit_sudo.contact_id.name,
                    "agreed_on": debit_sudo.agreed_on,
                    "text": debit_sudo.text,
                    "problem": debit_sudo.problem,
                    "upcoming": debit_sudo._portal_upcoming(),
                },
                "offer": Debit._portal_offer(contact),
                "charges": Debit._portal_all_charges(contact),
                "notice": notice,
                "error": error,
            },
            status=422 if error else 200,
        )

    @route("/my/pay/debit/on", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_debit_on(self, agree=None, digest="", **kwargs):
        if not self._portal_may_debit():
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url("/my/pay/debit"), 303)
        try:
            if not agree:
                raise ValidationError(request.env._("Please tick that you agree."))
            with request.env.cr.savepoint():
                request.env["customer.portal.debit"]._agree(self._get_portal_contact(), digest)
        except ValidationError as error:
            return self._render_portal_debit(error=str(error))
        return request.redirect("/my/pay/debit?done=on", 303)

    @route("/my/pay/debit/off", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_debit_off(self, **kwargs):
        """Take the consent back: open also while the company offers no automatic debit."""
        contact = self._get_portal_contact()
        if not (contact._portal_can("can_pay") and contact._portal_scope() == "whole"):
            return self._render_portal_unavailable()
        self._get_portal_debits()._end(contact)
        return request.redirect(
            "/my/pay/debit?done=off" if self._portal_may_debit() else "/my", 303
        )
