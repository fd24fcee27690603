"""The personal links to a document that were mailed."""

from odoo import fields, models
from odoo.fields import Domain


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    portal_link_count = fields.Integer(
        "Links in mails", compute="_compute_portal_link_count", compute_sudo=True
    )

    def _compute_portal_link_count(self):
        groups = self.env["customer.portal.link"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for document in self:
            document.portal_link_count = counts.get(document.id, 0)

    def action_portal_links(self):
        """List the links to this document that were mailed.

        :rtype: dict
        :raise AccessError: if the current user may not see them
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.portal.link"]._portal_show(
            Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        )
