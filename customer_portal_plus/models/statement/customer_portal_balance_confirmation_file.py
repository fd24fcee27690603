"""A balance to confirm as PDF: as it is sent, and with the answer that is signed."""

from odoo import models
from odoo.tools.misc import format_amount, format_date, format_datetime

from ...report.statement_pdf import Section, Statement, draw_statement
from ...tools.evidence_chain import sha256
from ...tools.pdf_data import company_party, logo, paper, partner_party


class CustomerPortalBalanceConfirmation(models.Model):
    _inherit = "customer.portal.balance.confirmation"

    def _draw(self, with_answer=False):
        """Draw what was frozen, in the language of the environment.

        :param bool with_answer: with what the customer says of it
        :return: the PDF
        :rtype: bytes
        """
        self.ensure_one()
        _ = self.env._
        company = self.company_id.sudo().with_context(bin_size=False, lang=self.env.lang)
        facts = [(_("Our balance"), self._money(self.amount))]
        if self.inquiry_id.auditor:
            facts.append((_("Auditor"), self.inquiry_id.auditor))
        if with_answer:
            facts += self._answer_facts()
        return draw_statement(
            Statement(
                paper=paper(company, _("Balance confirmation")),
                sections=[
                    Section(
                        company=company_party(company),
                        customer=partner_party(self.partner_id.sudo()),
                        customer_label=_("Customer"),
                        logo=logo(company),
                        heading=_(
                            "%(currency)s, as of %(day)s",
                            currency=self.currency_id.name,
                            day=format_date(self.env, self.date),
                        ),
                        facts=facts,
                        ages_label=_("Open on %s, by age", format_date(self.env, self.date)),
                        ages=self._ages(),
                        columns=[
                            [_("Date"), "date"],
                            [_("Document"), "text"],
                            [_("Due date"), "date"],
                            [_("Amount"), "money"],
                            [_("Open"), "money"],
                        ],
                        rows=[*self._line_cells(), self._sum_cells()],
                        bold_rows=[len(self.line_ids)],
                    )
                ],
                notice=self._notice() if with_answer else "",
            )
        )

    def _money(self, amount):
        """Return an amount in the currency of this balance.

        :rtype: str
        """
        return format_amount(self.env, amount, self.currency_id)

    def _ages(self):
        """Return the sums of the open items by their age: pairs of label and amount.

        :rtype: list[tuple[str, str]]
        """
        sums = {}
        for line in self.line_ids:
            sums[line.age] = sums.get(line.age, 0.0) + line.open
        labels = self.line_ids._fields["age"]._description_selection(self.env)
        return [
            (label, self._money(self.currency_id.round(sums.get(age, 0.0)) + 0.0))
            for age, label in labels
            if age in sums or age not in ("credit", "other")
        ]

    def _line_cells(self):
        """Return the open items as cells of a table.

        :rtype: list[list[str]]
        """
        kinds = dict(self.line_ids._fields["kind"]._description_selection(self.env))

        def day(value):
            return format_date(self.env, value) if value else ""

        return [
            [
                day(line.date),
                " · ".join(part for part in (line.name, kinds[line.kind], line.ref) if part),
                day(line.due_date),
                self._money(line.amount) if line.kind != "other" else "",
                self._money(line.open),
            ]
            for line in self.line_ids
        ]

    def _sum_cells(self):
        return ["", self.env._("Balance"), "", "", self._money(self.amount)]

    # === THE ANSWER === #

    def _answer_facts(self):
        """Return what the customer says: pairs of label and value.

        :rtype: list[tuple[str, str]]
        """
        _ = self.env._
        if self.answer == "agreed":
            return [(_("The customer's answer"), _("Agrees with this balance"))]
        facts = [
            (_("The customer's answer"), _("Has another balance")),
            (_("The customer's balance"), self._money(self.own_amount)),
            (_("Difference"), self._money(self.amount - self.own_amount)),
            (_("In the customer's words"), self.words or ""),
        ]
        if self.own_file_id:
            facts.append((_("File"), f"{self.own_file_id.name}, SHA-256 {self._own_digest()}"))
        return facts

    def _notice(self):
        return self.env._("The answer is about the list with the SHA-256 %s.", self.sha256)

    def _own_digest(self):
        """Return the digest of the customer's file, empty if it sent none.

        :rtype: str
        """
        return sha256(self.own_file_id.raw or b"") if self.own_file_id else ""

    def _signer_name(self):
        """Return the name of who signed the answer, as it was typed; to be asked in sudo.

        :rtype: str
        """
        self.ensure_one()
        return self.portal_signature_ids.sorted("id")[-1:].signer_name or ""

    # === FOR THE AUDITOR === #

    def _auditor_row(self):
        """Return what the list of the round says of this customer, in the order of its columns.

        :rtype: list[str]
        """
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        answer = [states[self.state]]
        if self.is_changed:
            answer.append(
                self.env._("Entries dated back since: %s now", self._money(self.amount_now))
            )
        is_answered = self.state in ("agreed", "differs")
        if self.state == "differs":
            answer += [self.words or "", self.own_file_id.name or ""]
        return [
            "\n".join(part for part in (self.partner_id.name, self.partner_id.vat) if part),
            self._money(self.amount),
            "\n".join(part for part in answer if part),
            self._money(self.own_amount if self.state == "differs" else self.amount)
            if is_answered
            else "",
            "\n".join(
                [
                    format_datetime(self.env, self.answered_on, dt_format="short"),
                    self.sudo()._signer_name(),  # Evidence is nobody's to read but by this list.
                ]
            )
            if is_answered
            else "",
        ]
