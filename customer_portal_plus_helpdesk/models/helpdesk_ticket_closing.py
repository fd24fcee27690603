"""The customer closes a ticket, and reopens it within the limit."""

from datetime import timedelta

from odoo import fields, models

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.parsing import parse_id
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _portal_stages(self):
        """Return the stages that this ticket can be in, in their order, in sudo.

        :rtype: helpdesk.ticket.stage
        """
        self.ensure_one()
        ticket_sudo = self.sudo()  # Customers read no teams.
        company = ticket_sudo.company_id
        return ticket_sudo.team_id.with_company(company)._get_applicable_stages()

    def _portal_closed_on(self):
        """Return when this ticket was closed; when it last changed its stage, if that is unknown.

        :rtype: datetime
        """
        self.ensure_one()
        return self.closed_date or self.last_stage_update or self.write_date

    def _portal_refuse_writing(self, contact):
        """Return why ``contact`` can do nothing with this ticket, in words; empty if it can.

        :param res.partner contact: partner of the signed-in user
        :rtype: str
        """
        if self._portal_can_write(contact):
            return ""
        return self.env._(
            "Your profile does not let you change tickets. Ask whoever manages your team."
        )

    # === CLOSING === #

    def _portal_close_obstacle(self, contact):
        """Return why ``contact`` can't close this ticket, in words; empty if it can.

        :param res.partner contact: partner of the signed-in user
        :rtype: str
        """
        if refusal := self._portal_refuse_writing(contact):
            return refusal
        if self.sudo().closed:
            return self.env._("This ticket is closed already.")
        if not self._portal_stages().filtered("close_from_portal"):
            return self.env._("We close tickets ourselves. Please write that it is settled.")
        return ""

    def _portal_close(self, contact, stage_id=None):
        """Close this ticket for a contact.

        :param res.partner contact: partner of the signed-in user
        :param stage_id: the stage to close it with, as a form sent it; the first one of those that
            the helpdesk lets customers choose if not given
        :raise PortalRefusal: if it can't be closed so
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if obstacle := self._portal_close_obstacle(contact):
            raise PortalRefusal(obstacle, "close")
        self._portal_move_to_close(stage_id)
        self.env["customer.portal.event"]._log(
            "message", record=self, contact=contact, detail=self.env._("Ticket closed")
        )

    def _portal_move_to_close(self, stage_id=None):
        """Move this ticket to a stage with which the helpdesk lets it be closed from the portal.

        :param stage_id: see ``_portal_close``
        :raise PortalRefusal: if that is none of them
        """
        stages = self._portal_stages().filtered("close_from_portal")
        if stage_id is not None:
            stages = stages.filtered(lambda stage: stage.id == parse_id(stage_id))
        if not stages:
            raise PortalRefusal(self.env._("A ticket can't be closed that way."), "stage")
        self.sudo().stage_id = stages[0]  # Customers write no record; the gates have been asked.

    # === REOPENING === #

    def _portal_reopen_until(self):
        """Return until when this closed ticket can be reopened; None if it can't be.

        :rtype: datetime | None
        """
        ticket_sudo = self.sudo()  # The company's limit is no secret.
        days = ticket_sudo.company_id.portal_ticket_reopen_days
        return ticket_sudo._portal_closed_on() + timedelta(days=days) if days else None

    def _portal_reopen_obstacle(self, contact):
        """Return why ``contact`` can't reopen this ticket, in words; empty if it can.

        :param res.partner contact: partner of the signed-in user
        :rtype: str
        """
        if refusal := self._portal_refuse_writing(contact):
            return refusal
        _ = self.env._
        if not self.sudo().closed:
            return _("This ticket is not closed.")
        until = self._portal_reopen_until()
        if not until or fields.Datetime.now() > until:
            return _("It can't be reopened any more. Please open a new ticket.")
        if not self._portal_stages().filtered(lambda stage: not stage.closed):
            return _("It can't be reopened any more. Please open a new ticket.")
        return ""

    def _portal_reopen(self, contact, words, files):
        """Reopen this ticket for a contact, who says why.

        :param res.partner contact: partner of the signed-in user
        :param str words: as typed
        :param list files: pairs of name and content
        :raise PortalRefusal: if it can't be reopened; nothing is changed then
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if obstacle := self._portal_reopen_obstacle(contact):
            raise PortalRefusal(obstacle, "reopen")
        conversations = self.env["customer.portal.conversation"]
        words, files = conversations._portal_check_message(contact, words, files)
        stage = self._portal_stages().filtered(lambda stage: not stage.closed)[0]
        # Sudo: customers write no record; the gates have been asked.
        self.sudo().write({"stage_id": stage.id, "closed_date": False})
        self._portal_post_of(contact, words, files)
