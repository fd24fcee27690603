from odoo import fields, models


class CustomerPortalAllocation(models.Model):
    """How much of one payment is meant for one invoice, as the customer chose it.

    Rows are written when the payment is started and read when it is confirmed, maybe days later:
    what the invoices still owe by then decides how much of it fits; the rest is credit.
    """

    _name = "customer.portal.allocation"
    _description = "Part of a portal payment"
    _order = "id"
    _rec_name = "invoice_id"

    transaction_id = fields.Many2one(
        "payment.transaction", "Payment", index=True, ondelete="cascade", readonly=True
    )
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, index=True, ondelete="restrict", readonly=True
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount = fields.Monetary(
        required=True,
        readonly=True,
        help="What is paid for this invoice, in its currency; for a credit, what of it is used.",
    )
    discount = fields.Monetary(
        "Early payment discount",
        readonly=True,
        help="What the payment terms grant on top if the payment arrives in time.",
    )
    credit_line_id = fields.Many2one(
        "account.move.line",
        "Credit",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="The customer's open credit that is used instead of a payment.",
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "An amount must be positive.")

    def _receivable_lines(self):
        """Return the invoice's open receivable lines, one for each due date.

        :rtype: account.move.line
        """
        self.ensure_one()
        return self.invoice_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )

    def _use_credits(self):
        """Reconcile the chosen credits with their invoices, as far as both are still open."""
        for allocation in self.filtered("credit_line_id"):
            credit = allocation.credit_line_id
            if not credit.reconciled and allocation.invoice_id.state == "posted":
                (credit | allocation._receivable_lines()).reconcile()
