import base64
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.statement.customer_portal_statement import Reader
from ..tools.actions import file_action, form_action


class CustomerPortalStatementWizard(models.TransientModel):
    """Print, download or mail the account statements of some customers."""

    _name = "customer.portal.statement.wizard"
    _description = "Account Statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    customer_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    kind = fields.Selection(
        [("movements", "Movements of a period"), ("open", "Open items")],
        required=True,
        default="movements",
    )
    begin = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    end = fields.Date("To", required=True, default=fields.Date.context_today)
    file_type = fields.Selection(
        [("pdf", "PDF"), ("xlsx", "XLSX"), ("csv", "CSV")], "File", required=True, default="pdf"
    )
    recipient_ids = fields.Many2many(
        "res.partner", string="Mailed to", compute="_compute_recipients"
    )
    left_out_ids = fields.Many2many(
        "res.partner",
        string="Nobody to mail it to",
        compute="_compute_recipients",
        help="Customers of whom no contact with an e-mail address may see the whole statement in"
        " the portal.",
    )
    file = fields.Binary("Content of the file", readonly=True)

    @api.model
    def _open(self, customers):
        """Open the dialog for some customers.

        :param res.partner customers: commercial partners
        :rtype: dict
        """
        wizard = self.create({"customer_ids": customers.ids})
        return form_action(wizard, name=self.env._("Account Statement"), target="new")

    @api.depends("customer_ids", "company_id")
    def _compute_recipients(self):
        for wizard in self:
            recipients = {
                customer: customer._portal_statement_recipients(wizard.company_id)
                for customer in wizard.customer_ids
            }
            wizard.recipient_ids = self.env["res.partner"].union(*recipients.values())
            wizard.left_out_ids = wizard.customer_ids.filtered(
                lambda customer, found=recipients: not found[customer]
            )

    def _check(self):
        """Raise unless the user may read ledgers of this company, and the period makes sense.

        :raise AccessError: if the user may not
        :raise UserError: if the dates are the wrong way round
        """
        self.env["account.move.line"].check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Please switch to %s first.", self.company_id.name))
        if self.begin > self.end:
            raise UserError(self.env._("The period ends before it begins."))

    def action_download(self):
        """Write the statements of all customers into one file.

        :return: the action that downloads it
        :rtype: dict
        :raise UserError: if there is nothing, or it is too long for a PDF
        """
        self.ensure_one()
        self._check()
        customer = self.customer_ids if len(self.customer_ids) == 1 else self.env["res.partner"]
        statement = self.env["customer.portal.statement"].with_context(
            lang=customer.lang or self.env.lang
        )
        parts = []
        for customer in self.customer_ids:
            reader = Reader(customer.sudo())  # Its name and address, as its documents have them.
            accounts = statement._accounts(reader, self.company_id.sudo(), self.begin, self.end)
            if accounts:
                parts.append((reader, accounts))
        if not parts:
            raise UserError(
                self.env._("Nothing moved in this period, and nothing is open at its end.")
            )
        if self.file_type == "pdf" and not statement._is_printable(parts, self.kind):
            raise UserError(
                self.env._(
                    "That is too long for a PDF. Please choose XLSX or CSV, a shorter period, or"
                    " fewer customers."
                )
            )
        file = io.BytesIO()
        statement._write_file(file, self.file_type, parts, self.kind, self.begin, self.end)
        name = statement._file_name(self.file_type, self.kind, self.begin, self.end)
        self.file = base64.b64encode(file.getvalue())
        return file_action(self, name)

    def action_send(self):
        """Mail each customer its statement, if somebody of it may get it and there is anything.

        :return: the action that says how many were sent
        :rtype: dict
        """
        self.ensure_one()
        self._check()
        sent = 0
        for customer in self.customer_ids:
            recipients = customer._portal_statement_recipients(self.company_id)
            if not recipients:
                continue
            # Sudo: the list of what was sent is nobody's to write but by sending.
            mail_sudo = (
                self.env["customer.portal.statement.mail"]
                .sudo()
                .create(
                    {
                        "company_id": self.company_id.id,
                        "customer_id": customer.id,
                        "kind": self.kind,
                        "begin": self.begin,
                        "end": self.end,
                        "recipient_ids": recipients.ids,
                    }
                )
            )
            if mail_sudo._send():
                sent += 1
            else:
                mail_sudo.unlink()
        if not sent:
            raise UserError(
                self.env._(
                    "Nothing was sent: nobody of these customers may see the statement, or there"
                    " is nothing in it."
                )
            )
        return self.env["customer.portal.access.mixin"]._portal_notify(
            self.env._("Account statements sent: %s", sent)
        )
