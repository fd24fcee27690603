from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_document_delivery = fields.Selection(
        selection="_selection_portal_document_delivery",
        string="How documents are sent",
        default="both",
        required=True,
        help="Holds for the mails of invoices, credit notes, quotes and orders. A customer can"
        " have a way of its own.",
    )

    @api.model
    def _selection_portal_document_delivery(self):
        return self.env["res.partner"]._selection_portal_document_delivery()
