from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

CATEGORIES = ("Facturación", "Producto defectuoso", "Entregas", "Otras consultas")


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_tickets(self):
        """Open tickets of the demo, once: when the demo data is loaded again, they are there. One
        that waits, one that was answered, one that was closed, and one of somebody else."""
        company = self._ref("demo_company")
        demo = self._in_demo_company()
        if demo.env["helpdesk.ticket"].search_count([("company_id", "=", company.id)], limit=1):
            return
        company.write(
            {
                "portal_show_tickets": True,
                "portal_allow_ticket_reports": True,
                "portal_allow_ticket_rating": True,
                "portal_ticket_reopen_days": 14,
                "helpdesk_mgmt_portal_select_category": True,
                "helpdesk_mgmt_portal_category_id_required": False,
            }
        )
        staff = self._ref("demo_user_sales")
        staff.group_ids = [Command.link(self.env.ref("helpdesk_mgmt.group_helpdesk_user").id)]
        demo.env["helpdesk.ticket.category"].create(
            [{"name": name, "company_id": company.id} for name in CATEGORIES]
        )
        demo._open_demo_tickets(company, staff)

    @api.model
    def _open_demo_tickets(self, company, staff):
        """Have customers open tickets, and staff answer some."""
        waiting = self._open_ticket(
            "talleres_gerencia",
            "Otras consultas",
            "Formación para el compresor nuevo",
            "¿Ofrecen una formación para el manejo y el mantenimiento del compresor?\n"
            "Seríamos tres personas, a poder ser en nuestro taller de Zaragoza.",
            hours=5,
        )
        invoice = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("commercial_partner_id", "=", self._ref("demo_customer_talleres").id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
            ],
            order="invoice_date desc, id desc",
            limit=1,
        )
        answered = self._open_ticket(
            "talleres_contabilidad",
            "Facturación",
            "Falta nuestro número de pedido en la factura",
            "Nuestra contabilidad necesita el número de pedido en cada factura."
            " ¿Pueden enviarnos esta factura de nuevo con él?",
            hours=50,
            document=invoice or None,
        )
        self._answer_ticket(
            answered,
            staff,
            "Por supuesto. ¿Nos dice qué número de pedido debe figurar en la factura?",
        )
        closed = self._open_ticket(
            "talleres_compras",
            "Producto defectuoso",
            "El taladro pierde fuerza al cabo de unos minutos",
            "El taladro que recibimos el mes pasado se calienta y pierde fuerza.",
            hours=190,
        )
        self._answer_ticket(
            closed, staff, "Mañana le enviamos otro y recogemos el defectuoso, sin coste alguno."
        )
        user = self._ref("demo_user_talleres_compras")
        closed.with_user(user)._portal_close(user.partner_id)
        closed.with_user(user)._portal_rate(
            user.partner_id, "5", "Rápido y sin preguntas. Así da gusto."
        )
        closed.closed_date = fields.Datetime.now() - timedelta(hours=120)
        self._open_ticket(
            "hotel_recepcion",
            "Entregas",
            "Entrega fuera del horario de recepción",
            "¿Pueden entregar a partir de las 22 horas?",
            hours=30,
        )
        return waiting

    @api.model
    def _open_ticket(self, key, category, subject, words, hours, document=None):
        """Have a contact open a ticket some hours ago; return it."""
        user = self._ref(f"demo_user_{key}")
        company = self.env.company
        [category] = self.env["helpdesk.ticket.category"].search(
            [("name", "=", category), ("company_id", "=", company.id)]
        )
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(user)
            ._portal_open(
                user.partner_id,
                company,
                {"subject": subject, "description": words, "category": str(category.id)},
                [],
                document=document,
            )
        )
        self.env.flush_all()
        opened_on = fields.Datetime.now() - timedelta(hours=hours)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s", [opened_on, ticket.id]
        )
        ticket.invalidate_recordset()
        ticket.portal_conversation_ids.last_message_on = opened_on
        return ticket.with_env(self.env)

    @api.model
    def _answer_ticket(self, ticket, staff, words):
        """Have staff answer."""
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        ticket.user_id = staff
        ticket.with_user(staff).message_post(
            body=words, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
