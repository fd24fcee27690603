"""What the log says of a document."""

from odoo import fields, models


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    # === LOG === #

    portal_event_count = fields.Integer(
        "Portal log entries", compute="_compute_portal_events", compute_sudo=True
    )
    portal_seen_on = fields.Datetime(
        "Seen by the customer on",
        compute="_compute_portal_events",
        compute_sudo=True,
        help="When a person of the customer last looked at this document in the portal.",
    )

    def _compute_portal_events(self):
        counts, seen = {}, {}
        groups = self.env["customer.portal.event"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id", "kind", "viewer"],
            ["__count", "date:max"],
        )
        for res_id, kind, viewer, count, last in groups:
            counts[res_id] = counts.get(res_id, 0) + count
            if kind == "view" and viewer == "human":
                seen[res_id] = last
        for document in self:
            document.portal_event_count = counts.get(document.id, 0)
            document.portal_seen_on = seen.get(document.id, False)

    def action_portal_events(self):
        """Open the portal's log of this document.

        :rtype: dict
        :raise AccessError: if the current user may not read the log
        """
        self.ensure_one()
        return self.env["customer.portal.event"]._portal_show(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
