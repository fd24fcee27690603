"""What customers read of the lines of their subscriptions."""

from odoo import api, models

from odoo.addons.customer_portal_plus.tools.pdf_data import number

READABLE_FIELDS = frozenset(
    [
        "id", "active", "display_name", "name", "contract_id", "display_type", "sequence",
        "product_id", "uom_id", "quantity", "price_unit", "discount", "price_subtotal",
        "currency_id", "company_id", "recurring_rule_type", "recurring_interval",
        "recurring_invoicing_type", "recurring_next_date", "date_start", "date_end",
        "is_canceled", "create_date", "write_date",
    ]
)  # fmt: skip


class ContractLine(models.Model):
    _name = "contract.line"
    # The mixin comes first: what it narrows must not be widened again.
    _inherit = ["customer.portal.columns.mixin", "contract.line"]

    @api.model
    def _portal_readable_fields(self):
        return READABLE_FIELDS

    def _portal_name(self):
        """Return what this line is called for its customer: with the period that is billed next
        in the place of the engine's marks.

        :rtype: str
        """
        self.ensure_one()
        begin, end, _day = self._get_period_to_invoice(
            self.last_date_invoiced, self._portal_next_date()
        )
        return self._insert_markers(begin, end).strip() if self.name else ""

    def _portal_quantity_text(self, quantity):
        """Return a quantity of this line with its unit.

        :param float quantity: how much
        :rtype: str
        """
        self.ensure_one()
        return f"{number(self, quantity)} {self.uom_id.name or ''}".strip()

    def _portal_next_date(self):
        """Return when this line is billed next; None if it is not any more.

        :rtype: date | None
        """
        self.ensure_one()
        billed = not self.is_canceled and self.next_period_date_start
        return self.recurring_next_date if billed and self.recurring_next_date else None
