from odoo import api, fields, models
from odoo.fields import Domain

CUSTOMER_MOVE_TYPES = ("out_invoice", "out_refund", "out_receipt")
# Named once, because an index is built on it and a query must name the same states to use it.
OPEN_PAYMENT_STATES = ("not_paid", "partial", "in_payment")
# Predicate of the indexes that lists and sums use. Without the types, the entries of payments
# would make up half of each index, in front of the invoices, as they have no invoice date.
CUSTOMER_DOCUMENTS = f"WHERE state = 'posted' AND move_type IN {CUSTOMER_MOVE_TYPES}"

READABLE_FIELDS = frozenset(
    [
        "id", "display_name", "name", "ref", "move_type", "state", "payment_state",
        "invoice_date", "invoice_date_due", "date", "partner_id", "commercial_partner_id",
        "partner_shipping_id", "company_id", "currency_id", "company_currency_id",
        "invoice_line_ids", "line_ids", "invoice_payment_term_id", "payment_reference",
        "invoice_origin", "amount_untaxed", "amount_tax", "amount_total", "amount_residual",
        "amount_untaxed_signed", "amount_total_signed", "amount_residual_signed", "access_url",
        "type_name", "create_date", "write_date",
    ]
)  # fmt: skip


class AccountMove(models.Model):
    _name = "account.move"
    # The mixin comes first: later ones would be overridden by portal and mail, not override them.
    _inherit = ["customer.portal.access.mixin", "account.move"]

    _portal_capability = "can_see_invoices"

    portal_visible = fields.Boolean(
        "Visible in portal",
        default=True,
        copy=False,
        tracking=True,
        help="Switched off, the customer doesn't see this document; its amount stays in the"
        " balance, as one line of other items.",
    )

    _portal_list_idx = models.Index(
        f"(commercial_partner_id, invoice_date DESC, id DESC) {CUSTOMER_DOCUMENTS}"
    )
    _portal_due_idx = models.Index(
        "(commercial_partner_id, invoice_date_due, id)"
        " INCLUDE (company_id, currency_id, move_type, payment_state, portal_visible, partner_id,"
        f" amount_residual) {CUSTOMER_DOCUMENTS} AND payment_state IN {OPEN_PAYMENT_STATES}"
    )

    # === VIEWS === #

    @api.model
    def get_views(self, views, options=None):
        """Override of `base`: vendor bills and entries have no bulk actions of the portal."""
        result = super().get_views(views, options)
        move_type = self.env.context.get("default_move_type")
        if move_type and move_type not in CUSTOMER_MOVE_TYPES:
            portal_actions = {
                self.env.ref("customer_portal_plus.account_move_action_portal_show").id,
                self.env.ref("customer_portal_plus.account_move_action_portal_hide").id,
            }
            for view in result["views"].values():
                actions = view.get("toolbar", {}).get("action")
                if actions:
                    view["toolbar"]["action"] = [
                        action for action in actions if action["id"] not in portal_actions
                    ]
        return result

    # === GATES === #

    @api.model
    def _portal_scope_domain(self):
        return Domain("move_type", "in", CUSTOMER_MOVE_TYPES)

    @api.model
    def _portal_gates(self, contact):
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_invoices", "=", True),
            document=Domain("state", "=", "posted") & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_responsible_candidates(self):
        return self.invoice_user_id | self.team_id.user_id | self.partner_id.user_id
