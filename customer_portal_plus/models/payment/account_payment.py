from odoo import api, fields, models
from odoo.fields import Domain

RECEIVED_STATES = ("in_process", "paid")


class AccountPayment(models.Model):
    _inherit = "account.payment"

    portal_report_ids = fields.One2many(
        "customer.portal.payment.report", "payment_id", "Reported by the customer", readonly=True
    )
    portal_contact_id = fields.Many2one(
        "res.partner",
        "Paid by",
        compute="_compute_portal_contact_id",
        help="The contact who paid in the portal, or reported the payment there.",
    )

    # They are counted from this index alone.
    _portal_list_idx = models.Index(
        "(partner_id, date DESC, id DESC) INCLUDE (company_id, state)"
        " WHERE partner_type = 'customer'"
    )

    def _compute_portal_contact_id(self):
        for payment in self:
            # Sudo: who sees the payment may know who made it.
            payment_sudo = payment.sudo()
            payment.portal_contact_id = (
                payment_sudo.payment_transaction_id.partner_id
                or payment_sudo.portal_report_ids[:1].contact_id
            )

    @api.model
    def _portal_history_domain(self, contact, companies):
        """Return the domain of the payments that a contact sees: those that its customer made,
        and those that were paid back to it.

        :param res.partner contact: a contact, with or without a user
        :param res.company companies: whose payments
        :rtype: Domain
        """
        return (
            Domain("partner_type", "=", "customer")
            & Domain("state", "in", RECEIVED_STATES)
            & contact._portal_payer_domain(
                companies,
                "partner_id",
                ["payment_transaction_id.partner_id", "portal_report_ids.contact_id"],
            )
        )

    def _portal_history_rows(self, contact):
        """Return what the list of payments shows, in the same order.

        :param res.partner contact: for whom; invoices hidden from it are not named
        :return: dicts with ``date``, ``name``, ``method``, ``amount`` (negative for what was paid
            back), ``currency``, ``invoices`` (pairs of name and address), ``state``,
            ``receipt_url``
        :rtype: list[dict]
        """
        Move = self.env["account.move"]
        shown = Move.search(
            Move._portal_domain(contact) & Domain("id", "in", self.reconciled_invoice_ids.ids)
        )
        return [
            {
                "id": payment.id,
                "date": payment.date,
                "name": payment.name,
                "method": payment._portal_method(),
                "amount": payment.amount if is_received else -payment.amount,
                "currency": payment.currency_id,
                "company": payment.company_id.name,
                "invoices": [
                    (invoice.name, f"/my/invoices/{invoice.id}")
                    for invoice in payment.reconciled_invoice_ids & shown
                ],
                "state": self.env._("Received") if is_received else self.env._("Paid back"),
                "state_tone": "good" if is_received else "neutral",
                "receipt_url": f"/my/payments/{payment.id}/receipt" if is_received else "",
            }
            for payment in self
            for is_received in [payment.payment_type == "inbound"]
        ]

    def _portal_method(self):
        """Return how this payment was made, in words.

        :rtype: str
        """
        self.ensure_one()
        if online := self.payment_transaction_id.payment_method_id:
            return online.name
        if report := self.portal_report_ids[:1]:
            return dict(report._fields["method"]._description_selection(self.env))[report.method]
        line = self.payment_method_line_id
        # Odoo's own name of it tells a customer nothing.
        return line.name if line and line.code != "manual" else self.env._("Payment")
