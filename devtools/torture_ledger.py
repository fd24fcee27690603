"""What a history of ``./dev torture`` begins with, and what must hold at its end: runs inside
Odoo, like ``torture_world``."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

CENT = 0.005
SWITCHES = (
    "portal_enabled", "portal_allow_disputes", "portal_allow_promises", "portal_allow_messages",
    "portal_allow_plans", "portal_allow_debit",
)  # fmt: skip


def allow_everything(env):
    """Open what histories are about: the switches, a provider, a product."""
    company = env.company
    company.write({**dict.fromkeys(SWITCHES, True), "portal_plan_smallest": 1})
    env["customer.portal.approval.rule"].search([]).unlink()
    env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
    provider = env.ref("payment.payment_provider_demo")
    provider.write({"state": "test", "is_published": True, "company_id": company.id})
    provider.payment_method_ids[:1].active = True
    env["product.product"].create({"name": "Torture", "list_price": 100, "taxes_id": False})


def begin(env, histories):
    """Make what histories are about.

    :param list histories: of each its customer, the word that is on what is its own, and the
        amounts of its quotes, invoices and credits
    :return: for each the numbers of its documents by kind, and where the tables ended: what comes
        after is of the histories
    :rtype: list[dict[str, list[int] | int]]
    """
    product = env["product.product"].search([("name", "=", "Torture")], limit=1)
    env.cr.execute("SELECT coalesce(max(id), 0) FROM mail_message")
    [since] = env.cr.fetchone()
    env.cr.execute("SELECT coalesce(max(id), 0) FROM payment_transaction")
    [paid_since] = env.cr.fetchone()
    all_made = []
    for customer, word, (quotes, invoices, credits) in histories:
        orders = env["sale.order"].create(
            [_order(env, customer, word, product, amount) for amount in quotes]
        )
        # One of them is signed.
        orders[-1:].require_signature = True
        orders.state = "sent"
        moves = env["account.move"].create(
            [_move(customer, word, product, "out_invoice", amount) for amount in invoices]
            + [_move(customer, word, product, "out_refund", amount) for amount in credits]
        )
        # One of them is what automatic debit is about.
        moves[0].invoice_date_due = fields.Date.today() - timedelta(days=20)
        moves.action_post()
        all_made.append(
            {
                "quotes": orders.ids,
                "invoices": moves[: len(invoices)].ids,
                "credits": moves[len(invoices) :].ids,
                "messages_since": since,
                "paid_since": paid_since,
            }
        )
    return all_made


def _order(env, customer, word, product, amount):
    return {
        "partner_id": customer,
        "user_id": env.ref("base.user_admin").id,
        "require_signature": False,
        "require_payment": False,
        "client_order_ref": word,
        "order_line": [Command.create({"product_id": product.id, "price_unit": amount})],
    }


def _move(customer, word, product, move_type, amount):
    line = {"product_id": product.id, "price_unit": amount, "tax_ids": [Command.clear()]}
    return {
        "move_type": move_type,
        "partner_id": customer,
        "invoice_date": fields.Date.today() - timedelta(days=20),
        "invoice_payment_term_id": False,
        "ref": word,
        "invoice_line_ids": [Command.create(line)],
    }


# === WHAT MUST HOLD === #


def check(env, histories):
    """Return what does not hold after histories, in sentences; have what they left be seen no more.

    :param list histories: of each its customer, what ``begin`` made, what the portal answered to
        have done (pairs of act and document), and the quotes of which somebody got no answer
    :rtype: list[list[str]]
    """
    env["payment.transaction"]._cron_post_process()
    env["customer.portal.signature"]._cron_deliver()
    wrong = []
    for customer, made, claims, unknown in histories:
        of_one = [
            *_check_quotes(env, made, claims, unknown),
            *_check_claims(env, made, claims),
            *_check_ledger(env, customer, made),
        ]
        wrong.append(of_one)
        # Pages of the next history are as short as those of the first.
        env["account.move"].browse(made["invoices"] + made["credits"]).portal_visible = False
        env["sale.order"].browse(made["quotes"]).portal_visible = False
        env["res.partner"].browse(customer).portal_access = True
    if histories:
        wrong[0] += _check_messages(env, histories[0][1]["messages_since"])
    return wrong


def _check_quotes(env, made, claims, unknown):
    wrong = []
    for order in env["sale.order"].browse(made["quotes"]):
        of_order = [act for act, number in claims if number == order.id and act in _ANSWERS]
        acts = env["customer.portal.signature"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        for act in of_order:
            if order.state != _ANSWERS[act]:
                wrong.append(
                    f"quote {order.id} was told to be {_ANSWERS[act]}: it is {order.state}"
                )
        if len(of_order) > 1:
            wrong.append(f"quote {order.id} was answered more than once: {of_order}")
        if order.state == "sale":
            if acts.mapped("act") not in (["accepted"], ["signed"]):
                wrong.append(f"quote {order.id} is an order with the evidence {acts.mapped('act')}")
            if not of_order and order.id not in unknown:
                wrong.append(f"quote {order.id} is an order, and nobody was told")
        told = env["mail.message"].search_count(
            [
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("subject", "like", "Accepted:"),
            ]
        )
        if told > 1:
            wrong.append(f"staff were told {told} times that quote {order.id} is accepted")
    return wrong


# What a quote is after an act that was told to be done.
_ANSWERS = {"accept": "sale", "sign": "sale", "refuse": "cancel"}
# Where an act that was told to be done is found, by the invoice.
_TRACES = {
    "report": ("customer.portal.payment.report", "invoice_ids"),
    "promise": ("customer.portal.promise.line", "invoice_id"),
    "plan": ("customer.portal.plan", "invoice_ids"),
    "dispute": ("customer.portal.dispute", "invoice_id"),
}


def _check_claims(env, made, claims):
    wrong = []
    for act, number in claims:
        if act in _TRACES:
            model, name = _TRACES[act]
            if not env[model].search_count([(name, "in", [number])]):
                wrong.append(f"invoice {number}: {act} was told to be done, and left nothing")
    for number in made["invoices"]:
        said = claims.count(["say", number])
        if said:
            found = env["mail.message"].search_count(
                [("model", "=", "account.move"), ("res_id", "=", number), ("body", "like", "Hola")]
            )
            if found < said:
                wrong.append(f"invoice {number}: {said} messages were sent, {found} are there")
    return wrong


def _check_messages(env, since):
    """Nobody got the same mail twice."""
    env.cr.execute(
        SQL(
            """
            SELECT m.model, m.res_id, m.subject, n.res_partner_id, count(*)
              FROM mail_message m JOIN mail_notification n ON n.mail_message_id = m.id
             WHERE m.id > %s AND n.notification_type = 'email' AND m.subject IS NOT NULL
          GROUP BY 1, 2, 3, 4, m.body HAVING count(*) > 1
            """,
            since,
        )
    )
    return [f"a mail left more than once: {row}" for row in env.cr.fetchall()]


def _check_ledger(env, customer, made):
    wrong = []
    # Of this history; the account itself is looked at as a whole.
    moves = env["account.move"].browse(made["invoices"] + made["credits"])
    moves |= moves.reversal_move_ids
    for move in moves.filtered(lambda one: one.state == "posted"):
        if abs(sum(move.line_ids.mapped("balance"))) > CENT:
            wrong.append(f"{move.name} does not balance")
        if not -CENT <= move.amount_residual <= move.amount_total + CENT:
            wrong.append(f"{move.name}: {move.amount_residual} is left of {move.amount_total}")
    transactions = env["payment.transaction"].search(
        [
            ("id", ">", made["paid_since"]),
            ("partner_id.commercial_partner_id", "=", customer),
            ("state", "=", "done"),
        ]
    )
    for transaction in transactions:
        payments = env["account.payment"].search([("payment_transaction_id", "=", transaction.id)])
        if len(payments) != 1 or abs(payments.amount - abs(transaction.amount)) > CENT:
            wrong.append(
                f"{transaction.reference} over {transaction.amount} is booked as"
                f" {payments.mapped('amount')}"
            )
    # What came in stands in the customer's account, whatever it was used for.
    env.cr.execute(
        SQL(
            """
            SELECT (SELECT coalesce(sum(l.balance), 0) FROM account_move_line l
                      JOIN account_account a ON a.id = l.account_id
                      JOIN res_partner p ON p.id = l.partner_id
                     WHERE p.commercial_partner_id = %(customer)s AND l.parent_state = 'posted'
                       AND a.account_type = 'asset_receivable'),
                   (SELECT coalesce(sum(amount_total_signed), 0) FROM account_move
                     WHERE commercial_partner_id = %(customer)s AND state = 'posted'
                       AND move_type IN ('out_invoice', 'out_refund')),
                   (SELECT coalesce(sum(CASE WHEN y.payment_type = 'inbound' THEN y.amount
                                             ELSE -y.amount END), 0)
                      FROM account_payment y JOIN res_partner p ON p.id = y.partner_id
                     WHERE p.commercial_partner_id = %(customer)s
                       AND y.state IN ('in_process', 'paid'))
            """,
            customer=customer,
        )
    )
    balance, invoiced, paid = map(float, env.cr.fetchone())
    if abs(balance - (invoiced - paid)) > CENT:
        wrong.append(f"the account says {balance}, documents say {invoiced} - {paid}")
    promised = env["customer.portal.promise.line"].search(
        [("invoice_id", "in", made["invoices"]), ("promise_id.state", "=", "open")]
    )
    for invoice in promised.invoice_id:
        lines = promised.filtered(lambda line, invoice=invoice: line.invoice_id == invoice)
        if len(lines.promise_id) > 1:
            wrong.append(f"{invoice.name} is promised {len(lines)} times")
    return wrong


def check_log(env):
    """Return whether the chain of the evidence is whole.

    :rtype: bool
    """
    from odoo.addons.customer_portal_plus.cli.portalverify import verify

    return bool(verify(env))
