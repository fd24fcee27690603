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
