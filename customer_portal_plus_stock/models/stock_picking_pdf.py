"""The paper of a delivery or return: what Odoo prints where that comes out whole, else our own."""

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.customer_portal_plus.report.quote_pdf import Document, Row, Signature, draw_quote
from odoo.addons.customer_portal_plus.tools.pdf_data import (
    company_party,
    logo,
    paper,
    partner_party,
)

CORE_REPORT = "stock.action_report_delivery"


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.model
    def _portal_paper_report(self):
        return CORE_REPORT

    def _portal_draw_paper(self):
        """Return a delivery note of our own. It says no prices.

        :rtype: bytes
        """
        self.ensure_one()
        receiver = self.partner_id or self.portal_commercial_partner_id
        picking = self.with_context(lang=receiver.lang or self.env.lang, bin_size=False)
        _ = picking.env._
        lines = picking._portal_lines()
        later = any(line["to_come"] for line in lines)
        columns = [_("Description"), _("Quantity")] + ([_("To come")] if later else [])
        received_on = picking.portal_received_on
        return draw_quote(
            Document(
                paper=paper(picking.company_id, picking._portal_conversation_title()),
                company=company_party(picking.company_id),
                customer=partner_party(receiver.with_env(picking.env)),
                customer_label=_("From") if picking._portal_is_return() else _("Ship to"),
                logo=logo(picking.company_id),
                facts=picking._portal_note_facts(),
                columns=columns,
                rows=[Row("line", line["name"], [line["text"], line["to_come"]]) for line in lines],
                totals=[],
                signature=Signature(
                    label=_("Receipt confirmed by"),
                    name=picking.portal_received_by or "",
                    date=format_date(
                        picking.env,
                        fields.Datetime.context_timestamp(picking, received_on).date(),
                    ),
                    image=b"",
                )
                if received_on
                else None,
            )
        )

    def _portal_note_facts(self):
        _ = self.env._
        [row] = self._portal_rows()
        facts = [
            (_("Date"), format_date(self.env, row["date"])),
            (_("Order"), row["detail"]),
            (_("Your reference"), row["ref"]),
            (
                _("Tracking"),
                "carrier_tracking_ref" in self._fields and self.carrier_tracking_ref,
            ),
        ]
        return [(label, value) for label, value in facts if value]
