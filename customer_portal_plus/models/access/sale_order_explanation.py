"""Why a quote or order is or is not shown to a contact, in words for staff."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_why_switched_off(self, company):
        if self.state == "sale":
            return self.env._("%s doesn't show orders in the portal.", company.name)
        return self.env._("%s doesn't show quotes in the portal.", company.name)

    def _portal_why_document(self, contact):
        if self.portal_visible and self.state == "draft":
            return self.env._("The quote was not sent yet: drafts are never shown."), False
        if self.portal_visible and self.state == "cancel":
            return (
                self.env._("Cancelled quotes are shown only if the customer rejected them."),
                False,
            )
        return super()._portal_why_document(contact)
