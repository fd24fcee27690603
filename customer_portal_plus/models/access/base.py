from odoo import models
from odoo.fields import Domain

# Conditions that have a domain of the related model for their value.
ANY_OPERATORS, DOMAINS = ("any", "any!", "not any", "not any!"), (Domain, list, tuple)


class Base(models.AbstractModel):
    _inherit = "base"

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Override of `base`: what a user who is not staff may not read, it may not search by.

        Core judges columns of the database only: what is searched by a method (a balance, for
        one) is found by columns of other models, and could be told from how many are found.

        :raise AccessError: if a condition asks for a column that the user may not read
        """
        if not (self.env.su or bypass_access) and self.env.user.share:
            domain = Domain(domain)
            self._portal_check_domain(domain)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _portal_check_domain(self, domain):
        """Raise unless the current user may read each column that a domain asks for.

        :param Domain domain: as it came, before Odoo has put others for its conditions
        :raise AccessError: if it may not
        """
        for condition in domain.iter_conditions():
            if condition.operator in ("in", "not in") and not condition.value:
                continue  # Of no value: nothing is asked. Core's own code does so for users.
            model = self
            for name in condition.field_expr.split("."):
                field = model._fields.get(name)
                if not field:
                    break  # The part of a date, a property, or a mistake, which core tells.
                model._check_field_access(field, "read")
                if not field.relational:
                    break
                model = self.env[field.comodel_name]
            else:
                if condition.operator in ANY_OPERATORS and isinstance(condition.value, DOMAINS):
                    model._portal_check_domain(Domain(condition.value))
