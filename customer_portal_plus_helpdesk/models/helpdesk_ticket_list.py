"""Tickets as the customer's lists show them."""

from odoo import api, fields, models
from odoo.fields import Domain

STATE_TONES = {"received": "info", "working": "info", "answered": "waiting", "closed": ""}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # === LISTS === #

    @api.model
    def _portal_filters(self):
        closed = Domain("stage_id.closed", "=", True)
        answered = Domain("portal_conversation_ids.state", "=", "waiting")
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "open": {"label": self.env._("Still open"), "domain": ~closed},
            "answered": {"label": self.env._("Waiting for you"), "domain": ~closed & answered},
            "closed": {"label": self.env._("Already closed"), "domain": closed},
        }

    @api.model
    def _portal_sorts(self):
        return {
            **self._portal_date_sorts("create_date"),
            **self._portal_name_sort(self.env._("Title")),
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_moment_domain("create_date", date_begin, date_end)

    @api.model
    def _portal_search_word_domain(self, contact, word):
        """Override: number, title, and what it is about. There are no lines and no amounts."""
        return self._portal_own_text_domain(word, ("number", "name", "description"))

    # === ROWS === #

    def _portal_state(self):
        """Return in which state this ticket is, for its customer, whatever stages there are.

        - ``received``: nobody has looked at it yet
        - ``working``: somebody has
        - ``answered``: the company wrote last
        - ``closed``

        :rtype: str
        """
        self.ensure_one()
        if self.stage_id.closed:
            return "closed"
        if any(conversation.state == "waiting" for conversation in self.portal_conversation_ids):
            return "answered"
        return "received" if self.stage_id.unattended else "working"

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "received": self.env._("Received"),
            "working": self.env._("Being worked on"),
            "answered": self.env._("Answered"),
            "closed": self.env._("Closed"),
        }

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["number", _("Number"), "text"],
            ["name", _("Title"), "text"],
            ["category", _("Category"), "text"],
            ["date", _("Date"), "date"],
            ["state_label", _("Status"), "text"],
        ]

    def _portal_rows(self):
        labels = self._portal_state_labels()
        rows = []
        for ticket in self:
            state = ticket._portal_state()
            rows.append(
                {
                    "id": ticket.id,
                    "name": ticket.name,
                    "number": ticket.number,
                    "detail": ticket.number,
                    "category": ticket.category_id.complete_name or "",
                    "url": ticket.access_url,
                    "date": fields.Datetime.context_timestamp(ticket, ticket.create_date).date(),
                    "company": ticket.company_id.name,
                    "state": state,
                    "state_label": labels[state],
                    "state_tone": STATE_TONES[state],
                }
            )
        return rows
