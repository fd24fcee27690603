"""What staff and scheduled actions do meanwhile in the histories of ``./dev torture``: runs inside
Odoo, like ``torture_world``."""

import json

import psycopg2

from odoo import fields
from odoo.exceptions import UserError


def staff_acts(env, acts):
    """Do what staff do, one thing after another, each in its own transaction; print what was done.

    Who comes second at the same document is told to try again, and doesn't.

    :param list acts: pairs of one of the functions below, and a number
    """
    done = []
    for name, number in acts:
        try:
            _ACTS[name](env, number)
            env.cr.commit()
            done.append([name, number])
        except (UserError, psycopg2.OperationalError, psycopg2.errors.IntegrityError):
            env.cr.rollback()
    print("DONE" + json.dumps(done))


def _credit(env, number):
    move = env["account.move"].browse(number)
    reversal = move._reverse_moves([{"invoice_date": fields.Date.today()}])
    reversal.invoice_line_ids[:1].price_unit /= 4
    reversal.action_post()


def _receive(env, number):
    """A part of it came to the bank."""
    move = env["account.move"].browse(number)
    if move.amount_residual > 1:
        wizard = env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"amount": round(move.amount_residual / 3, 2)})._create_payments()


def _refund(env, number):
    """What was paid online for it goes back, or a part of it."""
    transactions = env["payment.transaction"].search(
        [("invoice_ids", "in", [number]), ("state", "=", "done"), ("operation", "!=", "refund")]
    )
    for transaction in transactions[:1].filtered(lambda one: not one.child_transaction_ids):
        transaction.action_refund(round(transaction.amount / 2, 2))


def _cancel_quote(env, number):
    order = env["sale.order"].browse(number)
    if order.state == "sent":
        order._action_cancel()


def _confirm_reports(env, number):
    reports = env["customer.portal.payment.report"].search([("invoice_ids", "in", [number])])
    reports.filtered(lambda report: report.state == "declared").action_confirm()


def _move(env, number):
    """The last contact of the history's customer goes to another one, and on from there."""
    customer = env["account.move"].browse(number).commercial_partner_id
    others = env["res.partner"].search(
        [("name", "=like", "Historia %"), ("is_company", "=", True), ("id", "!=", customer.id)]
    )
    contact = customer.child_ids.filtered(lambda one: one.email and one.email[:-16].endswith("c"))
    contact[:1].parent_id = others[number % len(others)]


def _switch_off(env, number):
    env["account.move"].browse(number).commercial_partner_id.portal_access = False


# === SCHEDULED ACTIONS === #


def _book(env, _number):
    env["payment.transaction"]._cron_post_process()


def _charge(env, number):
    """Automatic debit: what falls due is announced, and what was announced is charged."""
    Debit = env["customer.portal.debit"]
    Debit._cron_debit()
    customer = env["account.move"].browse(number).commercial_partner_id
    attempts = env["customer.portal.debit.attempt"].search(
        [("state", "=", "announced"), ("debit_id.customer_id", "=", customer.id)]
    )
    attempts.charge_on = fields.Date.today()
    env.cr.commit()
    Debit._cron_debit()


def _follow(env, _number):
    """Plans and promises that were kept or broken, evidence that is to be sent."""
    env["customer.portal.plan"]._cron_follow()
    env["customer.portal.promise"]._cron_follow()
    env["customer.portal.signature"]._cron_deliver()


_ACTS = {
    "credit": _credit,
    "receive": _receive,
    "refund": _refund,
    "reject": _cancel_quote,
    "confirm": _confirm_reports,
    "move": _move,
    "off": _switch_off,
    "book": _book,
    "charge": _charge,
    "follow": _follow,
}
