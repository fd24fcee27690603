from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_answer_einvoices = fields.Boolean(
        "Answer electronic invoices",
        help="Accepts or rejects invoices as the law expects it of their receiver, says when they"
        " were paid, and asks for payment complements.",
    )

    @api.model
    def _portal_capabilities(self):
        return (*super()._portal_capabilities(), "can_answer_einvoices")
