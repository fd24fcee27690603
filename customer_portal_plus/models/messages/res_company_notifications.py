from odoo import fields, models

WAYS = [
    ("both", "Activity and mail"),
    ("activity", "Activity"),
    ("mail", "Mail"),
    ("none", "Nothing"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_tell_quote_accepted = fields.Selection(
        WAYS, "Quote accepted", default="both", required=True
    )
    portal_tell_quote_rejected = fields.Selection(
        WAYS, "Quote rejected", default="both", required=True
    )
    portal_tell_quote_changes = fields.Selection(
        WAYS, "Changes of a quote asked for", default="both", required=True
    )
    portal_tell_payment = fields.Selection(
        WAYS, "Payment reported", default="activity", required=True
    )
    portal_tell_message = fields.Selection(WAYS, "Message", default="mail", required=True)
    portal_tell_change = fields.Selection(
        WAYS, "Data or team changed", default="both", required=True
    )
    portal_tell_document = fields.Selection(
        WAYS, "Document signed or rejected", default="activity", required=True
    )
    portal_tell_upload = fields.Selection(WAYS, "File received", default="activity", required=True)
