"""Conversations that begin with a mail, and those to which an unverified one was added."""

from odoo import api, fields, models
from odoo.fields import Domain

from .customer_portal_conversation_page import MAX_SUBJECT_LENGTH


class CustomerPortalConversation(models.Model):
    _inherit = "customer.portal.conversation"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override of `mail`: a mail begins a conversation of the contact whose it seems to be; if
        that is nobody who may write, staff sort it out."""
        values = dict(custom_values or {})
        values["name"] = (msg_dict.get("subject") or self.env._("No subject"))[:MAX_SUBJECT_LENGTH]
        values.update(is_by_mail=True, unverified=not values.get("partner_id"))
        company = self.env["res.company"].sudo().browse(values.get("company_id"))
        if values["unverified"]:
            values["user_id"] = (company or self.env.company).portal_message_user_id.id
        # Who is assigned gets the message itself, not one more mail in its writer's name.
        conversation = self.with_context(mail_auto_subscribe_no_notify=True).create(values)
        if not conversation.unverified:
            conversation.user_id = conversation._portal_responsible()
        return conversation

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Override of `mail`: the conversations that a sender began by mail."""
        return Domain(
            "message_ids",
            "any",
            Domain("message_type", "=", "email")
            & Domain("email_from", "ilike", email_from_normalized),
        )

    def _note_unverified(self):
        """Note in these conversations, in sudo, that an unverified mail was added."""
        self.filtered(
            lambda conversation: not conversation.unverified
        ).unverified_on = fields.Datetime.now()
