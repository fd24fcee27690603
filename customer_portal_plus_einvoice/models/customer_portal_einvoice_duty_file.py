"""What the law expects, as a table: for the customer, and for who reports it."""

from odoo import models

from odoo.addons.customer_portal_plus.tools.table_files import Column, Sheet


class CustomerPortalEinvoiceDuty(models.Model):
    _inherit = "customer.portal.einvoice.duty"

    def _sheet(self, name, facts):
        """Return the table of these: of each invoice what was expected, until when, what was
        answered, and what is to be reported by when.

        :param str name: of the table
        :param list facts: pairs of label and value above it
        :rtype: tools.table_files.Sheet
        """
        _ = self.env._
        states, kinds = (
            self._portal_state_labels(),
            dict(self._fields["kind"]._description_selection(self.env)),
        )
        currencies = self.currency_id
        return Sheet(
            name=name,
            columns=[
                Column(_("Tax ID")),
                Column(_("Customer")),
                Column(_("Invoice")),
                Column(_("Invoice date"), "date"),
                Column(_("Amount"), "money", summed=False),
                Column(_("Currency")),
                Column(_("What is expected")),
                Column(_("By law")),
                Column(_("Until"), "date"),
                Column(_("Status")),
                Column(_("Answered on"), "date"),
                Column(_("Answered by")),
                Column(_("Paid on"), "date"),
                Column(_("Reason")),
                Column(_("To be reported")),
                Column(_("Report by"), "date"),
                Column(_("Reported on"), "date"),
            ],
            rows=[
                [
                    duty.vat or "",
                    duty.customer_id.name,
                    duty.invoice_id.name,
                    duty.invoice_date or None,
                    duty.amount,
                    duty.currency_id.name,
                    kinds[duty.kind],
                    duty.clock_id.source,
                    duty.deadline_day or None,
                    states[duty.state],
                    duty.answered_at.date() if duty.answered_at else None,
                    duty.answer_id.contact_name or duty.answer_id.user_name or "",
                    duty.paid_on or None,
                    duty.reason or "",
                    states[duty.state] if duty.to_report or duty.reported_on else "",
                    duty.deadline_day if duty.to_report or duty.reported_on else None,
                    duty.reported_on or None,
                ]
                for duty in self
            ],
            decimals={one.name: one.decimal_places for one in currencies},
            currency=5,
            facts=facts,
        )
