"""The paper of another app's document: what that app prints where it comes out whole, else ours."""

import logging

from odoo import api, models
from odoo.exceptions import UserError

from ...tools import printer

_logger = logging.getLogger(__name__)


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_paper(self):
        """Return the paper of this document.

        :return: a PDF
        :rtype: bytes
        """
        self.ensure_one()
        # Sudo: the gate has given the document, and its paper says more than its fields may.
        document_sudo = self.sudo()
        if printer.prints_whole():
            try:
                return printer.print_report(document_sudo, self._portal_paper_report())
            except (UserError, OSError) as error:
                _logger.warning("%s can't be printed: %s", self, error)
        return document_sudo._portal_draw_paper()

    @api.model
    def _portal_paper_report(self):
        """Return the report of the app that prints such documents, by its identifier.

        For a model to have a paper, it must override this method and ``_portal_draw_paper``.

        :rtype: str
        """
        raise NotImplementedError

    def _portal_draw_paper(self):
        """Return a paper of our own, in the customer's language; in sudo.

        :return: a PDF
        :rtype: bytes
        """
        raise NotImplementedError

    def _portal_paper_name(self):
        """Return what the paper is called, with its ending.

        :rtype: str
        """
        self.ensure_one()
        return f"{self._portal_conversation_title()}.pdf".replace("/", "-")
