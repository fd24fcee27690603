from odoo import api, models


class MailPushDevice(models.Model):
    _inherit = "mail.push.device"

    @api.model
    def register_devices(self, **kw):
        """Override of `mail`: it sends what was written, and to any address. Those who are no
        employees have `customer.portal.push.device`."""
        if self.env.user.share:
            return None
        return super().register_devices(**kw)
