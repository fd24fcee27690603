"""What a ticket is about: an invoice, a quote or order, a shared document."""

from odoo import api, fields, models

from odoo.addons.customer_portal_plus.tools.actions import form_action

# By model of the document: the field of a ticket for it.
ABOUT_FIELDS = {
    "sale.order": "portal_sale_order_id",
    "account.move": "portal_account_move_id",
    "customer.portal.document": "portal_document_id",
}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    portal_sale_order_id = fields.Many2one(
        "sale.order",
        "About the order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    portal_account_move_id = fields.Many2one(
        "account.move",
        "About the invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    portal_document_id = fields.Many2one(
        "customer.portal.document",
        "About the shared document",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    # Who looks after tickets need not be allowed to read invoices: it reads what they are called.
    portal_about = fields.Char("About", compute="_compute_portal_about", compute_sudo=True)

    @api.depends(*ABOUT_FIELDS.values())
    @api.depends_context("lang")
    def _compute_portal_about(self):
        for ticket in self:
            document = ticket._portal_about_document()
            ticket.portal_about = document._portal_conversation_title() if document else False

    def _portal_about_document(self):
        """Return the document that this ticket is about; None if it is about none.

        :rtype: models.Model | None
        """
        self.ensure_one()
        for name in ABOUT_FIELDS.values():
            if self[name]:
                return self[name]
        return None

    def action_portal_open_document(self):
        """Open the document that this ticket is about.

        :rtype: dict | None
        :raise AccessError: if it is not the current user's to read
        """
        self.check_access("read")
        document = self.sudo()._portal_about_document()  # Its own rights are asked next.
        if not document:
            return None
        document = document.with_env(self.env)
        document.check_access("read")
        return form_action(document)
