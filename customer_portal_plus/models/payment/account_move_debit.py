from odoo import fields, models

PAGE_MINUTES = 60  # a payment page that was opened within that time may still be paid on


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_is_being_paid(self):
        """Return whether an online payment of this invoice is under way, may be so at this
        moment, or was confirmed and is still to be booked; a promised bank transfer counts.

        :rtype: bool
        """
        self.ensure_one()
        fresh = fields.Datetime.subtract(fields.Datetime.now(), minutes=PAGE_MINUTES)
        # Sudo: payments are not readable for customers.
        return any(
            tx.state in ("pending", "authorized")
            or (tx.state == "draft" and tx.create_date > fresh)
            or (tx.state == "done" and not tx.is_post_processed)
            for tx in self.sudo().transaction_ids
            if tx.operation != "refund"
        )
