"""The customer confirms that it has got a delivery, by the signature that quotes use."""

from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _portal_receipt_obstacle(self, contact):
        """Return why ``contact`` can't say anything about the receipt of this delivery, in words:
        neither confirm it nor report a problem.

        :param res.partner contact: partner of the signed-in user
        :return: empty if it can
        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        picking_sudo = self.sudo()  # The answer must be the same whoever asks.
        if picking_sudo.state != "done" or picking_sudo._portal_is_return():
            return _("Only what was shipped to you can be confirmed.")
        if not picking_sudo.company_id.portal_allow_receipt:
            return _("Receipt is not confirmed here at present.")
        if self._portal_refusal(contact) or not contact._portal_can("can_confirm_receipt"):
            return _(
                "Your profile does not let you confirm receipt. Ask whoever manages your team."
            )
        return ""

    # === SIGNING === #

    def _portal_sign_refusal(self, contact):
        obstacle = self._portal_receipt_obstacle(contact)
        if obstacle:
            return obstacle
        if self.sudo().portal_received_on:
            return self.env._("The receipt of this delivery has already been confirmed.")
        return ""

    def _portal_version_content(self):
        """Override: who got what. A line that staff correct afterwards changes it."""
        return {
            "name": self.name,
            "company": self.company_id.id,
            "customer": self.portal_commercial_partner_id.id,
            "receiver": self.partner_id.id,
            "lines": [
                [move.id, move.product_id.id, f"{move.quantity:.6f}", move.product_uom.id]
                for move in self._portal_moves()
            ],
        }

    def _portal_render_pdf(self):
        return self._portal_paper()

    def _portal_consent_text(self, document, customer_name):
        """Override: what is agreed to is to have got it."""
        return self.env._(
            "On behalf of %(customer)s, I confirm that I have received what %(document)s lists,"
            " and agree to sign this electronically.",
            document=document.display_name,
            customer=customer_name,
        )

    def _portal_signed_url(self):
        return f"{self.access_url}?message=received"

    def _portal_signed(self, evidence, image=None):
        """Override: noted here, and not in Odoo's own field for a signature, which would print
        the paper at once, where that can't be done as well."""
        self.write(
            {
                "portal_received_on": evidence.signed_at,
                "portal_received_by": evidence.signer_name,
            }
        )
        self.env["customer.portal.event"]._log(
            "accept",
            record=self,
            contact=evidence.contact_id,
            detail=self.env._("Receipt confirmed"),
        )
