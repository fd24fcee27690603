"""Who may settle with the company what keeps an invoice unpaid."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_may_settle(self, contact, switch, capability):
        """Return whether company and profile let a contact settle this document in one way.

        :param res.partner contact: who asks; its gates were asked; empty for a guest
        :param str switch: the company's field
        :param str capability: see ``res.partner._portal_can``
        :rtype: bool
        """
        self.ensure_one()
        contact = self._portal_as_contact(contact) if contact else contact
        return bool(
            contact
            and self.move_type == "out_invoice"
            and self.sudo().company_id[switch]  # Sudo: of the company, a switch.
            and contact._portal_can(capability)
        )
