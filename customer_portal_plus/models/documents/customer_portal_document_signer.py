from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerPortalDocumentSigner(models.Model):
    """One of several contacts of a customer who sign a document, each when it is its turn.

    What it signed stands in its evidence; here stands whom the document waits for.
    """

    _name = "customer.portal.document.signer"
    _description = "Signer of a document"
    _order = "document_id, sequence, id"
    _rec_name = "partner_id"

    document_id = fields.Many2one(
        "customer.portal.document", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, ondelete="restrict", index=True
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("signed", "Signed"), ("declined", "Declined")],
        required=True,
        default="waiting",
        readonly=True,
    )
    asked_on = fields.Datetime("Asked on", readonly=True)
    answered_on = fields.Datetime("Answered on", readonly=True)
    signature_id = fields.Many2one(
        "customer.portal.signature", "Evidence", readonly=True, ondelete="set null"
    )
    obstacle = fields.Char("Can't sign because", compute="_compute_obstacle", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "state", "document_id.partner_id", "document_id.state")
    def _compute_obstacle(self):
        for signer in self:
            document = signer.document_id._origin
            signer.obstacle = (
                signer.state == "waiting"
                and bool(document and signer.partner_id)
                and document.state in ("draft", "sent")
                and document._portal_signer_obstacle(signer.partner_id._origin)
            )

    @api.constrains("document_id", "partner_id")
    def _check_partner(self):
        for signer in self:
            same = signer.document_id.signer_ids.filtered(
                lambda other, signer=signer: other.partner_id == signer.partner_id
            )
            signer.document_id._check_signers()
            if len(same) > 1:
                raise ValidationError(
                    self.env._("%s is named twice among those who sign.", signer.partner_id.name)
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: signers of what was sent are asked when it is their turn."""
        documents = self.env["customer.portal.document"].browse(
            {vals["document_id"] for vals in vals_list if vals.get("document_id")}
        )
        documents._portal_check_signers_open()
        signers = super().create(vals_list)
        documents._portal_ask_next_signer()
        return signers

    def write(self, vals):
        """Override of `base`: who has answered stays as it is; who comes in its stead is asked."""
        if not {"partner_id", "sequence"} & vals.keys():
            return super().write(vals)
        documents = self.document_id
        documents._portal_check_signers_open()
        if "partner_id" in vals:
            self._check_waiting()
            vals = {**vals, "asked_on": False}
        result = super().write(vals)
        documents._portal_ask_next_signer()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        """Who has answered stays, and somebody must be left to sign."""
        documents = self.document_id
        documents._portal_check_signers_open()
        self._check_waiting()
        for document in documents:
            if document.state == "sent" and not document._portal_waiting_signers() - self:
                raise UserError(
                    self.env._("Somebody must be left to sign. Withdraw the document instead.")
                )

    def unlink(self):
        """Override of `base`: whose turn it is then is asked."""
        documents = self.document_id
        result = super().unlink()
        documents.invalidate_recordset(["signer_ids"])
        documents._portal_ask_next_signer()
        return result

    def _check_waiting(self):
        """Raise if one of these has answered.

        :raise UserError: in words for staff
        """
        for signer in self:
            if signer.state != "waiting":
                raise UserError(
                    self.env._("%s has answered already and stays.", signer.partner_id.name)
                )
