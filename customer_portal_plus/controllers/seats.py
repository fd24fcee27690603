"""`/my/seats`: the customers for which a person acts; changing over to one of them, and back."""

from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.people.customer_portal_seat import INVITATION_PATH
from ..models.people.ir_http_seat import CLOSED_PATH, OVER_PATH
from ..tools.parsing import parse_date, parse_id, parse_portal_path
from .gate import GUEST_PAGE, is_foreign_site
from .portal_page import PortalPage
from .step_up_session import needs_step_up, step_up_url

SEATS_PAGE_SIZE = 20


class PortalSeats(PortalPage):
    # === ALL OF THEM === #

    @route(
        ["/my/seats", "/my/seats/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_seats(self, page=1, done="", date_begin="", date_end="", **kwargs):
        """Show how the customers stand for which the person acts."""
        holder = self._get_portal_seat_holder()
        if not holder:
            return self._render_portal_unavailable()
        seats = request.env["customer.portal.seat"]._held_by(holder)
        page = parse_id(page) or 1
        period = {
            name: parsed.isoformat()
            for name, value in (("date_begin", date_begin), ("date_end", date_end))
            if (parsed := parse_date(value))
        }
        pager = portal_pager(
            url="/my/seats", total=len(seats), page=page, step=SEATS_PAGE_SIZE, url_args=period
        )
        listed = seats[pager["offset"] : pager["offset"] + SEATS_PAGE_SIZE]
        rows = listed._portal_figures()
        return request.render(
            "customer_portal_plus.portal_seats",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_seats_values(holder),
                "page_name": "seats",
                "no_breadcrumbs": True,
                "rows": rows,
                "totals": listed._portal_totals(rows),
                "total": len(seats),
                "pager": pager,
                "own_customer": holder.partner_id.commercial_partner_id.name,
                "period": period,
                "period_url": period
                and f"/my/invoices?{url_encode({'filterby': 'all', **period})}",
                "portal_step_up_url": step_up_url("/my/seats") if needs_step_up() else "",
                "message": self._get_portal_seat_messages().get(done),
            },
        )

    def _prepare_portal_seats_values(self, holder):
        """Return what else the page of all customers shows.

        For what is done for all customers at once to be offered there, its controller must extend
        this method.

        :param res.users holder: who has signed in
        :rtype: dict
        """
        return {}

    def _get_portal_seat_holder(self):
        """Return who has signed in, also while it acts for a customer; empty where there are no
        seats, and for staff, also as they see the portal as a customer.

        :rtype: res.users
        """
        user = request.env.user
        nobody = user.browse()
        if not user.share or getattr(request, "portal_preview", None):
            return nobody
        if user._portal_is_seat():
            return user._portal_acting_seat().holder_id
        return user if user._portal_companies("portal_allow_seats") else nobody

    def _get_portal_seat(self, seat_id):
        """Return a seat by which the person can act, in sudo; empty if it can't.

        :param int seat_id: an id that came from outside
        :rtype: customer.portal.seat
        """
        seats = request.env["customer.portal.seat"]
        holder = self._get_portal_seat_holder()
        number = parse_id(seat_id)
        return seats._held_by(holder).filtered(lambda seat: seat.id == number) if holder else seats

    def _get_portal_seat_messages(self):
        """Return what is said after something was done, by its key.

        For a page that leads back here to say something, its controller must extend this method.

        :rtype: dict[str, str]
        """
        env = request.env
        return {
            "accepted": env._("Accepted. You find the customer here, and in the bar above."),
            "ended": env._("Ended. You don't act for this customer any more."),
        }

    # === CHANGING OVER === #

    @route(
        "/my/seats/<int:seat_id>/enter", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_seat_enter(self, seat_id, to="", **kwargs):
        """Go on as the contact of a seat, on the page ``to``."""
        seat = self._get_portal_seat(seat_id)
        if not seat:
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url("/my/seats"), 303)
        seat._enter(self._get_portal_seat_holder())
        return request.redirect(parse_portal_path(to), 303)

    @route("/my/seats/leave", type="http", auth="user", website=True, methods=["POST"])
    def portal_seat_leave(self, to="", **kwargs):
        """Go on as who has signed in."""
        holder = self._get_portal_seat_holder()
        if not holder:
            return self._render_portal_unavailable()
        if request.env.user._portal_is_seat():
            request.env["customer.portal.seat"]._leave(holder)
        return request.redirect(parse_portal_path(to), 303)

    @route("/my/seats/<int:seat_id>/end", type="http", auth="user", website=True, methods=["POST"])
    def portal_seat_end(self, seat_id, **kwargs):
        """Give a seat back."""
        seat = self._get_portal_seat(seat_id)
        if not seat:
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url("/my/seats"), 303)
        holder = self._get_portal_seat_holder()
        if request.env.user == seat.user_id:
            seat._leave(holder)
            seat = self._get_portal_seat(seat_id)  # As who ends it now.
        seat._end()
        return request.redirect("/my/seats?done=ended", 303)

    @route(OVER_PATH, type="http", auth="user", website=True, methods=["GET"])
    def portal_seat_over(self, **kwargs):
        """Say that a seat has ended, to who has just acted by it. The session is the person's own
        again, see ``ir.http._portal_check_seat``."""
        return self._render_portal_seat_notice("over")

    @route(CLOSED_PATH, type="http", auth="user", website=True, methods=["GET"])
    def portal_seat_closed(self, **kwargs):
        """Say that a page is closed to who acts for a customer."""
        if not request.env.user._portal_is_seat():
            return request.redirect("/my", 303)
        return self._render_portal_seat_notice("closed")

    def _render_portal_seat_notice(self, notice):
        return request.render(
            "customer_portal_plus.portal_seat_notice",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "seats",
                "no_breadcrumbs": True,
                "notice": notice,
            },
            status=403,
        )

    # === THE INVITATION === #

    @route(INVITATION_PATH + "/<string:token>", methods=["GET"], readonly=True, **GUEST_PAGE)
    def portal_seat_invitation(self, token, **kwargs):
        """Show who is asked to act for whom. Looking changes nothing: mail scanners do."""
        return self._render_portal_seat_invitation(token)

    @route(INVITATION_PATH + "/<string:token>/accept", methods=["POST"], **GUEST_PAGE)
    def portal_seat_accept(self, token, **kwargs):
        """Take the seat, as who has signed in."""
        seat = request.env["customer.portal.seat"]._from_token(token)
        if not seat or request.env.user._is_public():
            return self._render_portal_seat_invitation(token)
        if needs_step_up():
            return request.redirect(step_up_url(f"{INVITATION_PATH}/{token}"), 303)
        try:
            # Nothing of what was begun may stay when something is refused.
            with request.env.cr.savepoint():
                seat._accept(request.env.user)
        except UserError as error:
            return self._render_portal_seat_invitation(token, error=error.args[0])
        return request.redirect("/my/seats?done=accepted", 303)

    @route(INVITATION_PATH + "/<string:token>/decline", methods=["POST"], **GUEST_PAGE)
    def portal_seat_decline(self, token, **kwargs):
        """Say no: whoever has the mail may."""
        seat = request.env["customer.portal.seat"]._from_token(token)
        if seat:
            seat._decline()
            return self._render_portal_seat_invitation(token, state="declined")
        return self._render_portal_seat_invitation(token)

    @route(INVITATION_PATH + "/<string:token>/account", methods=["POST"], **GUEST_PAGE)
    def portal_seat_account(self, token, **kwargs):
        """Make an account for who has none: its invitation is sent to the same address."""
        seat = request.env["customer.portal.seat"]._from_token(token)
        state = None
        if seat and request.env.user._is_public():
            try:
                with request.env.cr.savepoint():
                    state = "account" if seat._make_account() else None
            except UserError as error:
                return self._render_portal_seat_invitation(token, error=error.args[0])
        return self._render_portal_seat_invitation(token, state=state)

    def _render_portal_seat_invitation(self, token, error="", state=None):
        seat = request.env["customer.portal.seat"]._from_token(token)
        user = request.env.user
        is_guest = user._is_public()
        company_sudo = seat.company_id or request.env["res.company"]._portal_company_of_guests()
        refusal = "" if not seat or is_guest else seat._refusal(user)
        response = request.render(
            "customer_portal_plus.portal_seat_invitation",
            {
                "state": state or ("valid" if seat else "invalid"),
                "error": error or refusal,
                "refused": bool(refusal),
                "url": f"{INVITATION_PATH}/{token}",
                "sign_in_url": f"/web/login?{url_encode({'redirect': request.httprequest.path})}",
                "is_guest": is_guest,
                "has_account": bool(seat) and is_guest and seat._has_account(),
                "person": seat.name,
                "user_name": "" if is_guest else user.name,
                "customer": seat.customer_id.name,
                "granted_by": seat.granted_by_id.name if seat.granted_by_id.partner_share else "",
                "profile": seat.profile_id.name,
                "profile_description": seat.profile_id.description,
                "portal_company": company_sudo._portal_brand(),
                # The layout's footer wants the record.
                "res_company": company_sudo,
                "portal_company_sudo": company_sudo,
                "portal_foreign_site": is_foreign_site(company_sudo),
                "contact_card": company_sudo._portal_contact_card() if seat else None,
                "no_header": True,
            },
            status=422 if error else 404 if not seat and not state else 200,
        )
        # The address holds what takes the seat: keep it from others and from caches.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
