"""Deliveries and returns as the customer's lists show them."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STATE_TONES = {
    "preparing": "info",
    "shipped": "info",
    "received": "good",
    "problem": "waiting",
    "awaited": "waiting",
    "returned": "good",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === LISTS === #

    @api.model
    def _portal_return_domain(self):
        """Return the domain of what comes back from customers, among what the gates are for.

        :rtype: Domain
        """
        return Domain("location_id.usage", "=", "customer")

    @api.model
    def _portal_filters(self):
        returns = self._portal_return_domain()
        done = Domain("state", "=", "done")
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "coming": {"label": self.env._("To come"), "domain": ~returns & ~done},
            "shipped": {"label": self.env._("Already shipped"), "domain": ~returns & done},
            "returns": {"label": self.env._("Returns"), "domain": returns},
        }

    @api.model
    def _portal_sorts(self):
        return {
            **self._portal_date_sorts("portal_date"),
            **self._portal_name_sort(self.env._("Number")),
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_moment_domain("portal_date", date_begin, date_end)

    @api.model
    def _portal_search_word_domain(self, contact, word):
        """Override: numbers of the delivery, of its order and of the carrier, the customer's own
        reference, and what was ordered. There are no amounts."""
        texts = [
            name for name in ("name", "origin", "carrier_tracking_ref") if name in self._fields
        ]
        Order = self.env["sale.order"]
        Order.flush_model(["name", "client_order_ref"])
        self.env["sale.order.line"].flush_model(["name"])
        self.env["stock.move"].flush_model(["picking_id", "sale_line_id"])

        def in_order(model, alias, query, pattern):
            return [
                Order._portal_order_condition(
                    model._field_to_sql(alias, "sale_id", query), pattern
                ),
                SQL(
                    """EXISTS (
                        SELECT 1 FROM stock_move move
                          JOIN sale_order_line line ON line.id = move.sale_line_id
                         WHERE move.picking_id = %s AND portal_fold(line.name) LIKE %s
                    )""",
                    SQL.identifier(alias, "id"),
                    pattern,
                ),
            ]

        return self._portal_own_text_domain(word, texts, in_order)

    # === ROWS === #

    def _portal_is_return(self):
        """Return whether this comes back from the customer.

        :rtype: bool
        """
        self.ensure_one()
        return self.location_id.usage == "customer"

    def _portal_state(self):
        """Return in which state this delivery or return is, for its customer.

        - ``preparing``, ``shipped``, ``problem`` (one was reported), ``received``: a delivery
        - ``awaited``, ``returned``: a return

        :rtype: str
        """
        self.ensure_one()
        done = self.state == "done"
        if self._portal_is_return():
            return "returned" if done else "awaited"
        if not done:
            return "preparing"
        if any(problem.state == "open" for problem in self.portal_problem_ids):
            return "problem"
        return "received" if self.portal_received_on else "shipped"

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "preparing": self.env._("Being prepared"),
            "shipped": self.env._("Shipped"),
            "received": self.env._("Received"),
            "problem": self.env._("Problem reported"),
            "awaited": self.env._("Return awaited"),
            "returned": self.env._("Return received"),
        }

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["name", _("Number"), "text"],
            ["detail", _("Order"), "text"],
            ["ref", _("Reference"), "text"],
            ["date", _("Date"), "date"],
            ["state_label", _("Status"), "text"],
        ]

    def _portal_rows(self):
        labels = self._portal_state_labels()
        rows = []
        for picking in self:
            state = picking._portal_state()
            rows.append(
                {
                    "id": picking.id,
                    "name": picking.name,
                    "detail": picking.sale_id.name or picking.origin or "",
                    "ref": picking.sale_id.client_order_ref or "",
                    "url": picking.access_url,
                    "date": fields.Datetime.context_timestamp(picking, picking.portal_date).date(),
                    "company": picking.company_id.name,
                    "is_return": picking._portal_is_return(),
                    "is_done": picking.state == "done",
                    "state": state,
                    "state_label": labels[state],
                    "state_tone": STATE_TONES[state],
                }
            )
        return rows
