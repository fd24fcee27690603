"""Lists as files: all that a list has, in tables for spreadsheets."""

from odoo import api, models
from odoo.fields import Domain

from ...tools.table_files import Column, Sheet

BATCH = 500  # rows that are read at once


class CustomerPortalFileMixin(models.AbstractModel):
    """Documents of which a list can be had as a file.

    Only the numbers of the documents are kept from the first row to the last; all else is read
    batch by batch, in a number of queries that does not depend on how many rows a batch has.
    """

    _name = "customer.portal.file.mixin"
    _description = "List that can be had as a file"

    @api.model
    def _portal_columns(self, key):
        """Return the columns of a list's file.

        For a list to be had as a file, its model must override this method, and the controller of
        its page ``_get_portal_lists``.

        :param str key: which list, if the model has several: the end of its address, ``invoices``
        :return: triples of key (of a row, see ``_portal_file_rows``), label, and kind of value, see
            ``tools.table_files.Column``; amounts are in the currency that column ``currency`` names
        :rtype: list[list[str]]
        """
        raise NotImplementedError

    def _portal_file_rows(self):
        """Return the rows of these documents, in the same order.

        For a file to have more than the list shows, its model must override this method.

        :return: dicts by the keys of the columns; ``currency`` is a record, ``company`` a name
        :rtype: list[dict]
        """
        return self._portal_rows()

    @api.model
    def _portal_sheet(self, key, label, domain, order, gates, apart=False):
        """Return the table of a list, whose rows are read while it is written.

        :param str key: see ``_portal_columns``
        :param str label: of the list
        :param Domain domain: which documents, the gates in it
        :param str order: in which order
        :param Domain gates: what each batch asks anew
        :param bool apart: whether it is written when this environment is gone
        :rtype: tools.table_files.Sheet
        """
        columns = self._portal_columns(key)
        if len(self.env.user.company_ids) > 1:
            columns.append(("company", self.env._("Company"), "text"))
        keys = [name for name, _label, _kind in columns]
        currencies = self.env["res.currency"].with_context(active_test=False)
        return Sheet(
            name=label,
            columns=[Column(text, kind, summed=kind == "money") for _name, text, kind in columns],
            rows=(
                [row.get(name) for name in keys]
                for row in self._portal_all_rows(
                    self.search(domain, order=order).ids, gates, order, apart
                )
            ),
            decimals={one.name: one.decimal_places for one in currencies.search([])},
            currency=keys.index("currency") if "currency" in keys else None,
            sum_label=self.env._("Sum"),
        )

    @api.model
    def _portal_all_rows(self, ids, gates, order, apart):
        """Give the rows of all documents of a list, batch by batch.

        Each batch asks the gates anew: what was hidden or deleted meanwhile is left out. Filter and
        search are not asked once more: each would be worked out for all of the list again.

        :param list ids: of the documents, in their order
        :param Domain gates: of what the contact may see
        :param bool apart: whether each batch has a cursor of its own: no connection is kept while
            a slow reader takes what it got
        :return: an iterator of rows, see ``_portal_file_rows``, with names of currencies
        """

        def read(documents, batch_ids):
            batch = documents.search(gates & Domain("id", "in", batch_ids), order=order)
            rows = batch._portal_file_rows()
            for row in rows:
                if currency := row.get("currency"):
                    row["currency"] = currency.name
            return rows

        registry, uid, context = self.env.registry, self.env.uid, self.env.context
        for start in range(0, len(ids), BATCH):
            batch_ids = ids[start : start + BATCH]
            if apart:
                with registry.cursor(readonly=True) as cr:
                    # Sudo, like the documents of the list: the gates are in the domain.
                    env = api.Environment(cr, uid, context, su=True)
                    rows = read(env[self._name], batch_ids)
            else:
                rows = read(self, batch_ids)
                self.env.invalidate_all(flush=False)
            yield from rows
