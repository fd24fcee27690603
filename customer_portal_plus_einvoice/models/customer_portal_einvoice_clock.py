"""What the law of a country expects on an invoice, and until when: data, none of it in the code."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.working_days import last_day

KINDS = [
    ("answer", "Accept or reject"),
    ("paid", "Say that it is paid"),
    ("complement", "Payment complement"),
]


class CustomerPortalEinvoiceClock(models.Model):
    """One thing that the law of a country expects on invoices between two of its companies.

    The rows that come with the addon are a beginning, from secondary sources: who keeps the books
    checks them, and goes on with them. An update of the addon changes none.
    """

    _name = "customer.portal.einvoice.clock"
    _description = "Clock of the Law on Invoices"
    _order = "country_id, sequence, id"

    name = fields.Char(required=True, translate=True, help="Customers read it.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    country_id = fields.Many2one("res.country", required=True, index=True)
    country_code = fields.Char(related="country_id.code", string="Country code")
    kind = fields.Selection(
        KINDS,
        "What is expected",
        required=True,
        default="answer",
        help="Accept or reject: counted from when the customer was sent the legal file. Say that it"
        " is paid: from when it was paid. Payment complement: what you owe for each payment.",
    )
    days = fields.Integer(required=True, default=1)
    unit = fields.Selection(
        [
            ("working", "Working days"),
            ("running", "Running days"),
            ("month", "As a day of the month after"),
        ],
        "Counted in",
        required=True,
        default="working",
        help="Working days are those without Saturdays, Sundays and national holidays.",
    )
    tz = fields.Selection(
        _tz_get, "By the clocks of", required=True, help="The last day ends there at midnight."
    )
    silence = fields.Selection(
        [("accepted", "Accepts the invoice"), ("nothing", "Means nothing")],
        "Silence",
        required=True,
        default="nothing",
    )
    place = fields.Selection(
        [("portal", "Here, in the portal"), ("register", "In the official register alone")],
        "Answered",
        required=True,
        default="portal",
    )
    register_name = fields.Char("Official register")
    register_url = fields.Char("Address of the register")
    explanation = fields.Text(
        required=True, translate=True, help="What the law expects, in words for customers."
    )
    is_reported = fields.Boolean(
        "Reported to the tax agency",
        help="Rejections and payments are to be reported by the same day.",
    )
    only_on_credit = fields.Boolean(
        "Only on credit", help="Only invoices that are due later than they were made."
    )
    document_codes = fields.Char(
        "Only document types",
        help="Codes of the localisation's document types, with commas between them; nothing means"
        " all. Where no localisation knows of types, such a clock matches no invoice.",
    )
    date_from = fields.Date("Invoices from")
    date_until = fields.Date("Invoices until")
    source = fields.Char(required=True, help="Where it is published; customers read it.")
    check_note = fields.Text(
        "To be checked", translate=True, help="What is not certain of this row."
    )
    is_checked = fields.Boolean("Checked", help="Somebody of yours has compared it with the law.")

    _days_fit = models.Constraint(
        "CHECK(days BETWEEN 0 AND 366 AND (unit != 'month' OR days BETWEEN 1 AND 31))",
        "A clock runs for 366 days at most; a day of a month is between 1 and 31.",
    )
    _dates_fit = models.Constraint(
        "CHECK(date_until IS NULL OR date_from IS NULL OR date_until >= date_from)",
        "A clock can't end before it begins.",
    )

    @api.constrains("place", "register_name", "register_url")
    def _check_register(self):
        for clock in self:
            named = clock.register_name and (clock.register_url or "").startswith("https://")
            if clock.place == "register" and not named:
                raise ValidationError(
                    self.env._(
                        "Enter the name of the official register and its address, which begins with"
                        " https://."
                    )
                )

    def write(self, vals):
        """Override of `base`: what is corrected holds for invoices that wait, too."""
        result = super().write(vals)
        self.env["customer.portal.einvoice.duty"]._trigger_follow()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        clocks = super().create(vals_list)
        self.env["customer.portal.einvoice.duty"]._trigger_follow()
        return clocks

    def _last_day(self, start):
        """Return the last day of what begins on a day.

        :param date start: by the clocks of this country
        :rtype: date
        """
        self.ensure_one()
        return last_day(start, self.days, self.unit, self.country_id.code)

    def _move_domain(self, company):
        """Return the domain of the invoices of a company that this clock is about: to customers of
        the same country that have a tax ID.

        :param res.company company: which has them answered
        :rtype: Domain
        """
        self.ensure_one()
        Move = self.env["account.move"]
        since = max(filter(None, (self.date_from, company.portal_einvoice_since)), default=None)
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("commercial_partner_id.country_id", "=", self.country_id.id)
            & Domain("commercial_partner_id.vat", "not in", (False, "", "/"))
        )
        if since:
            domain &= Domain("invoice_date", ">=", since)
        if self.date_until:
            domain &= Domain("invoice_date", "<=", self.date_until)
        if self.only_on_credit:
            domain &= Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s > %s",
                    SQL.identifier(alias, "invoice_date_due"),
                    SQL.identifier(alias, "invoice_date"),
                )
            )
        if codes := [code.strip() for code in (self.document_codes or "").split(",")]:
            codes = [code for code in codes if code]
        if codes:
            known = "l10n_latam_document_type_id" in Move._fields
            domain &= (
                Domain("l10n_latam_document_type_id.code", "in", codes) if known else Domain.FALSE
            )
        return domain
