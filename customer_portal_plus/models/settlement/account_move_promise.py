"""Which invoices are promised, and which can be."""

from odoo import fields, models
from odoo.fields import Domain

from ..lists.account_move_list import UNPAID_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_promised(self, told_today=False):
        """Return those of these invoices that somebody has promised to pay, and whose time is not
        over.

        :param bool told_today: with those of which the customer was told today that it is over
        :rtype: account.move
        """
        if not self.ids:
            return self.browse()
        today = fields.Date.context_today(self)
        waiting = Domain("state", "=", "open") & Domain("waits_until", ">=", today)
        if told_today:
            waiting |= Domain("state", "in", ("partly", "broken")) & Domain("closed_on", "=", today)
        # Sudo: whoever sees the invoice may know that it was promised.
        lines_sudo = self.env["customer.portal.promise.line"].sudo()
        groups = lines_sudo._read_group(
            Domain("invoice_id", "in", self.ids) & Domain("promise_id", "any", waiting),
            ["invoice_id"],
        )
        promised = {invoice.id for (invoice,) in groups}
        return self.filtered(lambda invoice: invoice.id in promised)

    def _portal_waits_with_reminders(self):
        """Override: promised payments are waited for, and nobody gets two mails of one day."""
        return super()._portal_waits_with_reminders() | self._portal_promised(told_today=True)

    def _portal_debit_obstacle(self):
        """Override: promised payments are waited for."""
        if self._portal_promised():
            return self.env._("The customer has promised to pay.")
        return super()._portal_debit_obstacle()

    # === WHO MAY PROMISE WHAT === #

    def _portal_may_promise(self, contact):
        """Return whether company and profile let a contact promise to pay this document.

        :param res.partner contact: who asks; its gates were asked; empty for a guest
        :rtype: bool
        """
        return self._portal_may_settle(contact, "portal_allow_promises", "can_promise")

    def _portal_promise_obstacles(self, contact):
        """Return what keeps a contact from promising to pay these documents.

        :param res.partner contact: who asks; the gates were asked for it; empty for a guest
        :return: id -> a key of ``_portal_promise_obstacle_texts``, None if nothing does
        :rtype: dict[int, str | None]
        """
        allowed = self.filtered(lambda invoice: invoice._portal_may_promise(contact))
        if not allowed:
            return dict.fromkeys(self.ids, "off")
        due = self._portal_due()
        coming = self._portal_covered(self._portal_on_its_way_query())
        promised = self._portal_promised()
        planned = self._portal_plans(("asked", "running")).invoice_ids
        # Sudo: counted only.
        lines_sudo = self.env["customer.portal.promise.line"].sudo()
        times = {
            invoice.id: count
            for invoice, count in lines_sudo._read_group(
                [("invoice_id", "in", self.ids)], ["invoice_id"], ["__count"]
            )
        }

        def obstacle(invoice):
            is_open = invoice.state == "posted" and invoice.payment_state in UNPAID_STATES
            if invoice not in allowed:
                return "off"
            if is_open and invoice.sudo() in planned:
                return "planned"
            if not is_open or invoice.currency_id.compare_amounts(due[invoice.id]["open"], 0) <= 0:
                return "on_its_way" if is_open and invoice in coming else "nothing_due"
            if invoice in coming:
                return "on_its_way"
            if invoice in promised:
                return "promised"
            if times.get(invoice.id, 0) >= invoice.company_id.portal_promise_times:
                return "often"
            return None

        return {invoice.id: obstacle(invoice) for invoice in self}

    def _portal_promise_obstacle_texts(self):
        """Return what is told to who can't promise, by obstacle.

        :rtype: dict[str, str]
        """
        return {
            **self._portal_settling_obstacle_texts(),
            "off": self.env._("You can't promise a payment of this invoice. Please write to us."),
            "often": self.env._(
                "A payment of this invoice was promised before. Please pay it, or write to us."
            ),
        }

    def _portal_promise_values(self, contact):
        """Return what the page of this invoice shows of promises.

        :param res.partner contact: who looks; empty for a guest
        :return: ``may_promise``, and ``promise``: ``amount`` in words and ``date`` of the one that
            is waited for, else None
        :rtype: dict
        """
        self.ensure_one()
        promise = None
        if self.sudo().company_id.portal_allow_promises and self._portal_promised():
            # Sudo: whoever sees the invoice may know that it was promised.
            line = self.env["customer.portal.promise.line"].sudo()
            line = line.search(
                [("invoice_id", "=", self.id), ("promise_id.state", "=", "open")], limit=1
            )
            promise = {
                "amount": line.currency_id.format(line.amount),
                "date": line.promise_id.date,
            }
        return {
            "may_promise": not self._portal_promise_obstacles(contact)[self.id],
            "promise": promise,
        }
