from pathlib import PurePath

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CustomerPortalDocumentShare(models.TransientModel):
    """Shares several files at once; each becomes a document of its own."""

    _name = "customer.portal.document.share"
    _description = "Share files in the customer portal"

    audience = fields.Selection(
        selection=lambda self: (
            self.env["customer.portal.document"]
            ._fields["audience"]
            ._description_selection(self.env)
        ),
        string="Share with",
        required=True,
        default="customer",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Customer")
    contact_ids = fields.Many2many("res.partner", string="Contacts")
    category_id = fields.Many2one("customer.portal.document.category", "Category")
    expires_on = fields.Date("Valid until", help="After this day customers don't see it any more.")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    def action_share(self):
        """Make a document of each file, publish them, and tell whom they are for.

        :return: the list of the new documents
        :rtype: dict
        :raise UserError: if there is no file
        """
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose a file, or drop one here."))
        documents = self.env["customer.portal.document"].create(
            [self._prepare_document_values(attachment) for attachment in self.attachment_ids]
        )
        documents.action_send()
        self.attachment_ids.unlink()  # Their content is the documents' own now.
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_plus.customer_portal_document_action"
        )
        action["domain"] = [("id", "in", documents.ids)]
        action["name"] = self.env._("Shared Now")
        return action

    def _prepare_document_values(self, attachment):
        return {
            "name": PurePath(attachment.name).stem or attachment.name,
            "file": attachment.datas,
            "file_name": attachment.name,
            "audience": self.audience,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id if self.audience == "customer" else False,
            "contact_ids": [Command.set(self.contact_ids.ids)]
            if self.audience == "contacts"
            else [],
            "category_id": self.category_id.id,
            "expires_on": self.expires_on,
        }
