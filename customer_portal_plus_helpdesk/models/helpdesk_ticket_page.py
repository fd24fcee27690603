"""The page of a ticket: how it stands, and what was said."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # What was sent along when it was opened; later files are on their messages.
    portal_file_ids = fields.Many2many(
        "ir.attachment",
        "helpdesk_ticket_portal_file_rel",
        "ticket_id",
        "attachment_id",
        "Files sent with it",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )

    def _portal_conversation_title(self):
        ticket_sudo = self.sudo()  # Asked for whom the ticket is to see.
        return self.env._(
            "Ticket %(number)s: %(title)s", number=ticket_sudo.number, title=ticket_sudo.name
        )

    def _portal_state_text(self, row):
        _ = self.env._
        closed_on = fields.Datetime.context_timestamp(self, self._portal_closed_on()).date()
        texts = {
            "received": _("We have got it, and look into it soon."),
            "working": _("We are working on it."),
            "answered": _("We have written to you. Please answer if there is something more."),
            "closed": _("It was closed on %s.", format_date(self.env, closed_on)),
        }
        return texts[row["state"]]

    def _portal_begins_by_mail(self):
        """Return whether the first message is the mail that this ticket was made of: it says what
        the description says.

        :rtype: bool
        """
        self.ensure_one()
        domain = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        # Sudo: asked for whom the ticket is to see.
        first = (
            self.env["mail.message"]
            .sudo()
            .search(domain & self._portal_messages_domain(), order="id", limit=1)
        )
        return first.message_type == "email"

    def _portal_file(self, attachment_id):
        """Return a file that customer and company sent each other here, in sudo; empty if it is
        none.

        :param int attachment_id: any number
        :rtype: ir.attachment
        """
        self.ensure_one()
        sent_along = self.sudo().portal_file_ids.filtered(lambda file: file.id == attachment_id)
        return sent_along or self._portal_message_file(attachment_id)

    # === WRITING === #

    @api.model
    def _portal_check_ticket_files(self, files):
        """Return files that may be sent, under safe names: the same ones, in the same words, as
        where the company asks for a file.

        :param list files: pairs of name and content
        :return: pairs of name and content
        :rtype: list[tuple[str, bytes]]
        :raise PortalRefusal: if one of them won't do
        """
        if not files:
            return []
        checked = self.env["customer.portal.document.request"]._portal_check_files(files)
        return [(values["name"], values["raw"]) for values in checked]

    def _portal_post_of(self, contact, words, files, subject=None):
        """Override: of whatever page files come, the same ones will do."""
        return super()._portal_post_of(
            contact, words, self._portal_check_ticket_files(files), subject=subject
        )
