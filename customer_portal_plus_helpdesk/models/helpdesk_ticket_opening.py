"""The customer opens a ticket."""

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext, plaintext2html

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.models.messages.customer_portal_conversation import (
    PREVIEW_LENGTH,
)
from odoo.addons.customer_portal_plus.models.messages.customer_portal_conversation_page import (
    MAX_MESSAGE_LENGTH,
    MAX_SUBJECT_LENGTH,
)
from odoo.addons.customer_portal_plus.tools.mail_text import shorten
from odoo.addons.customer_portal_plus.tools.parsing import parse_id
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

from .helpdesk_ticket_document import ABOUT_FIELDS

MAX_PER_HOUR = 20
# Who sends the same once more within so many minutes has pressed twice.
SAME_MINUTES = 5


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _portal_category_choices(self, companies):
        """Return the categories that customers of some companies may choose.

        :rtype: helpdesk.ticket.category
        """
        # Sudo: contacts may read those of the company they are in; they may write to others.
        return (
            self.env["helpdesk.ticket.category"]
            .sudo()
            .search(
                Domain("show_in_portal", "=", True)
                & Domain("company_id", "in", [False, *companies.ids])
            )
        )

    @api.model
    def _portal_team_choices(self, companies):
        """Return the teams that customers of some companies may choose.

        :rtype: helpdesk.ticket.team
        """
        return (
            self.env["helpdesk.ticket.team"]
            .sudo()  # As for categories.
            .search(
                Domain("show_in_portal", "=", True)
                & Domain("company_id", "in", [False, *companies.ids])
            )
        )

    @api.model
    def _portal_open(self, contact, company, typed, files, document=None):
        """Open a ticket for a contact, with the values that the helpdesk's own form gives it.

        :param res.partner contact: partner of the signed-in user
        :param res.company company: to which one
        :param dict typed: ``subject``, ``description``, ``category`` and ``team`` as the form sent
            them
        :param list files: pairs of name and content
        :param models.Model document: what it is about, from the gate
        :return: the ticket, in sudo; the one that is there, if it was sent twice
        :rtype: helpdesk.ticket
        :raise PortalRefusal: if it can't be opened; nothing is changed then
        """
        if not company or not company.sudo().portal_show_tickets:
            raise PortalRefusal(self.env._("No tickets can be opened here."), "off")
        if not contact._portal_can("can_see_tickets") or not contact._portal_can(
            "can_write_tickets"
        ):
            raise PortalRefusal(
                self.env._(
                    "Your profile does not let you open tickets. Ask whoever manages your team."
                ),
                "shut",
            )
        values = self._portal_read_opening(company, typed)
        if document is not None and not company.sudo().portal_allow_ticket_reports:
            raise PortalRefusal(self.env._("No problems of documents are reported here."), "about")
        files = self._portal_check_ticket_files(files)
        # Two clicks wait for each other, and the second one finds what the first one did.
        lock_rows_or_retry(contact)
        if same := self._portal_find_same(contact, values):
            return same
        # Sudo: customers make no record; the gates have been asked.
        Ticket = self.sudo().with_company(company)
        team = Ticket.env["helpdesk.ticket.team"].browse(values["team_id"])
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web", False)
        ticket = Ticket.create(
            {
                **values,
                "company_id": company.id,
                "stage_id": team._get_applicable_stages()[:1].id,
                "channel_id": channel.id if channel else False,
                "partner_id": contact.id,
                "partner_name": contact.name,
                "partner_email": contact.email,
                "user_id": False,
                **({ABOUT_FIELDS[document._name]: document.id} if document is not None else {}),
            }
        )
        ticket.message_subscribe(contact.ids)
        ticket._portal_keep_files(files)
        ticket._portal_begin_conversation(contact)
        self.env["customer.portal.event"]._log(
            "message", record=ticket, contact=contact, detail=self.env._("Ticket opened")
        )
        return ticket

    @api.model
    def _portal_read_opening(self, company, typed):
        """Return the values of a ticket that were typed; see ``_portal_open``.

        :rtype: dict
        """
        _ = self.env._
        name = " ".join((typed.get("subject") or "").split())
        words = (typed.get("description") or "").strip()
        if not name:
            raise PortalRefusal(_("Please say in a few words what it is about."), "subject")
        if len(name) > MAX_SUBJECT_LENGTH:
            raise PortalRefusal(
                _("The title is too long: %s characters at most.", MAX_SUBJECT_LENGTH), "long"
            )
        if not words:
            raise PortalRefusal(_("Please describe what you need."), "no_words")
        if len(words) > MAX_MESSAGE_LENGTH:
            raise PortalRefusal(
                _("Your text is too long: %s characters at most.", MAX_MESSAGE_LENGTH), "long"
            )
        company_sudo = company.sudo()  # What the form asks for is no secret.
        return {
            "name": name,
            "description": plaintext2html(words),
            "category_id": self._portal_choose(
                "category",
                typed,
                self._portal_category_choices(company),
                company_sudo.helpdesk_mgmt_portal_select_category
                and company_sudo.helpdesk_mgmt_portal_category_id_required,
                _("Please choose a category."),
            ),
            "team_id": self._portal_choose(
                "team",
                typed,
                self._portal_team_choices(company),
                company_sudo.helpdesk_mgmt_portal_select_team
                and company_sudo.helpdesk_mgmt_portal_team_id_required,
                _("Please choose a team."),
            ),
        }

    @api.model
    def _portal_choose(self, key, typed, choices, required, refusal):
        """Return the number of what a form chose.

        :param str key: name of the field in the form
        :param dict typed: see ``_portal_open``
        :param models.Model choices: what there is to choose
        :param bool required: whether one must be chosen, if there is one
        :param str refusal: what is said if it is none of them
        :rtype: int | bool
        :raise PortalRefusal: if it is none of them
        """
        text = typed.get(key) or ""
        chosen = choices.filtered(lambda choice: choice.id == parse_id(text))
        if not chosen and (text or (required and choices)):
            raise PortalRefusal(refusal, key)
        return chosen.id

    @api.model
    def _portal_find_same(self, contact, values):
        """Return the ticket of the same words that a contact has just opened, in sudo; empty if
        there is none.

        :raise PortalRefusal: if it has opened too many
        """
        now = fields.Datetime.now()
        lately = (
            self.sudo()  # Counted whether shown or not.
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "=", contact.id),
                    ("create_date", ">=", fields.Datetime.subtract(now, hours=1)),
                ],
                order="id desc",
                limit=MAX_PER_HOUR,
            )
        )
        just_now = fields.Datetime.subtract(now, minutes=SAME_MINUTES)
        text = html2plaintext(values["description"])
        for ticket in lately:
            if (
                ticket.create_date >= just_now
                and ticket.name == values["name"]
                and html2plaintext(ticket.description) == text
            ):
                return ticket
        if len(lately) >= MAX_PER_HOUR:
            raise PortalRefusal(
                self.env._("You have opened many tickets within an hour. Please wait a little."),
                "pace",
            )
        return lately.browse()

    def _portal_keep_files(self, files):
        """Hang files on this ticket, as the helpdesk does it.

        :param list files: pairs of name and content, checked
        """
        self.ensure_one()
        self.portal_file_ids = [
            Command.create(
                {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
            )
            for name, content in files
        ]

    def _portal_begin_conversation(self, contact):
        """Put this ticket, in sudo, into the customer's list of messages and the staff's inbox."""
        conversation = self.with_context(
            mail_auto_subscribe_no_notify=True  # The helpdesk has told who is to know.
        )._portal_conversation()
        words = " ".join(html2plaintext(self.description).split())
        conversation.write(
            {
                "last_author_id": contact.id,
                "last_preview": shorten(words, PREVIEW_LENGTH),
                "unanswered_since": fields.Datetime.now(),
            }
        )
