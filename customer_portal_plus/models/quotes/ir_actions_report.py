import io
import logging

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

QUOTE_REPORT = "sale.report_saleorder"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Override of `base`: quotes and orders are drawn plainly where wkhtmltopdf is missing or
        fails, so that a quote can be accepted and its confirmation mailed all the same."""
        try:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        except (UserError, OSError) as error:
            if not res_ids or self._get_report(report_ref).report_name != QUOTE_REPORT:
                raise
            _logger.warning("The PDF of %s %s is drawn plainly: %s", QUOTE_REPORT, res_ids, error)
            orders = self.env["sale.order"].browse(res_ids)
            return {
                order.id: {"stream": io.BytesIO(order._portal_draw_pdf()), "attachment": None}
                for order in orders
            }
