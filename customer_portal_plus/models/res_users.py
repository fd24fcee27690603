from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: whoever becomes a portal user gets the company's default profile."""
        users = super().create(vals_list)
        users._portal_set_default_profile()
        return users

    def write(self, vals):
        """Override of `base`: access given again starts from the company's default profile."""
        result = super().write(vals)
        if "active" in vals or "group_ids" in vals:
            self._portal_set_default_profile()
        return result

    def _portal_set_default_profile(self):
        """Write the default profile on the contacts of portal users that have none."""
        for user in self.filtered(lambda user: user.active and user._is_portal()):
            contact_sudo = user.partner_id.sudo()  # A right of staff; the user gets no say.
            if not contact_sudo.portal_profile_id:
                contact_sudo.portal_profile_id = user.company_id.sudo().portal_default_profile_id
