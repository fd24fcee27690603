from odoo import models


class CustomerPortalReminderMail(models.Model):
    _inherit = "customer.portal.reminder.mail"

    def action_portal_whatsapp(self):
        """Open the window in which staff send this reminder by WhatsApp, too.

        :rtype: dict
        :raise UserError: if no contact can be sent it
        """
        self.ensure_one()
        return self.env["customer.portal.whatsapp"]._open(self)

    def _portal_share_contacts(self):
        """Return who can be sent this reminder: who can be sent all its invoices; first those that
        got it by mail.

        :rtype: res.partner
        """
        self.ensure_one()
        contacts = self.env["res.partner"]
        for number, invoice in enumerate(self.line_ids.invoice_id):
            others = invoice._portal_share_contacts()
            contacts = contacts & others if number else others
        return (contacts & self.recipient_ids) | contacts

    def _portal_may_be_shared(self, contact):
        """Return whether a contact may see all that this reminder is about.

        :param res.partner contact: anybody
        :rtype: bool
        """
        self.ensure_one()
        invoices = self.line_ids.invoice_id
        return bool(invoices) and all(one._portal_may_be_shared(contact) for one in invoices)

    def _portal_share_words(self, contact):
        """Return what is said to a contact with the link, in the language of the environment.

        :param res.partner contact: who gets it
        :rtype: str
        """
        self.ensure_one()
        words = self.env._(
            "Hello %(contact)s, this is %(company)s. We remind you of: %(documents)s.",
            contact=contact.name or "",
            company=self.company_id.name,
            documents=", ".join(self.line_ids.invoice_id.mapped("name")),
        )
        currencies = self.line_ids.currency_id
        left = " + ".join(
            currency.format(sum(due["open"] for due in self._portal_share_due(currency).values()))
            for currency in currencies
        )
        label = self.env._("Left to pay")
        return f"{words}\n{label}: {left}."

    def _portal_share_due(self, currency):
        """Return what is due now of the invoices in one currency: some may have been paid since.

        :rtype: dict[int, dict]
        """
        invoices = self.line_ids.invoice_id.filtered(lambda one: one.currency_id == currency)
        return invoices.sudo()._portal_due()

    def _portal_share_link(self, contact):
        """Return a link of the contact's own: to the invoice, if it is one, else to the page of
        all, where a code is mailed to the contact.

        :param res.partner contact: one of ``_portal_share_contacts``
        :return: the full address; empty if the contact can't sign in by mail
        :rtype: str
        """
        self.ensure_one()
        if len(self.line_ids.invoice_id) == 1:
            return self.line_ids.invoice_id._portal_share_link(contact)
        links = self.env["customer.portal.link"]
        return links._personalize(self._portal_url(), contact, {}, self.company_id) or ""
