from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_deliveries(self):
        """Ship orders of the demo, once: when the demo data is loaded again, they are shipped. In
        whole, in part, with something missing, not yet, and with a return."""
        company = self._ref("demo_company")
        demo = self._in_demo_company()
        Picking = demo.env["stock.picking"]
        if Picking.search_count([("company_id", "=", company.id), ("state", "=", "done")], limit=1):
            return
        demo._load_warehouse(company)
        company.write(
            {
                "portal_show_deliveries": True,
                "portal_allow_receipt": True,
                "portal_allow_reorder": True,
            }
        )
        self._ref("demo_user_sales").group_ids = [
            Command.link(self.env.ref("stock.group_stock_user").id)
        ]
        demo._ship_earlier_orders(company)
        demo._ship_new_orders()

    @api.model
    def _ship_earlier_orders(self, company):
        """Ship what was ordered long ago, where it was ordered with a warehouse there already."""
        week_ago = fields.Datetime.now() - timedelta(days=7)
        waiting = self.env["stock.picking"].search(
            [
                ("company_id", "=", company.id),
                ("state", "not in", ("done", "cancel", "draft")),
                ("sale_id.date_order", "<", week_ago),
            ]
        )
        for picking in waiting:
            self._ship(picking, picking.sale_id.date_order + timedelta(days=3))

    @api.model
    def _ship_new_orders(self):
        """Give one customer deliveries in all states, and another one a delivery."""
        customer, purchasing = "demo_customer_talleres", "demo_contact_talleres_compras"
        now = fields.Datetime.now()
        received = self._make_order(customer, 4, days=21, client_order_ref="TN-2107")
        self._ship(received.picking_ids, now - timedelta(days=18))
        received.picking_ids.write(
            {
                "portal_received_on": now - timedelta(days=17),
                "portal_received_by": self._ref("demo_contact_talleres_almacen").name,
            }
        )
        self._return_of(received.picking_ids)
        in_part = self._make_order(purchasing, 4, days=12, client_order_ref="TN-2119")
        shipped = in_part.picking_ids
        self._ship(shipped, now - timedelta(days=8), lines=2)
        shipped.backorder_ids.scheduled_date = now + timedelta(days=6)
        self._report_shortage(shipped)
        in_preparation = self._make_order(customer, 3, days=2, client_order_ref="TN-2131")
        in_preparation.picking_ids.scheduled_date = now + timedelta(days=2)
        other = self._make_order("demo_customer_hotel", 4, days=6)
        self._ship(other.picking_ids, now - timedelta(days=4))

    @api.model
    def _ship(self, pickings, date, lines=None):
        """Ship deliveries on a day.

        :param int lines: how many lines, the rest comes later; all if not given
        """
        for picking in pickings.filtered(lambda picking: picking.state != "done"):
            for place, move in enumerate(picking.move_ids):
                sent = lines is None or place < lines
                move.write({"quantity": move.product_uom_qty if sent else 0, "picked": sent})
            picking._action_done()
            picking.date_done = date

    @api.model
    def _return_of(self, picking):
        """Announce that one line of a delivery comes back."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model=picking._name)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves[:1].quantity = 1
        wizard._create_return()

    @api.model
    def _report_shortage(self, picking):
        """Have the customer report that a piece of a delivery is missing."""
        user = self._ref("demo_user_talleres_compras")
        picking = picking.with_user(user).with_company(user.company_id)
        move = picking.sudo()._portal_moves()[:1]
        picking._portal_report_problems(
            user.partner_id.with_user(user).sudo(),
            {
                str(move.id): {
                    "kind": "shortage",
                    "quantity": "1",
                    "note": "Falta una unidad en la caja; el precinto estaba intacto.",
                }
            },
            {},
        )
