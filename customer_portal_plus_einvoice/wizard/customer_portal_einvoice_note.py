from odoo import fields, models


class CustomerPortalEinvoiceNote(models.TransientModel):
    """What the official register says of an invoice, noted by staff: the portal can't ask it."""

    _name = "customer.portal.einvoice.note"
    _description = "Answer in the Official Register"

    duty_id = fields.Many2one("customer.portal.einvoice.duty", required=True, readonly=True)
    act = fields.Selection(
        [("accepted", "Accepted"), ("rejected", "Rejected")], "The register says", required=True
    )
    reason = fields.Text(help="If the register has one.")

    def action_note(self):
        """Keep it as the customer's answer, for good."""
        self.ensure_one()
        self.duty_id._note_register(self.act, self.reason or "")
