from odoo import fields, models


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
        self._portal_mail_contacts(
            self.recipient_ids, self.company_id, template, lang=self.customer_id.lang
        )

    def _portal_push_company(self):
        """Override: browsers are told of it, too."""
        return self.sudo().company_id

    def _portal_push_notice(self, message, contact):
        return self.env._("Payment reminder"), self._portal_path()

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
        return self.get_base_url() + self._portal_path()

    def _portal_path(self):
        self.ensure_one()
        overdue = any(row["is_overdue"] for row in self._portal_rows())
        if self._portal_may_pay():
            return "/my/pay?select=overdue" if overdue else "/my/pay?select=all"
        return "/my/invoices?filterby=overdue" if overdue else "/my/invoices?filterby=pending"
