from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _portal_due_until_domain(self, until):
        """Override: also what is due by a payment plan before its own date."""
        # Sudo: asked for only whether there is any.
        plans_sudo = self.env["customer.portal.plan"].sudo()
        if not plans_sudo.search_count([("state", "=", "running")], limit=1):
            return super()._portal_due_until_domain(until)

        def to_sql(model, alias, query):
            return SQL(
                "%s IN (SELECT line_id FROM (%s) agreed WHERE due_on <= %s)",
                SQL.identifier(alias, "id"),
                self.env["account.move"]._portal_agreed_query(),
                until,
            )

        def predicate(line):
            return any(
                claim["is_agreed"] and claim["line_id"] == line.id and claim["date"] <= until
                for claim in line.move_id._portal_claims()
            )

        agreed = Domain.custom(to_sql=to_sql, predicate=predicate)
        return super()._portal_due_until_domain(until) | agreed
