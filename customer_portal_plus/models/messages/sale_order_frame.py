from odoo import models
from odoo.tools import format_date


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_mail_summary(self):
        """Override: the total, and until when a quote can be accepted."""
        self.ensure_one()
        order_sudo = self.sudo()  # The mail is about it, and leads to it.
        note = ""
        if order_sudo.state in ("draft", "sent") and order_sudo.validity_date:
            day = format_date(self.env, order_sudo.validity_date)
            note = self.env._("Valid until %s", day)
        if not order_sudo.amount_total:
            return {}  # Nothing is priced yet.
        return {
            "label": self.env._("Total"),
            "amount": order_sudo.currency_id.format(order_sudo.amount_total),
            "note": note,
        }
