"""What the program that prints Odoo's reports can do on this machine."""

from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml

WHOLE, PARTIAL, MISSING = "whole", "partial", "missing"


def printer_state():
    """Return what becomes of a report.

    :return: ``whole``; ``partial``: pages without their header and footer, which say who issued
        them, as wkhtmltopdf leaves them out where it is built with a Qt that is not patched for it;
        ``missing``: nothing, there is no wkhtmltopdf or it does not start
    :rtype: str
    """
    program = _wkhtml()
    if program.state != "ok":
        return MISSING
    return WHOLE if program.is_patched_qt else PARTIAL


def prints_whole():
    """Return whether reports are printed with all that is on them.

    :rtype: bool
    """
    return printer_state() == WHOLE


def print_report(records, report, **context):
    """Return what a report of Odoo prints of records of one company.

    :param records: in sudo
    :param str report: its identifier
    :param context: what it is printed with
    :return: a PDF
    :rtype: bytes
    :raise UserError: if no PDF comes of it
    """
    reports = records.env["ir.actions.report"].with_company(records.company_id)
    content, kind = reports.with_context(**context)._render_qweb_pdf(
        report, records.ids, data={"report_type": "pdf"}
    )
    if kind != "pdf":  # Core renders none while it is being tested.
        raise UserError(kind)
    return content
