from odoo import api, fields, models
from odoo.fields import Domain

READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "state", "date_order", "validity_date", "client_order_ref",
        "reference", "partner_id", "partner_invoice_id", "partner_shipping_id", "company_id",
        "currency_id", "payment_term_id", "order_line", "amount_untaxed", "amount_tax",
        "amount_total", "invoice_status", "invoice_ids", "require_signature", "require_payment",
        "prepayment_percent", "signed_by", "signed_on", "signature", "is_expired", "access_url",
        "type_name", "create_date", "write_date", "portal_can_accept",
    ]
)  # fmt: skip


class SaleOrder(models.Model):
    _name = "sale.order"
    # The mixin comes first: later ones would be overridden by portal and mail, not override them.
    _inherit = ["customer.portal.customer.mixin", "sale.order"]

    _portal_capability = "can_see_quotes"
    _portal_addressee_paths = ("partner_id", "partner_invoice_id")

    portal_visible = fields.Boolean(
        help="Switched off, the customer doesn't see this quote or order."
    )
    portal_commercial_partner_id = fields.Many2one(
        compute="_compute_portal_commercial_partner_id", store=True, precompute=True, index=True
    )
    portal_rejected_on = fields.Datetime(
        "Rejected by the customer on",
        copy=False,
        readonly=True,
        help="When the customer rejected this quote in the portal. It still sees it then.",
    )
    portal_rejection_reason_id = fields.Many2one(
        "customer.portal.rejection.reason",
        "Reason of rejection",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="What the customer chose when it rejected this quote in the portal.",
    )
    portal_rejection_note = fields.Text(
        "Customer's words",
        copy=False,
        readonly=True,
        help="What the customer wrote when it rejected this quote in the portal.",
    )

    _portal_list_idx = models.Index("(portal_commercial_partner_id, date_order DESC, id DESC)")

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        # A cancelled quote is shown only to those who rejected it: that is its history.
        quotes = Domain("state", "=", "sent") | (
            Domain("state", "=", "cancel") & Domain("portal_rejected_on", "!=", False)
        )
        orders = Domain("state", "=", "sale")
        return self._portal_make_gates(
            contact,
            company=(~orders | Domain("company_id.portal_show_orders", "=", True))
            & (orders | Domain("company_id.portal_show_quotes", "=", True)),
            document=(quotes | orders) & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_responsible_candidates(self):
        return self.user_id | self.team_id.user_id | self.partner_id.user_id
