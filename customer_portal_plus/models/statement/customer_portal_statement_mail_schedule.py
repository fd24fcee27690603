"""Statements that are mailed by themselves: once a month, each customer in a transaction of its
own, and none of them twice."""

from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.transactions import run_in_own_commit


class CustomerPortalStatementMail(models.Model):
    _inherit = "customer.portal.statement.mail"

    # A number: a unique constraint on the reference would make merged contacts lose rows.
    customer_ref = fields.Integer("Customer number", readonly=True, aggregator=None)
    scheduled_for = fields.Date(
        "Sent for the month until",
        readonly=True,
        help="The last day of the month, where it was sent by the schedule; empty where somebody"
        " of your staff sent it.",
    )

    _month_unique = models.UniqueIndex(
        "(company_id, customer_ref, scheduled_for) WHERE scheduled_for IS NOT NULL"
    )

    @api.model
    def _cron_send(self):
        """Mail the statements of the last month for all companies whose day has come.

        Once all customers of a company are done, its month is: whatever changes afterwards in the
        books of that month makes no mail. A customer that failed is tried again the next day.
        """
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("portal_send_statements", "=", True)]):
            month = company._portal_statement_month()
            if not month:
                continue
            customers = self._customers_to_look_at(company, *month)
            cron._commit_progress(remaining=len(customers))
            failed = False
            for customer in customers:
                sent = run_in_own_commit(
                    customer,
                    lambda company=company, month=month, customer=customer: self._send_of_month(
                        company, customer, *month
                    ),
                )
                failed = failed or sent is None
                if not cron._commit_progress(1):
                    return
            if not failed:
                run_in_own_commit(
                    company,
                    lambda company=company, end=month[1]: company.write(
                        {"portal_statements_done": end}
                    ),
                )

    @api.model
    def _customers_to_look_at(self, company, begin, end):
        """Return the customers that may have something in their statement of a month, and have not
        got it yet.

        :rtype: res.partner
        """
        # What is settled was so by a reconciliation that is not dated before it.
        touched = (
            Domain("reconciled", "=", False)
            | Domain("matched_debit_ids.max_date", ">=", begin)
            | Domain("matched_credit_ids.max_date", ">=", begin)
        )
        groups = self.env["account.move.line"]._read_group(
            Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("company_id", "=", company.id)
            & Domain("partner_id", "!=", False)
            & Domain("date", "<=", end)
            & touched,
            ["partner_id"],
        )
        partners = self.env["res.partner"].union(*(partner for (partner,) in groups))
        got = self.search([("company_id", "=", company.id), ("scheduled_for", "=", end)])
        done = set(got.mapped("customer_ref"))
        return partners.commercial_partner_id.filtered(
            lambda customer: customer.id not in done and self._wants(customer, company)
        )

    @api.model
    def _wants(self, customer, company):
        """Return whether a customer gets statements of a company by the schedule at all.

        :rtype: bool
        """
        if company.portal_statement_audience == "chosen":
            return customer.portal_statement_schedule == "send"
        return customer.portal_statement_schedule != "never"

    def _send_of_month(self, company, customer, begin, end):
        """Mail a customer its statement of a month, if it is to have one and has not got it.

        The row of the month is unique, and the mail leaves only once both are committed.

        :param res.company company: whose statement
        :param res.partner customer: a commercial partner
        :param datetime.date begin: first day of the month
        :param datetime.date end: its last day
        :return: whether it was mailed
        :rtype: bool
        """
        if not self._wants(customer, company) or self._has_got(company, customer, begin, end):
            return False
        recipients = customer._portal_statement_recipients(company, by_choice=True)
        if not recipients:
            return False
        mail = self.create(
            {
                "company_id": company.id,
                "customer_id": customer.id,
                "customer_ref": customer.id,
                "kind": company.portal_statement_kind,
                "begin": begin,
                "end": end,
                "scheduled_for": end,
                "recipient_ids": recipients.ids,
            }
        )
        if mail._is_worth_it() and mail._send():
            return True
        mail.unlink()
        return False

    @api.model
    def _has_got(self, company, customer, begin, end):
        """Return whether a customer has got its statement of a month: by the schedule, or by hand,
        since the month was over.

        :rtype: bool
        """
        by_hand = (
            Domain("kind", "=", company.portal_statement_kind)
            & Domain("customer_id", "=", customer.id)
            & Domain("end", "=", end)
            & Domain("create_date", ">", datetime.combine(end, time.max))
        )
        if company.portal_statement_kind == "movements":
            by_hand &= Domain("begin", "=", begin)
        by_schedule = Domain("customer_ref", "=", customer.id) & Domain("scheduled_for", "=", end)
        in_company = Domain("company_id", "=", company.id)
        return bool(self.search_count(in_company & (by_schedule | by_hand), limit=1))

    def _is_worth_it(self):
        """Return whether there is in this statement what the company, or the customer, wants one
        for.

        :rtype: bool
        """
        self.ensure_one()
        accounts = self._part()[1]
        always = self.customer_id.portal_statement_schedule == "send"
        if self.kind == "movements" and (
            always or self.company_id.portal_statement_audience == "moved"
        ):
            return bool(accounts)
        return any(any(account["ages"].values()) for account in accounts)
