"""Expenses behind the four gates."""

from odoo import api, fields, models
from odoo.fields import Domain

POSTED_STATES = ("posted", "in_payment", "paid")
READABLE_FIELDS = frozenset(["id", "display_name", "name", "date", "company_id", "access_url"])


class HrExpense(models.Model):
    """What staff spent for a customer and is invoiced to it. All other expenses stay shut: they
    have no order, so no customer whose gates could be open."""

    _name = "hr.expense"
    # The mixins come first: later ones would be overridden by portal and mail.
    _inherit = ["customer.portal.access.mixin", "portal.mixin", "hr.expense"]

    _portal_capability = "can_see_expenses"
    # It is for whom its order is for.
    _portal_customer_path = "sale_order_id.portal_commercial_partner_id"
    _portal_addressee_paths = ("sale_order_id.partner_id", "sale_order_id.partner_invoice_id")
    # What is said on an expense is between its employee and who approves it.
    _portal_has_messages = False

    portal_visible = fields.Boolean(
        "Visible in portal",
        default=True,
        copy=False,
        tracking=True,
        help="Switched off, the customer doesn't see this expense nor its receipts.",
    )

    def _compute_access_url(self):
        """Override of `portal`: our page."""
        super()._compute_access_url()
        for expense in self:
            expense.access_url = f"/my/expenses/{expense.id}"

    # === GATES === #

    @api.model
    def _portal_gates(self, contact):
        approved = Domain("state", "=", "approved") & Domain("sale_order_line_id", "=", False)
        # Taken back, an entry leaves the order; its expense may keep the state of a paid one.
        posted = Domain("state", "in", POSTED_STATES) & Domain("sale_order_line_id", "!=", False)
        return self._portal_make_gates(
            contact,
            company=Domain("company_id.portal_show_expenses", "=", True),
            document=(approved | posted)
            & Domain("product_id.expense_policy", "in", ("cost", "sales_price"))
            & Domain("sale_order_id.state", "=", "sale")
            & Domain("sale_order_id.portal_visible", "=", True)
            & Domain("portal_visible", "=", True),
        )

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_responsible_candidates(self):
        return self.sale_order_id.user_id | self.company_id.portal_message_user_id

    # === MESSAGES === #

    def _portal_mail_button(self):
        return ""

    def _portal_mails_lead_to_it(self):
        """Override: mails of expenses go to staff."""
        return False
