"""Credit of a customer, set against what it pays."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

MAX_LISTED = 50


class CustomerPortalBasket(models.TransientModel):
    _inherit = "customer.portal.basket"

    @api.model
    def _open_credits(self, contact, companies, limit=None):
        """Return the customer's open credit that can be used: credit notes and surplus.

        Credit belongs to the customer, not to one contact: whoever sees only its own documents
        does not see it.

        :param res.partner contact: who asks
        :param res.company companies: whose credit
        :param int limit: how many at most
        :return: open receivable journal items, in sudo, the oldest first
        :rtype: account.move.line
        """
        Line = self.env["account.move.line"].sudo()
        companies = companies.filtered("portal_show_credit")
        if contact._portal_scope() != "whole" or not contact._portal_can("can_see_invoices"):
            return Line
        return Line.search(
            Line._portal_free_credit_domain(contact.commercial_partner_id, companies),
            order="date, id",
            limit=limit,
        )

    @api.model
    def _use_credits(self, lines, credits):
        """Return the lines of a basket after open credit is set against them.

        Credit is used on invoices that are paid in full, so that what remains of them is what
        is paid, and not on those of which a payment is on its way. An invoice with a discount for
        paying early is paid without: Odoo grants none once something else than the payment is
        reconciled with it.

        :param list lines: see ``_line``
        :param account.move.line credits: open credit of the same company and currency
        :rtype: list[dict]
        """
        if not credits:
            return lines
        currency = credits.currency_id
        chosen = self.env["account.move"].sudo().browse([line["invoice_id"] for line in lines])
        covered = chosen._portal_covered()
        available = {credit: -credit.amount_residual_currency for credit in credits}
        result = []
        for line in lines:
            invoice = chosen.browse(line["invoice_id"])
            whole = invoice not in covered and not currency.compare_amounts(
                line["amount"], invoice.amount_residual
            )
            for credit, left in available.items():
                used = currency.round(min(left, line["amount"])) if whole else 0.0
                if currency.is_zero(used):
                    continue
                available[credit] = left - used
                result.append(
                    {"invoice_id": invoice.id, "amount": used, "credit_line_id": credit.id}
                )
                line = {**line, "amount": currency.round(line["amount"] - used)}
            if not currency.is_zero(line["amount"]):
                result.append(line)
        return result

    def _pay_with_credit(self):
        """Settle a basket that open credit pays for altogether.

        :raise UserError: if there is something left to pay
        """
        self.ensure_one()
        if not self.currency_id.is_zero(self.amount):
            raise UserError(self.env._("There is still something to pay."))
        self._check_still_payable()
        for line in self.line_ids:
            receivable = line.invoice_id.line_ids.filtered(
                lambda item: item.display_type == "payment_term" and not item.reconciled
            )
            (line.credit_line_id | receivable).reconcile()
        for invoice in self.line_ids.invoice_id:
            invoice.message_post(
                body=self.env._("Open credit was used for this invoice in the portal."),
                author_id=self.contact_id.id,
            )
        self.unlink()

    @api.model
    def _use_credit_on(self, contact, invoice):
        """Settle an invoice with the customer's open credit, as far as it goes.

        :param res.partner contact: who asks for it
        :param account.move invoice: an invoice that the contact may pay, in sudo
        :return: what of the credit was used
        :rtype: float
        :raise ValidationError: if the invoice can't be paid now, or there is no such credit
        """
        if not invoice._has_to_be_paid() or invoice._portal_covered():
            raise ValidationError(
                self.env._("%s can't be paid now. Perhaps a payment is under way.", invoice.name)
            )
        credits = self._open_credits(contact, invoice.company_id).filtered(
            lambda line: line.currency_id == invoice.currency_id
        )
        lines = self._use_credits(
            [{"invoice_id": invoice.id, "amount": invoice.amount_residual}], credits
        )
        lines = [line for line in lines if line.get("credit_line_id")]
        if not lines:
            raise ValidationError(self.env._("The credit was used meanwhile. Please choose again."))
        basket = self.sudo().create(
            {
                "contact_id": contact.id,
                "company_id": invoice.company_id.id,
                "currency_id": invoice.currency_id.id,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        used = basket.credit
        basket._pay_with_credit()
        return used

    @api.model
    def _portal_credit_groups(self, contact, companies, invoices):
        """Return what the page of open credit shows, by company and currency.

        :param res.partner contact: for whom
        :param res.company companies: whose credit
        :param account.move invoices: open invoices that the contact may pay, in sudo
        :return: dicts with ``company``, ``currency``, ``total``, ``credits`` (the oldest, see
            ``account.move.line._portal_credit_rows``), ``more`` (how many are not among them) and
            ``invoices``: dicts with ``id``, ``name``, ``url``, ``due``, ``residual`` and ``used``
            (what the credit would settle)
        :rtype: list[dict]
        """
        groups, due, covered = [], invoices._portal_due(), invoices._portal_covered()
        for (company, currency), lines in (
            self._open_credits(contact, companies)
            .grouped(lambda line: (line.company_id, line.currency_id))
            .items()
        ):
            total = currency.round(-sum(lines.mapped("amount_residual_currency")))
            payable = invoices.filtered(
                lambda invoice, c=company, cur=currency: (
                    invoice.company_id == c
                    and invoice.currency_id == cur
                    and invoice not in covered
                    and invoice._has_to_be_paid()
                )
            )
            groups.append(
                {
                    "company": company.name,
                    "currency": currency,
                    "total": total,
                    "credits": lines[:MAX_LISTED]._portal_credit_rows(),
                    "more": max(len(lines) - MAX_LISTED, 0),
                    "invoices": [
                        {
                            "id": invoice.id,
                            "name": invoice.name,
                            "url": invoice.access_url,
                            "due": due[invoice.id]["date"] or invoice.invoice_date_due,
                            "residual": invoice.amount_residual,
                            "used": min(total, invoice.amount_residual),
                            "discount": invoice._portal_discount()[0],
                        }
                        for invoice in payable
                    ],
                }
            )
        return groups
