from odoo import api, models
from odoo.http import request


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    @api.model
    def _find_or_create_for_user(self, user):
        """Override of `base`: in a preview, settings that don't exist are the default ones."""
        preview = request and getattr(request, "portal_preview", None)
        if preview and not user.sudo().res_users_settings_ids:
            return self.sudo().new({"user_id": user.id})
        return super()._find_or_create_for_user(user)

    def _format_settings(self, fields_to_format):
        """Override of `base`: settings that aren't stored have no number."""
        result = super()._format_settings(fields_to_format)
        if not result.get("id"):
            result["id"] = False
        return result
