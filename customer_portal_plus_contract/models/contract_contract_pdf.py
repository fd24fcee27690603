"""The paper of a subscription: what the engine prints where that comes out whole, else our own."""

from odoo import api, models
from odoo.tools import format_date

from odoo.addons.customer_portal_plus.report.quote_pdf import Document, Row, draw_quote
from odoo.addons.customer_portal_plus.tools.pdf_data import (
    company_party,
    logo,
    money,
    paper,
    partner_party,
)

ENGINE_REPORT = "contract.report_contract"


class ContractContract(models.Model):
    _inherit = "contract.contract"

    @api.model
    def _portal_paper_report(self):
        return ENGINE_REPORT

    def _portal_draw_paper(self):
        """Return a paper of our own.

        :rtype: bytes
        """
        self.ensure_one()
        customer = self.partner_id
        contract = self.with_context(lang=customer.lang or self.env.lang, bin_size=False)
        _ = contract.env._
        rows = []
        for line in contract._portal_lines():
            cells = []
            if line["kind"] == "line":
                cells = [
                    line["text"],
                    money(contract, line["price"]),
                    line["discount"],
                    line["recurrence"],
                    money(contract, line["subtotal"]),
                ]
            rows.append(Row(line["kind"], line["name"], cells))
        return draw_quote(
            Document(
                paper=paper(contract.company_id, contract._portal_conversation_title()),
                company=company_party(contract.company_id),
                customer=partner_party(customer.with_env(contract.env)),
                customer_label=_("Customer"),
                logo=logo(contract.company_id),
                facts=contract._portal_paper_facts(),
                columns=[
                    _("Description"),
                    _("Quantity"),
                    _("Price"),
                    _("Discount"),
                    _("Billed"),
                    _("Amount"),
                ],
                rows=rows,
                totals=contract._portal_paper_totals(),
            )
        )

    def _portal_paper_facts(self):
        _ = self.env._
        facts = [
            (_("Reference"), self.code),
            (_("Since"), format_date(self.env, self.date)),
            (_("Billed"), self._portal_recurrence()),
            (_("Next invoice"), format_date(self.env, self._portal_next_date() or False)),
            (_("Ends"), format_date(self.env, self.date_end)),
            (_("Your contact"), self.user_id.name),
        ]
        return [(label, value) for label, value in facts if value]

    def _portal_paper_totals(self):
        coming = self._portal_next_invoice()
        if not coming or coming["total"] is None:
            return []
        _ = self.env._
        return [
            (_("Next invoice, untaxed"), money(self, coming["untaxed"])),
            (_("Taxes"), money(self, coming["tax"])),
            (_("Next invoice"), money(self, coming["total"])),
        ]
