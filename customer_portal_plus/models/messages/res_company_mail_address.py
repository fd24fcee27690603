from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_mail_alias_id = fields.Many2one(
        "mail.alias", "Alias for new messages", readonly=True, copy=False, ondelete="set null"
    )
    portal_mail_alias_name = fields.Char(
        "Address for new messages",
        compute="_compute_portal_mail_alias_name",
        inverse="_inverse_portal_mail_alias_name",
        help="Mails to this address, and new ones to the catch-all, begin conversations.",
    )

    @api.depends("portal_mail_alias_id.alias_name")
    def _compute_portal_mail_alias_name(self):
        for company in self:
            # Sudo: what stands before the @ is no secret, and aliases are not for all to read.
            company.portal_mail_alias_name = company.sudo().portal_mail_alias_id.alias_name

    def _inverse_portal_mail_alias_name(self):
        for company in self:
            # Sudo: whoever may choose it need not manage the aliases of other apps.
            company_sudo = company.sudo()
            name = (company.portal_mail_alias_name or "").strip()
            if not name:
                company_sudo.portal_mail_alias_id.unlink()
            elif company_sudo.portal_mail_alias_id:
                company_sudo.portal_mail_alias_id.alias_name = name
            else:
                company_sudo.portal_mail_alias_id = company_sudo.env["mail.alias"].create(
                    {
                        "alias_name": name,
                        "alias_domain_id": company_sudo.alias_domain_id.id,
                        "alias_model_id": company_sudo.env["ir.model"]._get_id(
                            "customer.portal.conversation"
                        ),
                        "alias_defaults": repr({"company_id": company.id}),
                        "alias_contact": "everyone",
                    }
                )

    def _portal_prepare_switches(self, names):
        """Override: the address for new messages moves with the company's domain."""
        super()._portal_prepare_switches(names)
        if "alias_domain_id" in names:
            for company_sudo in self.sudo():  # As where the alias is made.
                company_sudo.portal_mail_alias_id.alias_domain_id = company_sudo.alias_domain_id
