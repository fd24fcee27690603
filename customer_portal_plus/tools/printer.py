"""What the program that prints Odoo's reports can do on this machine."""

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
