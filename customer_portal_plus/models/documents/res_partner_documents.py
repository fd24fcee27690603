from odoo import fields, models
from odoo.fields import Domain

from ...tools.actions import list_action


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_document_count = fields.Integer(
        "Shared documents", compute="_compute_portal_document_count"
    )

    def _compute_portal_document_count(self):
        for partner in self:
            partner.portal_document_count = self.env["customer.portal.document"].search_count(
                partner._portal_documents_domain()
            )

    def _portal_documents_domain(self):
        """Return the domain of the documents that staff shared with this customer or with some
        of its contacts; not those that all customers see.

        :rtype: Domain
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        return Domain("commercial_partner_id", "=", customer.id) | Domain(
            "contact_ids.commercial_partner_id", "=", customer.id
        )

    def action_portal_documents(self):
        """Open the documents that were shared with this customer.

        :rtype: dict
        :raise AccessError: if the current user is no staff
        """
        self.ensure_one()
        # Customers read documents, too, but not the categories as staff keep them.
        self.env["customer.portal.document.category"].check_access("read")
        return list_action(
            self.env,
            "customer_portal_plus.customer_portal_document_action",
            self._portal_documents_domain(),
            default_partner_id=self.id,
        )

    def action_portal_share_files(self):
        """Ask for files to share with this customer.

        :rtype: dict
        :raise AccessError: if the current user may not
        """
        self.ensure_one()
        self.env["customer.portal.document.share"].check_access("create")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_portal_plus.customer_portal_document_share_action"
        )
        action["context"] = {"default_partner_id": self.id}
        return action
