from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.actions import form_action


class CustomerPortalFiguresMixin(models.AbstractModel):
    """Rows that are read from other tables at the moment they are asked for, to be counted and
    summed by customer, salesperson and company; each leads to the record it stands for.

    For a model to be one, it must override ``_rows_query`` and ``_get_record``.
    """

    _name = "customer.portal.figures.mixin"
    _description = "Figures of the Customer Portal"
    _auto = False

    customer_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    @property
    def _table_query(self):
        return self._rows_query()

    @api.model
    def _rows_query(self):
        """Return the query for the rows, the rules of the current user in it.

        :rtype: SQL
        """
        raise NotImplementedError

    def _get_record(self):
        """Return the record that this row stands for.

        :rtype: models.Model
        """
        raise NotImplementedError

    def action_open(self):
        """Open the record that this row stands for.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return form_action(self._get_record())

    @api.model
    def _columns_of(self, model, domain, *columns):
        """Return the query for columns of the records that a domain finds and that the current
        user may read.

        :param models.Model model: of the records
        :param Domain domain: which
        :param str columns: names of stored columns
        :rtype: SQL
        """
        return model._search(domain).subselect(
            *(SQL.identifier(model._table, column) for column in columns)
        )
