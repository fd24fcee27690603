"""Paying a document by bank transfer: account, reference, codes."""

from urllib.parse import urlencode

from odoo import models

from ...tools.qr_code import draw_qr_code
from ..messages.customer_portal_access_mixin_button import STAFF_GROUP
from ..messages.customer_portal_access_mixin_delivery import CARRIES_DOCUMENT

MAX_REFERENCE = 140  # characters, what a transfer carries at most


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_bank_account(self):
        """Return the company's account to which these invoices are paid, in sudo.

        :return: the account of the first one, else the first of its company that fits the
            currency; empty if there is none or the company does not show it
        :rtype: res.partner.bank
        """
        # Sudo: the company shows its account to those who see the invoice.
        invoices_sudo = self.sudo()
        company, currency = invoices_sudo.company_id[:1], invoices_sudo.currency_id[:1]
        if not company.portal_show_bank_account:
            return self.env["res.partner.bank"].sudo()
        own = invoices_sudo.partner_bank_id.filtered(
            lambda account: account.partner_id == company.partner_id
        )
        fitting = company.partner_id.bank_ids.filtered(
            lambda account: (
                account.company_id.id in (False, company.id)
                and account.currency_id.id in (False, currency.id)
            )
        )
        fitting -= company._portal_former_accounts()
        return (own or fitting)[:1]

    def _portal_transfer_obstacle(self):
        """Return whether there is nothing to be transferred for this document.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.move_type != "out_invoice"
            or self.state != "posted"
            or self.currency_id.compare_amounts(self.amount_residual, 0) <= 0
            or not self._portal_bank_account()
        )

    def _portal_transfer(self):
        """Return how this invoice is paid by bank transfer; see ``res.partner.bank``.

        :return: None if there is nothing to pay, or no account to be shown
        :rtype: dict | None
        """
        self.ensure_one()
        if self._portal_transfer_obstacle():
            return None
        due = self._get_invoice_next_payment_values()
        return self._portal_bank_account()._portal_transfer(
            due.get("amount_due") or self.amount_residual,
            self.currency_id,
            self.payment_reference or self.name,
            self.commercial_partner_id,
        )

    def _portal_transfer_reference(self):
        """Return what a transfer for all these invoices says: their references, as many as fit.

        :rtype: str
        """
        words, length = [], 0
        for number, invoice in enumerate(self.sorted("id")):
            word = invoice.payment_reference or invoice.name
            rest = f" +{len(self) - number}"
            if length + 1 + len(word) + len(rest) > MAX_REFERENCE:
                return " ".join(words) + rest
            words.append(word)
            length += 1 + len(word)
        return " ".join(words)

    # === PAY LINK === #

    def _portal_has_pay_link(self):
        """Return whether the PDF and the mail of this invoice invite to pay it in the portal: it is
        a posted invoice with something to pay, the customer may see it, and the company wants it.

        :rtype: bool
        """
        self.ensure_one()
        company = self.sudo().company_id
        return bool(
            self.move_type == "out_invoice"
            and self.currency_id.compare_amounts(self.amount_residual, 0) > 0
            and company.portal_show_pay_link
            and company.portal_allow_payment
            and not self._portal_refusal(self.env["res.partner"])
        )

    def _portal_pay_url(self):
        """Return the address of this invoice's page for paper: it opens nothing by itself, the
        customer signs in there.

        :rtype: str
        """
        self.ensure_one()
        return self.company_id._portal_page_url(f"?redirect=/my/invoices/{self.id}")

    def _portal_pay_qr_code(self):
        """Return a QR code with ``_portal_pay_url``, as the address of a picture.

        :rtype: str
        """
        return draw_qr_code(self._portal_pay_url())

    def _portal_pay_code_url(self):
        """Return where mail programs fetch the code of ``_portal_pay_url`` as a picture: from
        Odoo's own drawer of codes, like the logo. Pictures within a mail's text are blocked by
        many.

        :rtype: str
        """
        self.ensure_one()
        query = {"barcode_type": "QR", "value": self._portal_pay_url(), "width": 240, "height": 240}
        return f"{self.get_base_url()}/report/barcode?{urlencode(query)}"

    def _get_portal_payment_link(self):
        """Override of `account_payment`: what is printed carries no key that outlives the paper."""
        if self._portal_has_pay_link():
            return self._portal_pay_url()
        return super()._get_portal_payment_link()

    def _generate_portal_payment_qr(self):
        """Override of `account_payment`: the code of that address."""
        if self._portal_has_pay_link():
            return self._portal_pay_qr_code()
        return super()._generate_portal_payment_qr()

    def _portal_name_buttons(self, groups):
        """Override: the button of the customer's mail says what it is for, and the mail that
        brings the invoice has its code, too."""
        super()._portal_name_buttons(groups)
        if self.move_type == "out_invoice" and self._portal_has_pay_link():
            for name, _is_member, data in groups:
                if name not in ("user", "follower", STAFF_GROUP) and data.get("has_button_access"):
                    button = data.setdefault("button_access", {})
                    button["title"] = self.env._("Pay here")
                    if self.env.context.get(CARRIES_DOCUMENT):
                        button["portal_pay_code_url"] = self._portal_pay_code_url()
