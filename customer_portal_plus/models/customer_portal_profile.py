from odoo import api, fields, models

CAPABILITIES = (
    "can_see_invoices",
    "can_pay",
    "can_see_quotes",
    "can_accept",
    "can_message",
)


class CustomerPortalProfile(models.Model):
    """What a contact may see and do in the portal: capabilities, and a scope for its documents.

    This record is the truth about a contact's rights. Rules, pages and checks ask
    ``res.partner._portal_can`` and ``res.partner._portal_scope``, which read it.
    """

    _name = "customer.portal.profile"
    _description = "Customer Portal Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    description = fields.Char(translate=True, help="Shown where a profile is chosen.")
    scope = fields.Selection(
        selection=[
            ("whole", "All documents of the customer"),
            ("own", "Only the contact's own documents"),
        ],
        required=True,
        default="whole",
        help="Own documents are the invoices addressed to the contact, and the quotes and orders"
        " of which it is the customer or the invoice contact.",
    )
    can_see_invoices = fields.Boolean("See invoices", default=True)
    can_pay = fields.Boolean("Pay invoices")
    can_see_quotes = fields.Boolean("See quotes and orders", default=True)
    can_accept = fields.Boolean("Accept, sign and reject quotes")
    can_message = fields.Boolean("Write messages", default=True)

    @api.depends("scope")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = profile.name
            if profile.scope == "own":
                profile.display_name = self.env._("%s (own documents)", profile.name)

    @api.model
    def _portal_capabilities(self):
        """Return the names of the capability fields.

        For a module to add a capability, it must add the field and extend this list.

        :rtype: tuple[str]
        """
        return CAPABILITIES
