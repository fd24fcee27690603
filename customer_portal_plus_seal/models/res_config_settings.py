from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_seal_files = fields.Boolean(related="company_id.portal_seal_files", readonly=False)
    portal_seal_level = fields.Selection(related="company_id.portal_seal_level", readonly=False)
    portal_seal_stamp_url = fields.Char(related="company_id.portal_seal_stamp_url", readonly=False)
    portal_seal_log = fields.Boolean(related="company_id.portal_seal_log", readonly=False)
    portal_seal_certificate_id = fields.Many2one(related="company_id.portal_seal_certificate_id")
    portal_seal_subject = fields.Char(
        "Issued to", related="company_id.portal_seal_certificate_id.subject"
    )
    portal_seal_issuer = fields.Char(
        "Issued by", related="company_id.portal_seal_certificate_id.issuer"
    )
    portal_seal_valid_until = fields.Datetime(
        "Valid until", related="company_id.portal_seal_certificate_id.valid_until"
    )
    portal_seal_fingerprint = fields.Char(
        "SHA-256 fingerprint", related="company_id.portal_seal_certificate_id.fingerprint"
    )
    portal_seal_state = fields.Selection(
        related="company_id.portal_seal_certificate_id.state", string="State of the certificate"
    )

    def action_portal_seal_trial(self):
        """Make a certificate for trying, and show the settings anew.

        :rtype: dict
        """
        self.env["customer.portal.seal.certificate"]._make_trial(self.company_id)
        return {"type": "ir.actions.client", "tag": "reload"}
