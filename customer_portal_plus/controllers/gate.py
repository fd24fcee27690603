from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

MAX_ID = 2**31 - 1  # of a PostgreSQL integer; a greater one in a query is an error


class DocumentGate(CustomerPortal):
    """The one place where a controller gets a customer's document from.

    Record rules do not touch the token path, so the gates are asked here once more, for every
    page, PDF, payment and answer. No other controller may call ``browse`` or ``sudo`` on these
    models; a test sees to that.
    """

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Override of `portal` to ask the four gates, also of those who hold a token.

        A signed-in contact of the document's customer is judged by its profile, its token
        counts for nothing. Staff keep what core gives them.
        """
        if not 0 < document_id <= MAX_ID:
            raise MissingError(request.env._("This document does not exist."))
        Document = request.env[model_name]
        behind_gates = isinstance(Document, request.env.registry["customer.portal.mixin"])
        if behind_gates and not request.env.user._is_internal():
            document = Document.browse([document_id])
            # Sudo: asked before anything of the document is given away; a missing one is left
            # to core, which refuses it in the same way.
            if document.sudo().exists():
                contact = document._portal_asker()
                document._portal_check_gates(contact)
                if contact:
                    access_token = None
        return super()._document_check_access(model_name, document_id, access_token=access_token)

    def _is_document_open(self, model_name, document_id):
        """Return whether the gates are open for a visitor who comes by a link that core signed in
        another way than with the document's token, a payment link for one.

        :param int document_id: an id; what does not exist is not open
        :rtype: bool
        """
        if not document_id or not 0 < document_id <= MAX_ID:
            return False
        # Sudo: only to ask the gates.
        document_sudo = request.env[model_name].sudo().browse(document_id).exists()
        if not document_sudo or request.env.user._is_internal():
            return bool(document_sudo)
        contact = document_sudo.with_user(request.env.user)._portal_asker()
        return not document_sudo._portal_refusal(contact)

    def _get_portal_contact(self):
        """Return the signed-in contact, in sudo as core keeps it.

        :rtype: res.partner
        """
        return request.env.user.partner_id

    def _get_portal_documents(self, model_name, domain=None):
        """Return the model in sudo and the domain of all its documents that the signed-in
        contact may see, the gates already in it.

        Lists and sums are asked in sudo on this explicit domain: through the record rules, the
        same gates would be evaluated again for every query.

        :param str model_name: a model behind the gates
        :param Domain domain: further conditions
        :return: the model in sudo, the domain
        :rtype: tuple[models.Model, Domain]
        """
        Document = request.env[model_name]
        allowed = Document._portal_domain(self._get_portal_contact())
        allowed &= Domain("company_id", "in", request.env.user.company_ids.ids)
        return Document.sudo(), allowed & Domain(domain or Domain.TRUE)
