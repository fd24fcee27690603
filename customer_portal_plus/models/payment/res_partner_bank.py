"""Paying by bank transfer: the account, the amount, the reference, and a code for banking apps."""

from odoo import models

from ...tools.qr_code import draw_qr_code

# So many of an account's number tell who has it before them that it is the same one.
SHOWN_CHARACTERS = 4


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _portal_transfer(self, amount, currency, reference, payer):
        """Return what a customer needs to know to make a transfer to this account.

        :param float amount: what is to be paid
        :param res.currency currency: of the amount
        :param str reference: what the transfer says
        :param res.partner payer: the customer
        :return: ``holder``, ``account``, ``bank``, ``bic``, ``amount``, ``currency``,
            ``reference`` and ``qr_code``, a picture; empty where currency or country have none
        :rtype: dict
        """
        self.ensure_one()
        return {
            "holder": self._portal_holder(),
            "account": self.acc_number,
            "bank": self.bank_id.name or "",
            "bic": self.bank_bic or "",
            "amount": amount,
            "currency": currency,
            "reference": reference,
            "qr_code": self._portal_qr_code(amount, currency, reference, payer),
        }

    def _portal_holder(self):
        """Return the name of the account's holder, as the bank knows it.

        :rtype: str
        """
        self.ensure_one()
        return self.acc_holder_name or self.partner_id.name or ""

    def _portal_has_other_holder(self, partner):
        """Return whether customers are told another name of this account's holder than somebody's.

        :param res.partner partner: whose name it should be
        :rtype: bool
        """
        return self._portal_holder().casefold() != (partner.name or "").casefold()

    def _portal_ending(self):
        """Return the last characters of this account's number; empty for no account.

        :rtype: str
        """
        return (self.sanitized_acc_number or "")[-SHOWN_CHARACTERS:]

    def _portal_qr_code(self, amount, currency, reference, payer):
        values = self._build_qr_code_vals(
            currency.round(amount), reference, reference, currency, payer, None, silent_errors=True
        )
        params = self._get_qr_code_generation_params(**values) if values else None
        # Codes of other kinds than a plain QR code are for paper forms.
        if not params or params.get("barcode_type") != "QR":
            return ""
        return draw_qr_code(params["value"])
