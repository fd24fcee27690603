"""Looking at what the back office shows at once."""

import json


class LiveNotices:
    def live_notices(self, user):
        """Return what was sent to the open back office of a user, oldest first.

        :rtype: list[dict]
        """
        self.env.cr.precommit.run()
        channel = [self.env.cr.dbname, "res.partner", user.partner_id.id]
        messages = [
            json.loads(bus.message)
            for bus in self.env["bus.bus"].sudo().search([], order="id")
            if json.loads(bus.channel) == channel
        ]
        return [m["payload"] for m in messages if m["type"] == "simple_notification"]
