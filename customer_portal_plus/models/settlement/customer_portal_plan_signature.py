"""Payment plans that hold once the customer has signed them, where the company wants that."""

from odoo import api, fields, models
from odoo.tools import format_date

from ...report.statement_pdf import Section, Statement, draw_statement
from ...tools.pdf_data import company_party, logo, paper, partner_party
from ...tools.transactions import lock_rows_or_retry


class CustomerPortalPlan(models.Model):
    _inherit = "customer.portal.plan"

    @api.model
    def _state_of_agreed(self, company):
        """Return the state of a plan to which both sides have said yes.

        :rtype: str
        """
        return "to_sign" if company.sudo().portal_sign_plans else "running"  # Sudo: a switch.

    def _portal_last_day_to_sign(self):
        """Return until when this plan can be signed: while its first instalment is waited for.

        :rtype: datetime.date
        """
        self.ensure_one()
        return fields.Date.add(self.line_ids[:1].date, days=self.grace)

    def _lapse(self):
        """Forget plans that were not signed; nothing was asked for by them."""
        self.write({"state": "lapsed", "closed_on": fields.Date.context_today(self)})

    # === WHAT IS SIGNED === #

    def _portal_version_content(self):
        """Override: which invoices, how much, and the instalments."""
        self.ensure_one()
        places = self.currency_id.decimal_places
        return {
            "company": self.company_id.id,
            "customer": self.customer_id.id,
            "currency": self.currency_id.name,
            "total": f"{self.total:.{places}f}",
            "grace": self.grace,
            "invoices": sorted(self.invoice_ids.ids),
            "instalments": [
                [line.date.isoformat(), f"{line.amount:.{places}f}"] for line in self.line_ids
            ],
        }

    def _portal_amount_text(self):
        """Override: the sum that is paid in instalments."""
        self.ensure_one()
        return self.currency_id.format(self.total)

    def _portal_render_pdf(self):
        """Override: drawn anew, by what was proposed."""
        self.ensure_one()
        _, plan = self.env._, self.sudo()  # The gates have been asked.
        company = plan.company_id.with_context(bin_size=False, lang=self.env.lang)
        money = plan.currency_id.format
        rows = [
            [format_date(self.env, line.date), line._portal_name(), money(line.amount)]
            for line in plan.line_ids
        ]
        return draw_statement(
            Statement(
                paper=paper(company, _("Payment plan")),
                sections=[
                    Section(
                        company=company_party(company),
                        customer=partner_party(plan.customer_id),
                        customer_label=_("Customer"),
                        logo=logo(company),
                        heading=_("Proposed on %s", format_date(self.env, plan.made_on)),
                        facts=[
                            (_("Invoices in it"), ", ".join(plan.invoice_ids.mapped("name"))),
                            (_("Together"), money(plan.total)),
                        ],
                        columns=[
                            [_("To be paid on"), "date"],
                            [_("Instalment"), "text"],
                            [_("Amount"), "money"],
                        ],
                        rows=[*rows, ["", _("Together"), money(plan.total)]],
                        bold_rows=[len(rows)],
                    )
                ],
                notice=_(
                    "As long as each instalment is paid by its day, nothing else is asked for of"
                    " these invoices. If one is missing %s days after its day, the plan ends, and"
                    " the invoices are due by their own dates.",
                    plan.grace,
                ),
            )
        )

    @api.model
    def _portal_consent_text(self, document, customer_name):
        """Override: whose plan it is stands in it."""
        return self.env._(
            "I have read this payment plan, accept it on behalf of %s and agree to sign it"
            " electronically.",
            customer_name,
        )

    # === SIGNING === #

    def _portal_sign_refusal(self, contact):
        """Override: it is not signed by who does not see all of it, nor once it can't be kept."""
        self.ensure_one()
        _ = self.env._
        if self.state in ("running", "kept", "broken", "ended"):
            return _("This plan is agreed already.")
        if self.state != "to_sign":
            return _("This plan is not to be signed.")
        is_shut = self._portal_refusal(contact) or not contact._portal_can("can_plan")
        if is_shut or any(one._portal_refusal(contact) for one in self.invoice_ids):
            return _("Your profile does not let you sign. Ask whoever manages your team.")
        if fields.Date.context_today(self) > self._portal_last_day_to_sign():
            return _("The day of the first instalment has passed. Please propose it anew.")
        if self.sudo()._has_changed():  # Sudo: what is open is asked only.
            return _(
                "What is open of the invoices has changed, or a payment is on its way. Please"
                " propose it anew."
            )
        return ""

    def _portal_sign(self, *args, **kwargs):
        """Override: who pays or disputes the invoices at this moment comes before or after."""
        lock_rows_or_retry(self.sudo().invoice_ids, self)  # Sudo: to take the rows only.
        return super()._portal_sign(*args, **kwargs)

    def _portal_signed_url(self):
        """Override: the page of the plan says that it is agreed."""
        self.ensure_one()
        return f"{self._portal_path()}?done=1"

    def _portal_signed(self, evidence, image=None):
        """Override: from now on it runs. Who has signed gets the signed file, who has proposed it
        is told if that is somebody else."""
        self.ensure_one()
        self.state = "running"
        self._note_agreement(evidence.contact_id)
        if self.contact_id != evidence.contact_id:
            self._tell_contact()
