"""The customer asks for the same once more: a draft that staff look at, and send as a quote."""

from odoo import fields, models
from odoo.fields import Command

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry


class SaleOrder(models.Model):
    _inherit = "sale.order"

    portal_again_of_id = fields.Many2one(
        "sale.order",
        "Asked for again in the portal",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer asked for what this order had, at the prices of the day it asked.",
    )

    def _portal_again_obstacle(self, contact):
        """Return why ``contact`` can't order this again, as a key of ``_portal_again_texts``.

        :param res.partner contact: partner of the signed-in user
        :return: None if it can
        :rtype: str | None
        """
        self.ensure_one()
        order_sudo = self.sudo()  # The answer must be the same whoever asks.
        if (
            order_sudo.state != "sale"
            or not order_sudo.company_id.portal_allow_reorder
            or not self._portal_as_contact(contact)
            or self._portal_refusal(contact)
        ):
            return "off"
        if order_sudo._portal_open_request():
            return "waiting"
        return None if order_sudo._portal_lines_again() else "nothing"

    def _portal_again_texts(self):
        """Return the words for what is in the way of ordering again.

        :rtype: dict[str, str]
        """
        return {
            "off": self.env._("This order can't be ordered again here. Please write to us."),
            "waiting": self.env._(
                "You have asked for this order again. We are preparing your quote."
            ),
            "nothing": self.env._("We do not sell anything of this order any more."),
        }

    def _portal_open_request(self):
        """Return the request for this order that staff have not answered yet.

        :rtype: sale.order
        """
        self.ensure_one()
        return self.search([("portal_again_of_id", "=", self.id), ("state", "=", "draft")], limit=1)

    def _portal_lines_again(self):
        """Return the lines of this order that can be ordered again: goods and services that are
        sold still. What other addons add by themselves (carriage, rewards) they add anew.

        :rtype: sale.order.line
        """
        self.ensure_one()
        added = [
            name
            for name in ("is_downpayment", "is_delivery", "is_reward_line", "combo_item_id")
            if name in self.order_line._fields
        ]
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id.active
                and line.product_id.sale_ok
                and line.product_id.type != "combo"
                and line.product_uom_qty > 0
                and not any(line[name] for name in added)
            )
        )

    def _portal_order_again(self, contact):
        """Ask staff for a quote with the lines of this order, at today's prices.

        The row is locked first: of two clicks, one makes a request.

        :param res.partner contact: who asks
        :return: the draft, in sudo: the customer sees it when it is sent
        :rtype: sale.order
        :raise PortalRefusal: if it can't be
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if obstacle := self._portal_again_obstacle(contact):
            raise PortalRefusal(self._portal_again_texts()[obstacle], obstacle)
        order_sudo = self.sudo()  # Contacts write no orders; the gates have been asked.
        lines = order_sudo._portal_lines_again()
        draft_sudo = (
            order_sudo.with_company(order_sudo.company_id)
            .with_context(mail_create_nosubscribe=True, mail_auto_subscribe_no_notify=True)
            .create(
                {
                    "partner_id": order_sudo.partner_id.id,
                    "partner_invoice_id": order_sudo.partner_invoice_id.id,
                    "partner_shipping_id": order_sudo.partner_shipping_id.id,
                    "company_id": order_sudo.company_id.id,
                    "user_id": order_sudo.user_id.id,
                    "team_id": order_sudo.team_id.id,
                    "origin": order_sudo.name,
                    "portal_again_of_id": order_sudo.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "product_uom_id": line.product_uom_id.id,
                                "product_uom_qty": line.product_uom_qty,
                            }
                        )
                        for line in lines
                    ],
                }
            )
        )
        draft_sudo._portal_tell_request(contact)
        return draft_sudo

    def _portal_tell_request(self, contact):
        """Tell staff that a contact asks for the same once more.

        :param res.partner contact: who asks
        """
        self.ensure_one()
        user = self._portal_responsible() or self.env.ref("base.user_admin")
        env = self.with_context(lang=user.lang).env
        self.env["customer.portal.staff.notification"]._tell(
            self,
            "reorder",
            user,
            env._("%s is asked for again", self.portal_again_of_id.name),
            words=contact.display_name,
        )
        self.env["customer.portal.event"]._log(
            "message",
            record=self.portal_again_of_id,
            contact=contact,
            detail=self.env._("Asked for again"),
        )
