"""The one look of mails that go to customers, also of those that core sends."""

from odoo import models

from .customer_portal_access_mixin_button import OUTSIDERS
from .customer_portal_access_mixin_delivery import CARRIES_DOCUMENT

# Core's layouts that ours stands for. Others say more than a look does, and stay.
RESPONSIBLE_LAYOUT = "mail.mail_notification_layout_with_responsible_signature"
CORE_LAYOUTS = (
    None,
    False,
    "",
    "mail.mail_notification_layout",
    "mail.mail_notification_light",
    RESPONSIBLE_LAYOUT,
)
OWN_LAYOUT = "customer_portal_plus.mail_layout_document"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _portal_has_own_look(self):
        """Return whether the mails about this record to people who are no employees look like
        those of the portal.

        For a module to give its mails that look, it must override this method.

        :rtype: bool
        """
        return False

    def _portal_mail_summary(self):
        """Return what the mails about this record say first, in the language of the environment.

        For a module to tell of an amount, it must override this method.

        :return: ``label``, ``amount`` (formatted) and ``note``; empty if there is nothing to say
        :rtype: dict[str, str]
        """
        return {}

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """Override of `mail`: customers get one look, whoever sends the mail."""
        values = dict(msg_vals or {})
        layout = values.get("email_layout_xmlid", message.email_layout_xmlid)
        group = recipients_group.get("notification_group_name")
        if layout in CORE_LAYOUTS and self and group in OUTSIDERS and self._portal_has_own_look():
            values["email_layout_xmlid"] = OWN_LAYOUT
            render_values = dict(render_values or {})
            # What leads nowhere, and carries nothing, tells no amounts either.
            if recipients_group.get("has_button_access") or self.env.context.get(CARRIES_DOCUMENT):
                summary = self.with_context(lang=render_values.get("lang") or self.env.lang)
                render_values["summary"] = summary._portal_mail_summary()
            if layout == RESPONSIBLE_LAYOUT:
                # Sudo: core prints this person's signature, whoever sends the mail.
                responsible = "user_id" in self and self.sudo().user_id
                render_values["signature"] = responsible and responsible.signature or ""
        return super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=values, render_values=render_values
        )
