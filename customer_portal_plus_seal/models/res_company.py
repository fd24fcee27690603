from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.outside import parse_service_address


class ResCompany(models.Model):
    _inherit = "res.company"

    # Off in new companies, too: without a certificate there is nothing to seal with.
    portal_seal_files = fields.Boolean("Seal signed files")
    portal_seal_level = fields.Selection(
        [
            ("b", "B-B: the seal alone"),
            ("t", "B-T: with a time stamp"),
            ("lta", "B-LTA: for the long term"),
        ],
        "Level of the seal",
        default="b",
        required=True,
    )
    portal_seal_stamp_url = fields.Char("Time-stamp service")
    portal_seal_log = fields.Boolean("Stamp the log every day")
    portal_seal_certificate_id = fields.Many2one(
        "customer.portal.seal.certificate",
        "Certificate of the seal",
        compute="_compute_portal_seal_certificate_id",
        compute_sudo=True,
    )

    def _compute_portal_seal_certificate_id(self):
        Certificate = self.env["customer.portal.seal.certificate"]
        for company in self:
            company.portal_seal_certificate_id = Certificate.search(
                [("company_id", "=", company.id), ("is_in_use", "=", True)], limit=1
            )

    @api.constrains("portal_seal_stamp_url")
    def _check_portal_seal_stamp_url(self):
        for company in self:
            address = company.portal_seal_stamp_url
            if address and not parse_service_address(address):
                raise ValidationError(
                    self.env._(
                        "The address of the time-stamp service must begin with http:// or https://,"
                        " hold no password, and lead out of your own network."
                    )
                )

    @api.constrains("portal_seal_level", "portal_seal_log", "portal_seal_stamp_url")
    def _check_portal_seal_level(self):
        for company in self:
            needs_stamp = company.portal_seal_level != "b" or company.portal_seal_log
            if needs_stamp and not company.portal_seal_stamp_url:
                raise ValidationError(
                    self.env._("For a time stamp, give the address of a time-stamp service.")
                )
