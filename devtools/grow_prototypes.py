"""Make one document of each kind through Odoo, for ``grow`` to copy; runs in an Odoo shell.

Copies of real documents are consistent in every stored field, whichever modules are installed.
"""

import json

from odoo import Command, fields

COMPANY_NAME = "Grown 00000 Prototype"
CONTACT_NAME = "Contact 00000"
CONTACT_EMAIL = "contact-00000@grown.example.com"
LOGIN = "grown@example.com"


def make_prototypes(env):
    """Make the documents and print their ids as JSON after the word ``PROTOTYPES``.

    :return: nothing; printed are the partners' ids and, by kind, the ids of each table
    """
    maker = _Maker(env)
    bundles = {
        "paid_order": maker.invoice_of_order(pay=1.0),
        "paid": maker.invoice(pay=1.0),
        "partial": maker.invoice(pay=0.4),
        "open_order": maker.invoice_of_order(),
        "open": maker.invoice(),
        "refund": maker.invoice("out_refund"),
        "draft": maker.invoice(post=False),
        "cancelled": maker.cancelled_invoice(),
        "quote_sent": maker.order("sent"),
        "quote_expired": maker.order("sent", validity_days=-20),
        "quote_draft": maker.order("draft"),
        "quote_cancelled": maker.order("cancel"),
        "order_to_invoice": maker.order("sale"),
    }
    env.flush_all()
    result = {
        "partners": [maker.company_partner.id, maker.contact.id],
        "bundles": {name: _tables(records) for name, records in bundles.items()},
    }
    env.cr.commit()
    print("PROTOTYPES", json.dumps(result))


def make_portal_user(env, partner_id, password):
    """Give a contact a portal user."""
    user = env["res.users"].with_context(active_test=False).search([("login", "=", LOGIN)])
    values = {"partner_id": partner_id, "password": password, "active": True}
    env["res.partner"].browse(partner_id).email = LOGIN
    if user:
        user.write(values)
    else:
        group = env.ref("base.group_portal")
        values |= {"login": LOGIN, "group_ids": [Command.set(group.ids)]}
        env["res.users"].with_context(no_reset_password=True).create(values)
    env.cr.commit()


def _tables(records):
    """Return the ids of a document and of all that hangs on it, by table."""
    moves, orders = records
    lines = moves.line_ids
    partials = lines.matched_debit_ids | lines.matched_credit_ids
    paid_lines = partials.debit_move_id | partials.credit_move_id
    moves |= paid_lines.move_id
    found = (
        moves,
        moves.line_ids,
        moves.origin_payment_id,
        partials,
        partials.full_reconcile_id,
        orders,
        orders.order_line,
    )
    return {records._table: records.ids for records in found if records}


class _Maker:
    def __init__(self, env):
        self.env = env(
            context=dict(env.context, tracking_disable=True, mail_create_nosubscribe=True)
        )
        self.today = fields.Date.today()
        partner = self.env["res.partner"]
        self.company_partner = partner.create(
            {
                "name": COMPANY_NAME,
                "is_company": True,
                "email": "office-00000@grown.example.com",
                "country_id": env.ref("base.es").id,
            }
        )
        self.contact = partner.create(
            {
                "name": CONTACT_NAME,
                "parent_id": self.company_partner.id,
                "type": "contact",
                "email": CONTACT_EMAIL,
            }
        )
        product = self.env["product.product"]
        self.product = product.create(
            {
                "name": "Grown service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 10,
            }
        )

    def invoice(self, move_type="out_invoice", pay=0, post=True):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.company_partner.id,
                "invoice_date": self.today,
                "invoice_date_due": fields.Date.add(self.today, days=30),
                "invoice_line_ids": [
                    Command.create({"product_id": self.product.id, "quantity": 2, "price_unit": 10})
                ],
            }
        )
        if post:
            move.action_post()
        if pay:
            self._pay(move, pay)
        return move, self.env["sale.order"]

    def cancelled_invoice(self):
        move, orders = self.invoice(post=False)
        move.button_cancel()
        return move, orders

    def invoice_of_order(self, pay=0):
        _moves, order = self.order("sale")
        move = order._create_invoices()
        move.invoice_date = self.today
        move.invoice_date_due = fields.Date.add(self.today, days=30)
        move.action_post()
        if pay:
            self._pay(move, pay)
        return move, order

    def order(self, state, validity_days=30):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "validity_date": fields.Date.add(self.today, days=validity_days),
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_uom_qty": 2})
                ],
            }
        )
        if state == "sale":
            order.action_confirm()
        elif state == "cancel":
            order._action_cancel()
        elif state == "sent":
            order.action_quotation_sent()
        return self.env["account.move"], order

    def _pay(self, move, share):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", move.company_id.id)], limit=1
        )
        method = journal.inbound_payment_method_line_ids.filtered(
            lambda line: line.code == "manual"
        )
        account = method.payment_account_id
        if not account:
            # Without an outstanding account a payment has no journal entry to reconcile.
            method.payment_account_id = self.env["account.account"].search(
                [
                    ("company_ids", "in", move.company_id.id),
                    ("account_type", "=", "asset_current"),
                    ("reconcile", "=", True),
                ],
                limit=1,
            )
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create(
            {
                "journal_id": journal.id,
                "payment_method_line_id": method.id,
                "amount": move.currency_id.round(move.amount_total * share),
                "payment_date": self.today,
            }
        )._create_payments()
        method.payment_account_id = account
