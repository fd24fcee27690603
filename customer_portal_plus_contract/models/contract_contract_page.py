"""The page of a subscription: what it is, how often it is billed, and what comes next."""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.customer_portal_plus.tools.pdf_data import number

_logger = logging.getLogger(__name__)


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _portal_conversation_title(self):
        contract_sudo = self.sudo()  # Only its name, which whoever comes here knows.
        name = contract_sudo.name or contract_sudo.code or ""
        return self.env._("Subscription %s", name).strip()

    def _portal_state_text(self, row):
        _ = self.env._
        end = format_date(self.env, self.date_end)
        begin = format_date(self.env, self._portal_begins_on() or False)
        texts = {
            "upcoming": _("It begins on %s.", begin),
            "running": _("It goes on until one of us stops it."),
            "asked": _("We have got what you asked for, and tell you what we decide."),
            "ending": _("Its last day is %s.", end),
            "ended": _("Its last day was %s.", end),
        }
        return texts[row["state"]]

    # === HOW OFTEN === #

    @api.model
    def _portal_interval_text(self, rule, interval):
        """Return how often something is billed, in plain words.

        :param str rule: a value of ``recurring_rule_type``
        :param int interval: every how many of them
        :rtype: str
        """
        _ = self.env._
        one = {
            "daily": _("Every day"),
            "weekly": _("Every week"),
            "monthly": _("Every month"),
            "monthlylastday": _("Every month, on its last day"),
            "quarterly": _("Every quarter"),
            "semesterly": _("Every six months"),
            "yearly": _("Every year"),
        }
        several = {
            "daily": _("Every %s days", interval),
            "weekly": _("Every %s weeks", interval),
            "monthly": _("Every %s months", interval),
            "monthlylastday": _("Every %s months, on the last day", interval),
            "quarterly": _("Every %s months", 3 * interval),
            "semesterly": _("Every %s months", 6 * interval),
            "yearly": _("Every %s years", interval),
        }
        return (one if interval == 1 else several).get(rule, "")

    def _portal_recurrence(self):
        """Return how often this subscription is billed, in plain words.

        :rtype: str
        """
        self.ensure_one()
        terms = {
            (line.recurring_rule_type, line.recurring_interval) for line in self._portal_items()
        }
        if len(terms) > 1:
            return self.env._("Each line at its own time")
        [(rule, interval)] = terms or {(self.recurring_rule_type, self.recurring_interval)}
        return self._portal_interval_text(rule, interval)

    def _portal_advance_text(self):
        """Return whether a period is billed before or after it, in plain words; empty if that
        differs from line to line.

        :rtype: str
        """
        self.ensure_one()
        ways = set(self._portal_items().mapped("recurring_invoicing_type"))
        texts = {
            "pre-paid": self.env._("Each period is billed when it begins."),
            "post-paid": self.env._("Each period is billed when it is over."),
        }
        return texts.get(ways.pop(), "") if len(ways) == 1 else ""

    # === LINES === #

    def _portal_lines(self):
        """Return the lines of this subscription as its page and its paper show them.

        :return: dicts with ``id``, ``kind`` (``line``, ``section`` or ``note``), ``name``, and of
            a line ``text`` (quantity and unit), ``price``, ``discount`` (a text, empty if there is
            none), ``subtotal``, ``recurrence``, ``next_date``, ``end``
        :rtype: list[dict]
        """
        self.ensure_one()
        lines = []
        for line in self.contract_line_ids.filtered(lambda line: not line.is_canceled):
            if line.display_type:
                kind = "section" if line.display_type == "line_section" else "note"
                lines.append({"id": line.id, "kind": kind, "name": line.name or ""})
                continue
            lines.append(
                {
                    "id": line.id,
                    "kind": "line",
                    "name": line._portal_name(),
                    "text": line._portal_quantity_text(line.quantity),
                    "price": line.price_unit,
                    "discount": f"{number(line, line.discount)} %" if line.discount else "",
                    "subtotal": line.price_subtotal,
                    "recurrence": self._portal_interval_text(
                        line.recurring_rule_type, line.recurring_interval
                    ),
                    "next_date": line._portal_next_date(),
                    "end": line.date_end or None,
                }
            )
        return lines

    # === WHAT IS BILLED === #

    def _portal_next_date(self):
        """Return when this subscription is billed next; None if it is not any more.

        :rtype: date | None
        """
        self.ensure_one()
        days = (line._portal_next_date() for line in self._portal_items())
        return min(filter(None, days), default=None)

    def _portal_next_invoice(self):
        """Return what is billed next, as the engine would bill it, with taxes.

        Nothing is made for it: the engine's values of an invoice are summed by Odoo's own form of
        one that is not saved.

        :return: ``date``, ``currency``, ``untaxed``, ``tax``, ``total``; the amounts are None where
            they can't be told; None if nothing is billed any more
        :rtype: dict | None
        """
        self.ensure_one()
        day = self._portal_next_date()
        if not day:
            return None
        try:
            # What is late is billed together with what is due today.
            totals = self._portal_next_totals(max(day, self._portal_today()))
        except UserError as error:
            _logger.info("The next invoice of contract %s can't be told: %s", self.id, error)
            totals = None
        totals = totals or {}
        return {
            "date": day,
            "currency": self.currency_id,
            "untaxed": totals.get("base_amount_currency"),
            "tax": totals.get("tax_amount_currency"),
            "total": totals.get("total_amount_currency"),
        }

    def _portal_next_totals(self, day):
        """Return the totals of the invoice of a day, as Odoo has them; None if it has no line.

        :param date day: of the invoice
        :rtype: dict | None
        """
        contract = self.with_company(self.company_id)
        lines = [line._prepare_invoice_line() for line in contract._get_lines_to_invoice(day)]
        commands = [
            Command.create(
                {
                    name: value
                    for name, value in line.items()
                    if name not in ("company_id", "company_currency_id")
                }
            )
            for line in lines
            if line  # Other modules give nothing for a line that is not billed.
        ]
        if not commands:
            return None
        values = {**contract._prepare_invoice(day), "invoice_line_ids": commands}
        return contract.env["account.move"].new(values).tax_totals

    def _portal_invoices(self):
        """Return the invoices of this subscription so far, in sudo.

        :rtype: account.move
        """
        self.ensure_one()
        # Sudo: what the contact sees of them, the gates of invoices say.
        return self.sudo()._get_related_invoices()
