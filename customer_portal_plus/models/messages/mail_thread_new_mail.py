"""Mails that begin a conversation: from a contact that is known and let in, or for staff alone."""

import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import email_split, unfold_references

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _portal_company_of_new_mail(self, message_dict):
        """Return the company for which a new mail to its catch-all begins a conversation.

        Core would send it back: nothing tells what it is about.

        :return: the company; empty if the mail is an answer, goes elsewhere or the company has no
            address for new messages
        :rtype: res.company
        """
        # Sudo: mails come in before it is known whose they are.
        companies_sudo = self.env["res.company"].sudo()
        if not self._detect_write_to_catchall(message_dict) or self._portal_answered(message_dict):
            return companies_sudo
        hosts = {address.rpartition("@")[2].lower() for address in email_split(message_dict["to"])}
        companies = companies_sudo.search([("portal_mail_alias_id", "!=", False)]).filtered(
            lambda company: company.alias_domain_id.name in hosts
        )
        sender = email_normalize(message_dict["email_from"])
        # Several may share a domain: the sender's own comes first.
        return companies.sorted(
            lambda company: not self._portal_contact_of_sender(sender, company)
        )[:1]

    @api.model
    def _portal_answered(self, message_dict):
        """Return the latest message that a mail says it answers, in sudo.

        :rtype: mail.message
        """
        references = message_dict.get("references") or message_dict.get("in_reply_to") or ""
        # The last ones are the nearest; nobody has to search for hundreds.
        numbers = [number.strip() for number in unfold_references(references)][-32:]
        # Sudo: mails come in before it is known whose they are.
        messages_sudo = self.env["mail.message"].sudo()
        return messages_sudo.search([("message_id", "in", numbers)], order="id desc", limit=1)

    @api.model
    def _portal_answered_record(self, message_dict):
        """Return the record behind the gates that a mail says it answers, if its sender is a
        contact of that customer; None if not.

        :rtype: models.Model | None
        """
        answered = self._portal_answered(message_dict)
        if answered.model not in self.env["customer.portal.access.mixin"]._portal_models():
            return None
        # Sudo: the mail is kept with it for staff, who are asked for their rights.
        record = self.env[answered.model].sudo().browse(answered.res_id).exists()
        if not record or not record._portal_in_scope() or not record._portal_customer():
            return None
        return record if record._portal_known_sender(message_dict["email_from"]) else None

    @api.model
    def _portal_route_to_alias(self, message, message_dict, values):
        """Return where a mail goes that came to an address for new messages: an answer, too, may
        come there.

        :param email.message.EmailMessage message: the mail
        :param dict message_dict: what was read from it; changed so that core posts it right
        :param dict values: what the alias says of new records
        :rtype: list[tuple]
        """
        answered = self._portal_answered_record(message_dict)
        if answered is not None:
            return answered._portal_route_unsigned(message, message_dict)
        # Sudo: mails come in before it is known whose they are.
        company = self.env["res.company"].sudo().browse(values.get("company_id")).exists()
        company = company or self._portal_company_of_mail(message_dict)
        return self._portal_route_new(message, message_dict, company)

    @api.model
    def _portal_route_new(self, message, message_dict, company):
        """Return where a mail goes that is to begin a conversation.

        :param email.message.EmailMessage message: the mail
        :param dict message_dict: what was read from it; changed so that core posts it right
        :param res.company company: to which one, in sudo
        :rtype: list[tuple]
        """
        conversations = self.env["customer.portal.conversation"]
        sender = email_normalize(message_dict["email_from"])
        if (
            not sender
            or conversations._portal_is_automatic(message)
            or self._portal_is_own_address(sender)
        ):
            _logger.info("No conversation is begun by the mail %s", message_dict["message_id"])
            return []
        values = {"company_id": company.id}
        contact = self._portal_contact_of_sender(sender, company)
        if contact:
            conversations._portal_keep_to_thread(message_dict)
            message_dict.update(author_id=contact.id, is_internal=False)
            conversations._portal_drop_large_files(message_dict)
            values["partner_id"] = contact.id
        else:
            conversations._portal_hold(
                message, message_dict, self.env._("Its sender is no contact who may write to you.")
            )
        return [conversations._portal_make_route(custom_values=values)]

    @api.model
    def _portal_is_own_address(self, address):
        """Return whether mails from an address are our own: they answered one of ours.

        :param str address: normalised
        :rtype: bool
        """
        # Sudo: mails come in before it is known whose they are.
        domains = self.env["mail.alias.domain"].sudo().search([])  # pylint: disable=no-search-all
        names = ("catchall_email", "bounce_email", "default_from_email")
        if any(address == domain[name] for domain in domains for name in names):
            return True
        aliases_sudo = self.env["mail.alias"].sudo()
        return bool(aliases_sudo.search_count([("alias_full_name", "=", address)], limit=1))

    @api.model
    def _portal_contact_of_sender(self, address, company):
        """Return the contact who may begin a conversation from an address; nobody, if contacts of
        several customers have it.

        :param str address: normalised; may be empty
        :param res.company company: to which one, in sudo
        :return: the contact, in sudo
        :rtype: res.partner
        """
        # Sudo: mails come in before it is known whose they are.
        partners_sudo = self.env["res.partner"].sudo()
        if not address or not company.portal_enabled or not company.portal_allow_messages:
            return partners_sudo
        partners = partners_sudo.with_company(company).search(
            Domain("email_normalized", "=", address)
            & Domain("partner_share", "=", True)
            & Domain("company_id", "in", [False, company.id])
        )
        contacts = partners.filtered(
            lambda partner: (
                company.id in partner._portal_company_ids() and partner._portal_can("can_message")
            )
        )
        if len(contacts.commercial_partner_id) != 1:
            return partners_sudo
        return (contacts.filtered("user_ids") or contacts)[:1]
