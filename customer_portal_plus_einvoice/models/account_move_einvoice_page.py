"""What the page of an invoice shows of the law, and what is answered there."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_einvoice_values(self, contact):
        """Return what the page of this document shows of its legal file and of the law.

        :param res.partner contact: who looks; empty for a guest
        :return: ``states`` (see ``_portal_einvoice_legal_states``) and ``duties`` (see
            ``customer.portal.einvoice.duty._portal_rows``); None if there is nothing to show
        :rtype: dict | None
        """
        self.ensure_one()
        if not self.sudo().company_id.portal_answer_einvoices:  # Sudo: of the company, a switch.
            return None
        duties = self.env["customer.portal.einvoice.duty"]._portal_duties_of(self.ids)
        values = {
            "states": self._portal_einvoice_legal_states(),
            "duties": duties._portal_rows(contact),
        }
        return values if any(values.values()) else None

    def _portal_einvoice_answer(self, contact, duty_id, act, reason="", day=""):
        """Keep what a contact answers on this invoice. For the params see
        ``customer.portal.einvoice.duty._portal_answer``.

        :param int duty_id: what is answered
        :raise PortalRefusal: in words for the contact, also if it is nothing of this invoice
        """
        self.ensure_one()
        duties = self.env["customer.portal.einvoice.duty"]._portal_duties_of(self.ids)
        duty = duties.filtered(lambda one: one.id == duty_id)
        if not duty:
            duties._refuse("closed")
        duty._portal_answer(contact, act, reason, day)
