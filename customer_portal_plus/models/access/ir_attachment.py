from collections import defaultdict

from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _check_access(self, operation):
        """Override of `base`: of a customer's document, a customer gets the files that were sent
        in its chatter. What staff hang on the document, or on an internal note, is theirs.
        """
        result = super()._check_access(operation)
        if self.env.su or not self.env.user.share:
            return result
        forbidden, make_error = result or (self.browse(), None)
        kept_back = self._portal_filter_kept_back(operation)
        if not kept_back:
            return result
        return forbidden | kept_back, make_error or (
            lambda: AccessError(self.env._("You are not allowed to access this file."))
        )

    def _portal_filter_kept_back(self, operation):
        """Return the files on customers' documents that the user, a customer, doesn't get."""
        on_documents = self._portal_filter_on_documents()
        if operation != "read":
            return on_documents
        messages = on_documents._portal_get_messages_sudo().with_env(self.env)
        # Sudo: which messages the user may read is asked of the messages themselves.
        sent = messages._filtered_access("read").sudo().attachment_ids.with_env(self.env)
        return on_documents._portal_filter_shut() | (on_documents - sent)

    def _portal_filter_on_documents(self):
        """Return those of these files that are on customers' documents, or on their messages."""
        return self._portal_filter(
            lambda documents: documents.exists().filtered_domain(documents._portal_scope_domain())
        )

    def _portal_filter_shut(self):
        """Return those of these files that are on customers' documents whose gates are all shut
        for the user.
        """
        opened = self._portal_filter(
            lambda documents: documents - documents._portal_filter_shut(self.env.user)
        )
        return self._portal_filter_on_documents() - opened

    def _portal_filter(self, choose):
        """Return the files that are on one of the chosen documents.

        :param callable choose: gets the documents of one model, in sudo, and returns some
        """
        models_ = self.env["customer.portal.access.mixin"]._portal_models()
        places = defaultdict(lambda: defaultdict(set))  # model -> id of a document -> ids of files
        # Sudo: asked before it is known whether the user may read any of it. Odoo takes some
        # files off a document (pictures off an invoice); then only the message leads there.
        for attachment in self.sudo():
            if attachment.res_id and attachment.res_model in models_:
                places[attachment.res_model][attachment.res_id].add(attachment.id)
        for message in self._portal_get_messages_sudo():
            if message.res_id and message.model in models_:
                places[message.model][message.res_id].update(
                    set(message.attachment_ids.ids) & set(self.ids)
                )
        chosen = set()
        for model, files in places.items():
            documents = choose(self.env[model].sudo().browse(files))
            chosen.update(*(files[document_id] for document_id in documents.ids))
        return self.filtered(lambda attachment: attachment.id in chosen)

    def _portal_get_messages_sudo(self):
        return self.env["mail.message"].sudo().search([("attachment_ids", "in", self.ids)])
