"""Which ways to pay the portal offers: the company's own choice among what its providers can do.

Asked wherever the context has ``portal_ways_company_id``, the company whose document is paid: the
portal's pages set it. A shop or a point of sale choose for themselves.
"""

from odoo import api, models

from odoo.addons.payment import utils as payment_utils


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _get_compatible_providers(self, *args, report=None, **kwargs):
        """Override of `payment` to leave out what the company does not offer in its portal."""
        providers = super()._get_compatible_providers(*args, report=report, **kwargs)
        company = self._portal_ways_company()
        if not company:
            return providers
        offered = company._portal_offered_providers(providers)
        self._portal_report_left_out(report, providers - offered)
        return offered

    @api.model
    def _portal_report_left_out(self, report, ways):
        """Say in core's report of what can be used why the portal leaves some ways to pay out.

        :param dict report: core's, None if nobody asks for one
        :param payment.provider | payment.method ways: those that are left out
        """
        payment_utils.add_to_report(
            report,
            ways,
            available=False,
            reason=self.env._("not offered in the customer portal"),
        )

    def _portal_ways_company(self):
        """Return the company whose choice of ways to pay holds, in sudo; empty outside the portal.

        :rtype: res.company
        """
        # Sudo: the choice is asked for customers, who may not read it.
        company_id = self.env.context.get("portal_ways_company_id")
        return self.env["res.company"].sudo().browse(company_id)
