"""Payment plans as a contact proposes them, within the company's policy or beyond it."""

import hashlib
import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import float_round, format_date

from ...exceptions import PortalRefusal
from ...tools.transactions import lock_rows_or_retry

# Beyond these, nobody is asked.
MAX_NUMBER = 60
MAX_DAYS = 366
MAX_DOWN = 90


class CustomerPortalPlan(models.Model):
    _inherit = "customer.portal.plan"

    @api.model
    def _portal_offer(self, contact, invoices, number, day, down):
        """Return the instalments in which what is open of some invoices would be paid.

        :param res.partner contact: who asks; its rights were checked by who calls
        :param account.move invoices: from the gate
        :param int number: how many instalments, the down payment aside; None if it could not be
            read
        :param datetime.date day: of the first one; the others follow month by month; likewise
        :param int down: the down payment in percent, due today; zero for none; likewise
        :return: ``invoices``, ``company``, ``currency``, ``total``, ``down``, ``parts`` (dicts with
            ``number``, ``date``, ``amount``), ``beyond`` (what the company's policy does not
            allow, in words), ``to_sign`` (whether it holds once it is signed) and ``digest``, which
            tells one offer from another
        :rtype: dict
        :raise PortalRefusal: if there is none, in words for the contact
        """
        self._check_invoices(contact, invoices)
        company, currency = invoices.company_id, invoices.currency_id
        today = fields.Date.context_today(self)
        self._check_wishes(today, number, day, down)
        total = currency.round(sum(invoices.mapped("amount_residual")))
        parts = self._split(currency, total, number, day, down, today)
        return {
            "invoices": invoices,
            "company": company,
            "currency": currency,
            "total": total,
            "down": down,
            "parts": parts,
            "beyond": self._find_beyond(company, currency, parts, number, day, down),
            "to_sign": self._state_of_agreed(company) == "to_sign",
            "digest": self._offer_digest(invoices, parts),
        }

    @api.model
    def _offer_digest(self, invoices, parts):
        """Return what a form sends along to tell which instalments of which invoices were seen.

        :rtype: str
        """
        seen = [(str(part["date"]), f"{part['amount']:.6f}") for part in parts]
        return hashlib.sha256(json.dumps([sorted(invoices.ids), seen]).encode()).hexdigest()

    @api.model
    def _check_invoices(self, contact, invoices):
        """Raise unless one plan can be made for some invoices.

        :raise PortalRefusal: in words for the contact
        """
        invoices._portal_settling_check_number()
        if len(invoices.company_id) > 1 or len(invoices.currency_id) > 1:
            raise PortalRefusal(
                self.env._("Please choose invoices of one company, in one currency."), "currency"
            )
        invoices._portal_settling_check_obstacles(
            invoices._portal_plan_obstacles(contact), invoices._portal_plan_obstacle_texts()
        )

    @api.model
    def _check_wishes(self, today, number, day, down):
        """Raise unless the wishes of a contact can be kept at all.

        :raise PortalRefusal: in words for the contact
        """
        _ = self.env._
        if not number or not 2 <= number <= MAX_NUMBER:
            raise PortalRefusal(_("Please choose from 2 to %s instalments.", MAX_NUMBER), "number")
        if down is None or not 0 <= down <= MAX_DOWN:
            raise PortalRefusal(
                _("Please type the down payment in percent, from 0 to %s.", MAX_DOWN), "down"
            )
        # A down payment is due today, and two instalments never on one day.
        first = fields.Date.add(today, days=bool(down))
        latest = fields.Date.add(today, days=MAX_DAYS)
        if not day or not first <= day <= latest:
            raise PortalRefusal(
                _(
                    "Please choose a first day from %(first)s to %(latest)s.",
                    first=format_date(self.env, first),
                    latest=format_date(self.env, latest),
                ),
                "day",
            )

    @api.model
    def _split(self, currency, total, number, day, down, today):
        """Return the instalments of a sum, equal ones, but for the last, which has the cents that
        are left over.

        :return: see ``parts`` of ``_portal_offer``
        :rtype: list[dict]
        :raise PortalRefusal: if the sum is too small for so many
        """
        first = currency.round(total * down / 100)
        rest = currency.round(total - first)
        equal = float_round(
            rest / number, precision_rounding=currency.rounding, rounding_method="DOWN"
        )
        if currency.compare_amounts(equal, 0) <= 0 or (down and currency.is_zero(first)):
            raise PortalRefusal(
                self.env._("%s are too little for so many instalments.", currency.format(total)),
                "number",
            )
        parts = [{"number": 0, "date": today, "amount": first}] if down else []
        for place in range(1, number + 1):
            parts.append(
                {
                    "number": place,
                    "date": day + relativedelta(months=place - 1),
                    "amount": equal,
                }
            )
        parts[-1]["amount"] = currency.round(rest - equal * (number - 1))
        return parts

    @api.model
    def _find_beyond(self, company, currency, parts, number, day, down):
        """Return what a company's policy does not allow of a plan, in words.

        :rtype: list[str]
        """
        _, today, beyond = self.env._, fields.Date.context_today(self), []
        if number > company.portal_plan_number:
            beyond.append(_("At most %s instalments.", company.portal_plan_number))
        latest = fields.Date.add(today, days=company.portal_plan_days)
        if day > latest:
            beyond.append(_("The first one until %s.", format_date(self.env, latest)))
        smallest = company.currency_id._convert(
            company.portal_plan_smallest, currency, company, today
        )
        if currency.compare_amounts(min(part["amount"] for part in parts), smallest) < 0:
            beyond.append(_("No instalment below %s.", currency.format(smallest)))
        if down < company.portal_plan_down:
            beyond.append(_("A down payment of at least %s %%.", company.portal_plan_down))
        return beyond

    @api.model
    def _portal_propose(self, contact, invoices, number, day, down, digest):
        """Make a plan: agreed on at once within the company's policy, or once it is signed, where
        the company wants that; beyond it, staff are asked.

        See ``_portal_offer`` for what is not told here.

        :param str digest: of the offer that the contact has seen
        :return: the plan, in sudo
        :rtype: customer.portal.plan
        :raise PortalRefusal: if there can be none, or another one than was seen
        """
        # Of two contacts at once, or one who pays meanwhile, the second sees what the first did.
        lock_rows_or_retry(invoices, contact.commercial_partner_id)
        offer = self._portal_offer(contact, invoices, number, day, down)
        if offer["digest"] != digest:
            raise PortalRefusal(
                self.env._("The instalments have changed. Please look at them again."), "changed"
            )
        company = offer["company"]
        # What nobody has signed yet is replaced by what is proposed now.
        invoices._portal_plans(("to_sign",))._lapse()
        # In the company's language: staff read it.
        beyond = self.with_context(lang=company.sudo().partner_id.lang)._find_beyond(
            company, offer["currency"], offer["parts"], number, day, down
        )
        # Sudo: a contact proposes through this method alone.
        plan = self.sudo().create(
            {
                "company_id": company.id,
                "customer_id": contact.commercial_partner_id.id,
                "contact_id": contact.id,
                "currency_id": offer["currency"].id,
                "made_on": fields.Date.context_today(self),
                "invoice_ids": [Command.set(invoices.ids)],
                "line_ids": [Command.create(part) for part in offer["parts"]],
                "total": offer["total"],
                "grace": company.portal_plan_grace,
                "beyond": "\n".join(beyond),
                "state": "asked" if beyond else self._state_of_agreed(company),
            }
        )
        plan._log_proposal()
        if beyond:
            plan._ask_staff(plan._staff_summary_asked)
        # Who is about to sign it is told then.
        if plan.state != "to_sign":
            plan._tell_contact()
        return plan

    def _log_proposal(self):
        """Keep in the log who proposed, and tell staff on the invoices."""
        self.ensure_one()
        events = self.env["customer.portal.event"]
        amount = self.currency_id.format(self.total)
        for invoice in self.invoice_ids:
            events._log(
                "payment",
                record=invoice,
                contact=self.contact_id,
                detail=events._company_words(self.company_id)._("Payment plan: %s", amount),
            )
        if self.state == "running":
            self._note_agreement(self.contact_id)
        elif self.state == "asked":
            self._note_on_invoices(
                self.contact_id,
                self.env._(
                    "%(contact)s proposed to pay in instalments, in a plan of %(amount)s.",
                    contact=self.contact_id.name,
                    amount=amount,
                ),
            )

    def _note_agreement(self, contact):
        """Tell staff on the invoices who has agreed to pay in instalments.

        :param res.partner contact: who proposed or signed it
        """
        self._note_on_invoices(
            contact,
            self.env._(
                "%(contact)s agreed to pay in instalments, in a plan of %(amount)s.",
                contact=contact.name,
                amount=self.currency_id.format(self.total),
            ),
        )

    def _note_on_invoices(self, contact, words):
        for invoice in self.invoice_ids:
            invoice.message_post(
                body=words,
                author_id=contact.id,
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )
