from odoo import api, fields, models


class CustomerPortalProfileWizard(models.TransientModel):
    """Give one profile to several contacts at once."""

    _name = "customer.portal.profile.wizard"
    _description = "Give a Portal Profile"

    partner_ids = fields.Many2many("res.partner", string="Contacts", required=True)
    profile_id = fields.Many2one(
        "customer.portal.profile",
        "Profile",
        help="Empty: the company's default profile.",
    )
    profile_description = fields.Char(related="profile_id.description")

    @api.model
    def default_get(self, fields):
        """Override of `base` to take the contacts that were selected in the list."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner" and "partner_ids" in fields:
            values["partner_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    def action_apply(self):
        """Give the profile. Who may not write a contact may not give it one either."""
        self.ensure_one()
        self.partner_ids.portal_profile_id = self.profile_id
        return self.env["customer.portal.access.mixin"]._portal_notify(
            self.env._("Contacts with a new profile: %s", len(self.partner_ids))
        )
