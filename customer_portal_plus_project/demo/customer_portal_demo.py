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
        demo = self._in_demo_company()
        Document = demo.env["customer.portal.document"]
        if Document.search_count([("project_id.company_id", "=", company.id)], limit=1):
            return
        company.write({"portal_show_projects": True, "portal_show_project_state": True})
        project = demo.env["project.project"].create(
            {
                "name": "Equipamiento del nuevo taller",
                "partner_id": customer.id,
                "company_id": company.id,
                "user_id": self._ref("demo_user_sales").id,
                "allow_milestones": True,
            }
        )
        demo._load_project_progress(project)
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

    @api.model
    def _load_project_progress(self, project):
        """Let a project be under way, and its customer follow it."""
        project.message_subscribe(project.partner_id.ids)
        today = fields.Date.today()
        for name, days, reached in (
            ("Plano aprobado", -20, True),
            ("Máquinas instaladas", -3, False),
            ("Puesta en marcha", 25, False),
        ):
            self.env["project.milestone"].create(
                {
                    "name": name,
                    "project_id": project.id,
                    "deadline": fields.Date.add(today, days=days),
                    "is_reached": reached,
                }
            )
        for name, state in (
            ("Medir la nave", "1_done"),
            ("Dibujar el plano", "1_done"),
            ("Instalar las máquinas", "01_in_progress"),
            ("Formar al personal", "01_in_progress"),
        ):
            task = self.env["project.task"].create(
                {"name": name, "project_id": project.id, "partner_id": project.partner_id.id}
            )
            task.state = state
            task.message_subscribe(project.partner_id.ids)
        self.env["project.update"].create(
            {"name": "Marcha de la obra", "project_id": project.id, "status": "at_risk"}
        )
