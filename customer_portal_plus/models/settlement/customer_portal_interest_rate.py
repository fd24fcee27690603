"""Which interest the law of a country lets a company claim of who pays late."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date


class CustomerPortalInterestRate(models.Model):
    """A yearly rate and a fixed sum, from one day to another, with the source that says so.

    Nothing of it is in the code: who keeps the books keeps the rates, and checks those that came
    with the addon.
    """

    _name = "customer.portal.interest.rate"
    _description = "Rate of Late-Payment Interest"
    _order = "country_id, date_from desc, id"

    country_id = fields.Many2one("res.country", required=True, index=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", help="The last day; nothing if it is not known yet.")
    percentage = fields.Float(
        "Yearly rate (%)", digits=(6, 3), required=True, help="For each of the 365 days a part."
    )
    fixed_amount = fields.Monetary(
        "Fixed sum", help="For the costs of recovery, once for an invoice that is paid late."
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self._default_currency_id()
    )
    source = fields.Char(
        required=True, help="Where it is published: customers read it beside the reckoning."
    )
    source_url = fields.Char("Address of the source")
    to_check = fields.Boolean(
        "To be checked", help="Reckoned, and not read yet where it is officially published."
    )

    _date_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A rate can't end before it begins."
    )
    _amounts = models.Constraint(
        "CHECK(percentage >= 0 AND percentage <= 100 AND COALESCE(fixed_amount, 0) >= 0)",
        "A rate is between 0 and 100 %, and a fixed sum is not negative.",
    )

    @api.model
    def _default_currency_id(self):
        return self.env.company.currency_id

    @api.depends("country_id", "date_from", "percentage")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = self.env._(
                "%(country)s, from %(day)s: %(percentage)s %%",
                country=rate.country_id.name or "",
                day=format_date(self.env, rate.date_from),
                percentage=f"{rate.percentage:g}",
            )

    @api.constrains("country_id", "date_from", "date_to")
    def _check_overlap(self):
        for rate in self:
            later = Domain("date_to", "=", False) | Domain("date_to", ">=", rate.date_from)
            domain = Domain("country_id", "=", rate.country_id.id) & later
            if rate.date_to:
                domain &= Domain("date_from", "<=", rate.date_to)
            if self.search_count(domain & Domain("id", "!=", rate.id), limit=1):
                raise ValidationError(
                    self.env._("There is another rate of this country for some of these days.")
                )

    @api.constrains("source_url")
    def _check_source_url(self):
        for rate in self:
            if rate.source_url and not rate.source_url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._("The address of the source must begin with https://.")
                )

    @api.model
    def _of_company(self, company):
        """Return the rates that a company claims: those of its country.

        :param res.company company: in sudo, or one's own
        :rtype: customer.portal.interest.rate
        """
        return self.search([("country_id", "=", company.account_fiscal_country_id.id)])

    def _as_spans(self):
        """Return these rates for ``tools.interest``.

        :rtype: list[tuple]
        """
        return [(rate.date_from, rate.date_to, Decimal(str(rate.percentage))) for rate in self]

    def _on(self, day):
        """Return that of these rates that is valid on a day; empty if there is none.

        :rtype: customer.portal.interest.rate
        """
        return self.filtered(
            lambda rate: rate.date_from <= day and (not rate.date_to or rate.date_to >= day)
        )[:1]
