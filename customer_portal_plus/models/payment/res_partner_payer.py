from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _portal_payer_domain(self, companies, customer, payers):
        """Return the domain of the payments that this contact sees, of whatever kind: those of its
        customer, or those that it made itself, if it sees only its own documents.

        :param res.company companies: whose payments
        :param str customer: the field with the customer
        :param list payers: the fields with the contact that made a payment
        :rtype: Domain
        """
        self.ensure_one()
        companies = companies.filtered(lambda c: c.portal_enabled and c.portal_show_invoices)
        if not companies or not self._portal_can("can_see_invoices"):
            return Domain.FALSE
        domain = Domain("company_id", "in", companies.ids) & Domain(
            customer, "=", self.commercial_partner_id.id
        )
        if self._portal_scope() == "own":
            domain &= Domain.OR(Domain(payer, "=", self.id) for payer in payers)
        return domain
