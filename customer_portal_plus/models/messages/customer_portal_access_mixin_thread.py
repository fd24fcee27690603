"""Who reads and writes in the chatter of a document, and by which token."""

from odoo import api, models
from odoo.tools import hash_sign
from odoo.tools.misc import hmac, verify_hash_signed

from odoo.addons.portal.utils import validate_thread_with_hash_pid

from ...tools.parsing import parse_id

CHATTER_TOKEN_HOURS = 24


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    # === CHATTER === #

    def _portal_chatter_token(self, contact):
        """Return the token with which ``contact`` may write on this document from its page.

        It is bound to document and contact, dies after a day, and opens no other way in.

        :param res.partner contact: a signed-in contact
        :return: the token, empty if the contact may not write
        :rtype: str
        """
        self.ensure_one()
        if not self._portal_can_message(contact):
            return ""
        return self._portal_sign_chatter_token(contact)

    def _portal_sign_chatter_token(self, contact):
        return hash_sign(
            self.sudo().env,
            "customer_portal_plus.chatter",
            [self._name, self.id, contact.id],
            expiration_hours=CHATTER_TOKEN_HOURS,
        )

    def _portal_can_message(self, contact):
        """Return whether ``contact`` may write on this document: the company lets customers
        write, and the contact has the capability.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self._portal_has_messages
            and self.sudo().company_id.portal_allow_messages
            and contact._portal_can("can_message")
        )

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Override of `mail`: a portal user who may read may not, for that alone, post.

        Posting goes through the chatter of the document's page, which checks the gates.
        """
        result = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == "create" and self.env.user.share:
            in_scope = self.sudo().exists().filtered_domain(self._portal_scope_domain())
            result.update(dict.fromkeys(self.filtered(lambda doc: doc in in_scope), "write"))
        return result

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, mode="read", hash=None, pid=None, token=None, **kwargs
    ):
        """Override of `portal`: the chatter of a customer's document stands behind the gates.

        Reading asks for what the page asks for. Writing asks for more than the bare link of the
        document: the page's own chatter token, or the signed contact of a mailed link.
        """
        if self.env.user._is_internal():
            return super()._get_thread_with_access(
                thread_id, mode=mode, hash=hash, pid=pid, token=token, **kwargs
            )
        # Sudo: the gates are asked before anything of the document is given away.
        document_sudo = self.sudo().browse(parse_id(thread_id) or ()).exists()
        if not document_sudo:
            return self.browse()
        if not document_sudo._portal_in_scope():
            return super()._get_thread_with_access(
                thread_id, mode=mode, hash=hash, pid=pid, token=token, **kwargs
            )
        document = self.browse(thread_id)
        contact = document._get_access_contact()
        link = document._portal_personal_link()
        if contact or link:
            if document._portal_refusal(contact):
                return self.browse()
            if mode == "read":
                # With a personal link there is no user whose rights could be used.
                return document_sudo if link else document
            writer = contact or link.partner_id
            valid = document._portal_verify_chatter_token(token, writer)
            if valid and document._portal_can_message(writer):
                return document_sudo
            return self.browse()
        # A guest, or somebody of another customer, with a link that was mailed. Without a
        # token of its own, core's signature would be the same for all such documents.
        if not document_sudo.access_token:
            return self.browse()
        thread = super()._get_thread_with_access(
            thread_id, mode=mode, hash=hash, pid=pid, token=token, **kwargs
        )
        if not thread or document._portal_refusal(contact):
            return self.browse()
        if mode == "read":
            return thread
        recipient = document._portal_signed_recipient(hash, pid)
        if recipient and not document._portal_refusal(recipient):
            return thread if document._portal_can_message(recipient) else self.browse()
        return self.browse()

    def _portal_have_token(self):
        """Make core's token of this document, if there is none; core compares others with it."""
        self.sudo().with_context(portal_page_uid=False)._portal_ensure_token()

    def _portal_verify_chatter_token(self, token, contact):
        try:
            signed = token and verify_hash_signed(
                self.sudo().env, "customer_portal_plus.chatter", token
            )
        except ValueError:
            return False
        return signed == [self._name, self.id, contact.id]

    def _portal_signed_recipient(self, hash_, pid):
        """Return the contact of a mailed link (``pid`` and ``hash``), if it is genuine."""
        partner = self.env["res.partner"].sudo()
        partner_id = parse_id(pid)
        if not partner_id or not validate_thread_with_hash_pid(self.sudo(), hash_, pid):
            return partner
        return partner.browse(partner_id).exists()

    def _sign_token(self, pid):
        """Override of `portal`: without a token of its own, a document's signature would be that
        of all such documents."""
        document_sudo = self.sudo()  # Customers can't read the token.
        if document_sudo[self._mail_post_token_field]:
            return super(CustomerPortalAccessMixin, document_sudo)._sign_token(pid)
        return hmac(
            document_sudo.env, "customer_portal_plus.sign_token", (self._name, self.id, pid)
        )

    def _message_get_suggested_recipients(self, *args, **kwargs):
        """Override of `mail`: whom staff write to is not for customers to know. Of what one can't
        read, which comes here as nothing, core fails."""
        self._portal_check_staff()
        if not self:
            return []
        return super()._message_get_suggested_recipients(*args, **kwargs)
