"""Which ways to pay the portal offers: the company's own choice among what its providers can do.

Asked wherever the context has ``portal_ways_company_id``, the company whose document is paid: the
portal's pages set it. A shop or a point of sale choose for themselves.
"""

from odoo import api, models

from odoo.addons.payment import utils as payment_utils

from ..lists.payment_transaction_under_way import PROMISED_CODES


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    def _get_compatible_providers(self, *args, report=None, **kwargs):
        """Override of `payment` to leave out what the company does not offer in its portal, and
        what can't pay for several customers at once."""
        providers = super()._get_compatible_providers(*args, report=report, **kwargs)
        company = self._portal_ways_company()
        if not company:
            return providers
        offered = company._portal_offered_providers(providers)
        if self.env.context.get("portal_joint"):
            offered = offered._portal_filter_joint()
        self._portal_report_left_out(report, providers - offered)
        return offered

    def _portal_filter_joint(self):
        """Return those of these providers by which the invoices of several customers are paid at
        once.

        Not by a promised transfer: what arrives at the bank is of one payer, and nothing tells it
        from a transfer for that one alone. Nor where staff capture the money later: they may take
        a part of it, and nobody has said whose.

        :rtype: payment.provider
        """
        return self.filtered(
            lambda provider: provider.code not in PROMISED_CODES and not provider.capture_manually
        )

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
