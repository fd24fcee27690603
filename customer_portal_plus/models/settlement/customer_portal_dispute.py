"""Parts of invoices that customers dispute."""

from odoo import api, fields, models

STATES = [
    ("open", "To decide"),
    ("credited", "Credited"),
    ("explained", "Explained"),
    ("refused", "Refused"),
]


class CustomerPortalDispute(models.Model):
    """What a customer holds to be wrong on one invoice: some of its lines, or a sum.

    It changes nothing in the books. While it is open, the part is not asked for: see
    ``account.move._portal_held_back_query``.
    """

    _name = "customer.portal.dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Disputed Invoice"
    _order = "id desc"
    _rec_name = "invoice_id"

    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner", "Disputed by", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    reason = fields.Selection(
        [
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("not_delivered", "Not delivered"),
            ("damaged", "Damaged"),
            ("not_ordered", "Not ordered"),
            ("taxes", "Taxes"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    explanation = fields.Text("In the customer's words", readonly=True)
    line_ids = fields.One2many("customer.portal.dispute.line", "dispute_id", "Lines", readonly=True)
    marked = fields.Monetary(
        "Amount in question", readonly=True, help="The lines that are marked, or the sum."
    )
    right_amount = fields.Monetary(
        "Held to be right", readonly=True, help="What the customer would pay of that."
    )
    amount = fields.Monetary("Disputed", required=True, readonly=True)
    file_id = fields.Many2one("ir.attachment", "File", readonly=True, ondelete="set null")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True
    )
    opened_on = fields.Date("Disputed on", required=True, readonly=True)
    age = fields.Integer("Days open", compute="_compute_age")
    closed_on = fields.Date("Decided on", readonly=True)
    closed_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    days_to_close = fields.Integer("Days until decided", readonly=True, aggregator="avg")
    is_reopened = fields.Boolean("Disputed again", readonly=True, tracking=True)
    answer = fields.Text(help="What the customer reads in the conversation, and gets by mail.")
    credit_note_id = fields.Many2one(
        "account.move", "Credit note", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _open_unique = models.UniqueIndex("(invoice_id) WHERE state = 'open'")
    _amount_positive = models.Constraint("CHECK (amount > 0)", "An amount must be positive.")

    # === COMPUTE METHODS === #

    @api.depends("state", "opened_on", "days_to_close")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for dispute in self:
            is_open = dispute.state == "open" and dispute.opened_on
            dispute.age = (today - dispute.opened_on).days if is_open else dispute.days_to_close

    # === PAGES === #

    def _portal_rows(self, contact):
        """Return what the page of an invoice shows of its disputes.

        :param res.partner contact: a contact of the customer that sees the invoice; empty for a
            guest
        :return: dicts with ``id``, ``state``, ``label``, ``tone``, ``amount``, ``reason``,
            ``words``, ``lines`` (dicts with ``name``, ``amount``), ``opened_on``, ``closed_on``,
            ``answer``, ``has_file`` and ``may_reopen``
        :rtype: list[dict]
        """
        tones = {"open": "waiting", "credited": "good", "explained": "info", "refused": "bad"}
        _ = self.env._
        labels = {
            "open": _("Disputed"),
            "credited": _("Credited"),
            "explained": _("Explained"),
            "refused": _("Not accepted"),
        }
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        return [
            {
                "id": dispute.id,
                "state": dispute.state,
                "label": labels[dispute.state],
                "tone": tones[dispute.state],
                "amount": dispute.currency_id.format(dispute.amount),
                "reason": reasons[dispute.reason],
                "words": dispute.explanation or "",
                "lines": [
                    {"name": line.name, "amount": dispute.currency_id.format(line.amount)}
                    for line in dispute.line_ids
                ],
                "opened_on": dispute.opened_on,
                "closed_on": dispute.closed_on,
                "answer": dispute.answer or "" if dispute.state != "open" else "",
                # Shown to who may dispute, see the controller.
                "has_file": bool(dispute.file_id)
                and dispute.invoice_id._portal_may_dispute(contact),
                "may_reopen": not dispute._reopening_obstacle(contact),
            }
            for dispute in self
        ]


class CustomerPortalDisputeLine(models.Model):
    _name = "customer.portal.dispute.line"
    _description = "Disputed Line"
    _order = "id"

    dispute_id = fields.Many2one(
        "customer.portal.dispute", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Text("Description", readonly=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    total = fields.Monetary("On the invoice", readonly=True, help="With taxes.")
    right_amount = fields.Monetary("Held to be right", readonly=True)
    amount = fields.Monetary("Disputed", readonly=True)

    _line_unique = models.UniqueIndex("(line_id) WHERE line_id IS NOT NULL")
