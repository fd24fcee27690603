"""Payment plans: what is open of some invoices, paid in instalments as agreed."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..lists.account_move_list import UNPAID_STATES
from ..payment.account_move_payable import UNTIL

# Of an invoice of which something is still to be paid; on hold, it is not asked for.
PLANNED_PAYMENT_STATES = (*UNPAID_STATES, "blocked")
STATES = [
    ("asked", "To decide"),
    ("to_sign", "To be signed"),
    ("running", "Running"),
    ("kept", "Paid"),
    ("broken", "Missed"),
    ("ended", "Ended"),
    ("refused", "Refused"),
    ("lapsed", "Not signed"),
]
# It asks for nothing, and never has.
WITHOUT_EFFECT = ("asked", "to_sign", "refused", "lapsed")


class CustomerPortalPlan(models.Model):
    """What is open of some invoices of a customer, in instalments that both sides agreed on.

    It changes nothing in the books: neither due dates nor entries. While it runs, its instalments
    take the place of those of the invoices wherever payment is asked for (see
    ``account.move._portal_agreed_query``). What is paid of it is what is paid of its invoices.

    Where the company wants that, it runs once it is signed (``customer_portal_plan_signature.py``).
    """

    _name = "customer.portal.plan"
    _inherit = ["customer.portal.document.mixin", "customer.portal.sign.mixin"]
    _description = "Payment Plan"
    _order = "id desc"
    _rec_name = "customer_id"

    _portal_customer_path = "customer_id"
    _portal_addressee_paths = ("contact_id",)
    _portal_capability = "can_see_invoices"
    # What is written to each other is on its invoices.
    _portal_has_messages = False
    _portal_switch = "portal_allow_plans"
    _portal_page = "/my/plans"

    company_id = fields.Many2one(readonly=True)
    partner_id = fields.Many2one(related="customer_id", string="Whose plan", tracking=False)
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner", "Proposed by", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    made_on = fields.Date("Proposed on", required=True, readonly=True)
    invoice_ids = fields.Many2many(
        "account.move", "customer_portal_plan_invoice_rel", string="Invoices", readonly=True
    )
    line_ids = fields.One2many("customer.portal.plan.line", "plan_id", "Instalments", readonly=True)
    total = fields.Monetary(
        "Agreed sum", required=True, readonly=True, help="What was open of the invoices then."
    )
    grace = fields.Integer(
        "Days of grace",
        required=True,
        readonly=True,
        aggregator=None,
        help="So many days after its date an instalment is waited for.",
    )
    beyond = fields.Text("Beyond your policy", readonly=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="asked", index=True, tracking=True
    )
    answer = fields.Text(help="The customer reads it on the page of the plan, and gets it by mail.")
    closed_on = fields.Date("Ended on", readonly=True)
    paid_then = fields.Monetary("Paid until it ended", readonly=True)
    # Sudo: who sees the plan may know what was paid of it, and need not read the invoices.
    paid = fields.Monetary("Paid of it", compute="_compute_paid", compute_sudo=True)
    left = fields.Monetary("Left to pay of it", compute="_compute_paid", compute_sudo=True)
    next_date = fields.Date("Next instalment", compute="_compute_next_date", compute_sudo=True)

    _total_positive = models.Constraint("CHECK (total > 0)", "An amount must be positive.")

    @api.model
    def _default_user_id(self):
        """Override: nobody follows a plan; who does the invoicing is asked by an activity."""
        return self.env["res.users"]

    # === COMPUTE METHODS === #

    @api.depends("total", "state", "paid_then", "invoice_ids.amount_residual")
    def _compute_paid(self):
        """By the ledger while it runs: what was open, less what is open now. Afterwards it stays
        as it was at the end."""
        for plan in self:
            if plan.state in WITHOUT_EFFECT:
                plan.paid = 0.0
            elif plan.state == "running":
                plan.paid = plan.currency_id.round(plan.total - plan._count_open())
            else:
                plan.paid = plan.paid_then
            plan.left = plan.currency_id.round(plan.total - plan.paid)

    @api.depends("line_ids.left", "state")
    def _compute_next_date(self):
        for plan in self:
            plan.next_date = plan._portal_next().date

    def _count_open(self):
        """Return how much of the invoices of this plan is open now.

        :rtype: float
        """
        self.ensure_one()
        return sum(self._open_invoices().mapped("amount_residual"))

    def _open_invoices(self):
        """Return the invoices of this plan that are still to be paid.

        :rtype: account.move
        """
        return self.invoice_ids.filtered(
            lambda invoice: (
                invoice.state == "posted" and invoice.payment_state in PLANNED_PAYMENT_STATES
            )
        )

    # === NAME === #

    @api.depends("made_on")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "Payment plan of %s", format_date(self.env, plan.made_on)
            )

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        """Override: who is shown no invoices is shown no plans of them."""
        shown = Domain("company_id.portal_show_invoices", "=", True)
        return [
            (gate, domain & shown if gate == "company" else domain)
            for gate, domain in super()._portal_gates(contact)
        ]

    @api.model
    def _portal_customer_domain(self, contact):
        return Domain("customer_id.portal_access", "=", True)

    @api.model
    def _portal_shown_domain(self):
        return Domain.TRUE

    def _portal_mail_button(self):
        return self.env._("See the plan")

    @api.model
    def _portal_readable_fields(self):
        return frozenset(["id", "display_name", "state", "access_url"])

    # === PAGES === #

    @api.model
    def _portal_tones(self):
        """Return how the states look, see the template ``state_pill``."""
        return {
            "asked": "waiting",
            "to_sign": "waiting",
            "running": "info",
            "kept": "good",
            "broken": "bad",
            "ended": "neutral",
            "refused": "bad",
            "lapsed": "neutral",
        }

    @api.model
    def _portal_labels(self):
        """Return the states in the customer's words.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "asked": _("Waiting for our answer"),
            "to_sign": _("To sign"),
            "running": _("Agreed"),
            "kept": _("Paid"),
            "broken": _("Ended: an instalment was missed"),
            "ended": _("Ended"),
            "refused": _("Not accepted"),
            "lapsed": _("Not signed"),
        }

    def _portal_plan_rows(self, contact):
        """Return what pages show of these plans.

        :param res.partner contact: for whom; invoices hidden from it are not named
        :return: dicts with ``id``, ``url``, ``state``, ``holds`` (whether it was agreed on),
            ``label``, ``tone``, ``made_on``, ``currency``, ``total``, ``paid``, ``left``,
            ``answer``, ``closed_on``, ``invoices`` (pairs of name and address) and
            ``instalments`` (see ``customer.portal.plan.line._portal_rows``)
        :rtype: list[dict]
        """
        labels, tones = self._portal_labels(), self._portal_tones()
        return [
            {
                "id": plan.id,
                "url": plan._portal_path(),
                "state": plan.state,
                "holds": plan.state not in WITHOUT_EFFECT,
                "label": labels[plan.state],
                "tone": tones[plan.state],
                "made_on": plan.made_on,
                "currency": plan.currency_id,
                "total": plan.total,
                "paid": plan.paid,
                "left": plan.left,
                "answer": plan.answer or "" if plan.state != "asked" else "",
                "closed_on": plan.closed_on,
                "invoices": [
                    (invoice.name, invoice.access_url)
                    for invoice in plan.invoice_ids
                    if not invoice._portal_refusal(contact)
                ],
                "instalments": plan.line_ids._portal_rows(),
            }
            for plan in self
        ]

    def _portal_path(self):
        self.ensure_one()
        return f"/my/plans/{self.id}"

    def _portal_url(self):
        """Return the full address of the page of this plan, for mails.

        :rtype: str
        """
        return self.get_base_url() + self._portal_path()

    def _portal_next(self):
        """Return the first instalment that is not paid; empty if the plan does not run.

        :rtype: customer.portal.plan.line
        """
        self.ensure_one()
        if self.state != "running":
            return self.line_ids.browse()
        return self.line_ids.filtered(lambda line: line.left > 0)[:1]

    def _portal_next_payment(self):
        """Return what is paid of this plan next: all that is due, else the next instalment; without
        what is on its way.

        :return: ``amount`` and ``date``, until when it is asked for; ``choices``: invoice id -> how
            it is chosen (see ``customer.portal.basket._build``); None if there is nothing
        :rtype: dict | None
        """
        self.ensure_one()
        unpaid = self.line_ids.filtered(lambda line: line.left > 0)
        if self.state != "running" or not unpaid:
            return None
        today = fields.Date.context_today(self)
        until = (unpaid.filtered(lambda line: line.date <= today)[-1:] or unpaid[:1]).date
        invoices, choices, amount = self._open_invoices(), {}, 0.0
        for invoice_id, due in invoices._portal_due().items():
            amounts = invoices.browse(invoice_id)._portal_amounts_until(due, with_last=True)
            days = [day for day in amounts if day <= until]
            if days:
                choices[invoice_id] = f"{UNTIL}{max(days).isoformat()}"
                amount += amounts[max(days)]
        if not choices:
            return None
        return {"amount": self.currency_id.round(amount), "date": until, "choices": choices}


