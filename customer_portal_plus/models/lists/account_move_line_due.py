from odoo import api, models
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _portal_due_until_domain(self, until):
        """Return the domain of open amounts of which something is due up to a day.

        For a module to agree on other dates (``account.move._portal_agreed_query``), it must
        override this method.

        :param datetime.date until: the last due date
        :rtype: Domain
        """
        return Domain("date_maturity", "<=", until)

    def _portal_claims_until(self, until):
        """Return what is left of these open amounts that is due up to a day, and not held back.

        :param datetime.date until: the last due date
        :return: what ``account.move._portal_claims`` does, with ``line``, the open amount
        :rtype: list[dict]
        """
        by_id = {line.id: line for line in self}
        return [
            {**claim, "line": by_id[claim["line_id"]]}
            for claim in self.move_id._portal_claims()
            if claim["line_id"] in by_id and claim["date"] <= until
        ]
