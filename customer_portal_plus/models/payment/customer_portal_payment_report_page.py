"""What the list of payments shows of those that were reported."""

from odoo import api, models


class CustomerPortalPaymentReport(models.Model):
    _inherit = "customer.portal.payment.report"

    @api.model
    def _portal_history_domain(self, contact, companies):
        """Return the domain of the reports that a contact sees: its customer's, or its own.

        :rtype: Domain
        """
        return contact._portal_payer_domain(
            companies.filtered("portal_allow_payment_report"), "customer_id", ["contact_id"]
        )

    def _portal_history_rows(self, contact, may_withdraw=False):
        """Return what the list of payments shows of reports that are not confirmed.

        :param res.partner contact: for whom; invoices hidden from it are not named
        :param bool may_withdraw: whether it may take reports back
        :rtype: list[dict]
        """
        _ = self.env._
        labels = {
            "declared": (_("Reported, waits for us"), "waiting"),
            "taken_up": (_("We are checking it"), "info"),
            "refused": (_("Not confirmed"), "bad"),
        }
        methods = dict(self._fields["method"]._description_selection(self.env))
        return [
            {
                "date": report.date,
                "name": report.name,
                "method": methods[report.method],
                "amount": report.amount,
                "currency": report.currency_id,
                "company": report.company_id.name,
                "invoices": [
                    (invoice.name, f"/my/invoices/{invoice.id}")
                    for invoice in report.invoice_ids
                    if not invoice._portal_refusal(contact)
                ],
                "state": labels[report._portal_state()][0],
                "state_tone": labels[report._portal_state()][1],
                "reason": report.refusal_reason or "",
                "remark": (
                    _("Reported without signing in, by somebody who knows your tax ID.")
                    if report.is_anonymous
                    else ""
                ),
                "proof_url": (f"/my/payments/report/{report.id}/proof" if report.proof_id else ""),
                "withdraw_url": (
                    f"/my/payments/report/{report.id}/withdraw"
                    if may_withdraw and report._is_withdrawable()
                    else ""
                ),
                "receipt_url": "",
            }
            for report in self
        ]

    def _portal_state(self):
        self.ensure_one()
        return "taken_up" if self.state == "declared" and self.taken_up_on else self.state
