"""Promises of customers to pay on a day."""

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from ...exceptions import PortalRefusal
from ...tools.transactions import lock_rows_or_retry

STATES = [
    ("open", "Waited for"),
    ("kept", "Kept"),
    ("partly", "Kept in part"),
    ("broken", "Broken"),
]


class CustomerPortalPromise(models.Model):
    """What a contact has promised to pay of some invoices, and until when.

    Nothing is paid by it, and nothing is asked for less: reminders and automatic debit wait, until
    the day and the company's grace after it have passed.
    """

    _name = "customer.portal.promise"
    _inherit = ["mail.thread"]
    _description = "Promised Payment"
    _order = "date desc, id desc"
    _rec_name = "customer_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner", "Promised by", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    made_on = fields.Date("Promised on", required=True, readonly=True)
    date = fields.Date("To be paid on", required=True, readonly=True)
    waits_until = fields.Date(
        "Reminders wait until", required=True, readonly=True, help="That day, and the grace after."
    )
    line_ids = fields.One2many(
        "customer.portal.promise.line", "promise_id", "Invoices", readonly=True
    )
    amount = fields.Monetary("Promised", required=True, readonly=True)
    paid = fields.Monetary("Paid of it", compute="_compute_paid", store=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True
    )
    closed_on = fields.Date("Known on", readonly=True)

    _amount_positive = models.Constraint("CHECK (amount > 0)", "An amount must be positive.")

    # === COMPUTE METHODS === #

    @api.depends("line_ids.paid")
    def _compute_paid(self):
        for promise in self:
            promise.paid = sum(promise.line_ids.mapped("paid"))

    # === PROMISING === #

    @api.model
    def _portal_make(self, contact, invoices, day):
        """Promise to pay all that is asked for of some invoices.

        :param res.partner contact: who does; its rights were checked by who calls
        :param account.move invoices: from the gate
        :param datetime.date day: None if it could not be read
        :return: one promise for each company and currency, in sudo
        :rtype: customer.portal.promise
        :raise PortalRefusal: in words for the contact; nothing is promised then
        """
        invoices._portal_settling_check_number()
        # Of two contacts at once the second sees what the first has promised.
        lock_rows_or_retry(invoices, contact.commercial_partner_id)
        invoices._portal_settling_check_obstacles(
            invoices._portal_promise_obstacles(contact), invoices._portal_promise_obstacle_texts()
        )
        promises = self.sudo().browse()  # Sudo: a contact promises through this method alone.
        for (company, currency), group in invoices.grouped(
            lambda invoice: (invoice.company_id, invoice.currency_id)
        ).items():
            self._check_day(day, company)
            values = self._promise_values(contact, group, day)
            self._check_limit(contact, company, currency, values["amount"])
            promises |= promises.create(values)
        promises._note_on_invoices()
        return promises

    @api.model
    def _check_day(self, day, company):
        """Raise unless a payment may be promised to a company for a day.

        :raise PortalRefusal: in words for the contact
        """
        today = fields.Date.context_today(self)
        latest = fields.Date.add(today, days=company.portal_promise_days)
        if not day or not today <= day <= latest:
            raise PortalRefusal(
                self.env._("Please choose a day from today to %s.", format_date(self.env, latest)),
                "day",
            )

    @api.model
    def _check_limit(self, contact, company, currency, amount):
        """Raise if a customer would have promised more than a company allows, all together.

        :raise PortalRefusal: in words for the contact
        """
        limit = company.portal_promise_limit
        if not limit:
            return
        today = fields.Date.context_today(self)
        waiting = self.sudo()._read_group(
            [
                ("customer_id", "=", contact.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "=", "open"),
            ],
            ["currency_id"],
            ["amount:sum"],
        )
        promised = sum(
            one._convert(total, company.currency_id, company, today)
            for one, total in [*waiting, (currency, amount)]
        )
        if company.currency_id.compare_amounts(promised, limit) > 0:
            raise PortalRefusal(
                self.env._(
                    "At most %s can be promised at a time. Please choose less, or write to us.",
                    company.currency_id.format(limit),
                ),
                "limit",
            )

    @api.model
    def _promise_values(self, contact, invoices, day):
        due, company = invoices._portal_due(), invoices.company_id
        lines = [
            {
                "invoice_id": invoice.id,
                "amount": invoice.currency_id.round(due[invoice.id]["open"]),
                "left_before": invoice.amount_residual,
            }
            for invoice in invoices
        ]
        return {
            "company_id": company.id,
            "customer_id": contact.commercial_partner_id.id,
            "contact_id": contact.id,
            "currency_id": invoices.currency_id.id,
            "made_on": fields.Date.context_today(self),
            "date": day,
            "waits_until": fields.Date.add(day, days=company.portal_promise_grace),
            "amount": sum(line["amount"] for line in lines),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _note_on_invoices(self):
        """Tell staff on the invoices, and keep in the log who promised."""
        events = self.env["customer.portal.event"]
        for line in self.line_ids:
            events._log(
                "payment",
                record=line.invoice_id,
                contact=line.promise_id.contact_id,
                detail=events._company_words(line.promise_id.company_id)._(
                    "Promised: %s", line.currency_id.format(line.amount)
                ),
            )
            line.invoice_id.message_post(
                body=self.env._(
                    "%(contact)s promised to pay %(amount)s on %(date)s.",
                    contact=line.promise_id.contact_id.name,
                    amount=line.currency_id.format(line.amount),
                    date=format_date(self.env, line.promise_id.date),
                ),
                author_id=line.promise_id.contact_id.id,
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )

    # === PAGES === #

    @api.model
    def _portal_history_domain(self, contact, companies):
        """Return the domain of the promises that a contact sees: its customer's, or its own.

        :rtype: Domain
        """
        return contact._portal_payer_domain(
            companies.filtered("portal_allow_promises"), "customer_id", ["contact_id"]
        )

    def _portal_rows(self, contact):
        """Return what the page of promises shows of these.

        :param res.partner contact: for whom; invoices hidden from it are not named
        :return: dicts with ``date``, ``amount``, ``paid``, ``currency``, ``invoices`` (pairs of
            name and address), ``label`` and ``tone``
        :rtype: list[dict]
        """
        tones = {"open": "info", "kept": "good", "partly": "waiting", "broken": "bad"}
        labels = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "date": promise.date,
                "amount": promise.amount,
                "paid": promise.paid,
                "currency": promise.currency_id,
                "invoices": [
                    (invoice.name, invoice.access_url)
                    for invoice in promise.line_ids.invoice_id
                    if not invoice._portal_refusal(contact)
                ],
                "label": labels[promise.state],
                "tone": tones[promise.state],
            }
            for promise in self
        ]


class CustomerPortalPromiseLine(models.Model):
    _name = "customer.portal.promise.line"
    _description = "Promised Invoice"
    _order = "id"

    promise_id = fields.Many2one(
        "customer.portal.promise", required=True, readonly=True, index=True, ondelete="cascade"
    )
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="promise_id.currency_id")
    amount = fields.Monetary("Promised", readonly=True)
    left_before = fields.Monetary("Left to pay then", readonly=True)
    paid = fields.Monetary("Paid of it", readonly=True)
