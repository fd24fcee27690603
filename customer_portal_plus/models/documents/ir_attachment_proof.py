"""Files that customers send with what they say, kept beside it."""

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _portal_keep_proof(self, record, number, content, media_type):
        """Keep a file that a customer sent with something.

        :param record: what it belongs to; who may send it was asked
        :param str number: what the file is called after: what was typed elsewhere is nobody's file
            name
        :param bytes content: the file
        :param str media_type: told by the content
        :return: in sudo
        :rtype: ir.attachment
        """
        extension = media_type.rpartition("/")[2]
        # Sudo: customers write no attachments.
        return self.sudo().create(
            {
                "name": f"{number.replace('/', '-')}.{extension}",
                "raw": content,
                "mimetype": media_type,
                "res_model": record._name,
                "res_id": record.id,
            }
        )
