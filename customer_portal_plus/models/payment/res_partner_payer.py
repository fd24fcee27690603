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
        if not self._portal_can("can_see_invoices"):
            return Domain.FALSE
        domain = Domain("company_id", "in", companies.ids) & Domain(
            customer, "=", self.commercial_partner_id.id
        )
        if self._portal_scope() == "own":
            domain &= Domain.OR(Domain(payer, "=", self.id) for payer in payers)
        return domain

    def _portal_find_recipients(self, kind, invoices):
        """Return whom a mail about invoices of this customer goes to: of its addressees, who sees
        the invoices and wants such mails.

        :param str kind: see ``_portal_wants_mail``
        :param account.move invoices: what the mail is about
        :rtype: res.partner
        """
        return self._portal_find_addressees(
            lambda contact: (
                contact._portal_can("can_see_invoices")
                and contact._portal_wants_mail(kind)
                and not any(invoice._portal_refusal(contact) for invoice in invoices)
            )
        )

    def _portal_find_addressees(self, allows):
        """Return whom a mail about the account of this customer goes to: its addresses for
        invoices, else its contacts who sign in, else itself; of these, who may get it.

        :param callable allows: (contact) -> whether it may
        :rtype: res.partner
        """
        self.ensure_one()
        contacts = self.env["res.partner"].search(
            [("commercial_partner_id", "=", self.id), ("email", "!=", False)], order="id"
        )
        for candidates in (
            contacts.filtered(lambda contact: contact.type == "invoice"),
            contacts.filtered(lambda contact: contact.user_ids.filtered("share")),
            contacts & self,
        ):
            if allowed := candidates.filtered(allows):
                return allowed
        return contacts.browse()
