from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _portal_to_answer(self):
        """Return how many quotes and files wait for the answer of this contact.

        :rtype: int
        """
        self.ensure_one()
        waiting = {"customer.portal.document.request": "_portal_waiting_domain"}
        if self._portal_allows("portal_show_documents", "can_see_documents"):
            waiting["customer.portal.document"] = "_portal_to_sign_domain"
        if self._portal_allows("portal_show_quotes", "can_see_quotes"):
            waiting["sale.order"] = "_portal_to_answer_domain"
        total = 0
        for name, domain in waiting.items():
            Document = self.env[name].with_user(self)
            allowed = Document._portal_user_domain()
            # Sudo: the gates are in the domain.
            total += Document.sudo().search_count(allowed & getattr(Document, domain)())
        return total
