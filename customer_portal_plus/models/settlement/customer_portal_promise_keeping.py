"""What became of promises: kept, kept in part, or broken."""

from odoo import api, fields, models

from ...tools.transactions import run_each_in_own_commit


class CustomerPortalPromise(models.Model):
    _inherit = "customer.portal.promise"

    @api.model
    def _cron_follow(self):
        """Note what was paid of what is promised; where the time is over, say so to the customer.
        Each in a transaction of its own."""
        promises = self.search([("state", "=", "open")], order="id")
        run_each_in_own_commit(promises, lambda promise: promise._follow())

    def _follow(self):
        """Note what was paid of this promise, and close it if it is kept or its time is over. While
        a payment is on its way, it is waited for."""
        self.ensure_one()
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset()
        if self.state != "open":
            return
        for line in self.line_ids:
            line.paid = line._count_paid()
        today = fields.Date.context_today(self)
        unpaid = self._unpaid_lines()
        if not unpaid:
            self.write({"state": "kept", "closed_on": today})
            return
        invoices = unpaid.invoice_id
        if today <= self.waits_until or invoices._portal_covered(
            invoices._portal_on_its_way_query()
        ):
            return
        any_paid = self.currency_id.compare_amounts(sum(self.line_ids.mapped("paid")), 0) > 0
        self.write({"state": "partly" if any_paid else "broken", "closed_on": today})
        self._tell_of_the_rest()

    def _unpaid_lines(self):
        """Return what of this promise is not paid altogether.

        :rtype: customer.portal.promise.line
        """
        compare = self.currency_id.compare_amounts
        return self.line_ids.filtered(lambda line: compare(line._count_left(), 0) > 0)

    def _tell_of_the_rest(self):
        """Write to the contacts who get reminders of these invoices that the promise was not kept:
        they are reminded again from now on."""
        self.ensure_one()
        recipients = self.customer_id._portal_find_recipients(
            "reminder", self._unpaid_lines().invoice_id
        )
        if recipients:
            self._portal_mail_contacts(
                recipients,
                self.company_id,
                self.env.ref("customer_portal_plus.mail_template_promise_broken"),
                lang=self.customer_id.lang,
                email_from=self.customer_id._portal_mail_from(self.company_id),
            )

    # === WHAT THE MAIL SHOWS === #

    def _portal_rest(self):
        """Return what was promised and has not arrived, for the mail.

        :return: dicts with ``name``, ``url`` and ``amount``
        :rtype: list[dict]
        """
        return [
            {
                "name": line.invoice_id.name,
                "url": f"{self.get_base_url()}{line.invoice_id.access_url}",
                "amount": line._count_left(),
            }
            for line in self._unpaid_lines()
        ]


class CustomerPortalPromiseLine(models.Model):
    _inherit = "customer.portal.promise.line"

    def _count_paid(self):
        """Return how much of what was promised of this invoice is settled by now.

        :rtype: float
        """
        self.ensure_one()
        invoice = self.invoice_id
        if invoice.state != "posted":
            return self.amount  # There is nothing to pay of it any more.
        settled = self.currency_id.round(self.left_before - invoice.amount_residual)
        return min(self.amount, max(settled, 0.0))

    def _count_left(self):
        """Return how much of what was promised of this invoice is still asked for; what is disputed
        by now is not.

        :rtype: float
        """
        self.ensure_one()
        asked = sum(claim["amount"] for claim in self.invoice_id._portal_claims())
        return self.currency_id.round(min(self.amount - self.paid, asked))
