"""The file of an invoice or credit note: the official one, core's report, or a plain copy."""

import base64
import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang, html2plaintext

from ...exceptions import PortalRefusal
from ...report.quote_pdf import Document, Row, draw_quote
from ...tools import printer
from ...tools.pdf_data import (
    company_party,
    logo,
    money,
    number,
    paper,
    partner_party,
    tax_total_rows,
)

_logger = logging.getLogger(__name__)

CORE_TEMPLATE = "account.report_invoice_document"
# Countries whose printed invoices carry what the tax office stamped, whichever addons do it here.
STAMPED_COUNTRIES = {"AR", "BR", "CL", "CO", "EC", "MX", "PE", "UY"}
# Localisations that print nothing but another word, or a register number that our copy has too.
PLAIN_LOCALISATIONS = {"l10n_au", "l10n_ca", "l10n_cz", "l10n_es", "l10n_nz", "l10n_rs", "l10n_sk"}
# The field that says whether a company of the country has to do what the localisation is for.
REQUIRED_FIELDS = {
    "l10n_es_edi_tbai": "l10n_es_tbai_is_required",
    "l10n_es_edi_verifactu": "l10n_es_edi_verifactu_required",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_file(self):
        """Return the file of this posted document: the official one, or what is printed.

        :return: the file, and its name without the ending
        :rtype: tuple[bytes, str]
        :raise PortalRefusal: if there is none
        """
        self.ensure_one()
        move_sudo = self.sudo()  # As below.
        if move_sudo.invoice_pdf_report_id:
            content = move_sudo._get_invoice_legal_documents("pdf")["content"]
            return content, move_sudo._get_report_base_filename()
        return self._portal_print()

    def _portal_print(self):
        """Return a file of this posted document, which has no official one yet.

        It is what core prints where that comes out whole, else a plain copy for information.

        :return: the file, and its name without the ending
        :rtype: tuple[bytes, str]
        :raise PortalRefusal: if neither can be had
        """
        self.ensure_one()
        # Sudo: the gate has given the document, and its file says more than its fields may.
        move_sudo = self.sudo()
        if printer.prints_whole():
            try:
                return move_sudo._portal_print_report(), move_sudo._get_report_base_filename()
            except (UserError, OSError) as error:
                _logger.warning("Invoice %s can't be printed: %s", self.id, error)
        if move_sudo._portal_has_printed_elements():
            raise PortalRefusal(self._portal_no_file_text(), "no_file")
        name = self.env._("Copy for information %s", move_sudo.name)
        return move_sudo._portal_draw_copy(), name

    def _portal_print_report(self):
        report = self.partner_id.invoice_template_pdf_report_id.report_name
        return printer.print_report(
            self,
            report or "account.account_invoices",
            proforma_invoice=self._portal_has_printed_elements(),
        )

    def _portal_no_file_text(self):
        """Return what a customer is told who asks for a file that can't be given.

        :rtype: str
        """
        return self.env._(
            "The file of this invoice is not ready yet: the law wants it with a code that is "
            "printed when we send it. Please write to us, and we will send you the official PDF."
        )

    def _portal_has_printed_elements(self):
        """Return whether a localisation prints on this document what a plain copy has not, such as
        the code of a tax office. It does if

        - the company's country is one where invoices are stamped,
        - it prints documents of its own kind, or
        - its addon, installed here and needed by the company, adds to core's.

        :rtype: bool
        """
        self.ensure_one()
        country = (self.company_id.account_fiscal_country_id.code or "").upper()
        if country in STAMPED_COUNTRIES:
            return True
        template = self._get_name_invoice_report()
        if template != CORE_TEMPLATE and template.split(".")[0] not in PLAIN_LOCALISATIONS:
            return True
        # Sudo: views are not readable for customers.
        additions_sudo = (
            self.env["ir.ui.view"]
            .sudo()
            .search(
                [("inherit_id", "=", self.env.ref(CORE_TEMPLATE).id), ("mode", "=", "extension")]
            )
        )
        prefix = f"l10n_{country.lower()}"
        return any(
            (addon == prefix or addon.startswith(f"{prefix}_"))
            and addon not in PLAIN_LOCALISATIONS
            and self._portal_needs_localisation(addon)
            for addon in {
                xmlid.split(".")[0] for xmlid in additions_sudo.get_external_id().values()
            }
        )

    def _portal_needs_localisation(self, addon):
        name = REQUIRED_FIELDS.get(addon)
        return name not in self._fields or bool(self[name])

    # === COPY === #

    def _portal_draw_copy(self):
        """Return a plain PDF of this document, marked as a copy for information: it never stands
        in for the legal document.

        :rtype: bytes
        """
        self.ensure_one()
        move = self.sudo().with_context(
            lang=self.sudo().partner_id.lang or self.env.lang, bin_size=False
        )
        _ = move.env._
        lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        discounts = any(line.discount for line in lines)
        taxes = any(line.tax_ids for line in lines)
        columns = [_("Description"), _("Quantity"), _("Unit price")]
        columns += [_("Disc.%")] if discounts else []
        columns += [_("Taxes")] if taxes else []
        columns.append(_("Amount"))
        totals = tax_total_rows(move, move.tax_totals, _("Total"))
        if move.amount_residual != move.amount_total:
            totals.append((_("Left to pay"), money(move, move.amount_residual)))
        payment, codes = move._portal_copy_payment()
        terms = (
            move.fiscal_position_id.note,
            move.invoice_payment_term_id._portal_note(),
            move.narration,
        )
        return draw_quote(
            Document(
                paper=paper(move.company_id, f"{move.type_name} {move.name}"),
                notice=_("Copy for information. Ask us for the original document if you need it."),
                company=company_party(move.company_id),
                customer=partner_party(move.partner_id),
                customer_label=_("Customer"),
                logo=logo(move.company_id),
                facts=move._portal_copy_facts(),
                columns=columns,
                rows=[move._portal_pdf_row(line, discounts, taxes) for line in lines],
                totals=totals,
                payment=payment,
                codes=codes,
                terms="\n\n".join(filter(None, (html2plaintext(term or "") for term in terms))),
            )
        )

    def _portal_copy_facts(self):
        _ = self.env._
        facts = [
            (_("Date"), self.invoice_date and format_date(self.env, self.invoice_date)),
            (_("Due date"), self.invoice_date_due and format_date(self.env, self.invoice_date_due)),
            (_("Delivery date"), self.delivery_date and format_date(self.env, self.delivery_date)),
            (_("Payment terms"), self.invoice_payment_term_id.name),
            (_("Origin"), self.invoice_origin),
            (_("Your reference"), self.ref),
            (_("Payment reference"), self.payment_reference),
        ]
        return [(label, value) for label, value in facts if value]

    def _portal_copy_payment(self):
        """Return how this document is paid, as the copy says it.

        :return: pairs of label and value; pairs of a picture and what is written beside it
        :rtype: tuple[list[tuple[str, str]], list[tuple[bytes, str]]]
        """
        _ = self.env._
        facts = [
            (
                _("Part %s", place),
                _(
                    "%(amount)s, due on %(date)s",
                    amount=money(self, line.amount_currency),
                    date=format_date(self.env, line.date_maturity),
                ),
            )
            for place, line in enumerate(self._portal_copy_parts(), 1)
        ]
        codes = []
        transfer = self._portal_transfer()
        if transfer:
            facts += [
                (_("Account holder"), transfer["holder"]),
                (_("Account"), transfer["account"]),
                (_("Bank"), " ".join(filter(None, (transfer["bank"], transfer["bic"])))),
                (_("Reference"), transfer["reference"]),
            ]
            if transfer["qr_code"]:
                codes.append((_code(transfer["qr_code"]), _("Scan it with your bank's app.")))
        if self._portal_has_pay_link():
            codes.append((_code(self._portal_pay_qr_code()), _("Scan it to pay in the portal.")))
        return [(label, value) for label, value in facts if value], codes

    def _portal_copy_parts(self):
        """Return the instalments of this document, empty if all of it is due at once.

        :rtype: account.move.line
        """
        parts = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return parts.sorted("date_maturity") if len(parts) > 1 else parts.browse()

    def _portal_pdf_row(self, line, discounts, taxes):
        kind = (line.display_type or "").removeprefix("line_")
        if kind in ("section", "subsection", "note"):
            return Row(kind, line.name or "")
        quantity = f"{number(self, line.quantity)} {line.product_uom_id.name or ''}"
        # The price may have more decimals than what is paid.
        price = formatLang(
            self.env, line.price_unit, dp="Product Price", currency_obj=self.currency_id
        )
        cells = [quantity.strip(), price]
        cells += [f"{number(self, line.discount)} %" if line.discount else ""] * discounts
        cells += [", ".join(line.tax_ids.mapped("name"))] * taxes
        cells.append(money(self, line.price_subtotal))
        return Row("line", line.name or "", cells)


def _code(address):
    """Return the bytes of a picture that is given as an address, ``data:image/png;base64,…``."""
    return base64.b64decode(address.partition(",")[2])
