from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...tools.transactions import run_each_in_own_commit
from ..lists.account_move_list import UNPAID_STATES


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
        for company in self.env["res.company"].search(
            [("portal_enabled", "=", True), ("portal_send_reminders", "=", True)]
        ):
            levels = self.search([("company_id", "=", company.id)])
            customers = levels._customers_to_look_at()
            if not run_each_in_own_commit(customers, levels._remind):
                return

    def _due_domain(self):
        """Return the domain of the open amounts that these levels are about, the gates in it.

        :rtype: Domain
        """
        Move, nobody = self.env["account.move"], self.env["res.partner"]
        until = self._last_due_date()
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
            & self.env["account.move.line"]._portal_due_until_domain(until)
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

    def _remind(self, customer, by_hand=False):
        """Send a customer one mail about all that is due, if one of its amounts has reached the
        next level.

        The row of the day is unique, and the mail leaves only once it is committed.

        :param res.partner customer: a commercial partner
        :param bool by_hand: staff want it now: what is overdue is enough, whatever the schedule
            says. The schedule goes on as if that mail had not been sent
        :return: whether a mail was sent
        :rtype: bool
        """
        today, company = fields.Date.context_today(self), self.company_id
        Mail = self.env["customer.portal.reminder.mail"]
        sent_today = Domain("customer_ref", "=", customer.id) & Domain("date", "=", today)
        if Mail.search_count(sent_today & Domain("company_id", "=", company.id), limit=1):
            return False
        claims = self._due_claims(customer)
        earlier = self.env["customer.portal.reminder.line"].search(
            [("line_id", "in", [claim["line"].id for claim in claims]), ("level", "!=", False)]
        )
        for claim in claims:
            claim["level"] = self._next_level(
                (today - claim["date"]).days,
                [
                    (one.days, (today - one.date).days)
                    for one in earlier
                    if one.line_id == claim["line"]
                    # Each instalment that was agreed begins anew.
                    and (not claim["is_agreed"] or one.due_date == claim["date"])
                ],
            )
        shown = [claim for claim in claims if claim["level"] or claim["date"] < today]
        asked = defaultdict(float)
        for claim in shown:
            asked[claim["line"].id] += claim["amount"]
        lines = self.env["account.move.line"].browse(asked)
        recipients = customer._portal_find_recipients("reminder", lines.move_id)
        levels = (claim["level"] for claim in shown if claim["level"])
        level = max(levels, key=lambda one: one.days, default=self.browse())
        if not level and by_hand and shown:
            level = self._level_to_repeat(earlier)
        if not level or not recipients or self._is_covered(customer, lines, asked):
            return False
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
                            "invoice_id": claim["line"].move_id.id,
                            "line_id": claim["line"].id,
                            "due_date": claim["date"],
                            "amount": claim["amount"],
                            "level": claim["level"].name,
                            "days": claim["level"].days,
                        }
                    )
                    for claim in shown
                ],
            }
        )
        mail._send(level.template_id)
        return True

    def _due_claims(self, customer):
        """Return what a customer can be reminded of, by date.

        :param res.partner customer: a commercial partner
        :return: see ``account.move.line._portal_claims_until``
        :rtype: list[dict]
        """
        lines = self.env["account.move.line"].search(
            self._due_domain() & Domain("partner_id", "=", customer.id), order="date_maturity, id"
        )
        waiting = lines.move_id._portal_waits_with_reminders()
        asked = lines.filtered(lambda line: line.move_id not in waiting)
        return asked._portal_claims_until(self._last_due_date())

    def _last_due_date(self):
        """Return the due date of what the first of these levels is about today.

        :rtype: datetime.date
        """
        today = fields.Date.context_today(self)
        return fields.Date.subtract(today, days=min(self.mapped("days"), default=0))

    def _level_to_repeat(self, earlier):
        """Return the level of a reminder that staff send between two levels: the last one that was
        sent, else the first one after the due date.

        :param customer.portal.reminder.line earlier: what was sent of these amounts
        :return: empty if there are no levels
        :rtype: customer.portal.reminder
        """
        days = max(earlier.mapped("days"), default=0)
        levels = self.sorted("days")
        return (
            levels.filtered(lambda one: 0 <= one.days <= days)[-1:]
            or levels.filtered(lambda one: one.days >= 0)[:1]
            or levels[:1]
        )

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

    def _is_covered(self, customer, lines, asked=None):
        """Return whether the customer's open credit is enough for all of these amounts.

        :param dict asked: line id -> what of it is asked for; all that is left if not given
        :rtype: bool
        """
        Line = self.env["account.move.line"]
        credits = Line._read_group(
            Line._portal_free_credit_domain(customer, self.company_id),
            ["currency_id"],
            ["amount_residual_currency:sum"],
        )
        left = dict(credits)
        asked = asked or {line.id: line.amount_residual_currency for line in lines}
        return all(
            currency.compare_amounts(
                sum(asked[line.id] for line in group), -left.get(currency, 0.0)
            )
            <= 0
            for currency, group in lines.grouped("currency_id").items()
        )
