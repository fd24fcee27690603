from odoo import models

TIMES = ("start", "stop", "duration")


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def write(self, vals):
        """Override of `calendar`: the engine writes all of a meeting whenever anything of its
        appointment changes, that the customer has looked at it among it; who attends is told of
        a new time only if it is one."""
        if self.env.context.get("syncing_booking_ids") and all(
            event[name] == vals[name] for event in self for name in TIMES if name in vals
        ):
            vals = {name: value for name, value in vals.items() if name not in TIMES}
        return super().write(vals)
