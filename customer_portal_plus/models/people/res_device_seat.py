from odoo import models
from odoo.fields import Domain


class ResDevice(models.Model):
    _inherit = "res.device"

    def _revoke(self):
        """Override of `base`: who signs its account out on a device signs it out where it acts for
        customers, too; which of its sessions began where is not known."""
        held = Domain("holder_id", "in", self.sudo().user_id.ids) & Domain("state", "=", "active")
        # Sudo: nobody of a customer may read seats, nor the devices of others.
        seat_users_sudo = self.env["customer.portal.seat"].sudo().search(held).user_id
        acting_sudo = self.sudo().search([("user_id", "in", seat_users_sudo.ids)])
        if acting_sudo:
            super(ResDevice, acting_sudo)._revoke()
        return super()._revoke()
