"""Interest that was charged: which days of which invoice, by which other one."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...tools.transactions import lock_rows_or_retry


class CustomerPortalInterestCharge(models.Model):
    """What late payment of an invoice cost until a day, as it was put on a draft.

    Where the draft is deleted or cancelled, the days can be charged again; else never twice.
    """

    _name = "customer.portal.interest.charge"
    _description = "Charged Late-Payment Interest"
    _order = "date_until desc, id desc"
    _rec_name = "invoice_id"

    invoice_id = fields.Many2one(
        "account.move", "Paid late", required=True, readonly=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", "Charged by", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date_from = fields.Date("From", readonly=True, required=True)
    date_until = fields.Date("Until", readonly=True, required=True)
    interest = fields.Monetary(readonly=True)
    fixed = fields.Monetary("Fixed sum", readonly=True)
    move_state = fields.Selection(related="move_id.state", string="State of the charge")

    @api.model
    def _charged(self, invoices, with_drafts):
        """Return until which day interest of invoices was charged, and whether their fixed sum was.

        :param account.move invoices: saved ones
        :param bool with_drafts: see ``account.move._portal_interest``
        :return: invoice id -> list of the last day and a bool; what was not charged is missing
        :rtype: dict[int, list]
        """
        # Sudo: whoever sees an invoice may know what of it was charged.
        groups = self.sudo()._read_group(
            [
                ("invoice_id", "in", invoices.ids),
                ("move_id.state", "in", ["posted", "draft"] if with_drafts else ["posted"]),
            ],
            ["invoice_id"],
            ["date_until:max", "fixed:max"],
        )
        return {invoice.id: [day, fixed > 0] for invoice, day, fixed in groups}

    # === CHARGING === #

    @api.model
    def _make(self, invoices):
        """Draft the invoices for what late payment has cost until today: one for each customer's
        address and currency.

        :param account.move invoices: which somebody of staff chose
        :return: what was charged, in sudo
        :rtype: customer.portal.interest.charge
        :raise UserError: if there is nothing to charge, or a rate is missing
        """
        self.env["account.move"].check_access("create")
        invoices.check_access("read")
        claiming = invoices._portal_claiming_interest()
        # Of two members of staff at once, the second finds what the first has charged.
        lock_rows_or_retry(claiming)
        found = claiming._portal_interest(with_drafts=True)
        for invoice in claiming:
            if day := found[invoice.id]["missing"]:
                raise UserError(
                    self.env._(
                        "No rate of late-payment interest is known for %(day)s, for which"
                        " %(invoice)s would be charged. Please enter it first.",
                        day=format_date(self.env, day),
                        invoice=invoice.name,
                    )
                )
        charged = claiming.filtered(
            lambda one: one.currency_id.compare_amounts(found[one.id]["total"], 0) > 0
        )
        if not charged:
            raise UserError(
                self.env._(
                    "There is no interest to charge: it is claimed of companies, for posted"
                    " invoices that were paid late, and for each day once."
                )
            )
        charges = self.sudo()  # Sudo: it follows from the draft, which its user may make.
        for (company, partner, currency), group in charged.grouped(
            lambda one: (one.company_id, one.partner_id, one.currency_id)
        ).items():
            move = (
                self.env["account.move"]
                .with_company(company)
                .with_context(lang=partner.lang)
                .create(self._draft_values(company, partner, currency, group, found))
            )
            charges |= charges.create(
                [charges._values(invoice, move, found[invoice.id]) for invoice in group]
            )
        charges._note_on_invoices()
        return charges

    @api.model
    def _values(self, invoice, move, found):
        today = invoice._portal_today()
        begins = [period["first"] for one in found["instalments"] for period in one["periods"]]
        return {
            "invoice_id": invoice.id,
            "move_id": move.id,
            "company_id": invoice.company_id.id,
            "customer_id": invoice.commercial_partner_id.id,
            "currency_id": invoice.currency_id.id,
            "date_from": min(begins, default=today),
            "date_until": today,
            "interest": found["interest"],
            "fixed": found["fixed"],
        }

    @api.model
    def _draft_values(self, company, partner, currency, invoices, found):
        """Return the values of the draft that charges invoices of one customer.

        An indemnity bears no tax: of the product's taxes only those of nothing are taken, such as
        one that says so in the books.

        :rtype: dict
        """
        product = company.portal_interest_product_id
        taxes = product.taxes_id.filtered(lambda tax: tax.company_id == company and not tax.amount)
        common = {"quantity": 1, "tax_ids": [Command.set(taxes.ids)]}
        journal = company.portal_interest_journal_id or self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "sale")], limit=1
        )
        account = journal.default_account_id
        if product:
            common["product_id"] = product.id
            accounts = product.with_company(company).product_tmpl_id.get_product_accounts()
            account = accounts["income"] or account
        if account:
            # Named: else it could be the one that this customer's invoices have most often.
            common["account_id"] = account.id
        # In the customer's language, as invoices are.
        env = self.with_context(lang=partner.lang).env
        lines = []
        for invoice in invoices:
            part = found[invoice.id]
            if part["interest"]:
                words = self._line_words(env, invoice, part)
                lines.append({**common, "name": words, "price_unit": part["interest"]})
            if part["fixed"]:
                words = env._("Compensation for the costs of recovery: %s", invoice.name)
                lines.append({**common, "name": words, "price_unit": part["fixed"]})
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "journal_id": journal.id,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _line_words(self, env, invoice, part):
        """Return how the interest of an invoice is explained on the draft: what was late, and by
        which rate of which source.

        :param Environment env: of the language
        :rtype: str
        """
        words = [env._("Late-payment interest: %s", invoice.name)]
        for one in part["instalments"]:
            for period in one["periods"]:
                source = part["rates"]._on(period["first"]).source
                words.append(invoice.with_env(env)._portal_interest_words(period, source))
        return "\n".join(words)

    def _note_on_invoices(self):
        """Say on the invoices that were paid late what was charged, for staff."""
        for charge in self:
            charge.invoice_id.message_post(
                body=self.env._(
                    "Late-payment interest was drafted: %(interest)s until %(day)s, fixed sum"
                    " %(fixed)s.",
                    interest=charge.currency_id.format(charge.interest),
                    day=format_date(self.env, charge.date_until),
                    fixed=charge.currency_id.format(charge.fixed),
                ),
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )

    def _open_drafts(self):
        """Return the action that opens the invoices that charge these.

        :rtype: dict
        """
        moves = self.move_id
        action = {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
            "name": self.env._("Late-Payment Interest"),
            "context": {"default_move_type": "out_invoice"},
        }
        if len(moves) == 1:
            action.update(res_id=moves.id, views=[(False, "form")], view_mode="form")
        return action
