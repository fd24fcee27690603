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

    @api.model
    def _portal_limits_columns(self):
        """Return whether the list holds for the current user.

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
