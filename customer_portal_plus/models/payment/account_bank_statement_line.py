from odoo import models

from ...tools.parsing import parse_id


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def action_portal_choose(self):
        """Confirm a reported payment with this line; a button of the list on its form.

        Which report it is comes by context, the only way for a button of a list.
        """
        self.ensure_one()
        report_id = parse_id(self.env.context.get("portal_report_id"))
        self.env["customer.portal.payment.report"].browse(report_id)._choose_bank_line(self)
