from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # What was settled after a day was open on it.
    _portal_statement_idx = models.Index("(max_date)")
