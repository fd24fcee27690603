"""``/p/<alias>/verify``: whether the account on an invoice is really the company's."""

from werkzeug.exceptions import NotFound

from odoo.http import request, route

from ..models.settlement.customer_portal_account_change_mail import MAX_CODE_LENGTH
from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.parsing import parse_date
from .gate import GUEST_PAGE
from .sign_in import SignIn


class Verification(SignIn):
    @route("/p/<string:alias>/verify", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_verify_account(self, alias, number="", date="", amount="", **kwargs):
        """Show the form; or say which account is printed on the invoice that is typed."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_verification:
            raise NotFound()
        values = {"number": number[:60], "date": date[:10], "amount": amount[:40]}
        if request.httprequest.method != "POST":
            return self._render_portal_sign_in("portal_verify", company_sudo)
        try:
            found = company_sudo._portal_verify_account(
                number, parse_date(date), amount, self._network_portal_address()
            )
        except TooManyTries as error:
            values["error"] = error.args[0]
            return self._render_portal_sign_in("portal_verify", company_sudo, values, 429)
        return self._render_portal_sign_in(
            "portal_verify",
            company_sudo,
            {**values, "found": found or {}, "contact_card": company_sudo._portal_contact_card()},
            200 if found else 422,
        )

    @route("/p/<string:alias>/verify/code", methods=["GET", "POST"], **GUEST_PAGE)
    def portal_verify_code(self, alias, code="", **kwargs):
        """Say what was announced of the bank account to who types the code of that mail."""
        company_sudo = self._get_portal_company(alias)
        if not company_sudo.portal_allow_verification:
            raise NotFound()
        if request.httprequest.method != "POST":
            return request.redirect(f"/p/{company_sudo.portal_alias}/verify")
        code = code[:MAX_CODE_LENGTH]
        values = {"code": code}
        try:
            announced = company_sudo._portal_verify_code(code, self._network_portal_address())
        except TooManyTries as error:
            values["code_error"] = error.args[0]
            return self._render_portal_sign_in("portal_verify", company_sudo, values, 429)
        return self._render_portal_sign_in(
            "portal_verify",
            company_sudo,
            {
                **values,
                "announced": announced or {},
                "contact_card": company_sudo._portal_contact_card(),
            },
            200 if announced else 422,
        )
