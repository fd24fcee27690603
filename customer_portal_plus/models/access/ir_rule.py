"""Record rules and the gates: what ours read of the user, and what those of others hide."""

from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

# By this an expression of ours is known: it asks the gates.
OWN_RULE = ".portal_rule_domain("
# Core's rules for portal users as they come, without blanks. The gates stand for them: they know a
# document's customer also after its contact has moved on to another one. Once somebody has changed
# such a rule, it counts as any other.
REPLACED_RULES = (
    "[('state','notin',('cancel','draft')),"
    "('move_type','in',('out_invoice','out_refund','in_invoice','in_refund')),"
    "('partner_id','child_of',[user.commercial_partner_id.id])]",
    "[('partner_id','child_of',[user.commercial_partner_id.id])]",
)


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

    @api.model
    def _portal_replaced_rules(self):
        """Return core's rules for portal users that the gates stand for, without blanks.

        For a module to put another of core's models behind the gates, it must extend this method.

        :rtype: tuple[str]
        """
        return REPLACED_RULES

    @api.model
    @tools.ormcache(
        "self.env.uid", "self.env.su", "model_name", "tuple(self._compute_domain_context_values())"
    )
    def _portal_others_domain(self, model_name):
        """Return what the rules of other modules and of administrators leave of a model to the
        current user, who is not staff. Pages read in sudo, so it is one of the gates.

        :param str model_name: a model behind the gates
        :rtype: Domain
        """
        context = self._eval_context()
        every, by_group, replaced = Domain.TRUE, [], self._portal_replaced_rules()
        for rule in self._get_rules(model_name).sudo():
            text = rule.domain_force or "[]"
            if OWN_RULE in text:
                continue
            is_replaced = rule.groups and "".join(text.split()) in replaced
            domain = Domain.TRUE if is_replaced else Domain(safe_eval(text, context))
            if rule.groups:
                by_group.append(domain)
            else:
                every &= domain
        return every & Domain.OR(by_group) if by_group else every
