from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_document_delivery = fields.Selection(
        selection="_selection_portal_document_delivery",
        string="How documents are sent",
        help="In the mails of this customer's invoices and quotes. Empty: as your company does.",
    )

    @api.model
    def _selection_portal_document_delivery(self):
        labels = {
            "attachment": self.env._("As an attachment"),
            "link": self.env._("As a link to the portal"),
            "both": self.env._("Both"),
        }
        return list(labels.items())
