"""Balances to confirm as the customer's pages show them."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date


class CustomerPortalBalanceConfirmation(models.Model):
    _inherit = "customer.portal.balance.confirmation"

    @api.model
    def _portal_waiting_domain(self):
        """Return the domain of those that wait for the customer.

        :rtype: Domain
        """
        return Domain("state", "=", "sent")

    def _portal_rows(self):
        """Override: ``first`` is what was answered, None until then; ``draft`` what is about to
        be."""
        _ = self.env._
        # Staff see what was withdrawn, too.
        states = {
            "sent": (_("To confirm"), "waiting"),
            "agreed": (_("Confirmed"), "good"),
            "differs": (_("You have another balance"), "info"),
            "cancel": (_("Withdrawn"), "neutral"),
        }
        rows = []
        for one in self:
            label, tone = states[one.state]
            rows.append(
                {
                    "id": one.id,
                    "name": one.name,
                    "url": one.access_url,
                    "company": one.company_id.name,
                    "date": one.date,
                    "amount": one._money(one.amount),
                    "currency_name": one.currency_id.name,
                    "state": label,
                    "state_tone": tone,
                    "waiting": one.state == "sent",
                    "first": one._first_answer(),
                }
            )
        return rows

    def _first_answer(self):
        """Return what was answered, for the page; None if nothing was.

        :return: ``agrees``, ``amount``, ``words``, ``file``, ``on`` and ``by``
        :rtype: dict | None
        """
        self.ensure_one()
        if self.state not in ("agreed", "differs"):
            return None
        self_sudo = self.sudo()  # Who answered, and with which file: told to who may answer.
        return {
            "agrees": self.state == "agreed",
            "amount": self._money(self.amount if self.state == "agreed" else self.own_amount),
            "words": self.words or "",
            "file": self_sudo.own_file_id.name or "",
            "on": self.answered_on,
            "by": self_sudo._signer_name(),
        }

    def _portal_page_values(self):
        """Return what the page of this balance shows besides its row.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "lines": self._line_cells(),
            "ages": [{"label": label, "amount": amount} for label, amount in self._ages()]
            if self.line_ids
            else [],
            "day": format_date(self.env, self.date),
            "auditor": self.inquiry_id.sudo().auditor or "",
            "changed": self._money(self.amount_now) if self.is_changed else "",
        }

    def _portal_download(self):
        """Return name and content of what the customer downloads: the signed file with its
        certificate once there is one, what was sent until then.

        :rtype: tuple[str, bytes]
        """
        self.ensure_one()
        return self._portal_signed_file() or (self.file_name, self.sudo()._sent_pdf())
