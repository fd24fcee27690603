"""How invoices and quotes reach the customer: as a file, as a link to the portal, or both.

``both`` is what Odoo does by itself. ``link`` leaves out the PDF that the portal shows, and only
that: electronic invoices, the files of a template and what staff attach by hand are sent as ever.
``attachment`` leaves out the buttons that lead to the portal.
"""

from markupsafe import Markup

from odoo import api, models

# In the context while a mail is made that carries a document to its customer.
CARRIES_DOCUMENT = "portal_carries_document"


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_delivery(self):
        """Return how this document is sent to its customer.

        A link that would not open is no way to send a document: then it is ``both``, as Odoo
        does it.

        :return: ``attachment``, ``link`` or ``both``
        :rtype: str
        """
        self.ensure_one()
        document_sudo = self.sudo()  # Who sends it need not read the settings.
        company = document_sudo.company_id or self.env.company.sudo()
        customer = document_sudo.partner_id.commercial_partner_id
        delivery = (
            document_sudo.partner_id.portal_document_delivery
            or customer.portal_document_delivery
            or company.portal_document_delivery
        )
        if delivery == "link" and not (
            company.portal_enabled
            and company[self._portal_delivery_switch()]
            and customer.portal_access
            and document_sudo.portal_visible
        ):
            return "both"
        return delivery

    @api.model
    def _portal_delivery_switch(self):
        """Return the switch of the company by which customers see documents of this model.

        For the documents of a model to be sent as links, it must override this method.

        :rtype: str
        """
        raise NotImplementedError

    def _portal_link_html(self):
        """Return the paragraph that leads to this document from a mail without a button. It
        becomes the receiver's own link as the mail leaves.

        :rtype: Markup
        """
        self.ensure_one()
        customer = self.sudo().partner_id
        words = self.with_context(lang=customer.lang or self.env.lang).env
        url = f"{self.get_base_url()}{self.sudo().get_portal_url()}"
        return Markup('<p><a href="%s">%s</a></p>') % (
            url,
            words._("See %s in your customer portal", self.display_name),
        )
