"""The page of a delivery or return: what was sent, what is still to come, where it is."""

import json
import re

from odoo import fields, models
from odoo.tools import format_date

from odoo.addons.customer_portal_plus.tools.pdf_data import number


def tracking_links(address, reference):
    """Return the links under which a carrier tells where parcels are.

    :param str address: as the carrier's connection gives it: an address, or JSON of several with
        their names
    :param str reference: what the one address is called
    :return: pairs of name and address; none that a browser would run
    :rtype: list[tuple[str, str]]
    """
    pairs = [(reference or "", address)]
    if (address or "").lstrip().startswith("["):
        try:
            found = json.loads(address)
        except ValueError:
            return []
        pairs = [tuple(pair) for pair in found if isinstance(pair, list) and len(pair) == 2]
    return [
        (str(name) or url, url)
        for name, url in pairs
        if isinstance(url, str) and re.match(r"https?://[^\s/]", url, re.IGNORECASE)
    ]


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _portal_conversation_title(self):
        picking_sudo = self.sudo()  # Asked for whom the delivery is to see.
        if picking_sudo._portal_is_return():
            return self.env._("Return %s", picking_sudo.name)
        return self.env._("Delivery %s", picking_sudo.name)

    def _portal_state_text(self, row):
        _ = self.env._
        day = format_date(self.env, row["date"])
        texts = {
            "preparing": _("We expect to ship it on %s.", day),
            "shipped": _("Shipped on %s.", day),
            "problem": _("Shipped on %s. We are looking into what you told us.", day),
            "awaited": _("We expect it back on %s.", day),
            "returned": _("It came back to us on %s.", day),
        }
        if row["state"] == "received":
            received = fields.Datetime.context_timestamp(self, self.portal_received_on).date()
            return _(
                "Shipped on %(day)s. %(name)s confirmed its receipt on %(received)s.",
                day=day,
                name=self.portal_received_by,
                received=format_date(self.env, received),
            )
        return texts[row["state"]]

    def _portal_tracking_links(self):
        """Return where the carrier tells where it is; see ``tracking_links``.

        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        if "carrier_tracking_url" not in self._fields:  # of Odoo's connections to carriers
            return []
        return tracking_links(self.carrier_tracking_url, self.carrier_tracking_ref)

    def _portal_moves(self):
        """Return what was sent, or is to be sent, in the order of the papers.

        :rtype: stock.move
        """
        self.ensure_one()
        done = self.state == "done"
        return self.move_ids.filtered(
            lambda move: move.state != "cancel" and (not done or move.quantity > 0)
        ).sorted(lambda move: (move.sequence, move.id))

    def _portal_open_backorders(self):
        """Return what was split off this delivery and is still to come.

        :rtype: stock.picking
        """
        return self.backorder_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _portal_lines(self):
        """Return the lines of this delivery as its page and its paper show them.

        :return: dicts with ``id`` (of the move), ``name``, ``quantity`` (a number), ``text`` (it
            with its unit), ``to_come`` (a text, empty if nothing is)
        :rtype: list[dict]
        """
        self.ensure_one()
        later = self._portal_open_backorders().move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        lines = []
        for move in self._portal_moves():
            quantity = move.quantity if self.state == "done" else move.product_uom_qty
            same = later.filtered(
                lambda other, move=move: (
                    other.product_id == move.product_id and other.sale_line_id == move.sale_line_id
                )
            )
            to_come = sum(same.mapped("product_qty"))
            lines.append(
                {
                    "id": move.id,
                    "name": move._portal_name(),
                    "quantity": quantity,
                    "text": move._portal_quantity_text(quantity),
                    "to_come": (
                        f"{number(self, to_come)} {move.product_id.uom_id.name}" if to_come else ""
                    ),
                }
            )
        return lines

    def _portal_to_come(self):
        """Return what of these deliveries is still to come, and when, the soonest first.

        :return: dicts with ``name``, ``text`` (quantity and unit), ``date`` (that we expect)
        :rtype: list[dict]
        """
        waiting = self.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel", "draft") and not picking._portal_is_return()
            )
        )
        return [
            {
                "name": line["name"],
                "text": line["text"],
                "date": fields.Datetime.context_timestamp(picking, picking.portal_date).date(),
            }
            for picking in waiting.sorted(lambda picking: (picking.portal_date, picking.id))
            for line in picking._portal_lines()
        ]

    def _portal_invoices(self):
        """Return the invoices that bill what was sent here, in sudo.

        :rtype: account.move
        """
        self.ensure_one()
        # Sudo: who may see which of them is asked of them, not of the lines between.
        return self.sudo().move_ids.sale_line_id.invoice_lines.move_id
