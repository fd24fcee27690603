"""Subscriptions as the customer's lists show them."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

STATE_TONES = {
    "upcoming": "info",
    "running": "good",
    "asked": "waiting",
    "ending": "waiting",
    "ended": "",
}


class ContractContract(models.Model):
    _inherit = "contract.contract"

    # === LISTS === #

    @api.model
    def _portal_filters(self):
        ended = Domain("date_end", "<", self._portal_today())
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "running": {"label": self.env._("Still running"), "domain": ~ended},
            "ended": {"label": self.env._("Already ended"), "domain": ended},
        }

    @api.model
    def _portal_sorts(self):
        return {**self._portal_date_sorts("date"), **self._portal_name_sort(self.env._("Name"))}

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_day_domain("date", date_begin, date_end)

    @api.model
    def _portal_search_word_domain(self, contact, word):
        """Override: name, reference, and what is subscribed to. There are no amounts."""
        self.env["contract.line"].flush_model(["contract_id", "name"])

        def in_lines(_model, alias, _query, pattern):
            return [
                SQL(
                    """EXISTS (
                        SELECT 1 FROM contract_line line
                         WHERE line.contract_id = %s AND portal_fold(line.name) LIKE %s
                    )""",
                    SQL.identifier(alias, "id"),
                    pattern,
                )
            ]

        return self._portal_own_text_domain(word, ("name", "code"), in_lines)

    # === ROWS === #

    def _portal_items(self):
        """Return the lines that are billed again and again: no headings, notes or cancelled ones.

        :rtype: contract.line
        """
        return self.contract_line_ids.filtered(
            lambda line: not line.display_type and not line.is_canceled
        )

    def _portal_begins_on(self):
        """Return the first day of this subscription; None if its lines name none.

        :rtype: date | None
        """
        self.ensure_one()
        return min(filter(None, self._portal_items().mapped("date_start")), default=None)

    def _portal_state(self):
        """Return in which state this subscription is, for its customer.

        - ``upcoming``: nothing of it has begun
        - ``running``
        - ``asked``: the customer asked for something that is not decided yet
        - ``ending``: it has a last day, which is not over
        - ``ended``

        :rtype: str
        """
        self.ensure_one()
        today = self._portal_today()
        if self.date_end and self.date_end < today:
            return "ended"
        if any(request.state == "open" for request in self.portal_request_ids):
            return "asked"
        if self.date_end:
            return "ending"
        begin = self._portal_begins_on()
        return "upcoming" if begin and begin > today else "running"

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "upcoming": self.env._("Begins later"),
            "running": self.env._("Running"),
            "asked": self.env._("Change asked for"),
            "ending": self.env._("Ending"),
            "ended": self.env._("Ended"),
        }

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["name", _("Name"), "text"],
            ["code", _("Reference"), "text"],
            ["recurrence", _("Billed"), "text"],
            ["date", _("Since"), "date"],
            ["next_date", _("Next invoice"), "date"],
            ["end", _("Ends"), "date"],
            ["state_label", _("Status"), "text"],
        ]

    def _portal_rows(self):
        labels = self._portal_state_labels()
        rows = []
        for contract in self:
            state = contract._portal_state()
            rows.append(
                {
                    "id": contract.id,
                    "name": contract.name or contract.code or self.env._("Subscription"),
                    "code": contract.code or "",
                    "detail": contract.code or "",
                    "url": contract.access_url,
                    "date": contract.date,
                    "recurrence": contract._portal_recurrence(),
                    "next_date": contract._portal_next_date(),
                    "end": contract.date_end or None,
                    "company": contract.company_id.name,
                    "state": state,
                    "state_label": labels[state],
                    "state_tone": STATE_TONES[state],
                }
            )
        return rows
