"""Why an invoice is or is not shown to a contact, in words for staff."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_why_switched_off(self, company):
        return self.env._("%s doesn't show invoices in the portal.", company.name)

    def _portal_why_document(self, contact):
        if self.portal_visible and self.state == "cancel":
            return self.env._("Cancelled invoices are never shown."), False
        return super()._portal_why_document(contact)
