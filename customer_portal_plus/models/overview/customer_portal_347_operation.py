from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerPortal347Operation(models.Model):
    """What is declared of one customer in one year, and what it says of it."""

    _name = "customer.portal.347.operation"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Modelo 347"
    _auto = False
    _order = "year desc, total desc, id"
    _rec_name = "customer_id"
    _depends = {
        "account.move": ["amount_total_signed", "date", "fiscal_position_id", "state"],
        "account.move.line": ["tax_ids"],
        "customer.portal.347.answer": ["state", "amount"],
        "customer.portal.interest.charge": ["move_id"],
        "res.company": ["portal_347_threshold", "portal_show_347"],
        "res.partner": ["country_id", "user_id"],
    }

    company_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Company currency"
    )
    vat = fields.Char("Tax ID", related="customer_id.vat")
    year = fields.Integer(readonly=True)
    quarter_1 = fields.Monetary(readonly=True, currency_field="company_currency_id")
    quarter_2 = fields.Monetary(readonly=True, currency_field="company_currency_id")
    quarter_3 = fields.Monetary(readonly=True, currency_field="company_currency_id")
    quarter_4 = fields.Monetary(readonly=True, currency_field="company_currency_id")
    total = fields.Monetary("Whole year", readonly=True, currency_field="company_currency_id")
    answer_id = fields.Many2one("customer.portal.347.answer", "Answer", readonly=True)
    answer = fields.Selection(
        [("silent", "Silent"), ("objected", "Objected"), ("agreed", "Agreed")],
        "Customer's answer",
        readonly=True,
    )
    is_changed = fields.Boolean(
        "Changed since", readonly=True, help="The year's sum is another one than was answered."
    )

    @api.model
    def _rows_query(self):
        """Override: the customers above their company's threshold, of the years that can be
        corrected; of the documents that the current user may read."""
        moves = self.env["account.move"]
        domain = moves._portal_347_domain(self.env.companies, moves._portal_347_years())
        columns = ("id", "commercial_partner_id", "company_id", "date", "amount_total_signed")
        return SQL(
            """
            SELECT year.*, customer.user_id, answer.id AS answer_id,
                   COALESCE(answer.state, 'silent') AS answer,
                   COALESCE(answer.amount <> year.total, FALSE) AS is_changed
              FROM (
                SELECT MIN(id) AS id, commercial_partner_id AS customer_id, company_id,
                       EXTRACT(YEAR FROM date)::integer AS year,
                       %(quarters)s,
                       SUM(amount_total_signed) AS total
                  FROM %(moves)s move
                 GROUP BY commercial_partner_id, company_id, EXTRACT(YEAR FROM date)
              ) year
              JOIN res_company company ON company.id = year.company_id
              JOIN res_partner customer ON customer.id = year.customer_id
              LEFT JOIN customer_portal_347_answer answer
                     ON answer.customer_id = year.customer_id
                    AND answer.company_id = year.company_id
                    AND answer.year = year.year
             WHERE ABS(year.total) > company.portal_347_threshold
            """,
            quarters=SQL(", ").join(
                SQL(
                    "COALESCE(SUM(amount_total_signed)"
                    " FILTER (WHERE EXTRACT(QUARTER FROM date) = %s), 0) AS %s",
                    number,
                    SQL.identifier(f"quarter_{number}"),
                )
                for number in (1, 2, 3, 4)
            ),
            moves=self._columns_of(moves, domain, *columns),
        )

    def _get_record(self):
        return self.answer_id or self.customer_id

    def action_documents(self):
        """List the documents behind the figures of a customer.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        domain = self.env["account.move"]._portal_347_domain(self.company_id, [self.year])
        domain &= Domain("commercial_partner_id", "=", self.customer_id.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Modelo 347 of %s", self.year),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.env["account.move"].search(domain).ids)],
        }
