"""Deliveries of the two customers, in all states."""

from odoo import Command
from odoo.tests import Form

from odoo.addons.customer_portal_plus.tests.common.signature import SignatureCase


class DeliveryCase(SignatureCase):
    """Alfa has a delivery that was shipped in part, what is left of it, and one of its contact
    with scope *own*; Beta has one. Signing comes from the tests of signatures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "portal_show_deliveries": True,
                "portal_allow_receipt": True,
                "portal_allow_reorder": True,
            }
        )
        cls.user_stock = cls._create_staff(
            "Almacén",
            "stock",
            "almacen@example.com",
            "stock.group_stock_user",
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.washer = cls.env["product.product"].create(
            {"name": "Arandela", "list_price": 5.0, "taxes_id": [Command.clear()]}
        )
        cls.order = cls._order(cls.alfa, client_order_ref="PED-77")
        cls.shipped = cls.order.picking_ids
        cls._ship(cls.shipped, {cls.product: 6, cls.washer: 2})
        cls.backorder = cls.shipped.backorder_ids
        cls.of_own = cls._order(cls.user_own.partner_id).picking_ids
        cls.foreign = cls._order(cls.beta).picking_ids
        cls._ship(cls.foreign)

    @classmethod
    def _order(cls, partner, quantity=10, **values):
        """Confirm an order of screws and washers; nothing of it is shipped."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.user_sales.id,
                "require_signature": False,
                "require_payment": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": name,
                            "product_uom_qty": quantity,
                            "price_unit": 10,
                        }
                    )
                    for product, name in (
                        (cls.product, "Tornillo de latón"),
                        (cls.washer, "Arandela plana"),
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _ship(cls, picking, quantities=None):
        """Ship a delivery: what is asked for, or some of it; the rest comes later."""
        for move in picking.move_ids:
            quantity = (
                move.product_uom_qty if quantities is None else quantities.get(move.product_id, 0)
            )
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking._action_done()

    @classmethod
    def _return(cls, picking):
        """Announce that one piece of a delivery comes back; return the return."""
        wizard = (
            cls.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model=picking._name)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves[:1].quantity = 1
        return wizard._create_return()

    @classmethod
    def _receipt(cls):
        """A receipt of a supplier, which Alfa happens to be as well."""
        form = Form(cls.env["stock.picking"])
        form.picking_type_id = cls.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", cls.company.id)], limit=1
        )
        form.partner_id = cls.alfa
        with form.move_ids.new() as line:
            line.product_id = cls.washer
            line.product_uom_qty = 3
        receipt = form.save()
        receipt.action_confirm()
        return receipt

    def _line(self, picking, product=None):
        return picking.move_ids.filtered(lambda move: move.product_id == (product or self.product))
