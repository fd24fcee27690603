from odoo import models

from .customer_portal_access_mixin_delivery import CARRIES_DOCUMENT


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """Override of `mail`: a template with a report carries a document, whoever sends it: by
        hand, for many at once, or when an order is confirmed."""
        if self.template_id.report_template_ids or self.env.context.get("mark_so_as_sent"):
            self = self.with_context(**{CARRIES_DOCUMENT: True})
        return super()._action_send_mail(auto_commit=auto_commit)
