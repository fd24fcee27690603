import io

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_amount

_UNDELIVERED = ("bounce", "exception", "canceled")


class CustomerPortalStatementMail(models.Model):
    """An account statement that was mailed to a customer: to whom, and what was said in it."""

    _name = "customer.portal.statement.mail"
    _inherit = ["mail.thread"]
    _description = "Account Statement Sent"
    _order = "id DESC"
    _rec_name = "customer_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="set null"
    )
    kind = fields.Selection(
        [("movements", "Movements of a period"), ("open", "Open items")],
        required=True,
        readonly=True,
    )
    begin = fields.Date("From", required=True, readonly=True)
    end = fields.Date("To", required=True, readonly=True)
    recipient_ids = fields.Many2many("res.partner", string="Sent to", readonly=True)
    # Core's own field for that is about the mails of who looks, and these are the company's.
    undelivered_ids = fields.Many2many(
        "res.partner",
        string="Not delivered to",
        compute="_compute_undelivered",
        compute_sudo=True,
        help="Whose mail bounced or could not be sent; the mail tells why.",
    )
    is_undelivered = fields.Boolean(
        "Not delivered",
        compute="_compute_undelivered",
        search="_search_is_undelivered",
        compute_sudo=True,
    )

    @api.depends("message_ids.notification_ids.notification_status")
    def _compute_undelivered(self):
        for mail in self:
            notices = mail.message_ids.notification_ids.filtered(
                lambda notice: notice.notification_status in _UNDELIVERED
            )
            mail.undelivered_ids = notices.res_partner_id
            mail.is_undelivered = bool(notices)

    @api.model
    def _search_is_undelivered(self, operator, value):
        if operator != "in":
            return NotImplemented
        notices = [("notification_status", "in", _UNDELIVERED)]
        # Sudo: what became of mails is not for all staff to read.
        messages = self.env["mail.message"].sudo()
        query = messages._search([("model", "=", self._name), ("notification_ids", "any", notices)])
        return Domain("id", "in", query.subselect("res_id"))

    def _send(self):
        """Mail this statement with its file, as soon as the transaction is committed.

        A statement too long for a PDF goes as a table.

        :return: whether there was anything to send
        :rtype: bool
        """
        self.ensure_one()
        contact = self.recipient_ids[:1]
        statement = self.env["customer.portal.statement"].with_context(
            lang=contact.lang or self.env.lang
        )
        parts = [self._part()]
        if not parts[0][1]:
            return False
        extension = "pdf" if statement._is_printable(parts, self.kind) else "xlsx"
        file = io.BytesIO()
        statement._write_file(file, extension, parts, self.kind, self.begin, self.end)
        name = statement._file_name(extension, self.kind, self.begin, self.end)
        self._portal_mail_contacts(
            self.recipient_ids,
            self.company_id,
            self.env.ref("customer_portal_plus.mail_template_statement"),
            lang=contact.lang,
            attachments=[(name, file.getvalue())],
        )
        return True

    def _part(self):
        """Return the reader of this statement, and its accounts.

        :rtype: tuple
        """
        statement = self.env["customer.portal.statement"]
        reader = statement._reader_of(self.recipient_ids[:1])
        return reader, statement._accounts(reader, self.company_id.sudo(), self.begin, self.end)

    # === WHAT THE MAIL SHOWS === #

    def _portal_rows(self):
        """Return the balances that the mail tells, in the language of the environment.

        :return: dicts with ``currency``, ``closing`` and ``overdue`` (empty if nothing is)
        :rtype: list[dict]
        """
        rows = []
        for account in self._part()[1]:
            ages, currency = account["ages"], account["currency"]
            overdue = sum(ages[age] for age in ("days_30", "days_60", "days_90", "older"))
            rows.append(
                {
                    "currency": currency.name,
                    "closing": format_amount(self.env, account["closing"], currency),
                    "overdue": format_amount(self.env, overdue, currency) if overdue else "",
                }
            )
        return rows

    def _portal_url(self):
        """Return the full address of the same statement in the portal.

        :rtype: str
        """
        self.ensure_one()
        query = f"kind={self.kind}&date_end={self.end.isoformat()}"
        if self.kind == "movements":
            query += f"&date_begin={self.begin.isoformat()}"
        return f"{self.get_base_url()}/my/statement?{query}"
