"""Why a contact sees a document in the portal, or doesn't: one sentence, and what mends it."""

from odoo import models


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_why(self, contact):
        """Return why ``contact`` sees this document or not, for staff.

        :param res.partner contact: a contact, with or without a user
        :return: ``gate``, the first one that is shut (see ``_portal_refusal``), None if it sees
            the document; ``sentence``; ``mend``, what opens the gate: a value of the field
            ``mend`` of ``customer.portal.why.line``, False if nothing does
        :rtype: dict[str, str | bool | None]
        """
        self.ensure_one()
        gate = self._portal_refusal(contact)
        # Sudo: staff ask about a document that they may read; why it is seen, all may know.
        document_sudo, contact_sudo = self.sudo(), contact.sudo()
        explain = {
            None: document_sudo._portal_why_open,
            "company": document_sudo._portal_why_company,
            "customer": document_sudo._portal_why_customer,
            "contact": document_sudo._portal_why_contact,
            "document": document_sudo._portal_why_document,
            "rule": document_sudo._portal_why_rule,
        }[gate]
        sentence, mend = explain(contact_sudo)
        return {"gate": gate, "sentence": sentence, "mend": mend}

    def _portal_why_open(self, contact):
        """Return sentence and remedy where all gates are open.

        :param res.partner contact: see ``_portal_why``
        :rtype: tuple[str, str | bool]
        """
        if contact._portal_user():
            return self.env._("Sees it."), False
        return self.env._("Would see it, but has no user to sign in with."), "give_access"

    def _portal_why_company(self, contact):
        """Return sentence and remedy where the company's gate is shut."""
        company = self.company_id
        if company.portal_enabled:
            return self._portal_why_switched_off(company), "settings"
        return self.env._("The customer portal of %s is switched off.", company.name), "settings"

    def _portal_why_switched_off(self, company):
        """Return the sentence where the company's portal shows no documents of this kind.

        For a model with a switch of its own to name it, it must override this method.

        :param res.company company: the document's
        :rtype: str
        """
        return self.env._("%s doesn't show documents of this kind in the portal.", company.name)

    def _portal_why_customer(self, contact):
        """Return sentence and remedy where the customer's gate is shut."""
        customer = self._portal_customer()
        return self.env._("Portal access of %s is switched off.", customer.name), "access"

    def _portal_why_rule(self, contact):
        """Return sentence and remedy where a record rule that is not ours hides it."""
        return self.env._("A record rule of this database hides it from its user."), False

    def _portal_why_contact(self, contact):
        """Return sentence and remedy where the contact's gate is shut."""
        customer = self._portal_customer()
        if contact.commercial_partner_id != customer:
            return self.env._("Is no contact of %s, whose document this is.", customer.name), False
        profile = contact._portal_profile()
        capability = self._portal_why_capability()
        if capability and not profile[capability]:
            label = profile._fields[capability]._description_string(self.env)
            sentence = self.env._(
                "Its profile, %(profile)s, doesn't include: %(capability)s.",
                profile=profile.name,
                capability=label,
            )
        else:
            sentence = self.env._(
                "Its profile, %(profile)s, shows its own documents only; this one is for"
                " %(contact)s.",
                profile=profile.name,
                contact=self.partner_id.display_name,
            )
        return sentence, "profile"

    def _portal_why_capability(self):
        """Return the capability that this document asks for, by name; None if there is none.

        For a model whose documents ask for different ones, it must override this method.

        :rtype: str | None
        """
        return self._portal_capability

    def _portal_why_document(self, contact):
        """Return sentence and remedy where the document's own gate is shut."""
        if not self.portal_visible:
            return self.env._("The document is hidden in the portal."), "show"
        states = dict(self._fields["state"]._description_selection(self.env))
        if self.state == "draft":
            return self.env._("Drafts are never shown: it isn't published yet."), False
        return self.env._("In state %s it isn't shown.", states.get(self.state, self.state)), False

    def action_portal_why(self):
        """Show who of the customer sees this document in the portal, and why not.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.portal.why"]._open(document=self)
