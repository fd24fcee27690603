"""Where a mail goes that came to a signed address, and what is kept of it."""

import logging

from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format

from .customer_portal_access_mixin_chatter import REPLY_ADDRESS
from .customer_portal_conversation_page import MAX_FILE_BYTES, MAX_FILES

_logger = logging.getLogger(__name__)


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_route(self, message, message_dict, partner):
        """Return where a mail goes that came to the signed address of ``partner``.

        :param email.message.EmailMessage message: the mail
        :param dict message_dict: what was read from it; changed so that core posts it right
        :param res.partner partner: whose address it is
        :rtype: list[tuple]
        """
        self.ensure_one()
        thread = self._thread() if self._name == "customer.portal.conversation" else self
        if refusal := thread._portal_mail_refusal(partner, message_dict["email_from"]):
            thread._portal_hold(message, message_dict, refusal)
            return [thread._portal_make_route()]
        thread._portal_keep_to_thread(message_dict)
        if self._portal_is_automatic(message):
            self._portal_note_automatic(message_dict)
        else:
            message_dict.update(author_id=partner.id, is_internal=False)
            self._portal_drop_large_files(message_dict)
        return [thread._portal_make_route()]

    def _portal_route_unsigned(self, message, message_dict):
        """Return where a mail goes that says it answers something of this record, and came to
        another address than the one that we gave to its sender: here, for staff alone.

        :param email.message.EmailMessage message: the mail
        :param dict message_dict: what was read from it; changed so that core posts it right
        :rtype: list[tuple]
        """
        self.ensure_one()
        _ = self.env._
        reason = _("It was not sent to the address that we gave to its sender.")
        if contact := self._portal_known_sender(message_dict["email_from"]):
            reason += " " + _(
                "The sender's address is that of %s, but anybody can write that there.",
                contact.display_name,
            )
        self._portal_hold(message, message_dict, reason)
        return [self._portal_make_route()]

    def _portal_known_sender(self, email_from):
        """Return the contact of this record's customer who has an address, in sudo.

        :param str email_from: the sender of a mail
        :rtype: res.partner
        """
        self.ensure_one()
        # Sudo: mails come in before it is known whose they are.
        partners_sudo = self.env["res.partner"].sudo()
        address = email_normalize(email_from)
        customer = self.sudo()._portal_customer()
        if not address or not customer:
            return partners_sudo
        return partners_sudo.search(
            [
                ("email_normalized", "=", address),
                ("commercial_partner_id", "=", customer.id),
                ("partner_share", "=", True),
            ],
            limit=1,
        )

    def _portal_make_route(self, custom_values=None):
        root = self.env.ref("base.user_root")
        return (self._name, self.id or 0, custom_values or {}, root.id, None)

    def _portal_keep_to_thread(self, message_dict):
        """Forget what the headers say of other messages: they may name anybody's. The address is
        not shown to anybody else, either."""
        parent = self.env["mail.message"].sudo().browse(message_dict.get("parent_id"))
        if (parent.model, parent.res_id) != (self._name, self.id):
            message_dict.pop("parent_id", None)
        for key in ("to_filtered", "cc_filtered"):
            message_dict[key] = ",".join(
                address
                for address in email_split_and_format(message_dict.get(key) or "")
                if not REPLY_ADDRESS.match((email_normalize(address) or address).lower())
            )
        message_dict["recipients"] = ""

    def _portal_hold(self, message, message_dict, reason):
        """Have a mail noted for staff alone: it is not known to be from whom it says.

        :param str reason: for staff
        """
        self._portal_keep_to_thread(message_dict)
        message_dict.pop("parent_id", None)  # Core would tell its author.
        if self._portal_is_automatic(message):
            self._portal_note_automatic(message_dict)
            return
        self._portal_drop_large_files(message_dict)
        message_dict.update(
            author_id=self.env.ref("base.partner_root").id,
            is_internal=True,
            body=Markup("<p><strong>%s</strong><br/>%s</p>%s")
            % (
                self.env._("Unverified mail from %s", message_dict["email_from"]),
                self.env._("%s The customer does not see it.", reason),
                self._portal_body(message_dict),
            ),
        )
        _logger.info("Unverified mail from %s: %s", message_dict["email_from"], reason)

    def _portal_tell_unverified(self, email_from):
        """Mark the conversation of this record, in sudo, and tell staff that an unverified mail
        was added to it; the mail itself goes to them as well.

        :param str email_from: the sender
        """
        self.ensure_one()
        self.env["customer.portal.conversation"]._get_for(self)._note_unverified()
        user = self._portal_message_staff()
        env = self.with_context(lang=user.lang or self.env.lang).env
        self.env["customer.portal.staff.notification"]._tell(
            self,
            "message",
            user,
            env._("Unverified mail"),
            words=f"{email_from}: {self.display_name}",
            activity_type="customer_portal_plus.mail_activity_type_message",
            tone="warning",
            send_mail=False,
        )

    @api.model
    def _portal_body(self, message_dict):
        body = message_dict.get("body") or ""
        return body if isinstance(body, Markup) else Markup(body)  # noqa: S704 cleaned on writing

    @api.model
    def _portal_is_automatic(self, message):
        """Return whether a mail was written by a program: an absence note, a mailing list.

        :param email.message.EmailMessage message: the mail
        :rtype: bool
        """

        def header(name):
            return str(message.get(name) or "").strip().lower()

        return (
            header("Auto-Submitted") not in ("", "no")
            or header("Precedence") in ("bulk", "junk", "auto_reply", "list")
            or any(header(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        )

    @api.model
    def _portal_note_automatic(self, message_dict):
        """Have an automatic answer noted: it tells nobody and answers nothing, so that two
        programs can't keep each other busy."""
        message_dict.pop("parent_id", None)
        message_dict.update(
            author_id=self.env.ref("base.partner_root").id,
            is_internal=True,
            message_type="out_of_office",
            attachments=[],
            body=Markup("<p><strong>%s</strong></p>%s")
            % (
                self.env._("Automatic answer from %s", message_dict["email_from"]),
                self._portal_body(message_dict),
            ),
        )

    @api.model
    def _portal_drop_large_files(self, message_dict):
        """Leave out files that are too large or too many, as on the page, and say so in the
        message."""
        kept, dropped, total = [], [], 0
        for attachment in message_dict.get("attachments") or []:
            content = attachment[1]
            size = len(content) if isinstance(content, (str, bytes)) else len(bytes(content))
            fits = (
                size <= MAX_FILE_BYTES
                and total + size <= 2 * MAX_FILE_BYTES
                and len(kept) < MAX_FILES
            )
            if fits:
                kept.append(attachment)
                total += size
            else:
                dropped.append((attachment[0], size))
        if not dropped:
            return
        message_dict["attachments"] = kept
        body = self._portal_body(message_dict)
        for name, size in dropped:
            if size > MAX_FILE_BYTES:
                words = self.env._(
                    "The file “%(file)s” was left out: it is larger than %(size)s MB.",
                    file=name,
                    size=MAX_FILE_BYTES // 2**20,
                )
            else:
                words = self.env._(
                    "The file “%(file)s” was left out: at most %(count)s files, of %(size)s MB"
                    " together, can be attached.",
                    file=name,
                    count=MAX_FILES,
                    size=2 * MAX_FILE_BYTES // 2**20,
                )
            body += Markup("<p><em>%s</em></p>") % words
        message_dict["body"] = body
