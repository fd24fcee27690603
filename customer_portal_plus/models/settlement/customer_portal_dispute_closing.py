"""Disputes as staff decide them."""

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.actions import form_action
from ..messages.customer_portal_question import text_lines


class CustomerPortalDispute(models.Model):
    _inherit = "customer.portal.dispute"

    # === ACTIONS OF STAFF === #

    def action_credit(self):
        """Open the draft of the credit note for what is disputed; once it is confirmed, it goes
        against the invoice, and the dispute is decided.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        if not self.credit_note_id:
            self._check_open()
            self.credit_note_id = self.env["account.move"].create(self._credit_note_values())
        return form_action(self.credit_note_id)

    def action_explain(self):
        """Decide with an explanation: nothing is wrong, or it is settled in another way."""
        self._decide("explained")

    def action_refuse(self):
        """Decide that the invoice stands as it is."""
        self._decide("refused")

    def action_open_invoice(self):
        """Open the invoice, with the conversation about it.

        :rtype: dict
        """
        self.ensure_one()
        return form_action(self.invoice_id)

    # === DECIDING === #

    def _check_open(self):
        """Take this dispute, if it is still to be decided.

        :raise UserError: if it is not
        """
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(["state", "credit_note_id"])
        if self.state != "open":
            raise UserError(self.env._("This dispute is decided already."))

    def _decide(self, state):
        """Close disputes with the words that stand in their field for the answer.

        :param str state: ``explained`` or ``refused``
        """
        self.check_access("write")
        for dispute in self:
            dispute._check_open()
            if not (dispute.answer or "").strip():
                raise UserError(dispute.env._("Please write the answer to the customer first."))
            if dispute.credit_note_id.state == "draft":
                raise UserError(
                    dispute.env._(
                        "There is the draft of a credit note. Confirm it, or delete it first."
                    )
                )
            dispute._close(state)

    def _close(self, state):
        """Close this dispute and tell the customer, in the conversation of the invoice.

        :param str state: how it was decided
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        self.write(
            {
                "state": state,
                "closed_on": today,
                "closed_by_id": self.env.uid,
                "days_to_close": (today - self.opened_on).days,
            }
        )
        self.activity_feedback(["mail.mail_activity_data_todo"])
        _ = self.with_context(lang=self.contact_id.lang).env._
        head = {
            "credited": _(
                "We credit what you disputed, with %s. It is taken off this invoice.",
                self.credit_note_id.name,
            ),
            "explained": _("Our answer to what you disputed:"),
            "refused": _("We do not accept what you disputed:"),
        }[state]
        words = (self.answer or "").strip() if state != "credited" else ""
        self.invoice_id.message_post(
            body=Markup("<p><strong>%s</strong></p><p>%s</p>") % (head, text_lines(words)),
            partner_ids=self.contact_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _credit_note_values(self):
        """Return what the credit note is made with: the disputed lines, at their price or, where a
        part of them is held to be right, with the part that is not.

        :rtype: dict
        """
        invoice = self.invoice_id
        if self.line_ids:
            parts = [(part.line_id, part.amount / part.total) for part in self.line_ids]
            parts = [(line, share) for line, share in parts if line]
        else:
            # A sum takes its share of all lines, so that each tax gets its own.
            share = self.amount / invoice.amount_total
            lines = invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            parts = [(line, share) for line in lines]
        return {
            "move_type": "out_refund",
            "reversed_entry_id": invoice.id,
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "company_id": invoice.company_id.id,
            "journal_id": invoice.journal_id.id,
            "currency_id": invoice.currency_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "invoice_user_id": invoice.invoice_user_id.id,
            "invoice_payment_term_id": False,
            "ref": self.env._("Disputed part of %s", invoice.name),
            "invoice_line_ids": [
                Command.create(self._credit_line_values(line, share)) for line, share in parts
            ],
        }

    def _credit_line_values(self, line, share):
        """Return the line of the credit note for a line of the invoice.

        :param account.move.line line: of the invoice
        :param float share: how much of it is credited
        """
        values = {
            "product_id": line.product_id.id,
            "name": line.name,
            "account_id": line.account_id.id,
            "product_uom_id": line.product_uom_id.id,
            "quantity": line.quantity,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "analytic_distribution": line.analytic_distribution,
        }
        if share < 1:
            # In one piece: a part of the price, times the quantity, would be off by cents.
            whole = line.quantity * line.price_unit * (1 - line.discount / 100)
            values.update(quantity=1, discount=0, price_unit=self.currency_id.round(whole * share))
        return values
