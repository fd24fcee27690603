from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # What was settled after a day was open on it; and what was settled in a period is read from
    # this index alone.
    _portal_statement_idx = models.Index(
        "(max_date) INCLUDE (id, debit_move_id, credit_move_id, debit_amount_currency,"
        " credit_amount_currency)"
    )
