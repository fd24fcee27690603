from odoo import models

from ...tools.text_search import trigram_index


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # What is open is read from this index alone, instalment by instalment.
    _portal_open_idx = models.Index(
        "(partner_id, date_maturity)"
        " INCLUDE (id, move_id, company_id, currency_id, amount_residual_currency)"
        " WHERE display_type = 'payment_term' AND amount_residual_currency <> 0"
    )
    _portal_search_idx = models.Index(
        trigram_index(
            "name", where="WHERE display_type IN ('product', 'line_section', 'line_note')"
        )
    )
