from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_delivery_switch(self):
        return "portal_show_invoices"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `account`: see ``_portal_hide_buttons`` and ``_portal_name_buttons``."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals)
        if self:
            self._portal_hide_buttons(groups)
            self._portal_name_buttons(groups)
        return groups

    def _portal_name_buttons(self, groups):
        """Hook that is called for the mails of an invoice, when their buttons are chosen.

        For a module to say what a button is for, it must override this method.

        :param list groups: see ``_notify_get_recipients_groups``; changed
        """
