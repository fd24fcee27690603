from odoo.http import request

from odoo.addons.auth_signup.controllers.main import AuthSignupHome

from ..tools.parsing import is_token


class Password(AuthSignupHome):
    def get_auth_signup_qcontext(self):
        """Override of `auth_signup`, which leads whoever names a user's address in the query to
        the sign-in page, and anybody else not: that tells who is registered.

        The company around the page is that of the contact whose mailed link it is.
        """
        values = super().get_auth_signup_qcontext()
        values.pop("signup_email", None)
        token = values.get("token")
        if is_token(token) and not values.get("invalid_token"):
            company_sudo = request.env["res.company"]._portal_company_of_password_link(token)
            if company_sudo:
                values["portal_company_sudo"] = company_sudo
        return values
