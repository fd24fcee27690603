from odoo import fields, models

from odoo.addons.customer_portal_plus.models.messages.res_company_notifications import WAYS


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_appointments = fields.Boolean("Show appointments", default=True)
    portal_tell_appointment = fields.Selection(
        WAYS, "Appointment booked, moved or cancelled", default="both", required=True
    )
