from functools import partial

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route
from odoo.tools.misc import format_date, format_datetime

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.parsing import parse_id
from .portal_page import PortalPage
from .step_up_session import needs_step_up, step_up_url

TEAM_PAGE_SIZE = 50


class PortalTeam(PortalPage):
    """`/my/team`: who of the customer uses the portal, and what each may do."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_team_allowed():
            menu.append(
                {
                    "key": "team",
                    "label": request.env._("Team"),
                    "url": "/my/team",
                    "pages": ["team"],
                    "sequence": 100,
                    "place": "own",
                }
            )
        return menu

    def _portal_team_allowed(self):
        return self._get_portal_contact()._portal_manages_team()

    @route(
        ["/my/team", "/my/team/page/<page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_team(self, page=1, done="", **kwargs):
        """List the people of the customer."""
        if not self._portal_team_allowed():
            return self._render_portal_unavailable()
        return self._render_portal_team(page=page, done=done)

    @route("/my/team/invite", type="http", auth="user", methods=["POST"], website=True)
    def portal_team_invite(self, name="", email="", profile_id="", **kwargs):
        """Invite a colleague."""
        return self._portal_team_do(
            "_portal_team_invite",
            name,
            email,
            parse_id(profile_id),
            form={"name": name, "email": email, "profile_id": parse_id(profile_id)},
        )

    @route(
        "/my/team/<int:contact_id>/invite",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_invite_again(self, contact_id, **kwargs):
        """Send a colleague who has not come yet a new invitation."""
        return self._portal_team_do("_portal_team_invite_again", contact_id, done="sent")

    @route(
        "/my/team/<int:contact_id>/change",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_change(self, contact_id, name="", profile_id="", **kwargs):
        """Change the name and the profile of a colleague."""
        return self._portal_team_do(
            "_portal_team_change", contact_id, name, parse_id(profile_id), done="changed"
        )

    @route(
        "/my/team/<int:contact_id>/confirm",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_confirm(self, contact_id, **kwargs):
        """Confirm that a colleague is somebody else than who brought it in."""
        return self._portal_team_do("_portal_team_confirm", contact_id, done="confirmed")

    @route(
        "/my/team/<int:contact_id>/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_remove(self, contact_id, **kwargs):
        """Take the access of a colleague away."""
        return self._portal_team_do("_portal_team_remove", contact_id, done="removed")

    @route(
        "/my/team/request/<int:request_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_withdraw(self, request_id, **kwargs):
        """Take back the request to let a colleague be invited."""
        return self._portal_team_do("_portal_team_withdraw", request_id, done="withdrawn")

    @route("/my/team/seat", type="http", auth="user", methods=["POST"], website=True)
    def portal_team_seat(self, name="", email="", profile_id="", **kwargs):
        """Let somebody of another firm act for the customer."""
        return self._portal_team_do(
            "_portal_team_grant_seat",
            name,
            email,
            parse_id(profile_id),
            seat_form={"name": name, "email": email, "profile_id": parse_id(profile_id)},
        )

    @route(
        "/my/team/seat/<int:seat_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_seat_withdraw(self, seat_id, **kwargs):
        """Take back a seat that nobody has accepted yet."""
        return self._portal_team_do("_portal_team_withdraw_seat", seat_id, done="seat_withdrawn")

    def _portal_team_do(self, method, *args, done=None, form=None, seat_form=None):
        """Let the contact do something with its team, and show what came of it.

        :param str method: a method of ``res.partner`` that raises with what the customer reads
        :param str done: which message to show, if the method does not return it
        :param dict form: what was typed, to be shown again beside an error
        :param dict seat_form: the same of the form for seats
        """
        return self._act_portal_for_customer(
            "/my/team",
            self._portal_team_allowed,
            lambda contact: getattr(contact, method)(*args) or done,
            partial(self._render_portal_team, seat_form=seat_form),
            form,
        )

    def _act_portal_for_customer(self, url, is_allowed, act, render, form=None):
        """Let the contact do something that concerns its whole customer, and show what came of it;
        who it is was asked once more before.

        :param str url: the page of it
        :param is_allowed: a function that returns whether the contact may have the page
        :param act: a function that gets the contact, does it, and returns which message to show;
            it raises with what the customer reads
        :param render: the function that shows the page, with ``error``, ``form`` and ``status``
        :param dict form: what was typed, to be shown again beside an error
        :rtype: odoo.http.Response
        """
        if not is_allowed():
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url(url), 303)
        try:
            # Nothing of what was begun may stay when something is refused.
            with request.env.cr.savepoint():
                done = act(self._get_portal_contact())
        except AccessError as error:
            if not is_allowed():
                return self._render_portal_unavailable()
            return render(error=error.args[0], status=404)
        except UserError as error:
            return render(error=error.args[0], form=form, status=422)
        return request.redirect(f"{url}?done={done}")

    def _render_portal_team(self, page=1, done="", error="", form=None, seat_form=None, status=200):
        contact = self._get_portal_contact()
        page = parse_id(page) or 1
        rows, total = contact._portal_team_rows(
            offset=(page - 1) * TEAM_PAGE_SIZE, limit=TEAM_PAGE_SIZE
        )
        pager = portal_pager(url="/my/team", total=total, page=page, step=TEAM_PAGE_SIZE)
        if not rows and page > 1:
            page = pager["page"]["num"]
            rows, total = contact._portal_team_rows(
                offset=(page - 1) * TEAM_PAGE_SIZE, limit=TEAM_PAGE_SIZE
            )
        env = request.env
        statuses = self._get_portal_team_statuses()
        for row in rows:
            row["status_label"], row["status_tone"] = statuses[row["status"]]
            row["last_seen"] = row["last_seen"] and format_date(env, row["last_seen"])
            row["invited_on"] = row["invited_on"] and format_date(env, row["invited_on"])
        requests = contact._portal_team_requests()
        for waiting in requests:
            waiting["date"] = format_datetime(env, waiting["date"], dt_format="short")
        profiles = contact._portal_offered_profiles()
        return request.render(
            "customer_portal_plus.portal_team",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "team",
                "no_breadcrumbs": True,
                "rows": rows,
                "pager": pager,
                "requests": requests,
                "profiles": [
                    {"id": profile.id, "name": profile.name, "description": profile.description}
                    for profile in profiles
                ],
                "approval_url": "/my/team/approval"
                if contact._portal_approval_companies()
                else None,
                "needs_approval": contact._portal_company().portal_team_approval,
                "form": form or {},
                **self._prepare_portal_team_seats(contact, seat_form),
                "portal_step_up_url": step_up_url("/my/team") if needs_step_up() else "",
                "error": error,
                "message": self._get_portal_team_messages().get(done),
            },
            status=status,
        )

    def _prepare_portal_team_seats(self, contact, form):
        """Return what the page shows of seats that the team grants; nothing where it can't.

        :param res.partner contact: who looks
        :param dict form: what was typed, see ``_portal_team_do``
        :rtype: dict
        """
        if not contact._portal_grants_seats():
            return {"grants_seats": False}
        return {
            "grants_seats": True,
            "seat_form": form or {},
            "seats_waiting": [
                {
                    "id": seat.id,
                    "name": seat.name,
                    "email": seat.email,
                    "profile": seat.profile_id.name,
                    "by": seat.granted_by_id.name,
                    "checked": seat.state == "asked",
                }
                for seat in contact._portal_seats_waiting()
            ],
        }

    def _get_portal_team_statuses(self):
        """Return how a status is called on the page, and its tone: see the template of states."""
        env = request.env
        return {
            "none": (env._("No access"), "neutral"),
            "invited": (env._("Invited"), "info"),
            "undelivered": (env._("Invitation not delivered"), "bad"),
            "expired": (env._("Invitation expired"), "waiting"),
            "active": (env._("Active"), "good"),
            "blocked": (env._("Switched off"), "neutral"),
            False: ("", ""),
        }

    def _get_portal_team_messages(self):
        env = request.env
        return {
            "invited": env._("Invited. Your colleague gets a mail with a link."),
            "requested": env._(
                "We have received your request and send the invitation once it is accepted."
            ),
            "sent": env._("A new invitation is on its way."),
            "changed": env._("Changed."),
            "confirmed": env._("Confirmed."),
            "removed": env._("The access has been taken away."),
            "withdrawn": env._("The request has been withdrawn."),
            "seat_sent": env._("Sent. Once it is accepted, the person is listed below."),
            "seat_asked": env._("We have received your request, and look at it before it is sent."),
            "seat_withdrawn": env._("Taken back."),
        }
