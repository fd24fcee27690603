"""What of an invoice is disputed, for its page and for all that ask for its payment."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lists.account_move_list import UNPAID_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    # === WHAT IS NOT ASKED FOR === #

    @api.model
    def _portal_held_back_query(self):
        """Override: what is disputed and not decided."""
        # Sudo: whoever sees the invoice may know that it is disputed.
        disputes = self.env["customer.portal.dispute"].sudo()
        return SQL(
            """
            SELECT dispute.invoice_id AS move_id, NULL::integer AS line_id, dispute.amount
              FROM customer_portal_dispute dispute
             WHERE dispute.id IN %s
            """,
            disputes._search(Domain("state", "=", "open")).subselect(),
        )

    def _portal_held_back_coverings(self):
        """Override: disputes that are not decided."""
        return super()._portal_held_back_coverings() + [
            (
                dispute.invoice_id.id,
                {
                    "kind": "disputed",
                    "label": self.env._("Disputed"),
                    "date": dispute.opened_on,
                    "amount": dispute.amount,
                    "text": self.env._(
                        "%s of this invoice are disputed. We do not ask for them until we have"
                        " answered.",
                        dispute.currency_id.format(dispute.amount),
                    ),
                    "url": "",
                },
            )
            for dispute in self._portal_open_disputes()
        ]

    def _portal_open_disputes(self):
        """Return the disputes of these invoices that are not decided, in sudo.

        :rtype: customer.portal.dispute
        """
        # Sudo: whoever sees the invoice may know that it is disputed.
        disputes_sudo = self.env["customer.portal.dispute"].sudo()
        if not self.ids:
            return disputes_sudo
        return disputes_sudo.search([("invoice_id", "in", self.ids), ("state", "=", "open")])

    # === WHO MAY DISPUTE WHAT === #

    def _portal_may_dispute(self, contact):
        """Return whether company and profile let a contact dispute this document.

        :param res.partner contact: who asks; its gates were asked; empty for a guest
        :rtype: bool
        """
        return self._portal_may_settle(contact, "portal_allow_disputes", "can_dispute")

    def _portal_dispute_obstacle(self, contact):
        """Return what keeps a contact from disputing this document now.

        :param res.partner contact: see ``_portal_may_dispute``
        :return: a key of ``_portal_dispute_obstacle_texts``, None if nothing does
        :rtype: str | None
        """
        self.ensure_one()
        if not self._portal_may_dispute(contact):
            return "off"
        is_open = self.state == "posted" and self.payment_state in (*UNPAID_STATES, "blocked")
        if not is_open or self.currency_id.is_zero(self.amount_residual):
            return "nothing_due"
        if self._portal_payment_under_way():
            return "under_way"
        if self._portal_open_disputes():
            return "open"
        return None

    def _portal_dispute_obstacle_texts(self):
        """Return what is told to who can't dispute, by obstacle.

        :rtype: dict[str, str]
        """
        return {
            "off": self.env._("You can't dispute this invoice. Please write to us."),
            "nothing_due": self.env._(
                "There is nothing left to pay of this invoice. Please write to us."
            ),
            "under_way": self.env._(
                "A payment of this invoice is under way. Please wait until it is finished."
            ),
            "open": self.env._("This invoice is disputed already. We will answer."),
            "decided": self.env._("We have answered this already. Please write to us."),
        }

    def _portal_disputable_lines(self):
        """Return the lines of this invoice that can be marked as wrong.

        :rtype: account.move.line
        """
        self.ensure_one()
        return self.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product"
                and self.currency_id.compare_amounts(line.price_total, 0) > 0
            )
        )

    def _portal_dispute_values(self, contact):
        """Return what the page of this invoice shows of disputes.

        :param res.partner contact: who looks; empty for a guest
        :return: ``may_dispute``, ``disputes`` (see ``customer.portal.dispute._portal_rows``), and
            ``rest``: what is left to pay beside an open one; nothing without one
        :rtype: dict
        """
        self.ensure_one()
        # Sudo: the invoice is the visitor's to see; of its disputes, these words are shown.
        disputes = self.env["customer.portal.dispute"].sudo().search([("invoice_id", "=", self.id)])
        is_open = "open" in disputes.mapped("state")
        rest = self._portal_due()[self.id]["open"] if is_open else 0.0
        return {
            "may_dispute": not self._portal_dispute_obstacle(contact),
            "disputes": disputes._portal_rows(contact),
            "rest": self.currency_id.round(rest),
        }

    # === CREDIT NOTES === #

    def _post(self, soft=True):
        """Override of `account`: the credit note for what was disputed goes against its invoice
        by then, which decides the dispute."""
        posted = super()._post(soft=soft)
        refunds = posted.filtered(lambda move: move.move_type == "out_refund")
        if refunds:
            # Sudo: it follows from the credit note, whoever may confirm that.
            disputes_sudo = self.env["customer.portal.dispute"].sudo()
            for dispute in disputes_sudo.search(
                [("credit_note_id", "in", refunds.ids), ("state", "=", "open")]
            ):
                dispute._close("credited")
        return posted
