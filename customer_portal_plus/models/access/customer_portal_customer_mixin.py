from odoo import api, fields, models


class CustomerPortalCustomerMixin(models.AbstractModel):
    """A document of another app behind the gates that keeps its customer: when a contact moves to
    another customer, what it got before must stay behind. So the customer is not a related field.

    A model says in ``_portal_list_idx`` by which date its list is sorted for a customer.
    """

    _name = "customer.portal.customer.mixin"
    _inherit = ["customer.portal.access.mixin"]
    _description = "Document in the customer portal that stays with its customer"

    _portal_customer_path = "portal_commercial_partner_id"

    portal_visible = fields.Boolean("Visible in portal", default=True, copy=False, tracking=True)
    portal_commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer (commercial entity)",
        compute="_compute_portal_commercial_partner_id",
        store=True,
        ondelete="restrict",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_portal_commercial_partner_id(self):
        for document in self:
            document.portal_commercial_partner_id = document.partner_id.commercial_partner_id
