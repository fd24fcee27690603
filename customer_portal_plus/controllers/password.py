from odoo.addons.auth_signup.controllers.main import AuthSignupHome


class Password(AuthSignupHome):
    def get_auth_signup_qcontext(self):
        """Override of `auth_signup`, which leads whoever names a user's address in the query to
        the sign-in page, and anybody else not: that tells who is registered."""
        values = super().get_auth_signup_qcontext()
        values.pop("signup_email", None)
        return values
