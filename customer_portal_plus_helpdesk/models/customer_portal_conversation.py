from odoo import api, fields, models


class CustomerPortalConversation(models.Model):
    _inherit = "customer.portal.conversation"

    portal_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Ticket", readonly=True, ondelete="cascade"
    )

    _portal_ticket_uniq = models.UniqueIndex(
        "(portal_ticket_id) WHERE portal_ticket_id IS NOT NULL"
    )

    @api.model
    def _portal_document_fields(self):
        return {**super()._portal_document_fields(), "helpdesk.ticket": "portal_ticket_id"}

    @api.depends("portal_ticket_id.portal_commercial_partner_id")
    def _compute_commercial_partner_id(self):
        return super()._compute_commercial_partner_id()

    @api.depends("portal_ticket_id")
    def _compute_is_on_document(self):
        return super()._compute_is_on_document()

    def _portal_conversation_rows(self, contact):
        """Override: a ticket has a page of its own, with all that was said."""
        rows = super()._portal_conversation_rows(contact)
        for conversation, row in zip(self.sudo(), rows, strict=True):
            if conversation.portal_ticket_id:
                row["url"] = conversation.portal_ticket_id.access_url
        return rows
