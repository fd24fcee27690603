"""Into what the documents that staff share are sorted, in the company's own words."""

from odoo import fields, models


class CustomerPortalDocumentCategory(models.Model):
    _name = "customer.portal.document.category"
    _description = "Category of Shared Documents"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
