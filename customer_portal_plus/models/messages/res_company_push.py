from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_push = fields.Boolean(
        "Notices on phones and computers",
        help="Customers can have their browser tell them of a new document, a message or a"
        " reminder.",
    )

    @api.constrains("portal_allow_push")
    def _portal_have_push_keys(self):
        """Make the keys of this server, if it has none: now, since two customers who need them at
        the same instant would make them twice."""
        if any(company.portal_allow_push for company in self):
            self.env["mail.push.device"].sudo().get_web_push_vapid_public_key()
