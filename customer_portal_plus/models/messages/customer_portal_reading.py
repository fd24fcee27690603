"""When contacts last read documents; see ``customer_portal_access_mixin_reading``."""

from odoo import fields, models


class CustomerPortalReading(models.Model):
    """When a contact last had the messages of a document in front of it.

    There is no unique constraint: merging two contacts would delete rows without a word. A
    second row for the same document is harmless.
    """

    _name = "customer.portal.reading"
    _description = "Messages Read in the Customer Portal"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    res_model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    read_on = fields.Datetime(required=True)

    _document_idx = models.Index("(partner_id, res_model, res_id)")
    _res_idx = models.Index("(res_model, res_id)")