class CustomerPortalPlanLine(models.Model):
    _name = "customer.portal.plan.line"
    _description = "Instalment of a Payment Plan"
    _order = "plan_id, date, id"

    plan_id = fields.Many2one(
        "customer.portal.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    number = fields.Integer(readonly=True, aggregator=None, help="Zero is the down payment.")
    date = fields.Date("To be paid on", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    left = fields.Monetary("Left to pay", compute="_compute_left", compute_sudo=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "An amount must be positive.")
    _day_unique = models.UniqueIndex("(plan_id, date)")

    @api.depends("amount", "plan_id.paid")
    def _compute_left(self):
        """What was paid goes to the first ones first."""
        for plan, lines in self.grouped("plan_id").items():
            reached, left = 0.0, {}
            for line in plan.line_ids:
                reached += line.amount
                rest = max(plan.currency_id.round(reached - plan.paid), 0.0)
                # What was undone of a payment before the plan is asked for with the first one.
                left[line.id] = min(line.amount, rest) if left else rest
            for line in lines:
                line.left = left.get(line._origin.id, line.amount)

    def _portal_rows(self):
        """Return what pages show of these instalments.

        :return: dicts with ``id``, ``name``, ``date``, ``amount``, ``left``, ``label``, ``tone``
        :rtype: list[dict]
        """
        _, today, rows = self.env._, fields.Date.context_today(self), []
        for line in self:
            plan = line.plan_id
            if plan.state in WITHOUT_EFFECT:
                label, tone = "", "neutral"
            elif not line.left:
                label, tone = _("Paid"), "good"
            elif plan.state != "running":
                label, tone = _("Not paid"), "neutral"
            elif line.date < today:
                label, tone = _("Overdue"), "bad"
            elif line.date == today:
                label, tone = _("Due today"), "waiting"
            else:
                label, tone = _("To come"), "neutral"
            rows.append(
                {
                    "id": line.id,
                    "name": line._portal_name(),
                    "date": line.date,
                    "amount": line.amount,
                    "left": line.left,
                    "label": label,
                    "tone": tone,
                }
            )
        return rows

    def _portal_name(self):
        """Return what customers read this instalment called.

        :rtype: str
        """
        self.ensure_one()
        return self._portal_name_of(self.number, max(self.plan_id.line_ids.mapped("number")))

    @api.model
    def _portal_name_of(self, number, count):
        """Return what customers read an instalment called, agreed or only offered.

        :param int number: its place; zero for the down payment
        :param int count: how many there are, the down payment aside
        :rtype: str
        """
        if not number:
            return self.env._("Down payment")
        return self.env._("Instalment %(number)s of %(count)s", number=number, count=count)
