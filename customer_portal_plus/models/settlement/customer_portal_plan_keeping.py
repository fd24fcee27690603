"""What became of payment plans: paid, or ended because an instalment was missed."""

from odoo import api, fields, models

from ...tools.transactions import run_each_in_own_commit


class CustomerPortalPlan(models.Model):
    _inherit = "customer.portal.plan"

    @api.model
    def _cron_follow(self):
        """Note which plans are paid, and end those of which an instalment was missed, and those
        that were not signed in time. Each in a transaction of its own."""
        plans = self.search([("state", "in", ("running", "to_sign"))], order="id")
        run_each_in_own_commit(plans, lambda plan: plan._follow())

    def _follow(self):
        """Close this plan if it is paid, or if an instalment and its days of grace are over, or
        those to sign it."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset()
        if self.state == "to_sign":
            if fields.Date.context_today(self) > self._portal_last_day_to_sign():
                self._lapse()
                self._tell_contact()
            return
        if self.state != "running":
            return
        if self.currency_id.compare_amounts(self.left, 0) <= 0:
            self._close("kept")
        elif self.currency_id.compare_amounts(self._count_missed(), 0) > 0:
            self._close("broken")
            self._ask_staff(self._staff_summary_broken)
            self._tell_contact(
                self.customer_id._portal_find_recipients("reminder", self._open_invoices())
            )

    def _count_missed(self):
        """Return what is missing of the instalments whose days of grace are over. A payment on its
        way is waited for; what is disputed or on hold is not missed.

        :rtype: float
        """
        self.ensure_one()
        limit = fields.Date.subtract(fields.Date.context_today(self), days=self.grace)
        invoices = self._open_invoices().filtered(
            lambda invoice: invoice.payment_state != "blocked" and not invoice.no_followup
        )
        return sum(
            amount
            for due in invoices._portal_due().values()
            for date, amount in due["instalments"]
            if date < limit
        )
