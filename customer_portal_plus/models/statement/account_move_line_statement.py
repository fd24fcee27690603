from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Movements of a period are read from this index alone, up to their documents' names.
    _portal_statement_idx = models.Index(
        "(partner_id, account_id, date) INCLUDE (id, move_id, company_id, currency_id,"
        " amount_currency) WHERE parent_state = 'posted'"
    )
