from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _portal_statement_companies(self):
        """Return the companies of which this user sees its customer's account statement.

        A statement names invoices: who sees none, or where none are shown, sees no statement.

        :return: companies, in sudo; none if the contact may not
        :rtype: res.company
        """
        self.ensure_one()
        contact = self.partner_id
        companies = self._portal_companies("portal_show_statement").filtered("portal_show_invoices")
        may = contact._portal_can("can_see_statement") and contact._portal_can("can_see_invoices")
        return companies if may else companies.browse()
