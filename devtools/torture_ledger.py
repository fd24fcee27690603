"""What a history of ``./dev torture`` begins with, and what must hold at its end: runs inside
Odoo, like ``torture_world``."""

from odoo import Command, fields

CENT = 0.005


def allow_everything(env):
    """Open what histories are about: the switches, a provider, a product."""
    company = env.company
    company.write(
        {
            "portal_enabled": True,
            "portal_allow_disputes": True,
            "portal_allow_promises": True,
            "portal_allow_messages": True,
        }
    )
    env["customer.portal.approval.rule"].search([]).unlink()
    env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
    provider = env.ref("payment.payment_provider_demo")
    provider.write({"state": "test", "is_published": True, "company_id": company.id})
    provider.payment_method_ids[:1].active = True
    env["product.product"].create({"name": "Torture", "list_price": 100, "taxes_id": False})


def begin(env, customer, quotes, invoices, credits):
    """Make what a history is about.

    :param quotes, invoices, credits: their amounts
    :return: numbers of the documents, by kind
    :rtype: dict[str, list[int]]
    """
    product = env["product.product"].search([("name", "=", "Torture")], limit=1)
    line = {"product_id": product.id}
    made = {"quotes": [], "invoices": [], "credits": []}
    for amount in quotes:
        order = env["sale.order"].create(
            {
                "partner_id": customer,
                "user_id": env.ref("base.user_admin").id,
                "require_signature": False,
                "require_payment": False,
                "order_line": [Command.create({**line, "price_unit": amount})],
            }
        )
        order.state = "sent"
        made["quotes"].append(order.id)
    for kind, amounts in (("invoices", invoices), ("credits", credits)):
        for amount in amounts:
            move = env["account.move"].create(
                {
                    "move_type": "out_invoice" if kind == "invoices" else "out_refund",
                    "partner_id": customer,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create({**line, "price_unit": amount, "tax_ids": [Command.clear()]})
                    ],
                }
            )
            move.action_post()
            made[kind].append(move.id)
    return made


# === WHAT STAFF DO MEANWHILE === #


def staff_act(env, name, number):
    """Do what staff do, to one document.

    :param str name: which of the acts below
    """
    {
        "credit": _credit,
        "receive": _receive,
        "reject": _cancel_quote,
        "confirm": _confirm_reports,
        "book": _book,
    }[name](env, number)


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


def _cancel_quote(env, number):
    order = env["sale.order"].browse(number)
    if order.state == "sent":
        order._action_cancel()


def _confirm_reports(env, number):
    reports = env["customer.portal.payment.report"].search([("invoice_id", "=", number)])
    reports.filtered(lambda report: report.state == "declared").action_confirm()


def _book(env, _number):
    env["payment.transaction"]._cron_post_process()


# === WHAT MUST HOLD === #


def check(env, customer, made, claims):
    """Return what does not hold after a history, in sentences.

    :param int customer: whose it was
    :param dict made: see ``begin``
    :param list claims: what the portal answered to have done: pairs of act and document
    :rtype: list[str]
    """
    env["payment.transaction"]._cron_post_process()
    env["customer.portal.signature"]._cron_deliver()
    wrong = []
    orders = env["sale.order"].browse(made["quotes"])
    for order in orders:
        accepted = [one for one in claims if one == ["accept", order.id]]
        rejected = [one for one in claims if one == ["refuse", order.id]]
        acts = env["customer.portal.signature"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        if accepted and order.state != "sale":
            wrong.append(f"quote {order.id} was told to be accepted and is {order.state}")
        if rejected and order.state != "cancel":
            wrong.append(f"quote {order.id} was told to be rejected and is {order.state}")
        if len(accepted) + len(rejected) > 1:
            wrong.append(f"quote {order.id} was answered more than once: {accepted + rejected}")
        if order.state == "sale" and acts.mapped("act") != ["accepted"]:
            wrong.append(f"quote {order.id} is accepted with the evidence {acts.mapped('act')}")
        told = env["mail.message"].search_count(
            [
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
                ("subject", "like", "Accepted:"),
            ]
        )
        if told > 1:
            wrong.append(f"staff were told {told} times that quote {order.id} is accepted")
    wrong += _check_ledger(env, customer, made)
    return wrong


def _check_ledger(env, customer, made):
    wrong = []
    moves = env["account.move"].search(
        [("commercial_partner_id", "=", customer), ("state", "=", "posted")]
    )
    for move in moves:
        if abs(sum(move.line_ids.mapped("balance"))) > CENT:
            wrong.append(f"{move.name} does not balance")
        if not -CENT <= move.amount_residual <= move.amount_total + CENT:
            wrong.append(f"{move.name}: {move.amount_residual} is left of {move.amount_total}")
    transactions = env["payment.transaction"].search(
        [("partner_id.commercial_partner_id", "=", customer), ("state", "=", "done")]
    )
    for transaction in transactions:
        payments = env["account.payment"].search([("payment_transaction_id", "=", transaction.id)])
        if len(payments) != 1 or abs(payments.amount - transaction.amount) > CENT:
            wrong.append(
                f"{transaction.reference} over {transaction.amount} is booked as"
                f" {payments.mapped('amount')}"
            )
    # What came in stands in the customer's account, whatever it was used for.
    receivable = env["account.move.line"].search(
        [
            ("partner_id.commercial_partner_id", "=", customer),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
        ]
    )
    invoiced = sum(
        move.amount_total_signed
        for move in moves
        if move.move_type in ("out_invoice", "out_refund")
    )
    paid = sum(
        env["account.payment"]
        .search(
            [
                ("partner_id.commercial_partner_id", "=", customer),
                ("state", "in", ("in_process", "paid")),
            ]
        )
        .mapped("amount_signed")
    )
    balance = sum(receivable.mapped("balance"))
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
