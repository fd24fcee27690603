"""What late payment of an invoice costs: the interest of each day, explained."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ...tools.interest import DAY, DAYS_OF_A_YEAR, day_without_rate, open_spans, reckon

SAVED_DAYS = 30  # what paying today saves is told beside paying so much later


class AccountMove(models.Model):
    _inherit = "account.move"

    portal_can_charge_interest = fields.Boolean(compute="_compute_portal_can_charge_interest")

    @api.depends("state", "move_type", "company_id", "line_ids.date_maturity", "no_followup")
    def _compute_portal_can_charge_interest(self):
        found = self._origin._portal_interest(with_drafts=True)
        for move in self:
            interest = found.get(move._origin.id, {})
            move.portal_can_charge_interest = bool(interest.get("total") or interest.get("missing"))

    def action_portal_charge_interest(self):
        """Draft what late payment of these invoices has cost until today.

        :return: the action that opens the drafts
        :rtype: dict
        """
        return self.env["customer.portal.interest.charge"]._make(self)._open_drafts()

    # === WHOSE === #

    def _portal_claiming_interest(self):
        """Return those of these documents of which the company claims interest when they are paid
        late: never of consumers, nor of an invoice for interest, nor of what is paid as agreed in
        a plan.

        :rtype: account.move
        """
        # Sudo: a switch, and whether the customer is a company.
        claiming = self.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.sudo().company_id.portal_claim_interest
                and move.sudo().commercial_partner_id.is_company
                and not move.no_followup
            )
        )
        if not claiming.ids:
            return claiming
        # Sudo: which of them are for interest is asked only.
        charges_sudo = self.env["customer.portal.interest.charge"].sudo()
        claiming -= charges_sudo.search([("move_id", "in", claiming.ids)]).move_id
        return claiming - claiming._portal_kept_as_planned()

    # === HOW MUCH === #

    def _portal_interest(self, until=None, with_drafts=False):
        """Return what late payment of these documents costs until a day, without what was charged.

        It grows on each day after the due date of an instalment, that of its payment included, on
        what was open of it then: payments count by the dates of their reconciliation. What a
        credit note to the invoice took off was never owed, and what is disputed is not asked for.
        A constant number of queries.

        :param datetime.date until: today if not given
        :param bool with_drafts: whether what stands in drafts counts as charged
        :return: document id -> dict, in the document's currency: ``instalments`` (dicts with
            ``due``, ``days`` late, ``open``, ``interest``, ``periods``: dicts with ``first``,
            ``last``, ``days``, ``amount``, ``percentage``, ``interest``), ``interest``, ``fixed``,
            ``total``, ``charged_until``, ``rates`` (records in sudo) and ``missing`` (the first
            day of which no rate is known); those that are not claimed are missing
        :rtype: dict[int, dict]
        """
        until = until or self._portal_today()
        claiming = self._portal_claiming_interest()
        if not claiming:
            return {}
        spans = claiming._portal_late_spans(until)
        charged = self.env["customer.portal.interest.charge"]._charged(claiming, with_drafts)
        # Sudo: rates are published, and those of the company are said beside its claim.
        Rate = self.env["customer.portal.interest.rate"].sudo()
        rates = {
            company: Rate._of_company(company) for company in claiming.sudo().mapped("company_id")
        }
        return {
            move.id: move._portal_reckon_interest(
                spans[move.id],
                rates[move.sudo().company_id],
                *charged.get(move.id, [None, False]),
                until,
            )
            for move in claiming
        }

    def _portal_reckon_interest(self, late, rates, charged_until, fixed_charged, until):
        """Return what ``_portal_interest`` does, of one document.

        :param list late: its instalments that were late, see ``_portal_late_spans``
        :param customer.portal.interest.rate rates: those of its company
        :param datetime.date charged_until: the last day that was charged; None if none was
        :param bool fixed_charged: whether the fixed sum was
        :rtype: dict
        """
        self.ensure_one()
        currency, valid = self.currency_id, rates._as_spans()
        first = charged_until + DAY if charged_until else date.min
        instalments, missing = [], []
        for due, spans in late:
            periods = reckon(spans, valid, first, until)
            missing.append(day_without_rate(spans, valid, first, until))
            # Rounded as they add up, so that the parts are what the sum says.
            exact, interest, rows = Decimal(), 0.0, []
            for period in periods:
                exact += period.interest
                reached = currency.round(float(exact))
                rows.append(
                    {
                        "first": period.first,
                        "last": period.last,
                        "days": period.days,
                        "amount": float(period.amount),
                        "percentage": float(period.percentage),
                        "interest": currency.round(reached - interest),
                    }
                )
                interest = reached
            last, still_open = spans[-1][1], spans[-1][1] is None
            instalments.append(
                {
                    "due": due,
                    "days": (min(last or until, until) - due).days,
                    "open": float(spans[-1][2]) if still_open else 0.0,
                    "interest": interest,
                    "periods": rows,
                }
            )
        interest = currency.round(sum(one["interest"] for one in instalments))
        fixed = 0.0
        if instalments and not fixed_charged:
            fixed = self._portal_interest_fixed(rates._on(late[0][0] + DAY), until)
        return {
            "instalments": instalments,
            "interest": interest,
            "fixed": fixed,
            "total": currency.round(interest + fixed),
            "charged_until": charged_until,
            "rates": rates,
            "missing": min(filter(None, missing), default=None),
        }

    def _portal_late_spans(self, until):
        """Return which instalments of these documents were open after their dates, and how much of
        each, see ``tools.interest.open_spans``.

        :return: document id -> pairs of due date and spans that began until then, the first due
            first
        :rtype: dict[int, list]
        """
        # Sudo: amounts and dates of documents that the reader sees.
        lines_sudo = self.sudo().line_ids.filtered(
            lambda line: line.display_type == "payment_term" and line.amount_currency > 0
        )
        asked = defaultdict(float)
        for claim in self._portal_claims():
            asked[claim["line_id"]] += claim["amount"]
        paid = defaultdict(list)
        never_owed = defaultdict(Decimal)
        for partial in lines_sudo.matched_credit_ids:
            line, part = partial.debit_move_id, Decimal(str(partial.debit_amount_currency))
            if partial.credit_move_id.move_id.reversed_entry_id == line.move_id:
                never_owed[line] += part
            else:
                paid[line].append((partial.max_date, part))
        late = {move_id: [] for move_id in self.ids}
        for line in lines_sudo.sorted("date_maturity"):
            disputed = line.amount_residual_currency - asked[line.id]
            amount = Decimal(str(line.amount_currency)) - never_owed[line]
            amount -= Decimal(str(line.currency_id.round(disputed)))
            spans = open_spans(amount, line.date_maturity, paid[line])
            if spans := [span for span in spans if span[0] <= until]:
                late[line.move_id.id].append((line.date_maturity, spans))
        return late

    def _portal_interest_fixed(self, rate, day):
        """Return the fixed sum of a rate in this document's currency; nothing if the company does
        not claim it.

        :param customer.portal.interest.rate rate: the one that was valid when it was late first
        :param datetime.date day: of the exchange rate
        :rtype: float
        """
        self.ensure_one()
        company = self.sudo().company_id  # Sudo: a switch.
        if not rate or not company.portal_claim_fixed_sum:
            return 0.0
        return rate.currency_id._convert(rate.fixed_amount, self.currency_id, company, day)

    # === PAGES === #

    def _portal_interest_values(self):
        """Return what pages show of late payment of these documents: of those of which something
        is overdue now, and costs something.

        :return: document id -> dict with what ``_portal_interest`` has, words for each instalment
            and period (``label``) among it, and ``late`` (since the first date that is overdue),
            ``saving`` (what paying today saves, see ``_portal_interest_saving``), ``charged`` (in
            words; nothing if nothing was) and ``sources`` (pairs of text and address)
        :rtype: dict[int, dict]
        """
        claiming, today = self._portal_claiming_interest(), self._portal_today()
        due = claiming._portal_due()
        overdue = claiming.filtered(lambda move: due[move.id]["overdue_since"])
        values = {}
        for move_id, found in overdue._portal_interest().items():
            if not found["total"]:
                continue
            move, used = self.browse(move_id), self.env["customer.portal.interest.rate"]
            for one in found["instalments"]:
                one["label"] = self.env._(
                    "Due %(day)s: %(late)s",
                    day=format_date(self.env, one["due"]),
                    late=self._portal_days_late(one["days"]),
                )
                for period in one["periods"]:
                    used |= found["rates"]._on(period["first"])
                    period["label"] = move._portal_interest_words(period)
            until = found["charged_until"]
            values[move_id] = {
                **found,
                "late": self._portal_days_late((today - due[move_id]["overdue_since"]).days),
                "saving": move._portal_interest_saving(found, today),
                "charged": self.env._(
                    "Until %s it is charged with an invoice of its own.",
                    format_date(self.env, until),
                )
                if until
                else "",
                "sources": [
                    (rate.source, rate.source_url or "") for rate in used.sorted("date_from")
                ],
            }
        return values

    def _portal_interest_saving(self, found, day):
        """Return what paying this document on a day saves, compared with ``SAVED_DAYS`` later, if
        the rate stays as it is; nothing if it is not known.

        :param dict found: of this document, see ``_portal_interest``
        :param datetime.date day: when
        :rtype: float
        """
        self.ensure_one()
        still_open = sum(one["open"] for one in found["instalments"])
        percentage = found["rates"]._on(day).percentage
        return self.currency_id.round(still_open * percentage * SAVED_DAYS / (100 * DAYS_OF_A_YEAR))

    @api.model
    def _portal_days_late(self, days):
        return self.env._("1 day late") if days == 1 else self.env._("%s days late", days)

    def _portal_interest_words(self, period, source=""):
        """Return how the interest of a period is reckoned.

        :param dict period: see ``_portal_interest``
        :param str source: of the rate, if it is to be named
        :rtype: str
        """
        self.ensure_one()
        words = self.env._(
            "%(first)s to %(last)s: %(amount)s at %(rate)s %%",
            first=format_date(self.env, period["first"]),
            last=format_date(self.env, period["last"]),
            amount=self.currency_id.format(period["amount"]),
            rate=formatLang(self.env, period["percentage"], digits=2),
        )
        return f"{words} ({source})" if source else words
