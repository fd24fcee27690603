"""Deliveries and returns behind the four gates."""

from odoo import api, fields, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "origin", "state", "priority", "scheduled_date", "date_done",
        "partner_id", "company_id", "sale_id", "picking_type_code", "backorder_id", "return_id",
        "access_url", "portal_received_on", "create_date", "write_date",
    ]
)  # fmt: skip


class StockPicking(models.Model):
    """What goes to a customer, and what comes back from it. Receipts of suppliers, returns to
    them and moves between one's own places stay as Odoo has them."""

    _name = "stock.picking"
    # The mixins come first: later ones would be overridden by portal and mail.
    _inherit = [
        "customer.portal.customer.mixin",
        "customer.portal.sign.mixin",
        "portal.mixin",
        "stock.picking",
    ]

    _portal_capability = "can_see_deliveries"
    _portal_addressee_paths = (
        "partner_id",
        "sale_id.partner_id",
        "sale_id.partner_invoice_id",
    )
    # What Odoo mails of a transfer, and what comes back, stays on it, for staff.
    _portal_has_messages = False

    portal_visible = fields.Boolean(
        help="Switched off, the customer doesn't see this delivery or return."
    )
    portal_date = fields.Datetime("Date in the portal", compute="_compute_portal_date", store=True)
    portal_received_on = fields.Datetime("Receipt confirmed on", copy=False, readonly=True)
    portal_received_by = fields.Char("Receipt confirmed by", copy=False, readonly=True)
    portal_is_delivery = fields.Boolean(
        "Is a delivery of the portal", compute="_compute_portal_is_delivery"
    )

    _portal_list_idx = models.Index("(portal_commercial_partner_id, portal_date DESC, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "sale_id.portal_commercial_partner_id")
    def _compute_portal_commercial_partner_id(self):
        """Override: goods may go to somebody else's address, and are the customer's who ordered
        them."""
        for picking in self:
            picking.portal_commercial_partner_id = (
                picking.sale_id.portal_commercial_partner_id
                or picking.partner_id.commercial_partner_id
            )

    @api.depends("state", "date_done", "scheduled_date")
    def _compute_portal_date(self):
        for picking in self:
            done = picking.state == "done" and picking.date_done
            picking.portal_date = done or picking.scheduled_date

    @api.depends("location_id.usage", "location_dest_id.usage")
    def _compute_portal_is_delivery(self):
        for picking in self:
            picking.portal_is_delivery = picking._portal_in_scope()

    def _compute_access_url(self):
        """Override of `portal`: our page, for what has one."""
        super()._compute_access_url()
        for picking in self.filtered_domain(self._portal_scope_domain()):
            picking.access_url = f"/my/deliveries/{picking.id}"

    # === GATES === #

    @api.model
    def _portal_scope_domain(self):
        return Domain("location_dest_id.usage", "=", "customer") | Domain(
            "location_id.usage", "=", "customer"
        )

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_deliveries", "=", True),
            document=Domain("state", "not in", ("draft", "cancel"))
            & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_responsible_candidates(self):
        return (
            self.user_id
            | self.sale_id.user_id
            | self.portal_commercial_partner_id.user_id
            | self.company_id.portal_message_user_id
        )

    # === MESSAGES === #

    def _portal_mail_button(self):
        return self.env._("See the delivery") if self._portal_is_open_to_customer() else ""

    def _portal_mails_lead_to_it(self):
        return self._portal_is_open_to_customer()

    def _portal_opened_by_order(self):
        """Return whether the link of its order may open this delivery: there is one, and it opens
        the order itself. Whether it is the one that came is Odoo's to compare.

        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo().sale_id  # Its token is nobody's to read.
        return bool(
            order_sudo.access_token and not order_sudo._portal_refusal(self.env["res.partner"])
        )
