from odoo import models


class CustomerPortalBasket(models.TransientModel):
    _inherit = "customer.portal.basket"

    def _portal_transfer(self):
        """Return how this basket is paid by one bank transfer; see ``res.partner.bank``.

        :return: None if nothing is left to pay, or there is no account to be shown
        :rtype: dict | None
        """
        self.ensure_one()
        invoices = self.line_ids.invoice_id
        account = invoices._portal_bank_account()
        if not account or self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return None
        return account._portal_transfer(
            self.amount,
            self.currency_id,
            invoices._portal_transfer_reference(),
            self.contact_id.commercial_partner_id,
        )
