"""Why a ticket is or is not shown to a contact, in words for staff."""

from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _portal_why_switched_off(self, company):
        return self.env._("%s doesn't show tickets in the portal.", company.name)

    def _portal_why_document(self, contact):
        if self.portal_visible:
            return self.env._("The ticket is archived."), False
        return super()._portal_why_document(contact)
