"""The helpdesk's own addresses of forms: they lead to ours, and ask the same gates."""

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.tools.file_types import MAX_POST_BYTES
from odoo.addons.customer_portal_plus.tools.parsing import parse_id
from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController

from .tickets import MODEL, read_ticket_files


class TicketForms(HelpdeskTicketController):
    @route(methods=["GET", "POST"])
    def create_new_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: customers have our form."""
        if request.env.user.share:
            return request.redirect("/my/tickets/new", 303)
        return super().create_new_ticket(**kw)

    @route(methods=["POST"], max_content_length=MAX_POST_BYTES)
    def submit_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: what customers send is sent on to our form, which checks
        it; of what staff send, the same files will do, and no number breaks the page."""
        if request.env.user.share:
            return request.redirect("/my/tickets/new", 307)
        request.env[MODEL]._portal_check_ticket_files(read_ticket_files())
        kw["category"] = parse_id(kw.get("category"))
        kw["team"] = parse_id(kw.get("team"))
        return super().submit_ticket(**kw)

    @route(methods=["POST"])
    def support_ticket_close(self, ticket_id=None, stage_id=None, **kw):
        """Override of `helpdesk_mgmt`, which closes whatever ticket has the number: only by who
        may do that, to a stage that the ticket can have. It leads to the page of the ticket, which
        says so if there is no such ticket."""
        try:
            ticket = request.env[MODEL]._portal_find(ticket_id)
            with request.env.cr.savepoint():
                if request.env.user.share:
                    ticket._portal_check_gates(request.env.user.partner_id)
                    ticket._portal_close(request.env.user.partner_id, stage_id)
                else:
                    ticket.check_access("read")
                    ticket._portal_move_to_close(stage_id)
        except UserError:
            request.env.invalidate_all()
        return request.redirect(f"/my/ticket/{parse_id(ticket_id) or 0}", 302)
