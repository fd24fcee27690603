"""A customer's history by chance, and what the receivable ledger says of it, reckoned in another
way than the statement does."""

from collections import defaultdict
from datetime import timedelta

from odoo.exceptions import UserError

from .statement import StatementData

DAYS = 240  # of history


class StatementLedger(StatementData):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls._create_terms((40, 10), (60, 70))

    # === WHAT A LEDGER SAYS, RECKONED IN ANOTHER WAY === #

    def _items(self, customer, contact=None):
        """The receivable lines of a customer; only of a contact's documents, if it is given."""
        lines = self.env["account.move.line"].search(
            [
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("company_id", "=", self.company.id),
                "|",
                "&",
                ("move_id.move_type", "!=", "entry"),
                ("move_id.commercial_partner_id", "=", customer.id),
                "&",
                ("move_id.move_type", "=", "entry"),
                ("partner_id.commercial_partner_id", "=", customer.id),
            ]
        )
        if contact:
            lines = lines.filtered(
                lambda line: (
                    line.move_id.move_type != "entry" and line.move_id.partner_id == contact
                )
            )
        return lines

    def _residual(self, line, day):
        """What was left of an item at the end of a day."""
        if line.date > day:
            return 0.0
        debits = line.matched_credit_ids.filtered(lambda part: part.max_date <= day)
        credits = line.matched_debit_ids.filtered(lambda part: part.max_date <= day)
        return line.currency_id.round(
            line.amount_currency
            - sum(debits.mapped("debit_amount_currency"))
            + sum(credits.mapped("credit_amount_currency"))
        )

    def _balances(self, lines, day):
        balances = defaultdict(float)
        for line in lines:
            balances[line.currency_id] += self._residual(line, day)
        return balances

    def _age(self, line, day):
        residual = self._residual(line, day)
        overdue = (day - (line.date_maturity or line.date)).days
        if not line.move_id.portal_visible:
            return "other"
        if residual < 0:
            return "credit"
        for name, limit in (("current", 0), ("days_30", 30), ("days_60", 60), ("days_90", 90)):
            if overdue <= limit:
                return name
        return "older"

    def assertLikeLedger(self, contact, begin, end, own=False):
        """Compare a statement, its lines and its ages with the ledger."""
        lines = self._items(contact.commercial_partner_id, contact if own else None)
        before, after = (self._balances(lines, day) for day in (begin - timedelta(days=1), end))
        accounts = self._accounts(contact, begin, end)
        for currency in self.currencies:
            account = accounts.pop(currency, None)
            if account is None:
                self.assertAlmostEqual(before[currency], 0.0)
                self.assertAlmostEqual(after[currency], 0.0)
                continue
            self.assertAlmostEqual(account["opening"], before[currency], msg="opening")
            self.assertAlmostEqual(account["closing"], after[currency], msg="closing")
            self.assertAlmostEqual(sum(account["ages"].values()), account["closing"])
            ages = dict.fromkeys(account["ages"], 0.0)
            for line in lines.filtered(lambda line, one=currency: line.currency_id == one):
                ages[self._age(line, end)] += self._residual(line, end)
            for age, amount in ages.items():
                self.assertAlmostEqual(account["ages"][age], amount, msg=age)
            moved = list(self.statement._movement_lines(self._reader(contact), account, begin, end))
            self.assertEqual(len(moved), account["count"])
            # A page of them reads a part of the period only.
            half = len(moved) // 2
            page = self.statement._movement_lines(
                self._reader(contact), account, begin, end, limit=3, offset=half
            )
            self.assertEqual(list(page), moved[half : half + 3])
            self.assertEqual(moved, sorted(moved, key=lambda line: line["date"]))
            other = account["moved"].get("other", 0.0)
            balance = account["opening"] + other
            for line in moved:
                balance += line["amount"]
                self.assertAlmostEqual(line["balance"], balance)
            self.assertAlmostEqual(balance, account["closing"])
            opened = list(self.statement._open_lines(self._reader(contact), account, end))
            self.assertEqual(len(opened), account["open_count"])
            self.assertAlmostEqual(
                sum(line["open"] for line in opened) + account["ages"]["other"],
                account["closing"],
            )
        self.assertFalse(accounts, "an account in a currency that nothing is in")

    def assertLikeOdooToday(self, contact):
        """Compare what a statement has as of today with what Odoo keeps as left of each item.

        :return: the kinds of movements that there were in any currency
        """
        lines, kinds = self._items(contact.commercial_partner_id), set()
        accounts = self._accounts(contact)
        for currency in self.currencies:
            today = lines.filtered(
                lambda line, one=currency: line.currency_id == one and line.date <= self.today
            )
            closing = accounts[currency]["closing"] if currency in accounts else 0.0
            self.assertAlmostEqual(closing, sum(today.mapped("amount_residual_currency")))
            kinds |= set(accounts.get(currency, {"moved": {}})["moved"])
        return kinds

    # === RANDOM HISTORIES === #

    def _day(self):
        return -self.random.randrange(DAYS)

    def _one_of(self, records):
        return records.browse(self.random.choice(records.ids)) if records else records

    def _open_documents(self):
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.customer.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("amount_residual", "!=", 0),
            ]
        )

    def _step_invoice(self):
        partner = self.random.choice([self.customer, *self.contacts])
        self._create_invoice(
            partner,
            round(self.random.uniform(5, 900), 2),
            move_type=self.random.choice(["out_invoice"] * 3 + ["out_refund"]),
            days=(day := self._day()),
            due_days=day + self.random.choice([0, 15, 30, 60]),
            currency_id=self._one_of(self.currencies).id,
            **self.random.choice(
                [{}, {}, {"invoice_payment_term_id": self.terms.id, "invoice_date_due": False}]
            ),
        ).portal_visible = self.random.random() > 0.15

    def _step_pay(self):
        document = self._one_of(self._open_documents())
        if document:
            currency = self.random.choice([document.currency_id, self._one_of(self.currencies)])
            part = self.random.choice([1.0, 1.0, 0.5, 0.97])
            amount = document.currency_id._convert(
                document.amount_residual * part, currency, self.company, self.today
            )
            self._register(
                document,
                amount,
                days=self._day(),
                currency=currency,
                write_off=self.random.random() < 0.3,
            )

    def _step_entry(self):
        partner = self.random.choice([self.customer, *self.contacts])
        amount = round(self.random.uniform(-50, 200), 2)
        self._create_entry(partner, amount, self._day(), self._one_of(self.currencies))

    def _step_reopen(self):
        settled = self._items(self.customer).filtered(
            lambda line: line.matched_debit_ids or line.matched_credit_ids
        )
        self._one_of(settled).remove_move_reconcile()

    def _step_reconcile(self):
        """Settle an item by another: of whatever currency, and now and then of somebody else."""
        opened = self._items(self.customer).filtered(lambda line: not line.reconciled)
        others = opened
        if self.random.random() < 0.2:
            others |= self._receivable(self._create_entry(self.beta, 60.0, self._day()))
        debit = self._one_of(opened.filtered(lambda line: line.balance > 0))
        credit = self._one_of(
            others.filtered(lambda line: line.balance < 0 and line.account_id == debit.account_id)
        )
        if debit and credit:
            (debit | credit).reconcile()

    def _step_pay_several(self):
        """Pay several documents, or a part of them, by one payment."""
        documents = self._open_documents().filtered(lambda one: one.move_type == "out_invoice")
        documents = documents.grouped("currency_id")
        if documents:
            several = self.random.choice(list(documents.values()))
            amount = sum(several.mapped("amount_residual")) * self.random.choice([1.0, 0.6])
            self._register(several, several.currency_id.round(amount), days=self._day())

    def _step_credit(self):
        """Take a document back by a credit note that settles it."""
        document = self._one_of(
            self._open_documents().filtered(lambda one: one.move_type == "out_invoice")
        )
        if document:
            day = self.today + timedelta(days=self._day())
            document._reverse_moves([{"date": day, "invoice_date": day}], cancel=True)

    def _step_payment_back(self):
        """Take a payment back into draft: what it settled is open again."""
        payments = self._items(self.customer).move_id.origin_payment_id
        payment = self._one_of(payments)
        payment.action_draft()

    def _begin(self, name):
        """Make the customer whose history begins: one contact sees all, the other its own."""
        self.customer = self._create_customer(name)
        self.contacts = [
            self.env["res.partner"].create(
                {"name": f"Contacto {number}", "parent_id": self.customer.id}
            )
            for number in range(2)
        ]
        self.contacts[1].portal_profile_id = self.profile_own

    def _do(self, step):
        """Let something happen, if Odoo allows it.

        :return: whether it did
        """
        try:
            with self.env.cr.savepoint():
                step()
        except UserError:
            self.env.invalidate_all()  # Odoo allows not all that chance comes up with.
            return False
        return True
