from odoo import api, fields, models


class CustomerPortalPackFile(models.Model):
    """A file that was made for an archive, of a document that has no official one yet."""

    _name = "customer.portal.pack.file"
    _description = "File Made for an Archive"

    pack_id = fields.Many2one("customer.portal.pack", required=True, index=True, ondelete="cascade")
    # No reference: a document that is deleted takes no attachment with it.
    move_ref = fields.Integer("Document number", required=True)
    name = fields.Char(required=True)
    content = fields.Binary(attachment=True)

    @api.autovacuum
    def _gc_contents(self):
        """Delete what the database could not delete along with a user and its archives."""
        kept = self.sudo()._search([])
        self.env["ir.attachment"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "content"),
                ("res_id", "not in", kept),
            ]
        ).unlink()
