import base64

from odoo import fields, models


class CustomerPortalFrozenDocument(models.TransientModel):
    """A document frozen for one contact to read and sign: the bytes that will be signed.

    It lives for some hours only. Nobody has access to the table; the signing page gives the
    bytes to the contact for whom they were frozen.
    """

    _name = "customer.portal.frozen.document"
    _description = "Document frozen to be signed"
    _transient_max_hours = 4.0
    _transient_max_count = 0

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    contact_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    version = fields.Char(required=True)
    sha256 = fields.Char(required=True)
    pdf = fields.Binary(required=True, attachment=True)

    def _pdf_bytes(self):
        """Return the frozen document.

        :rtype: bytes
        """
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).pdf)
