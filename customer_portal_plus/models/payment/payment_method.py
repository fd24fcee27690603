from odoo import models


class PaymentMethod(models.Model):
    _inherit = "payment.method"

    def _get_compatible_payment_methods(self, *args, report=None, **kwargs):
        """Override of `payment` to leave out what the company does not offer in its portal."""
        methods = super()._get_compatible_payment_methods(*args, report=report, **kwargs)
        company = self.env["payment.provider"]._portal_ways_company()
        if not company:
            return methods
        offered = company._portal_offered_methods(methods)
        self.env["payment.provider"]._portal_report_left_out(report, methods - offered)
        return offered
