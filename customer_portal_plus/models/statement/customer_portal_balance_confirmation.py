"""What one customer is asked to confirm: the items that were open on a day, as they were sent."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...tools.evidence_chain import sha256
from .customer_portal_statement import Reader
from .customer_portal_statement_file import MAX_PDF_LINES

STATES = [
    ("sent", "No answer yet"),
    ("agreed", "Agrees"),
    ("differs", "Differs"),
    ("cancel", "Withdrawn"),
]


class CustomerPortalBalanceConfirmation(models.Model):
    """What a customer is asked about in one currency, frozen: items, sum, and the PDF that was
    mailed, with its digest. An answer is about exactly that, whatever is booked later.

    Only who has signed in sees it; the mail leads there by a code, like that of a contract. The
    whole balance is for those who see the whole customer.
    """

    _name = "customer.portal.balance.confirmation"
    _inherit = ["customer.portal.document.mixin", "customer.portal.sign.mixin"]
    _description = "Balance Confirmation"
    _order = "inquiry_id desc, id"

    _portal_capability = "can_confirm_balance"
    # It is answered with its form; a mail that answers all the same stays on it, for staff.
    _portal_has_messages = False
    _portal_switch = "portal_allow_confirmations"
    _portal_page = "/my/balances"

    name = fields.Char("Title", required=True, readonly=True)
    inquiry_id = fields.Many2one(
        "customer.portal.balance.inquiry",
        "Round",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(required=True, readonly=True)
    date = fields.Date("Balance as of", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary("Our balance", readonly=True, help="As it was sent.")
    line_ids = fields.One2many(
        "customer.portal.balance.confirmation.line", "confirmation_id", "Open items", readonly=True
    )
    file = fields.Binary("PDF that was sent", attachment=True, readonly=True, copy=False)
    file_name = fields.Char(readonly=True)
    sha256 = fields.Char("SHA-256 of what was sent", readonly=True, copy=False)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="sent", index=True, tracking=True, copy=False
    )
    # While nothing is signed, this is what a contact is about to sign.
    answer = fields.Selection(
        [("agreed", "Agrees"), ("differs", "Has another balance")],
        "Said",
        readonly=True,
        copy=False,
    )
    own_amount = fields.Monetary(
        "Their balance", readonly=True, copy=False, help="What the customer owes by its own books."
    )
    difference = fields.Monetary(
        compute="_compute_difference", help="Our balance less that of the customer."
    )
    words = fields.Text("In the customer's words", readonly=True, copy=False)
    own_file_id = fields.Many2one(
        "ir.attachment", "The customer's file", readonly=True, copy=False, ondelete="restrict"
    )
    answered_on = fields.Datetime(readonly=True, copy=False)
    # Who is deleted stays in the evidence by name.
    answered_by_id = fields.Many2one(
        "res.partner", "Answered by", readonly=True, copy=False, ondelete="set null"
    )
    amount_now = fields.Monetary(
        "Balance of that day by now",
        compute="_compute_amount_now",
        compute_sudo=True,
        help="What the ledger says today of that day; something else than was sent, if entries"
        " were dated back.",
    )
    is_changed = fields.Boolean("Changed since", compute="_compute_amount_now", compute_sudo=True)

    _portal_list_idx = models.Index("(commercial_partner_id, state, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("state", "amount", "own_amount")
    def _compute_difference(self):
        for one in self:
            one.difference = one.amount - one.own_amount if one.state == "differs" else 0.0

    def _compute_amount_now(self):
        statement = self.env["customer.portal.statement"]
        for (customer, company, day), group in self.grouped(
            lambda one: (one.commercial_partner_id, one.company_id, one.date)
        ).items():
            reader = Reader(customer.sudo())  # The ledger is what it is, whoever looks at it.
            accounts = statement._accounts(reader, company.sudo(), day, day) if day else []
            now = {account["currency"]: account["closing"] for account in accounts}
            for one in group:
                one.amount_now = now.get(one.currency_id, 0.0)
                one.is_changed = bool(one.currency_id) and bool(
                    one.currency_id.compare_amounts(one.amount_now, one.amount)
                )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What customers were asked is kept."))

    # === FREEZING === #

    @api.model
    def _freeze(self, inquiry):
        """Freeze what the customers of a round are asked about: one record for each currency.

        :param customer.portal.balance.inquiry inquiry: the round
        :return: empty if nothing was open
        :rtype: customer.portal.balance.confirmation
        :raise UserError: if a list is too long to be drawn
        """
        made = self.browse()
        company = inquiry.company_id.sudo()
        for customer in inquiry.customer_ids.commercial_partner_id:
            lang = customer.lang or self.env.lang
            statement = self.env["customer.portal.statement"].with_context(lang=lang)
            reader = Reader(customer.sudo())
            accounts = [
                account
                for account in statement._accounts(reader, company, inquiry.date, inquiry.date)
                if account["open_count"] or account["ages"]["other"]
            ]
            if not accounts and inquiry.with_settled:
                accounts = [None]
            for account in accounts:
                values = self.with_context(lang=lang)._frozen_values(inquiry, reader, account)
                made |= self.with_context(lang=lang).create(values)
        for one in made:
            one._keep_drawn()
        return made

    @api.model
    def _frozen_values(self, inquiry, reader, account):
        """Return the values of a record about one account of a customer.

        :param customer.portal.statement.Reader reader: whose account
        :param dict account: see ``customer.portal.statement._accounts``; None for nothing open
        :rtype: dict
        """
        customer, lines = reader.customer, []
        if account and account["open_count"] > MAX_PDF_LINES:
            raise UserError(
                self.env._(
                    "%(customer)s has more than %(count)s open items, too many for a list.",
                    customer=customer.display_name,
                    count=MAX_PDF_LINES,
                )
            )
        if account:
            if other := account["ages"]["other"]:
                lines.append({"kind": "other", "age": "other", "open": other})
            keys = ("date", "kind", "name", "ref", "due_date", "amount", "open", "age")
            statement = self.env["customer.portal.statement"]
            for line in statement._open_lines(reader, account, inquiry.date):
                lines.append({key: line[key] for key in keys})
        return {
            "name": self.env._("Balance at %s", format_date(self.env, inquiry.date)),
            "inquiry_id": inquiry.id,
            "company_id": inquiry.company_id.id,
            "partner_id": customer.id,
            "user_id": inquiry.user_id.id,
            "date": inquiry.date,
            "currency_id": (account["currency"] if account else inquiry.company_id.currency_id).id,
            "amount": account["closing"] if account else 0.0,
            "line_ids": [Command.create(line) for line in lines],
        }

    def _keep_drawn(self):
        """Keep the PDF of what is asked about, and its digest."""
        self.ensure_one()
        one = self.with_context(lang=self.partner_id.lang or self.env.lang)
        data = one._draw()
        one.write(
            {
                "file": base64.b64encode(data),
                "file_name": one.env._(
                    "balance-%(day)s-%(currency)s.pdf",
                    day=one.date.isoformat(),
                    currency=one.currency_id.name,
                ),
                "sha256": sha256(data),
            }
        )

    # === ACTIONS OF STAFF === #

    def action_withdraw(self):
        """Ask no more for answers that were not given: the links are closed.

        :raise UserError: if somebody has answered already
        """
        self.inquiry_id.check_access("write")
        self.check_access("read")
        if any(one.state in ("agreed", "differs") for one in self):
            raise UserError(self.env._("What a customer has answered is kept."))
        # Sudo: what was asked is nobody's to write but by asking.
        self.sudo().write({"state": "cancel"})

    # === GATES === #

    @api.model
    def _portal_shown_domain(self):
        return Domain("state", "in", ("sent", "agreed", "differs"))

    @api.model
    def _portal_contact_domain(self, contact):
        """Override: it is the balance of the whole customer, and names its invoices."""
        if not contact._portal_can("can_see_invoices") or contact._portal_scope() != "whole":
            return Domain.FALSE
        return super()._portal_contact_domain(contact)

    def _portal_mail_button(self):
        return self.env._("See the balance")

    @api.model
    def _portal_readable_fields(self):
        return frozenset(["id", "display_name", "name", "state", "date", "access_url"])


class CustomerPortalBalanceConfirmationLine(models.Model):
    _name = "customer.portal.balance.confirmation.line"
    _description = "Open Item to Confirm"
    _order = "id"

    confirmation_id = fields.Many2one(
        "customer.portal.balance.confirmation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="confirmation_id.currency_id")
    date = fields.Date(readonly=True)
    kind = fields.Selection("_selection_kind", "Type", readonly=True)
    name = fields.Char("Document", readonly=True)
    ref = fields.Char("Reference", readonly=True)
    due_date = fields.Date(readonly=True)
    age = fields.Selection("_selection_age", readonly=True)
    amount = fields.Monetary(readonly=True)
    open = fields.Monetary(readonly=True)

    @api.model
    def _selection_kind(self):
        return list(self.env["customer.portal.statement"]._kind_labels().items())

    @api.model
    def _selection_age(self):
        return list(self.env["customer.portal.statement"]._age_labels().items())
