from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...tools.transactions import run_in_own_commit
from ..lists.account_move_list import UNPAID_STATES

# How long a customer who chose to pay by bank transfer is trusted to do so.
PROMISE_DAYS = 14


class CustomerPortalReminder(models.Model):
    """One level of a company's schedule of payment reminders."""

    _name = "customer.portal.reminder"
    _description = "Payment Reminder Level"
    _order = "company_id, days, id"

    name = fields.Char("Level", required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    days = fields.Integer(
        "Days after the due date",
        required=True,
        aggregator=None,
        help="A negative number means days before.",
    )
    template_id = fields.Many2one(
        "mail.template",
        "Mail",
        required=True,
        ondelete="restrict",
        domain="[('model', '=', 'customer.portal.reminder.mail')]",
    )

    _day_unique = models.UniqueIndex(
        "(company_id, days) WHERE active", "There is a level for that day already."
    )

    # === SENDING === #

    @api.model
    def _cron_remind(self):
        """Remind the customers of all companies that send reminders, each in a transaction of
        its own; whoever was reminded today is left alone."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search(
            [("portal_enabled", "=", True), ("portal_send_reminders", "=", True)]
        ):
            levels = self.search([("company_id", "=", company.id)])
            customers = levels._customers_to_look_at()
            cron._commit_progress(remaining=len(customers))
            for customer in customers:
                run_in_own_commit(
                    levels, lambda levels=levels, customer=customer: levels._remind(customer)
                )
                if not cron._commit_progress(1):
                    return

    def _due_domain(self):
        """Return the domain of the open amounts that these levels are about, the gates in it.

        :rtype: Domain
        """
        Move, nobody = self.env["account.move"], self.env["res.partner"]
        until = fields.Date.subtract(
            fields.Date.context_today(self), days=min(self.mapped("days"), default=0)
        )
        invoices = (
            Domain("move_type", "=", "out_invoice")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("payment_state", "in", UNPAID_STATES)
            # Nobody is reminded of what it does not see.
            & Domain.AND(domain for _gate, domain in Move._portal_gates(nobody))
        )
        return (
            Domain("display_type", "=", "payment_term")
            & Domain("amount_residual_currency", ">", 0)
            & Domain("date_maturity", "<=", until)
            & Domain("move_id", "any", invoices)
        )

    def _customers_to_look_at(self):
        """Return the customers with something due, of the one company of these levels.

        :rtype: res.partner
        """
        if not self:
            return self.env["res.partner"]
        groups = self.env["account.move.line"]._read_group(self._due_domain(), ["partner_id"])
        return self.env["res.partner"].union(*(partner for (partner,) in groups))

    def _remind(self, customer):
        """Send a customer one mail about all that is due, if one of its amounts has reached the
        next level.

        The row of the day is unique, and the mail leaves only once it is committed.

        :param res.partner customer: a commercial partner
        """
        today, company = fields.Date.context_today(self), self.company_id
        Mail = self.env["customer.portal.reminder.mail"]
        sent_today = Domain("customer_ref", "=", customer.id) & Domain("date", "=", today)
        if Mail.search_count(sent_today & Domain("company_id", "=", company.id), limit=1):
            return
        lines = self.env["account.move.line"].search(
            self._due_domain() & Domain("partner_id", "=", customer.id), order="date_maturity, id"
        )
        waiting = lines.move_id._portal_waits_with_reminders()
        lines = lines.filtered(lambda line: line.move_id not in waiting)
        earlier = self.env["customer.portal.reminder.line"].search(
            [("line_id", "in", lines.ids), ("level", "!=", False)]
        )
        reached = {}
        for line in lines:
            level = self._next_level(
                (today - line.date_maturity).days,
                [(one.days, (today - one.date).days) for one in earlier if one.line_id == line],
            )
            if level:
                reached[line] = level
        shown = lines.filtered(lambda line: line in reached or line.date_maturity < today)
        recipients = self._recipients(customer, shown.move_id)
        if not reached or not recipients or self._is_covered(customer, shown):
            return
        level = max(reached.values(), key=lambda one: one.days)
        mail = Mail.create(
            {
                "company_id": company.id,
                "customer_id": customer.id,
                "customer_ref": customer.id,
                "date": today,
                "level": level.name,
                "recipient_ids": recipients.ids,
                "line_ids": [
                    Command.create(
                        {
                            "invoice_id": line.move_id.id,
                            "line_id": line.id,
                            "due_date": line.date_maturity,
                            "amount": line.amount_residual_currency,
                            "level": reached[line].name if line in reached else False,
                            "days": reached[line].days if line in reached else 0,
                        }
                    )
                    for line in shown
                ],
            }
        )
        mail._send(level.template_id)

    def _next_level(self, age, sent):
        """Return the level that an amount has reached and was not reminded of yet.

        Levels after the due date come one after the other, with their distance between them: an
        invoice that is long overdue when reminders are switched on starts with the first one.

        :param int age: days since the due date; negative before it
        :param list sent: pairs of days: of the levels already sent, and how long ago that was
        :return: empty if there is none
        :rtype: customer.portal.reminder
        """
        if age < 0:
            done = max((days for days, _ago in sent), default=age - 10000)
            return self.filtered(lambda one: done < one.days <= age).sorted("days")[-1:]
        later = [(days, ago) for days, ago in sent if days >= 0]
        last, ago = max(later, default=(-1, None))
        level = self.filtered(lambda one: one.days > last).sorted("days")[:1]
        if not level or age < level.days or (ago is not None and ago < level.days - last):
            return self.browse()
        return level

    @api.model
    def _recipients(self, customer, invoices):
        """Return who is reminded: the customer's addresses for invoices, else its contacts who
        sign in, else itself; of these, who sees the invoices and wants such mails.

        :param account.move invoices: what the mail is about
        :rtype: res.partner
        """
        contacts = self.env["res.partner"].search(
            [("commercial_partner_id", "=", customer.id), ("email", "!=", False)], order="id"
        )
        for candidates in (
            contacts.filtered(lambda contact: contact.type == "invoice"),
            contacts.filtered(lambda contact: contact.user_ids.filtered("share")),
            contacts & customer,
        ):
            allowed = candidates.filtered(
                lambda contact: (
                    contact._portal_can("can_see_invoices")
                    and contact._portal_wants_mail("reminder")
                    and not any(invoice._portal_refusal(contact) for invoice in invoices)
                )
            )
            if allowed:
                return allowed
        return contacts.browse()

    def _is_covered(self, customer, lines):
        """Return whether the customer's open credit is enough for all of these amounts.

        :rtype: bool
        """
        credits = self.env["account.move.line"]._read_group(
            [
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("partner_id", "=", customer.id),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company_id.id),
                ("amount_residual_currency", "<", 0),
            ],
            ["currency_id"],
            ["amount_residual_currency:sum"],
        )
        left = dict(credits)
        return all(
            currency.compare_amounts(
                sum(group.mapped("amount_residual_currency")), -left.get(currency, 0.0)
            )
            <= 0
            for currency, group in lines.grouped("currency_id").items()
        )


class CustomerPortalReminderMail(models.Model):
    """A reminder that a customer got: one mail a day at most, with all that is due."""

    _name = "customer.portal.reminder.mail"
    _inherit = ["mail.thread"]
    _description = "Payment Reminder"
    _order = "date DESC, id DESC"
    _rec_name = "customer_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="set null"
    )
    # A number: a unique constraint on the reference would make merged contacts lose rows.
    customer_ref = fields.Integer("Customer number", readonly=True, required=True, aggregator=None)
    date = fields.Date("Sent on", required=True, readonly=True)
    level = fields.Char(readonly=True)
    recipient_ids = fields.Many2many("res.partner", string="Sent to", readonly=True)
    line_ids = fields.One2many("customer.portal.reminder.line", "mail_id", "Invoices")

    _day_unique = models.UniqueIndex("(customer_ref, company_id, date)")

    def _send(self, template):
        """Send this reminder to its recipients, as soon as the transaction is committed.

        :param mail.template template: of the level
        """
        self.ensure_one()
        company, lang = self.company_id, self.customer_id.lang
        values = template.with_company(company)._generate_template(
            self.ids, ("subject", "body_html", "email_from", "reply_to")
        )[self.id]
        self.with_company(company).message_post(
            author_id=company.partner_id.id,
            email_from=values.get("email_from") or company.email_formatted,
            **({"reply_to": values["reply_to"]} if values.get("reply_to") else {}),
            subject=values["subject"],
            body=values["body_html"],
            partner_ids=self.recipient_ids.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="customer_portal_plus.mail_layout",
            email_add_signature=False,
            force_email_company=company,
            force_email_lang=lang,
        )

    # === WHAT THE MAIL SHOWS === #

    def _portal_rows(self):
        """Return the amounts that the mail is about, the oldest first.

        :return: dicts with ``invoice``, ``url``, ``due_date``, ``amount``, ``currency``,
            ``is_overdue``
        :rtype: list[dict]
        """
        base_url = self.get_base_url()
        return [
            {
                "invoice": line.invoice_id.name,
                "url": f"{base_url}{line.invoice_id.access_url}",
                "due_date": line.due_date,
                "amount": line.amount,
                "currency": line.currency_id,
                "is_overdue": line.due_date < self.date,
            }
            for line in self.line_ids.sorted(lambda one: (one.due_date, one.id))
        ]

    def _portal_totals(self):
        """Return the sums by currency, as words.

        :rtype: str
        """
        return " + ".join(
            currency.format(sum(lines.mapped("amount")))
            for currency, lines in self.line_ids.grouped("currency_id").items()
        )

    def _portal_may_pay(self):
        """Return whether the mail leads to the page where the customer pays.

        :rtype: bool
        """
        self.ensure_one()
        return self.company_id.portal_allow_payment

    def _portal_url(self):
        """Return the full address to which the button of the mail leads.

        :rtype: str
        """
        self.ensure_one()
        overdue = any(row["is_overdue"] for row in self._portal_rows())
        if self._portal_may_pay():
            page = "/my/pay?select=overdue" if overdue else "/my/pay?select=all"
        else:
            page = "/my/invoices?filterby=overdue" if overdue else "/my/invoices?filterby=pending"
        return self.get_base_url() + page


class CustomerPortalReminderLine(models.Model):
    _name = "customer.portal.reminder.line"
    _description = "Amount in a Payment Reminder"
    _order = "id"

    mail_id = fields.Many2one(
        "customer.portal.reminder.mail", "Reminder", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(related="mail_id.date", store=True)
    company_id = fields.Many2one(related="mail_id.company_id")
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "account.move.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    due_date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount = fields.Monetary(readonly=True)
    level = fields.Char(
        readonly=True, help="The level that the amount has reached; empty if it was mentioned only."
    )
    days = fields.Integer("Days of the level", readonly=True, aggregator=None)


class AccountMove(models.Model):
    _inherit = "account.move"

    portal_reminder_level = fields.Char(
        "Reminder level", compute="_compute_portal_reminder", compute_sudo=True
    )
    portal_reminded_on = fields.Date(
        "Last reminder on", compute="_compute_portal_reminder", compute_sudo=True
    )

    def _compute_portal_reminder(self):
        lines = self.env["customer.portal.reminder.line"].search(
            [("invoice_id", "in", self.ids)], order="date, id"
        )
        by_invoice = lines.grouped("invoice_id")
        for invoice in self:
            own = by_invoice.get(invoice._origin, lines.browse())
            invoice.portal_reminded_on = own[-1:].date
            invoice.portal_reminder_level = own.filtered("level")[-1:].level

    def _portal_waits_with_reminders(self):
        """Return those of these invoices of which nobody is reminded now: a payment was reported,
        promised or is under way, automatic debit has announced it, or staff said so.

        :rtype: account.move
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=PROMISE_DAYS)
        groups = self.env["payment.transaction"]._read_group(
            Domain("invoice_ids", "in", self.ids)
            & (
                Domain("state", "in", ("pending", "authorized"))
                & (
                    Domain("provider_id.code", "not in", ("none", "custom"))
                    | Domain("last_state_change", ">=", since)
                )
                | Domain("state", "=", "done") & Domain("is_post_processed", "=", False)
            ),
            ["invoice_ids"],
        )
        debited = self.env["customer.portal.debit.attempt"].search(
            [
                ("invoice_id", "in", self.ids),
                ("state", "in", ("announced", "sent", "pending", "unknown")),
            ]
        )
        return (
            self._portal_reported()
            | self.browse(invoice.id for (invoice,) in groups if invoice in self)
            | debited.invoice_id
            | self.filtered(lambda one: one.no_followup or one.payment_state == "blocked")
        )

    def _portal_status(self):
        """Override to say when the customer was last reminded, while something is to be paid."""
        status = super()._portal_status()
        if self.portal_reminded_on and self.payment_state in UNPAID_STATES:
            reminded = self.env._(
                "Last reminder sent on %s.", format_date(self.env, self.portal_reminded_on)
            )
            status["text"] = f"{status['text']} {reminded}"
        return status


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_send_reminders = fields.Boolean("Send payment reminders")

    def write(self, vals):
        """Override of `base` to start with a schedule that can be used as it is."""
        result = super().write(vals)
        if vals.get("portal_send_reminders"):
            self._portal_set_default_reminders()
        return result

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
