from odoo import models


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain_context_values(self):
        """Override of `base`: what our rules read of the user is part of the cache's key.

        Rule domains are cached per user. Without this a contact that moves to another customer,
        or whose profile changes, would keep the old domain until some cache is cleared.
        """
        yield from super()._compute_domain_context_values()
        user = self.env.user
        if user.share:
            yield user.partner_id._portal_rights()
