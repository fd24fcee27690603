"""The list of a round of balance confirmations, for the auditor."""

from odoo import models
from odoo.tools.misc import format_amount, format_date

from ...report.balances_pdf import BalanceList, draw_balances
from ...tools.pdf_data import company_party, logo, paper


class CustomerPortalBalanceInquiry(models.Model):
    _inherit = "customer.portal.balance.inquiry"

    def _file_name(self):
        """Return how the list is called.

        :rtype: str
        """
        self.ensure_one()
        return self.env._("balances-%s.pdf", self.date.isoformat())

    def _draw(self):
        """Draw the list, in the language of the environment: everybody who was asked, what about,
        and what became of it.

        :return: the PDF
        :rtype: bytes
        """
        self.ensure_one()
        _ = self.env._
        company = self.company_id.sudo().with_context(bin_size=False, lang=self.env.lang)
        asked = self.confirmation_ids.sorted(
            lambda one: (one.partner_id.name or "", one.currency_id.name, one.id)
        )
        return draw_balances(
            BalanceList(
                paper=paper(company, _("Balance confirmations")),
                company=company_party(company),
                logo=logo(company),
                heading=self.name,
                facts=[
                    (_("Balances as of"), format_date(self.env, self.date)),
                    (_("Sent on"), format_date(self.env, self.sent_on) if self.sent_on else ""),
                    (_("Auditor"), self.auditor or ""),
                    (_("Balances asked about"), str(self.asked_count)),
                    (_("Agree"), str(self.agreed_count)),
                    (_("Differ"), str(self.differs_count)),
                    (_("No answer yet"), str(self.silent_count)),
                ],
                columns=[
                    _("Customer"),
                    _("Our balance"),
                    _("The customer's answer"),
                    _("Their balance"),
                    _("Answered"),
                ],
                rows=[one._auditor_row() for one in asked],
                totals=self._totals(asked),
            )
        )

    def _totals(self, asked):
        """Return what was asked about and what was confirmed of it, by currency.

        :param customer.portal.balance.confirmation asked: of this round
        :return: pairs of label and amount
        :rtype: list[tuple[str, str]]
        """
        _ = self.env._
        totals = []
        counted = asked.filtered(lambda one: one.state != "cancel")
        for currency, group in counted.grouped("currency_id").items():
            agreed = group.filtered(lambda one: one.state == "agreed")
            for label, ones in ((_("Asked about"), group), (_("Confirmed"), agreed)):
                total = currency.round(sum(ones.mapped("amount"))) + 0.0
                totals.append(
                    (f"{label} ({currency.name})", format_amount(self.env, total, currency))
                )
        return totals
