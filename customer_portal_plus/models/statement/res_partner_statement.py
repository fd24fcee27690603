from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === ACTIONS === #

    def action_portal_statement(self):
        """Open the dialog that prints or mails the statements of the selected customers.

        :rtype: dict
        """
        return self.env["customer.portal.statement.wizard"]._open(self.commercial_partner_id)

    # === WHO GETS IT === #

    def _portal_statement_recipients(self, company):
        """Return whom the account statement of this customer is mailed to: of its addressees, who
        may read all of it in the portal.

        :param res.company company: whose statement
        :return: nobody, if the customer has no access, or the company shows no statements
        :rtype: res.partner
        """
        self.ensure_one()
        company_sudo = company.sudo()  # Its switches are no secret of settings.
        if not (
            company_sudo.portal_enabled
            and company_sudo.portal_show_statement
            and company_sudo.portal_show_invoices
        ):
            return self.browse()
        return self._portal_find_addressees(
            lambda contact: (
                contact._portal_can("can_see_statement")
                and contact._portal_can("can_see_invoices")
                and contact._portal_scope() == "whole"
            )
        )
