import base64
import io

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.customer_portal_plus.tools.table_files import write_csv, write_xlsx


class CustomerPortalEinvoiceFile(models.TransientModel):
    _name = "customer.portal.einvoice.file"
    _description = "E-invoices of a Period as a File"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self._default_company_id()
    )
    date_from = fields.Date(
        "Invoices from", required=True, default=lambda self: self._default_date_from()
    )
    date_until = fields.Date(
        "Invoices until", required=True, default=lambda self: self._default_date_until()
    )
    only_to_report = fields.Boolean("Only what is to be reported")
    extension = fields.Selection(
        [("xlsx", "XLSX"), ("csv", "CSV")], "Kind of file", required=True, default="xlsx"
    )
    file = fields.Binary(readonly=True, attachment=False)

    _dates_fit = models.Constraint(
        "CHECK(date_until >= date_from)", "A period can't end before it begins."
    )

    @api.model
    def _default_company_id(self):
        return self.env.company

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self) + relativedelta(day=1, months=-1)

    @api.model
    def _default_date_until(self):
        return fields.Date.context_today(self)

    def action_download(self):
        """Write what is expected on the invoices of a period into one file.

        :return: the action that downloads it
        :rtype: dict
        :raise UserError: if there is nothing
        """
        self.ensure_one()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("invoice_date", ">=", self.date_from)
            & Domain("invoice_date", "<=", self.date_until)
            & Domain("state", "!=", "void")
        )
        if self.only_to_report:
            domain &= Domain("to_report", "=", True)
        duties = self.env["customer.portal.einvoice.duty"].search(
            domain, order="invoice_date, invoice_id, id"
        )
        if not duties:
            raise UserError(self.env._("Nothing is expected on the invoices of this period."))
        title = self.env._("E-invoices")
        period = f"{self.date_from.isoformat()}-{self.date_until.isoformat()}"
        facts = [
            (self.env._("Company"), self.company_id.name),
            (self.env._("Tax ID"), self.company_id.vat or ""),
            (self.env._("Period"), f"{self.date_from.isoformat()} – {self.date_until.isoformat()}"),
        ]
        sheet = duties._sheet(title, facts)
        file = io.BytesIO()
        if self.extension == "xlsx":
            write_xlsx(file, [sheet], title, self.company_id.name)
        else:
            language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
            write_csv(file, [sheet], language.decimal_point)
        self.file = base64.b64encode(file.getvalue())
        name = f"e-invoices-{period}.{self.extension}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}?download=true",
            "target": "self",
        }
