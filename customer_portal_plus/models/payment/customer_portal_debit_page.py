"""What the page of automatic debit shows."""

from odoo import api, models

SHOWN_CHARGES = 20


class CustomerPortalDebit(models.Model):
    _inherit = "customer.portal.debit"

    def _portal_upcoming(self):
        """Return what was announced to the customer and is not charged yet.

        :return: dicts with ``invoice``, ``url``, ``due_date``, ``charge_on``, ``amount``,
            ``currency``, ``is_retry``
        :rtype: list[dict]
        """
        attempts = self.attempt_ids.filtered(lambda one: one.state == "announced")
        return [
            {
                "invoice": attempt.invoice_id.name,
                "url": attempt.invoice_id.access_url,
                "due_date": attempt.due_date,
                "charge_on": attempt.charge_on,
                "amount": attempt.amount,
                "currency": attempt.currency_id,
                "is_retry": attempt.number > 1,
            }
            for attempt in attempts.sorted(lambda one: (one.charge_on, one.due_date, one.id))
        ]

    @api.model
    def _portal_offer(self, contact):
        """Return what a contact can agree to now: the debit of its customer's main method.

        :param res.partner contact: who is asked
        :return: ``text`` and its ``digest``; None if there is no main method, or it is on for it
        :rtype: dict | None
        """
        customer = contact.commercial_partner_id.sudo()  # The contact does not read methods.
        token = customer.portal_main_token_id
        if not (token.active and token.company_id.portal_allow_debit):
            return None
        if self._find_active(customer, token.company_id).token_id == token:
            return None
        text = self._consent_text(customer, token)
        return {"text": text, "digest": self._text_digest(text)}

    @api.model
    def _portal_all_charges(self, contact):
        """Return what was charged to a contact's customer by all its consents.

        :param res.partner contact: who asks; its rights are checked by who calls
        :return: see ``_portal_charges``
        :rtype: list[dict]
        """
        customer = contact.commercial_partner_id
        return self.sudo().search([("customer_id", "=", customer.id)])._portal_charges()

    def _portal_charges(self):
        """Return what was charged to the customer, the newest first.

        :return: dicts with ``invoice``, ``url``, ``date``, ``amount``, ``currency``, ``state``,
            ``state_tone``
        :rtype: list[dict]
        """
        _ = self.env._
        words = {
            "sent": (_("Being processed"), "info"),
            "pending": (_("Being processed"), "info"),
            "unknown": (_("Being processed"), "info"),
            "done": (_("Charged"), "good"),
            "failed": (_("Not charged"), "bad"),
        }
        attempts = self.attempt_ids.filtered(
            lambda one: one.state in words and one.invoice_id.portal_visible
        )
        return [
            {
                "invoice": attempt.invoice_id.name,
                "url": attempt.invoice_id.access_url,
                "date": attempt.sent_on,
                "amount": attempt.amount,
                "currency": attempt.currency_id,
                "state": words[attempt.state][0],
                "state_tone": words[attempt.state][1],
            }
            for attempt in attempts.sorted("id", reverse=True)[:SHOWN_CHARGES]
        ]
