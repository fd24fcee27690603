"""A document that staff send by a messenger: who may get it, what is said, and the link."""

from odoo import models
from odoo.fields import Domain

# Of the contacts that are looked at: what a list still shows.
MAX_CONTACTS = 80


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def action_portal_whatsapp(self):
        """Open the window in which staff send this document by WhatsApp.

        :rtype: dict
        :raise UserError: if no contact can be sent it
        """
        self.ensure_one()
        return self.env["customer.portal.whatsapp"]._open(self)

    def _portal_share_contacts(self):
        """Return who can be sent this document: contacts of its customer that may see it and have
        a telephone number; first the one to whom it is addressed.

        :rtype: res.partner
        """
        self.ensure_one()
        domain = (
            Domain("commercial_partner_id", "=", self.sudo()._portal_customer().id)
            & Domain("partner_share", "=", True)
            & Domain("phone", "!=", False)
        )
        contacts = self.env["res.partner"].search(domain, limit=MAX_CONTACTS)
        contacts = contacts.filtered(self._portal_may_be_shared)
        return (contacts & self.partner_id) | contacts

    def _portal_may_be_shared(self, contact):
        """Return whether a personal link of a contact would open this document.

        :param res.partner contact: anybody
        :rtype: bool
        """
        self.ensure_one()
        asker = self._portal_as_contact(contact)
        if not asker or not contact.sudo().active or self._portal_refusal(asker):
            return False
        if not self.sudo()._portal_in_scope() or not self.sudo().company_id.portal_alias:
            return False
        # Who had a user and lost it has lost its access.
        users = contact.sudo().with_context(active_test=False).user_ids
        return not users or bool(users._portal_filter_active())

    def _portal_share_words(self, contact):
        """Return what is said to a contact with the link, in the language of the environment.

        :param res.partner contact: who gets it
        :rtype: str
        """
        self.ensure_one()
        words = self.env._(
            "Hello %(contact)s, this is %(company)s. We write to you about: %(document)s.",
            contact=contact.name or "",
            company=self.sudo().company_id.name,
            document=self._portal_conversation_title(),
        )
        summary = self._portal_mail_summary()
        if not summary:
            return words
        amount = f"{summary['label']}: {summary['amount']}."
        return f"{words}\n{amount} {summary['note']}".strip()

    def _portal_share_link(self, contact):
        """Return a new personal link to this document: its full address.

        :param res.partner contact: one of ``_portal_share_contacts``
        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}{self.env['customer.portal.link']._make(self, contact)}"
