"""Quotes and orders as the customer's pages show them."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.text_search import trigram_index

STATE_TONES = {
    "to_answer": "waiting",
    "waiting": "info",
    "expired": "neutral",
    "rejected": "neutral",
    "confirmed": "info",
    "partly_invoiced": "info",
    "invoiced": "good",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _portal_search_idx = models.Index(trigram_index("name", "client_order_ref", "reference"))
    _portal_amount_idx = models.Index("(portal_commercial_partner_id, amount_total DESC, id DESC)")
    # Those that wait for an answer are few among all that there were.
    _portal_sent_idx = models.Index(
        "(portal_commercial_partner_id, date_order) WHERE state = 'sent'"
    )

    # === LISTS === #

    @api.model
    def _portal_to_answer_domain(self):
        """Return the domain of the quotes that wait for the customer's answer.

        :rtype: Domain
        """
        today = self._portal_today()
        return Domain("state", "=", "sent") & (
            Domain("validity_date", "=", False) | Domain("validity_date", ">=", today)
        )

    @api.model
    def _portal_filters(self):
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "to_answer": {
                "label": self.env._("To answer"),
                "domain": self._portal_to_answer_domain(),
            },
            **self._portal_open_filters(),
            "accepted": {
                "label": self.env._("Accepted"),
                "domain": Domain("state", "=", "sale"),
            },
            "rejected": {
                "label": self.env._("Rejected"),
                "domain": Domain("state", "=", "cancel"),
            },
            "expired": {
                "label": self.env._("Expired"),
                "domain": Domain("state", "=", "sent")
                & Domain("validity_date", "<", self._portal_today()),
            },
        }

    @api.model
    def _portal_open_filters(self):
        """Return further filters of open quotes, as ``_portal_filters`` does.

        For a module to tell open quotes apart, it must override this method.

        :rtype: dict[str, dict]
        """
        return {}

    @api.model
    def _portal_order_filters(self):
        """Return the filters of the list of orders, as ``_portal_filters`` does for quotes.

        :rtype: dict[str, dict]
        """
        has_invoice = Domain("order_line", "any", [("untaxed_amount_invoiced", "!=", 0)])
        whole = Domain("invoice_status", "in", ("invoiced", "upselling"))
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "confirmed": {
                "label": self.env._("Not invoiced yet"),
                "domain": ~has_invoice,
            },
            "partly_invoiced": {
                "label": self.env._("Invoiced in part"),
                "domain": has_invoice & ~whole,
            },
            "invoiced": {
                "label": self.env._("Invoiced"),
                "domain": has_invoice & whole,
            },
        }

    @api.model
    def _portal_sorts(self):
        return {**self._portal_date_sorts("date_order"), **self._portal_amount_sorts()}

    @api.model
    def _portal_sums(self, domain):
        """Override: by currency."""
        return [
            {"currency": currency, "total": total}
            for currency, total in self._read_group(domain, ["currency_id"], ["amount_total:sum"])
        ]

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_moment_domain("date_order", date_begin, date_end)

    @api.model
    def _portal_search_fields(self):
        return ("name", "client_order_ref", "reference")

    @api.model
    def _portal_flush_search(self):
        self.flush_model()
        self.env["sale.order.line"].flush_model(["name", "order_id"])

    @api.model
    def _portal_search_own_condition(self, contact):
        return SQL("portal_commercial_partner_id = %s", contact.commercial_partner_id.id)

    @api.model
    def _portal_line_query(self, contact, pattern):
        return SQL(
            """
            SELECT sale_order.id
              FROM sale_order_line line
              JOIN sale_order ON sale_order.id = line.order_id
             WHERE sale_order.portal_commercial_partner_id = %s
               AND portal_fold(line.name) LIKE %s
            """,
            contact.commercial_partner_id.id,
            pattern,
        )

    @api.model
    def _portal_line_condition(self, table, pattern):
        return SQL(
            """
            EXISTS (
                SELECT 1 FROM sale_order_line line
                 WHERE line.order_id = %s.id AND portal_fold(line.name) LIKE %s
            )
            """,
            table,
            pattern,
        )

    @api.model
    def _portal_order_condition(self, order_id, pattern):
        """Return the condition that an order has a word in its number or the customer's own one:
        for documents that hang on an order and are found by it.

        :param SQL order_id: the id of the order in the query of these documents
        :param str pattern: of LIKE, folded
        :rtype: SQL
        """
        return SQL(
            """
            EXISTS (
                SELECT 1 FROM sale_order
                 WHERE sale_order.id = %s
                   AND (portal_fold(sale_order.name) LIKE %s
                        OR portal_fold(sale_order.client_order_ref) LIKE %s)
            )
            """,
            order_id,
            pattern,
            pattern,
        )

    # === ROWS === #

    def _portal_state(self, has_invoice=None):
        """Return in which state this document is, for its customer.

        - ``to_answer``, ``waiting`` (for a colleague), ``expired``, ``rejected``: a quote
        - ``confirmed``, ``partly_invoiced``, ``invoiced``: an order

        :param bool has_invoice: whether a posted invoice exists; looked up if not given
        :rtype: str
        """
        self.ensure_one()
        if self.state == "cancel":
            return "rejected"
        if self.state != "sale":
            if self.validity_date and self.validity_date < self._portal_today():
                return "expired"
            return "waiting" if self._portal_waits_for_colleague() else "to_answer"
        if has_invoice is None:
            has_invoice = self.id in self._portal_invoiced_ids()
        if not has_invoice:
            return "confirmed"
        whole = self.invoice_status in ("invoiced", "upselling")
        return "invoiced" if whole else "partly_invoiced"

    def _portal_waits_for_colleague(self):
        """Return whether this open quote waits for another person of the customer.

        For a module to let several people answer a quote, it must override this method.

        :rtype: bool
        """
        return False

    def _portal_waits_for(self, partner):
        """Return whether it is the turn of ``partner`` to answer this open quote.

        For a module to let several people answer a quote, it must override this method.

        :param res.partner partner: partner of the current user
        :rtype: bool
        """
        return True

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "to_answer": self.env._("To answer"),
            "waiting": self.env._("Waiting for approval"),
            "expired": self.env._("Expired"),
            "rejected": self.env._("Rejected"),
            "confirmed": self.env._("Confirmed"),
            "partly_invoiced": self.env._("Invoiced in part"),
            "invoiced": self.env._("Invoiced"),
        }

    @api.model
    def _portal_state_tones(self):
        """Return how the states of ``_portal_state`` look, see template ``state_pill``.

        For a module to tell more states apart, it must extend this method, ``_portal_state`` and
        ``_portal_state_labels``.

        :rtype: dict[str, str]
        """
        return STATE_TONES

    def _portal_invoiced_ids(self):
        """Return which of these orders have a posted invoice.

        :rtype: set[int]
        """
        groups = self.env["sale.order.line"]._read_group(
            [("order_id", "in", self.ids), ("untaxed_amount_invoiced", "!=", 0)], ["order_id"]
        )
        return {order.id for (order,) in groups}

    def _portal_delivery_label(self):
        """Return how far this order is delivered, in the words of the inventory; empty where
        there is none, or nothing to deliver.

        :rtype: str
        """
        field = self._fields.get("delivery_status")  # of sale_stock, if that is installed
        if not field:
            return ""
        # Sudo: a portal user reads few columns of its orders.
        return dict(field._description_selection(self.env)).get(self.sudo().delivery_status, "")

    def _portal_rows(self):
        invoiced_ids = self._portal_invoiced_ids()
        labels, tones = self._portal_state_labels(), self._portal_state_tones()
        rows = []
        for order in self:
            state = order._portal_state(order.id in invoiced_ids)
            rows.append(
                {
                    "id": order.id,
                    "name": order.name,
                    "ref": order.client_order_ref or "",
                    "type": "order" if order.state == "sale" else "quote",
                    "url": f"/my/orders/{order.id}",
                    "date": fields.Datetime.context_timestamp(self, order.date_order).date(),
                    "valid_until": order.validity_date,
                    "total": order.amount_total,
                    "currency": order.currency_id,
                    "company": order.company_id.name,
                    "state": state,
                    "state_label": labels[state],
                    "state_tone": tones[state],
                    "to_answer": state in ("to_answer", "waiting")
                    and order._portal_waits_for(self.env.user.partner_id),
                    "delivery_label": order._portal_delivery_label(),
                }
            )
        return rows
