"""What the numbers of the overview lead to."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.actions import form_action

# By number of the page: the action with its rows, and which of them.
LISTS = {
    "contacts": ("adoption", Domain.TRUE),
    "contacts_never": ("adoption", Domain("stage", "=", "invited")),
    "contacts_active": ("adoption", Domain("stage", "=", "active")),
    "open": ("due_amount", Domain("open", "!=", 0)),
    "overdue": ("due_amount", Domain("overdue", "!=", 0)),
    "overdue_30": ("due_amount", Domain("age", "=", "1_30")),
    "overdue_60": ("due_amount", Domain("age", "=", "2_60")),
    "overdue_90": ("due_amount", Domain("age", "=", "3_90")),
    "overdue_older": ("due_amount", Domain("age", "=", "4_older")),
    "on_its_way": ("due_amount", Domain("on_its_way", "!=", 0)),
    "paid": ("online_payment", Domain.TRUE),
    "reminded": ("reminder_effect", Domain.TRUE),
    "brought": ("reminder_effect", Domain("paid", "!=", 0)),
    "quotes": ("quote_answer", Domain.TRUE),
    "quotes_waiting": ("quote_answer", Domain("answer", "=", "waiting")),
    "quotes_accepted": ("quote_answer", Domain("answer", "=", "accepted")),
    "quotes_rejected": ("quote_answer", Domain("answer", "=", "rejected")),
    "quote_hours": ("quote_answer", Domain("hours", "!=", False)),
    "documents": ("opening", Domain.TRUE),
    "documents_unopened": ("opening", Domain("is_opened", "=", False)),
    "replies": ("reply", Domain("state", "=", "answered")),
    "replies_waiting": ("reply", Domain("state", "=", "waiting")),
    "reply_hours": ("reply", Domain("state", "=", "answered")),
}


class CustomerPortalOverview(models.TransientModel):
    _inherit = "customer.portal.overview"

    @api.model
    def action_portal_overview(self):
        """Open the overview.

        :rtype: dict
        """
        self.check_access("create")
        return form_action(self.create({}), name=self.env._("Overview"), target="current")

    def action_show(self, number=""):
        """List the rows that a number of the page is made of.

        :param str number: name of the field
        :rtype: dict
        """
        self.ensure_one()
        if number not in LISTS:
            raise UserError(self.env._("There is no such number."))
        name, rows = LISTS[number]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"customer_portal_plus.customer_portal_{name}_action"
        )
        self.env[action["res_model"]].check_access("read")
        return {
            **action,
            "domain": list(self._domain(action["res_model"]) & rows),
            "context": {},
        }
