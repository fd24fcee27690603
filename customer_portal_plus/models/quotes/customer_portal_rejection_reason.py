"""Why customers reject quotes and contracts, in words that can be counted."""

from odoo import api, fields, models

from ...exceptions import PortalRefusal
from ...tools.actions import list_action
from ...tools.parsing import parse_id

MAX_NOTE_LENGTH = 2000


class CustomerPortalRejectionReason(models.Model):
    _name = "customer.portal.rejection.reason"
    _description = "Reason of Rejection"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    order_count = fields.Integer("Quotes", compute="_compute_order_count")

    # === COMPUTE METHODS === #

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("portal_rejection_reason_id", "in", self.ids)],
                ["portal_rejection_reason_id"],
                ["__count"],
            )
        )
        for reason in self:
            reason.order_count = counts.get(reason, 0)

    # === BUSINESS METHODS === #

    @api.model
    def _portal_choices(self):
        """Return the reasons that a customer chooses from.

        :return: ``id`` and ``name`` of each, in the order in which they are offered
        :rtype: list[dict]
        """
        # Sudo: customers read no more of this table than these names.
        return [{"id": reason.id, "name": reason.name} for reason in self.sudo().search([])]

    @api.model
    def _portal_parse(self, chosen, words):
        """Return the reason and the words that a form sent; one of both is enough.

        :param str chosen: id of a reason as the form sent it, empty for none
        :param str words: the customer's own words
        :return: the reason in sudo, perhaps empty, and the words without blanks around
        :rtype: tuple[customer.portal.rejection.reason, str]
        :raise PortalRefusal: if both are missing, the reason isn't offered, or the words are too
            many
        """
        words = words.strip() if isinstance(words, str) else ""
        chosen = str(chosen).strip() if chosen else ""
        reason = self.sudo().browse()
        if chosen:
            reason = reason.search([("id", "=", parse_id(chosen))])
            if not reason:
                self._portal_refuse("bad_reason")
        if not reason and not words:
            self._portal_refuse("no_reason")
        if len(words) > MAX_NOTE_LENGTH:
            self._portal_refuse("long_reason")
        return reason, words

    @api.model
    def _portal_refusal_texts(self):
        """Return what is told to a customer whose reason won't do, by code.

        :rtype: dict[str, str]
        """
        return {
            "no_reason": self.env._("Please tell us why: choose a reason or write a few words."),
            "long_reason": self.env._(
                "Your reason is too long: at most %s characters.", MAX_NOTE_LENGTH
            ),
            "bad_reason": self.env._("This reason is not offered any more. Please choose again."),
        }

    def _portal_refuse(self, code):
        raise PortalRefusal(self._portal_refusal_texts()[code], code)

    def _portal_text(self, words):
        """Return reason and words as one text, in the language of the environment.

        :rtype: str
        """
        return "\n".join(part for part in (self.name, words) if part)

    # === ACTIONS === #

    def action_portal_open_orders(self):
        """Open the quotes that were rejected for this reason."""
        self.ensure_one()
        return list_action(
            self.env,
            "customer_portal_plus.sale_order_action_portal_rejected",
            [("portal_rejection_reason_id", "=", self.id)],
        )
