"""The index of an archive: a table of its documents, for people and for programs."""

import tempfile

from odoo import api, models

from ...tools.table_files import Column, Sheet, write_csv, write_xlsx


class CustomerPortalPack(models.Model):
    _inherit = "customer.portal.pack"

    # === INDEX === #

    @api.model
    def _index_names(self):
        """Return how the files of the index are called.

        :rtype: tuple[str, str]
        """
        return self.env._("index.xlsx"), self.env._("index.csv")

    @api.model
    def _index_row(self, move):
        """Return what the index says of a document.

        :param account.move move: in sudo
        :rtype: dict
        """
        _ = self.env._
        is_refund = move.move_type == "out_refund"
        sign = -1 if is_refund else 1
        return {
            "number": move.name,
            "type": _("Credit note") if is_refund else _("Invoice"),
            "date": move.invoice_date,
            "due_date": move.invoice_date_due,
            "ref": move.ref or "",
            "company": move.company_id.name,
            "base": sign * move.amount_untaxed,
            "tax": sign * move.amount_tax,
            "total": sign * move.amount_total,
            "currency": (move.currency_id.name, move.currency_id.decimal_places),
        }

    @api.model
    def _index_files(self, rows, left_out):
        """Return the files of an archive's index, in the language of the environment.

        :param list rows: see ``_index_row``, with ``files`` and ``remark``
        :param list left_out: numbers of documents that were asked for and are not in the archive
        :return: names and open files of bytes
        :rtype: list[tuple]
        """
        company = self.env.user.partner_id._portal_company()
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        name_xlsx, name_csv = self._index_names()
        xlsx, csv = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 closed later
        sheets = self._index_sheets(rows, left_out)
        write_xlsx(xlsx, sheets, self.env._("Index of the archive"), company.name)
        write_csv(csv, sheets, lang.decimal_point)
        for file in (xlsx, csv):
            file.seek(0)
        return [(name_xlsx, xlsx), (name_csv, csv)]

    @api.model
    def _index_sheets(self, rows, left_out):
        """Return the tables of an index: one a currency, and one of what was left out.

        :rtype: list[tools.table_files.Sheet]
        """
        _ = self.env._
        several_customers = any("customer" in row for row in rows)
        labels = {
            **({"customer": Column(_("Customer"))} if several_customers else {}),
            "number": Column(_("Number")),
            "type": Column(_("Type")),
            "date": Column(_("Date"), "date"),
            "due_date": Column(_("Due date"), "date"),
            "ref": Column(_("Reference")),
            "company": Column(_("Company")),
            "base": Column(_("Tax base"), "money", summed=True),
            "tax": Column(_("Tax"), "money", summed=True),
            "total": Column(_("Total"), "money", summed=True),
            "files": Column(_("Files")),
            "remark": Column(_("Remark")),
        }

        def sheet(name, currency, decimals, entries, summed=True):
            columns = list(labels.values())
            if not summed:
                columns = [Column(column.label, column.kind) for column in columns]
            return Sheet(
                name=name,
                columns=columns,
                rows=[[entry.get(key) for key in labels] for entry in entries],
                decimals=decimals,
                sum_label=_("Sum"),
                prefix=[(Column(_("Currency")), currency)],
            )

        sheets = [
            sheet(name, name, decimals, [row for row in rows if row["currency"][0] == name])
            for name, decimals in sorted({row["currency"] for row in rows})
        ]
        if left_out:
            remark = _("Left out: not available any more")
            entries = [{"number": number, "remark": remark} for number in left_out]
            sheets.append(sheet(_("Left out"), "", 2, entries, summed=False))
        return sheets
