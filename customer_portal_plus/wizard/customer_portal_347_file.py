import base64
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.actions import file_action
from ..tools.table_files import Column, Sheet, write_xlsx


class CustomerPortal347File(models.TransientModel):
    _name = "customer.portal.347.file"
    _description = "Modelo 347 as a File"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    year = fields.Integer(required=True, default=lambda self: self._default_year())
    file = fields.Binary(readonly=True, attachment=False)

    @api.model
    def _default_year(self):
        return self.env["account.move"]._portal_347_years()[0]

    def action_download(self):
        """Write what is declared of all customers of a year into one file.

        :return: the action that downloads it
        :rtype: dict
        :raise UserError: if there is nothing
        """
        self.ensure_one()
        rows = self.env["customer.portal.347.operation"].search(
            [("company_id", "=", self.company_id.id), ("year", "=", self.year)],
            order="customer_id",
        )
        if not rows:
            raise UserError(self.env._("Nothing is declared of this year."))
        file = io.BytesIO()
        name = f"modelo-347-{self.year}.xlsx"
        title = self.env._("Modelo 347 of %s", self.year)
        write_xlsx(file, [self._sheet(rows)], title, self.company_id.name)
        self.file = base64.b64encode(file.getvalue())
        return file_action(self, name)

    def _sheet(self, rows):
        _ = self.env._
        answers = dict(rows._fields["answer"]._description_selection(self.env))
        return Sheet(
            name=_("Modelo 347"),
            columns=[
                Column(_("Tax ID")),
                Column(_("Customer")),
                *(Column(_("Quarter %s", number), "money", summed=True) for number in (1, 2, 3, 4)),
                Column(_("Year"), "money", summed=True),
                Column(_("Answer")),
                Column(_("Answered on"), "date"),
                Column(_("Objections")),
            ],
            rows=[
                [
                    row.vat or "",
                    row.customer_id.name,
                    row.quarter_1,
                    row.quarter_2,
                    row.quarter_3,
                    row.quarter_4,
                    row.total,
                    answers[row.answer],
                    row.answer_id.answered_on or None,
                    "; ".join(
                        f"{line.quarter}: {line.objection}"
                        for line in row.answer_id.line_ids
                        if line.objection
                    ),
                ]
                for row in rows
            ],
            decimals=self.company_id.currency_id.decimal_places,
            facts=[
                (_("Company"), self.company_id.name),
                (_("Tax ID"), self.company_id.vat or ""),
                (_("Year"), str(self.year)),
            ],
            sum_label=_("Sum"),
        )
