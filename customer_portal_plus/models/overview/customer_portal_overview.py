from odoo import api, fields, models
from odoo.fields import Domain


class CustomerPortalOverview(models.TransientModel):
    """The first page of the menu: how the portal does, in some twenty numbers.

    Each number is a sum over the rows of one of the models of figures, and leads to them; see
    ``customer_portal_overview_lists.py``. Who may not read such rows is not shown their numbers.
    """

    _name = "customer.portal.overview"
    _description = "Overview of the Customer Portal"

    days = fields.Selection(
        [("30", "Last 30 days"), ("90", "Last 90 days"), ("365", "Last 12 months")],
        "Period",
        required=True,
        default="90",
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", domain=[("share", "=", False)], help="Empty: all of them."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_numbers")
    sees_money = fields.Boolean(compute="_compute_numbers")
    sees_quotes = fields.Boolean(compute="_compute_numbers")

    # Contacts
    contacts = fields.Integer("With access", compute="_compute_numbers")
    contacts_never = fields.Integer("Never came", compute="_compute_numbers")
    contacts_active = fields.Integer("Active", compute="_compute_numbers")

    # Money
    open = fields.Monetary(compute="_compute_numbers")
    overdue = fields.Monetary(compute="_compute_numbers")
    overdue_30 = fields.Monetary("1 to 30 days", compute="_compute_numbers")
    overdue_60 = fields.Monetary("31 to 60 days", compute="_compute_numbers")
    overdue_90 = fields.Monetary("61 to 90 days", compute="_compute_numbers")
    overdue_older = fields.Monetary("Older", compute="_compute_numbers")
    on_its_way = fields.Monetary("Payment on its way", compute="_compute_numbers")
    paid = fields.Monetary("Paid through the portal", compute="_compute_numbers")
    payments = fields.Integer(compute="_compute_numbers")

    # Reminders
    reminded = fields.Monetary("Reminded of", compute="_compute_numbers")
    brought = fields.Monetary("Paid within 14 days", compute="_compute_numbers")

    # Quotes
    quotes = fields.Integer("Quotes sent", compute="_compute_numbers")
    quotes_waiting = fields.Integer("Quotes not answered", compute="_compute_numbers")
    quotes_accepted = fields.Integer("Quotes accepted", compute="_compute_numbers")
    quotes_rejected = fields.Integer("Quotes rejected", compute="_compute_numbers")
    quote_hours = fields.Float(
        "Hours until a quote is answered", compute="_compute_numbers", digits=(16, 1)
    )

    # Documents and messages
    documents = fields.Integer(compute="_compute_numbers")
    documents_unopened = fields.Integer("Never opened", compute="_compute_numbers")
    replies_waiting = fields.Integer("Messages not answered", compute="_compute_numbers")
    replies = fields.Integer("Messages answered", compute="_compute_numbers")
    reply_hours = fields.Float(
        "Hours until a message is answered", compute="_compute_numbers", digits=(16, 1)
    )

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        self.display_name = self.env._("Overview")

    @api.depends("days", "user_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_numbers(self):
        for overview in self:
            numbers = {}
            for step in (
                overview._contact_numbers,
                overview._money_numbers,
                overview._payment_numbers,
                overview._reminder_numbers,
                overview._quote_numbers,
                overview._document_numbers,
                overview._reply_numbers,
            ):
                numbers.update(step())
            overview.update(
                {
                    **numbers,
                    "currency_id": self.env.company.currency_id,
                    "sees_money": self.env["customer.portal.due.amount"].has_access("read"),
                    "sees_quotes": self.env["customer.portal.quote.answer"].has_access("read"),
                }
            )

    def _groups(self, model_name, by, aggregates):
        """Return the sums over the rows of a model, by the period and salesperson of this page.

        :param str model_name: a ``customer.portal.figures.mixin``
        :param str by: the field to group by
        :param list aggregates: see ``_read_group``
        :return: by value: the dict of the sums; empty if the user may not read such rows
        :rtype: dict[str | bool, dict]
        """
        model = self.env[model_name]
        if not model.has_access("read"):
            return {}
        money = [
            one for one in aggregates if model._fields[one.partition(":")[0]].type == "monetary"
        ]
        keys = [by, "company_id"] if money else [by]
        sums = {}
        for row in model._read_group(self._domain(model_name), keys, ["__count", *aggregates]):
            company = row[1] if money else self.env.company
            entry = sums.setdefault(row[0], {})
            for name, value in zip(["__count", *aggregates], row[len(keys) :], strict=True):
                if name in money:
                    value = self._in_currency(value or 0.0, company)
                entry[name] = entry.get(name, 0) + (value or 0)
        return sums

    def _in_currency(self, amount, company):
        """Return an amount of a company in the currency of the page: that of the current one.

        :rtype: float
        """
        return company.currency_id._convert(
            amount, self.env.company.currency_id, company, fields.Date.context_today(self)
        )

    def _contact_numbers(self):
        stages = self._groups("customer.portal.adoption", "stage", [])
        counts = {stage: sums["__count"] for stage, sums in stages.items()}
        return {
            "contacts": sum(counts.values()),
            "contacts_never": counts.get("invited", 0),
            "contacts_active": counts.get("active", 0),
        }

    def _money_numbers(self):
        ages = self._groups("customer.portal.due.amount", "age", ["open:sum", "on_its_way:sum"])
        opens = {age: sums["open:sum"] for age, sums in ages.items()}
        return {
            "open": sum(opens.values()),
            "overdue": sum(amount for age, amount in opens.items() if age != "0_open"),
            "overdue_30": opens.get("1_30", 0),
            "overdue_60": opens.get("2_60", 0),
            "overdue_90": opens.get("3_90", 0),
            "overdue_older": opens.get("4_older", 0),
            "on_its_way": sum(sums["on_its_way:sum"] for sums in ages.values()),
        }

    def _payment_numbers(self):
        ways = self._groups("customer.portal.online.payment", "way", ["amount:sum"]).values()
        return {
            "paid": sum(sums["amount:sum"] for sums in ways),
            "payments": sum(sums["__count"] for sums in ways),
        }

    def _reminder_numbers(self):
        levels = self._groups(
            "customer.portal.reminder.effect", "level", ["amount:sum", "paid:sum"]
        ).values()
        return {
            "reminded": sum(sums["amount:sum"] for sums in levels),
            "brought": sum(sums["paid:sum"] for sums in levels),
        }

    def _quote_numbers(self):
        answers = self._groups("customer.portal.quote.answer", "answer", ["hours:sum"])
        counts = {answer: sums["__count"] for answer, sums in answers.items()}
        answered = [one for one in ("accepted", "rejected", "changes") if one in counts]
        number = sum(counts[one] for one in answered)
        return {
            "quotes": sum(counts.values()),
            "quotes_waiting": counts.get("waiting", 0),
            "quotes_accepted": counts.get("accepted", 0),
            "quotes_rejected": counts.get("rejected", 0),
            "quote_hours": sum(answers[one]["hours:sum"] for one in answered) / (number or 1),
        }

    def _document_numbers(self):
        opened = self._groups("customer.portal.opening", "is_opened", [])
        return {
            "documents": sum(sums["__count"] for sums in opened.values()),
            "documents_unopened": opened.get(False, {}).get("__count", 0),
        }

    def _reply_numbers(self):
        states = self._groups("customer.portal.reply", "state", ["hours:sum"])
        answered = states.get("answered", {"__count": 0, "hours:sum": 0.0})
        return {
            "replies": answered["__count"],
            "replies_waiting": states.get("waiting", {}).get("__count", 0),
            "reply_hours": answered["hours:sum"] / (answered["__count"] or 1),
        }

    # === WHICH ROWS === #

    @api.model
    def _dated_by(self):
        """Return by which field the rows of each model belong to a period; what is not listed is as
        it is today.

        :rtype: dict[str, str]
        """
        return {
            "customer.portal.online.payment": "paid_on",
            "customer.portal.reminder.effect": "date",
            "customer.portal.quote.answer": "sent_on",
            "customer.portal.opening": "date",
            "customer.portal.reply": "asked_on",
        }

    def _domain(self, model_name):
        """Return the domain of the rows of a model that this page counts.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain("company_id", "in", self.env.companies.ids)
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        if date := self._dated_by().get(model_name):
            since = fields.Date.subtract(fields.Date.context_today(self), days=int(self.days))
            domain &= Domain(date, ">=", since)
        return domain
