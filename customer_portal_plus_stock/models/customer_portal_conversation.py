from odoo import fields, models


class CustomerPortalConversation(models.Model):
    _inherit = "customer.portal.conversation"

    portal_picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The delivery of which the customer reported a problem.",
    )
