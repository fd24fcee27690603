from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_statement_schedule = fields.Selection(
        [("send", "Every month"), ("never", "Never")],
        "Account statement by mail",
        help="When your company mails account statements every month. Empty: as your company does."
        " Every month: whenever something moved or is open.",
    )
    portal_statements_offered = fields.Boolean(compute="_compute_portal_statements_offered")

    @api.depends_context("allowed_company_ids")
    def _compute_portal_statements_offered(self):
        companies_sudo = self.env.companies.sudo()  # Their switches are no secret of settings.
        self.portal_statements_offered = any(companies_sudo.mapped("portal_send_statements"))

    # === ACTIONS === #

    def action_portal_statement(self):
        """Open the dialog that prints or mails the statements of the selected customers.

        :rtype: dict
        """
        return self.env["customer.portal.statement.wizard"]._open(self.commercial_partner_id)

    # === WHO GETS IT === #

    def _portal_statement_recipients(self, company, by_choice=False):
        """Return whom the account statement of this customer is mailed to: of its addressees, who
        may read all of it in the portal.

        :param res.company company: whose statement
        :param bool by_choice: only those who want such mails: nobody of staff sends it
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
                and (not by_choice or contact._portal_wants_mail("statement"))
            )
        )
