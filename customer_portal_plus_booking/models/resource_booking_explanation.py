"""Why an appointment is or is not shown to a contact, in words for staff."""

from odoo import models


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    def _portal_why_company(self, contact):
        if not self.company_id:
            sentence = self.env._("Its kind has no company, so it is shown in no portal.")
            return sentence, False
        return super()._portal_why_company(contact)

    def _portal_why_switched_off(self, company):
        return self.env._("%s doesn't show appointments in the portal.", company.name)

    def _portal_why_capability(self):
        return "can_see_appointments"
