from odoo import models

from odoo.addons.payment import utils as payment_utils


class PaymentMethod(models.Model):
    _inherit = "payment.method"

    def _get_compatible_payment_methods(self, *args, report=None, **kwargs):
        """Override of `payment` to leave out what the company does not offer in its portal."""
        methods = super()._get_compatible_payment_methods(*args, report=report, **kwargs)
        company = self.env["payment.provider"]._portal_ways_company()
        if not company:
            return methods
        offered = company._portal_offered_methods(methods)
        payment_utils.add_to_report(
            report,
            methods - offered,
            available=False,
            reason=self.env._("not offered in the customer portal"),
        )
        return offered
