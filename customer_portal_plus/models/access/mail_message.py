from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Override of `mail`: no messages on documents whose gates are shut, though one wrote or
        received them."""
        query = super()._search(domain, *args, bypass_access=bypass_access, **kwargs)
        if bypass_access or self.env.su or not self.env.user.share:
            return query
        messages = self.browse(query.get_result_ids())
        shut = messages._portal_filter_shut()
        return (messages - shut)._as_query() if shut else query

    def _get_forbidden_access(self, operation):
        """Override of `mail`: messages on customers' documents are read through the gates, and
        written through the chatter of the document's page alone."""
        forbidden = super()._get_forbidden_access(operation)
        if self.env.su or not self.env.user.share:
            return forbidden
        remaining = self - forbidden
        if operation != "read":
            return forbidden + remaining._portal_filter_on_documents()
        forbidden += remaining._portal_filter_shut()
        # Core keeps internal comments back, but not what the system notes for staff.
        return forbidden + (self - forbidden)._portal_filter_on_documents().filtered(
            lambda message: message.sudo()._portal_is_internal()
        )

    def _portal_is_internal(self):
        """Return whether this message is for staff alone.

        :rtype: bool
        """
        self.ensure_one()
        return self.is_internal or not self.subtype_id or self.subtype_id.internal

    def _portal_filter_on_documents(self):
        """Return those of these messages that are on customers' documents."""
        on_documents = self.browse()
        for model, messages in self._portal_group_by_model().items():
            documents = self.env[model].sudo().browse(messages.mapped("res_id")).exists()
            in_scope = documents.filtered_domain(documents._portal_scope_domain())
            on_documents += messages.filtered(
                lambda message, ids=in_scope.ids: message.res_id in ids
            )
        return on_documents.with_env(self.env)

    def _portal_filter_shut(self):
        """Return those of these messages that are on documents shut to the user by a gate."""
        shut = self.browse()
        for model, messages in self._portal_group_by_model().items():
            documents = self.env[model].browse(set(messages.mapped("res_id")))
            ids = set(documents._portal_filter_shut(self.env.user).ids)
            shut += messages.filtered(lambda message, ids=ids: message.res_id in ids)
        return shut.with_env(self.env)

    def _portal_group_by_model(self):
        # Sudo: asked before it is known whether the user may read them.
        messages_sudo = self.sudo().filtered(
            lambda message: (
                message.res_id
                and message.model in self.env["customer.portal.access.mixin"]._portal_models()
            )
        )
        return messages_sudo.grouped("model")

    def _message_notifications_to_store(self, store):
        """Override of `mail`: of mails that were not delivered, staff are told in their client.

        A contact who wrote a message has no such client, and may not read of colleagues what
        is told there: after the message was saved, its page would end in an error.
        """
        if self.env.user._is_internal():
            super()._message_notifications_to_store(store)
