from odoo import models
from odoo.exceptions import MissingError


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        """Override of `base`: the token of a file opens nothing of a document whose gates are
        shut."""
        record = super()._find_record(*args, **kwargs)
        if not self.env.user.share:
            return record
        checked = record.with_env(self.env)
        if checked._name in ("ir.attachment", "mail.message"):
            shut = checked._portal_filter_shut()
        elif isinstance(checked, self.env.registry["customer.portal.access.mixin"]):
            shut = checked._portal_filter_shut(self.env.user)
        else:
            shut = None
        if shut:
            raise MissingError(self.env._("This file does not exist or is not yours to see."))
        return record
