from odoo import api, models


class CustomerPortalColumnsMixin(models.AbstractModel):
    """Columns that customers may read over RPC: those of a list, whatever modules add later.

    For a model to have such a list, it must inherit this one before its own name, and override
    ``_portal_readable_fields``.
    """

    _name = "customer.portal.columns.mixin"
    _description = "Columns that customers may read"

    @api.model
    def _portal_readable_fields(self):
        """Return the fields that a customer may read of this model over RPC.

        :rtype: frozenset[str]
        """
        raise NotImplementedError

    def _portal_limits_columns(self):
        """Return whether the list holds for the current user, for these records if there are any.

        :rtype: bool
        """
        return self.env.user.share

    def _has_field_access(self, field, operation):
        """Override of `base`: an allow-list of columns for users who are not staff."""
        return super()._has_field_access(field, operation) and (
            self.env.su
            or operation != "read"
            or not self._portal_limits_columns()
            or field.name in self._portal_readable_fields()
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of `base`, which judges a column of another model by that one: what may not be
        read here is no order, group or sum either, wherever it comes from."""
        self._portal_check_column(field_expr)
        return super()._field_to_sql(alias, field_expr, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Override of `base`, which does not judge relations to many."""
        self._portal_check_column(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _portal_check_column(self, spec):
        """Raise unless the current user may read the column that a specification begins with.

        :param str spec: a field, perhaps with a path or a granularity
        :raise AccessError: if it may not
        """
        field = self._fields.get(spec.partition(":")[0].partition(".")[0])
        if field:  # Core tells what does not exist.
            self._check_field_access(field, "read")
