import base64

from odoo import api, fields, models


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_project_files(self):
        """Make a project with two files, of which its customer sees one, once: when the demo data
        is loaded again, they are there."""
        company = self._ref("demo_company")
        customer = self._ref("demo_customer_talleres")
        demo = self.with_company(company).with_context(
            allowed_company_ids=company.ids, tracking_disable=True, mail_create_nolog=True
        )
        Document = demo.env["customer.portal.document"]
        if Document.search_count([("project_id.company_id", "=", company.id)], limit=1):
            return
        company.portal_show_projects = True
        project = demo.env["project.project"].create(
            {
                "name": "Equipamiento del nuevo taller",
                "partner_id": customer.id,
                "company_id": company.id,
                "user_id": self._ref("demo_user_sales").id,
            }
        )
        files = {
            name: demo._draw_pdf(name, *lines)
            for name, *lines in (
                ("Plano de distribución", "Zona de máquinas al norte, almacén al sur."),
                ("Costes internos", "Solo para nosotros."),
            )
        }
        demo.env["ir.attachment"].create(
            [
                {
                    "name": f"{name}.pdf",
                    "raw": content,
                    "res_model": project._name,
                    "res_id": project.id,
                }
                for name, content in files.items()
            ]
        )
        shared = "Plano de distribución"
        Document.create(
            {
                "name": shared,
                "audience": "customer",
                "partner_id": customer.id,
                "project_id": project.id,
                "category_id": self._ref("document_category_manual").id,
                "user_id": self._ref("demo_user_sales").id,
                "file": base64.b64encode(files[shared]),
                "file_name": f"{shared}.pdf",
                "state": "sent",
                "sent_on": fields.Datetime.subtract(fields.Datetime.now(), days=2),
            }
        )
