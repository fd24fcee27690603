"""Expenses as the customer's pages show them."""

from odoo import api, models
from odoo.fields import Domain

STATE_TONES = {"approved": "waiting", "on_order": "info", "invoiced": "good"}


class HrExpense(models.Model):
    _inherit = "hr.expense"

    # === LISTS === #

    @api.model
    def _portal_filters(self):
        lines = Domain("sale_order_line_id", "!=", False)
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "approved": {"label": self.env._("Not on an order yet"), "domain": ~lines},
            "on_order": {"label": self.env._("On an order"), "domain": lines},
        }

    @api.model
    def _portal_sorts(self):
        return {
            **self._portal_date_sorts("date"),
            **self._portal_name_sort(self.env._("What it was for")),
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_day_domain("date", date_begin, date_end)

    @api.model
    def _portal_search_word_domain(self, contact, word):
        """Override: what it was for, and numbers and references of its order."""
        Order = self.env["sale.order"]
        Order.flush_model(["name", "client_order_ref"])

        def in_order(model, alias, query, pattern):
            order_id = model._field_to_sql(alias, "sale_order_id", query)
            return [Order._portal_order_condition(order_id, pattern)]

        return self._portal_own_text_domain(word, ("name",), in_order)

    # === ROWS === #

    def _portal_conversation_title(self):
        return self.sudo().name  # Asked for whom the expense is to see.

    def _portal_invoices(self):
        """Return the posted documents that bill this expense, in sudo; drafts are not told of.

        :rtype: account.move
        """
        self.ensure_one()
        # Sudo: who may see which of them is asked of them, not of the lines between.
        moves = self.sudo().sale_order_line_id.invoice_lines.move_id
        return moves.filtered(lambda move: move.state == "posted")

    def _portal_state(self):
        """Return in which state this expense is, for its customer: ``approved`` (not on its order
        yet), ``on_order`` or ``invoiced``.

        :rtype: str
        """
        self.ensure_one()
        line = self.sale_order_line_id
        if not line:
            return "approved"
        billed = sum(
            bill.quantity * (-1 if bill.move_id.move_type == "out_refund" else 1)
            for bill in line.invoice_lines
            if bill.move_id.state == "posted"
        )
        return "invoiced" if billed > 0 else "on_order"

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "approved": self.env._("Approved"),
            "on_order": self.env._("On your order"),
            "invoiced": self.env._("Invoiced"),
        }

    def _portal_state_text(self, row):
        texts = {
            "approved": self.env._("We add it to your order; its amount is told then."),
            "on_order": self.env._("It is on your order, and is invoiced with it."),
            "invoiced": self.env._("It is on an invoice."),
        }
        return texts[row["state"]]

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["date", _("Date"), "date"],
            ["name", _("What it was for"), "text"],
            ["detail", _("Order"), "text"],
            ["total", _("Total"), "money"],
            ["currency", _("Currency"), "text"],
            ["state_label", _("Status"), "text"],
        ]

    def _portal_rows(self):
        """Override: the amount is that of the order, not what the employee spent; there is none
        as long as it is not on the order."""
        labels = self._portal_state_labels()
        rows = []
        for expense in self:
            state = expense._portal_state()
            line = expense.sale_order_line_id
            rows.append(
                {
                    "id": expense.id,
                    "name": expense.name,
                    "detail": expense.sale_order_id.name,
                    "url": expense.access_url,
                    "date": expense.date,
                    "company": expense.company_id.name,
                    "untaxed": line.price_subtotal if line else None,
                    "total": line.price_total if line else None,
                    "currency": line.currency_id or None,
                    "state": state,
                    "state_label": labels[state],
                    "state_tone": STATE_TONES[state],
                }
            )
        return rows

    def _portal_file_rows(self):
        """Override: each row of a table has a currency, also the one without an amount."""
        rows = self._portal_rows()
        for expense, row in zip(self, rows, strict=True):
            row["currency"] = expense.sale_order_id.currency_id
        return rows
