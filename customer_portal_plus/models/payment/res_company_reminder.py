from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_send_reminders = fields.Boolean("Send payment reminders")

    def _portal_prepare_switches(self, names):
        """Override to start with a schedule that can be used as it is."""
        super()._portal_prepare_switches(names)
        if "portal_send_reminders" in names:
            self._portal_set_default_reminders()

    def _portal_set_default_reminders(self):
        """Give these companies levels of reminders, unless they have, or had, some."""
        levels = self.env["customer.portal.reminder"].sudo().with_context(active_test=False)
        with_levels = levels.search([("company_id", "in", self.ids)]).company_id
        _ = self.env._
        before, overdue, last = (
            self.env.ref(f"customer_portal_plus.mail_template_reminder_{name}").id
            for name in ("before", "overdue", "last")
        )
        levels.create(
            [
                {"name": name, "company_id": company.id, "days": days, "template_id": template_id}
                for company in self - with_levels
                for name, days, template_id in (
                    (_("Before the due date"), -3, before),
                    (_("First reminder"), 3, overdue),
                    (_("Second reminder"), 15, overdue),
                    (_("Last reminder"), 30, last),
                )
            ]
        )
