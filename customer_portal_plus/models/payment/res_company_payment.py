"""Which ways to pay a company offers."""

from odoo import fields, models

from ...exceptions import PortalRefusal


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_paypal = fields.Boolean("Customers may pay with PayPal", default=True)
    portal_payment_method_ids = fields.Many2many(
        "payment.method",
        "res_company_portal_payment_method_rel",
        "company_id",
        "method_id",
        "Ways to pay",
        domain=[("is_primary", "=", True)],
        # A method that is switched off everywhere stays chosen: without it, all would be offered.
        context={"active_test": False},
        help="The payment methods that customers choose among in the portal. Empty: all that your"
        " published providers offer.",
    )
    portal_allow_saved_methods = fields.Boolean("Customers may save payment methods", default=True)
    portal_show_bank_account = fields.Boolean("Show our bank account", default=True)
    portal_show_pay_link = fields.Boolean("Link to payment on invoices", default=True)

    def _portal_offered_methods(self, methods):
        """Return those of some payment methods that this company offers in its portal.

        :param payment.method methods: primary methods or brands; a brand goes with its primary one
        :rtype: payment.method
        """
        self.ensure_one()
        chosen = self.portal_payment_method_ids

        def is_offered(method):
            primary = method.primary_payment_method_id or method
            if "paypal" in (method.code, primary.code) and not self.portal_allow_paypal:
                return False
            return not chosen or primary in chosen or method in chosen

        return methods.filtered(is_offered)

    def _portal_offered_providers(self, providers):
        """Return those of some payment providers with which this company lets customers pay.

        :rtype: payment.provider
        """
        self.ensure_one()
        return providers.filtered(
            lambda provider: (
                (provider.code != "paypal" or self.portal_allow_paypal)
                and (
                    not self.portal_payment_method_ids
                    or self._portal_offered_methods(provider.payment_method_ids)
                )
            )
        )

    def _portal_bookkeeper(self, candidates):
        """Return who is told of a payment that needs somebody to look at it.

        :param res.users candidates: who is responsible for the customer, the likeliest first
        :return: the first of them who registers payments, as salespeople often may not; else
            somebody of this company who does, else the administrator
        :rtype: res.users
        """
        self.ensure_one()
        group = self.env.ref("account.group_account_invoice").sudo()
        others = group.all_user_ids.sorted(lambda user: (user._is_system(), user.id))
        able = (candidates.sudo() | others).filtered(
            lambda user: (
                user.active
                and not user.share
                and self in user.company_ids
                and user.has_group("account.group_account_invoice")
            )
        )
        return able[:1] or self.env.ref("base.user_admin")

    def _portal_check_way(self, provider, method, token):
        """Check that a payment that is about to start goes a way that this company offers.

        :param payment.provider provider: in sudo
        :param payment.method method: in sudo
        :param payment.token token: the saved method, in sudo; empty if none is used
        :raise PortalRefusal: if not, in words for the customer
        """
        self.ensure_one()
        if (
            (token and not self.portal_allow_saved_methods)
            or not self._portal_offered_providers(provider)
            or not self._portal_offered_methods(method)
        ):
            raise PortalRefusal(
                self.env._("This way of paying is not available. Please choose another one."),
                "option",
            )

    def _portal_former_accounts(self):
        """Return the accounts of this company to which nothing is paid any more, but by invoices
        that name them.

        For a module to know of such, it must override this method.

        :rtype: res.partner.bank
        """
        self.ensure_one()
        return self.env["res.partner.bank"].sudo()  # As the accounts that are shown.
