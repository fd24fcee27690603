"""The PDF of a quote or order."""

from odoo import models
from odoo.tools import format_date, html2plaintext

from ...report.quote_pdf import Document, Row, Signature, draw_quote
from ...tools import printer
from ...tools.pdf_data import (
    company_party,
    logo,
    money,
    number,
    paper,
    partner_party,
    picture,
    tax_total_rows,
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_render_pdf(self):
        """Return the PDF of this quote or order: core's report, or a plain drawing of the same
        where it does not come out whole.

        :rtype: bytes
        """
        self.ensure_one()
        order = self.sudo()
        if not printer.prints_whole():
            return order._portal_draw_pdf()
        # Not what core adds for the customer's programs: it is no part of what is agreed.
        report = order.env["ir.actions.report"].with_company(order.company_id)
        report = report.with_context(portal_paper=True)
        content, kind = report._render_qweb_pdf("sale.action_report_saleorder", order.ids)
        # Core renders no PDF while it is being tested.
        return content if kind == "pdf" else order._portal_draw_pdf()

    def _portal_draw_pdf(self):
        """Return a plain PDF of this quote or order, drawn without wkhtmltopdf.

        :rtype: bytes
        """
        return draw_quote(self._portal_pdf_data())

    def _portal_pdf_data(self):
        """Return what the plain PDF shows, in the customer's language.

        :rtype: report.quote_pdf.Document
        """
        self.ensure_one()
        order = self.sudo().with_context(
            lang=self.sudo().partner_id.lang or self.env.lang, bin_size=False
        )
        _ = order.env._
        lines = order._get_order_lines_to_report()
        discounts = any(line.discount > 0 for line in lines)
        taxes = any(line._has_taxes() for line in lines)
        facts = [(_("Date"), format_date(order.env, order.date_order))]
        if order.validity_date and order.state != "sale":
            facts.append((_("Valid until"), format_date(order.env, order.validity_date)))
        if order.client_order_ref:
            facts.append((_("Your reference"), order.client_order_ref))
        if order.payment_term_id:
            facts.append((_("Payment terms"), order.payment_term_id.name))
        if order.user_id:
            facts.append((_("Salesperson"), order.user_id.name))
        columns = [_("Description"), _("Quantity"), _("Unit price")]
        columns += [_("Disc.%")] if discounts else []
        columns += [_("Taxes")] if taxes else []
        columns.append(_("Amount"))
        terms = [
            html2plaintext(order.payment_term_id._portal_note()),
            html2plaintext(order.note or ""),
        ]
        signature = None
        if order.signature:
            signature = Signature(
                label=_("Signed by"),
                name=order.signed_by or "",
                date=format_date(order.env, order.signed_on) if order.signed_on else "",
                image=picture(order.signature),
            )
        return Document(
            paper=paper(order.company_id, f"{order.type_name} {order.name}"),
            company=company_party(order.company_id),
            customer=partner_party(order.partner_id),
            customer_label=_("Customer"),
            logo=logo(order.company_id),
            facts=facts,
            columns=columns,
            rows=order._portal_pdf_rows(lines, discounts, taxes),
            totals=tax_total_rows(order, order.tax_totals, _("Total")),
            terms="\n\n".join(term.strip() for term in terms if term.strip()),
            signature=signature,
        )

    def _portal_pdf_rows(self, lines, discounts, taxes):
        """Return the rows of the plain PDF; what a section hides in core's report stays hidden.

        :param sale.order.line lines: those that the report shows
        :param bool discounts: whether there is a column for discounts
        :param bool taxes: whether there is a column for taxes
        :rtype: list[report.quote_pdf.Row]
        """
        rows = []
        section = subsection = self.env["sale.order.line"]
        blank = [""] * (2 + discounts + taxes)
        for line in lines:
            if line.display_type == "line_section":
                section, subsection = line, line.browse()
            elif line.display_type == "line_subsection":
                subsection = line
            prices = not (section.collapse_prices or subsection.collapse_prices)
            if line.collapse_composition:
                for group in line._get_grouped_section_summary(taxes):
                    cells = [number(self, 1), money(self, group["price_subtotal"])]
                    cells += [""] * discounts + [", ".join(group["tax_labels"])] * taxes
                    cells.append(money(self, group["price_subtotal"]))
                    rows.append(Row("line", line.name or "", cells))
            elif line.display_type in ("line_section", "line_subsection"):
                total = line._get_section_totals("price_subtotal")
                shown = line.display_type == "line_section" or not line.parent_id.collapse_prices
                cells = [*blank, money(self, total) if shown else ""]
                rows.append(Row(line.display_type.removeprefix("line_"), line.name or "", cells))
            elif line.display_type:
                rows.append(Row("note", line.name or ""))
            else:
                quantity = f"{number(self, line.product_uom_qty)} {line.product_uom_id.name or ''}"
                discount = f"{number(self, line.discount)} %" if line.discount else ""
                amount = line.price_subtotal
                if line.product_type == "combo":
                    amount = line._get_combo_totals("price_subtotal")
                cells = [quantity.strip(), money(self, line.price_unit) if prices else ""]
                cells += [discount if prices else ""] * discounts
                cells += [", ".join(line.tax_ids.mapped("name"))] * taxes
                cells.append(money(self, amount) if prices and not line.is_downpayment else "")
                rows.append(Row("line", line.name or "", cells))
        return rows
