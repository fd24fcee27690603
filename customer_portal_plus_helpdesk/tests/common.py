"""Tickets of the two customers, in all states."""

from odoo.addons.customer_portal_plus.tests.common.message import MessageCase

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MODEL = "helpdesk.ticket"


class TicketCase(MessageCase):
    """Alfa has a ticket of its management and one of its contact with scope *own*; Beta has one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "portal_show_tickets": True,
                "portal_allow_ticket_reports": True,
                "portal_allow_ticket_rating": True,
                "portal_ticket_reopen_days": 14,
                "helpdesk_mgmt_portal_select_category": True,
                "helpdesk_mgmt_portal_category_id_required": False,
            }
        )
        cls.user_helpdesk = cls._create_staff(
            "Soporte", "helpdesk", "soporte@example.com", "helpdesk_mgmt.group_helpdesk_user"
        )
        cls.new, cls.in_progress, cls.done, cls.rejected = (
            cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{key}")
            for key in ("new", "in_progress", "done", "rejected")
        )
        cls.category, cls.hidden_category = cls.env["helpdesk.ticket.category"].create(
            [
                {"name": "Averías", "company_id": cls.company.id},
                {"name": "Interna", "company_id": cls.company.id, "show_in_portal": False},
            ]
        )
        cls.ticket = cls._open(cls.user_full, "El taladro no arranca")
        cls.of_own = cls._open(cls.user_own, "Falta el manual")
        cls.foreign = cls._open(cls.user_stranger, "Pregunta de Beta")
        cls.contact = cls.user_full.partner_id

    @classmethod
    def _open(cls, user, subject="El taladro no arranca", files=(), document=None, **typed):
        """Have a contact open a ticket."""
        ticket = (
            cls.env[MODEL]
            .with_user(user)
            ._portal_open(
                user.partner_id,
                cls.company,
                {"subject": subject, "description": f"Texto de: {subject}", **typed},
                list(files),
                document=document,
            )
        )
        return ticket.with_env(cls.env)
