from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import format_date

from ..tools.parsing import parse_date, parse_id, parse_ids
from .basket import MAX_SHOWN, Basket
from .home import PortalHome

MODEL = "customer.portal.plan"


class Plans(Basket, PortalHome):
    """`/my/plans`: paying invoices in instalments, as agreed."""

    def _prepare_portal_payment_links(self):
        links = super()._prepare_portal_payment_links()
        if self._portal_may_plan() or self._get_portal_plans(limit=1):
            links.append({"label": request.env._("Pay in instalments"), "url": "/my/plans"})
        return links

    def _prepare_portal_todo(self, balances):
        """Override: plans to sign, and the next instalment of each one that runs, with those that
        are due first."""
        todo = super()._prepare_portal_todo(balances)
        today, lines, unsigned = fields.Date.context_today(request.env[MODEL]), [], []
        for plan_sudo in self._get_portal_plans(Domain("state", "in", ("running", "to_sign"))):
            lines += plan_sudo._portal_next()
            if plan_sudo.state == "to_sign":
                unsigned.append(
                    {
                        "key": "plan",
                        "label": request.env._(
                            "1 payment plan to sign: %s", plan_sudo._portal_amount_text()
                        ),
                        "url": plan_sudo._portal_path(),
                        "urgent": True,
                    }
                )
        entries = [
            {
                "key": "instalment",
                "label": request.env._(
                    "%(name)s: %(amount)s until %(date)s",
                    name=line._portal_name(),
                    amount=line.currency_id.format(line.left),
                    date=format_date(request.env, line.date),
                ),
                "url": line.plan_id._portal_path(),
                "urgent": line.date <= today,
            }
            for line in sorted(lines, key=lambda one: one.date)
        ]
        return [
            *unsigned,
            *(entry for entry in entries if entry["urgent"]),
            *todo,
            *(entry for entry in entries if not entry["urgent"]),
        ]

    def _portal_may_plan(self):
        """Return whether the signed-in contact may propose payment plans.

        :rtype: bool
        """
        user = request.env.user
        return user._portal_allows_invoices() and user._portal_allows(
            "portal_allow_plans", "can_plan"
        )

    def _get_portal_plans(self, domain=None, limit=MAX_SHOWN):
        """Return the plans that the signed-in contact sees, in sudo, the newest first.

        :param Domain domain: further conditions
        :rtype: customer.portal.plan
        """
        # Asked on each home page: nothing is looked for where no company has plans.
        if not request.env.user._portal_allows("portal_allow_plans", "can_see_invoices"):
            return request.env[MODEL]
        Plan, allowed = self._get_portal_documents(MODEL, domain)
        return Plan.search(allowed, limit=limit)

    # === PROPOSING === #

    @route("/my/plans", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_plans(self, **kwargs):
        if not self._portal_may_plan() and not self._get_portal_plans(limit=1):
            return self._render_portal_unavailable()
        chosen = parse_ids(request.httprequest.args.getlist("invoice"))
        return self._render_portal_plans(chosen)

    def _render_portal_plans(self, chosen=(), posted=None, offer=None, error=""):
        """Render the invoices that can be paid in instalments, and the plans there are.

        :param list chosen: ids of the invoices that are ticked
        :param dict posted: what the contact has typed
        :param dict offer: see ``customer.portal.plan._portal_offer``
        """
        contact, may_plan = self._get_portal_contact(), self._portal_may_plan()
        invoices = request.env["account.move"]
        if may_plan:
            invoices = self._get_portal_choosable("portal_allow_plans", chosen)
        companies = invoices.company_id or request.env.user.company_ids.sudo().filtered(
            "portal_allow_plans"
        )
        today = fields.Date.context_today(invoices)
        days = max(companies.mapped("portal_plan_days"), default=0)
        return request.render(
            "customer_portal_plus.portal_plans",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "payments",
                "no_breadcrumbs": True,
                "may_plan": may_plan,
                "rows": self._prepare_portal_choosable_rows(
                    invoices,
                    chosen,
                    invoices._portal_plan_obstacles(contact),
                    invoices._portal_plan_obstacle_texts(),
                    whole=True,
                ),
                "plans": self._get_portal_plans()._portal_plan_rows(contact),
                "posted": posted
                or {
                    "number": min(companies.mapped("portal_plan_number"), default=2),
                    "day": fields.Date.add(today, days=min(days, 30)).isoformat(),
                    "down": str(max(companies.mapped("portal_plan_down"), default=0)),
                },
                "policies": [company._portal_plan_policy_texts() for company in companies],
                "first_day": today,
                "offer": offer,
                "offer_rows": self._prepare_portal_offer_rows(offer) if offer else [],
                "error": error,
            },
            status=422 if error else 200,
        )

    def _prepare_portal_offer_rows(self, offer):
        """Return the instalments of an offer as the page lists them.

        :param dict offer: see ``customer.portal.plan._portal_offer``
        :rtype: list[dict]
        """
        Line, count = request.env["customer.portal.plan.line"], offer["parts"][-1]["number"]
        return [
            {**part, "name": Line._portal_name_of(part["number"], count)} for part in offer["parts"]
        ]

    @route("/my/plans/send", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_plans_send(self, act="", number="", day="", down="", seen="", **kwargs):
        """Show the instalments of what was chosen; once they were seen, agree on them."""
        if not self._portal_may_plan():
            return self._render_portal_unavailable()
        Plan, contact = request.env["customer.portal.plan"], self._get_portal_contact()
        chosen = parse_ids(request.httprequest.form.getlist("invoice"))
        wishes = [parse_id(number), parse_date(day), self._parse_portal_percent(down)]
        posted = {"number": number, "day": day, "down": down}
        try:
            with request.env.cr.savepoint():
                Move, allowed = self._get_portal_open_documents("portal_allow_plans")
                invoices = Move.search(allowed & Domain("id", "in", chosen))
                self._check_portal_chosen(invoices, chosen)
                if act != "agree":
                    offer = Plan._portal_offer(contact, invoices, *wishes)
                    return self._render_portal_plans(chosen, posted, offer)
                plan_sudo = Plan._portal_propose(contact, invoices, *wishes, seen)
        except UserError as error:
            request.env.invalidate_all()
            return self._render_portal_plans(chosen, posted, error=str(error))
        if plan_sudo.state == "to_sign":
            return self._start_portal_signing(plan_sudo)
        return request.redirect(f"{plan_sudo._portal_path()}?done=1", 303)

    @staticmethod
    def _parse_portal_percent(text):
        """Return the whole number of percent that was typed, nothing is none; None if it is no
        such number.

        :rtype: int | None
        """
        text = text.strip() if isinstance(text, str) else "?"
        return 0 if text in ("", "0") else parse_id(text) or None

    # === ONE PLAN === #

    def _get_portal_plan(self, plan_id):
        """Return a plan that the signed-in contact sees, in sudo; empty if there is none.

        :rtype: customer.portal.plan
        """
        return self._get_portal_plans(Domain("id", "=", parse_id(plan_id)), limit=1)

    @route(
        "/my/plans/<int:plan_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_plan(self, plan_id, done=None, **kwargs):
        plan_sudo = self._get_portal_plan(plan_id)
        if not plan_sudo:
            return self._render_portal_unavailable()
        return self._render_portal_plan(plan_sudo, done=bool(done))

    def _render_portal_plan(self, plan_sudo, done=False, error=""):
        debit, contact = request.env["customer.portal.debit"], self._get_portal_contact()
        return request.render(
            "customer_portal_plus.portal_plan",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "payments",
                "no_breadcrumbs": True,
                "plan": plan_sudo._portal_plan_rows(contact)[0],
                "sign_refusal": plan_sudo._portal_sign_refusal(contact),
                "last_day": plan_sudo._portal_last_day_to_sign(),
                "signature": plan_sudo._portal_signature_values(),
                "payment": plan_sudo._portal_next_payment() if self._portal_may_pay() else None,
                "debited": bool(debit._find_active(plan_sudo.customer_id, plan_sudo.company_id)),
                "has_others": len(self._get_portal_plans(limit=2)) > 1,
                "done": done,
                "error": error,
            },
            status=422 if error else 200,
        )

    @route("/my/plans/<int:plan_id>/sign", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_plan_sign(self, plan_id, **kwargs):
        """Go on to read and sign a plan that is agreed on."""
        plan_sudo = self._get_portal_plan(plan_id)
        if not plan_sudo or not self._portal_may_plan():
            return self._render_portal_unavailable()
        if error := plan_sudo._portal_sign_refusal(self._get_portal_contact()):
            return self._render_portal_plan(plan_sudo, error=error)
        return self._start_portal_signing(plan_sudo)

    @route(
        "/my/plans/<int:plan_id>/file",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_plan_file(self, plan_id, **kwargs):
        """Give out a plan as it was signed, with its certificate."""
        plan_sudo = self._get_portal_plan(plan_id)
        signed = plan_sudo and plan_sudo._portal_signed_file()
        if not signed:
            return self._render_portal_unavailable()
        return self._make_portal_file_response(*signed, shown=True)

    @route("/my/plans/<int:plan_id>/pay", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_plan_pay(self, plan_id, **kwargs):
        """Go on to pay what is due of a plan, else its next instalment."""
        plan_sudo = self._get_portal_plan(plan_id)
        if not plan_sudo or not self._portal_may_pay():
            return self._render_portal_unavailable()
        contact, Basket = self._get_portal_contact(), request.env["customer.portal.basket"]
        try:
            with request.env.cr.savepoint():
                payment = plan_sudo._portal_next_payment()
                choices = payment["choices"] if payment else {}
                invoices = self._get_portal_payable_invoices(Domain("id", "in", list(choices)))
                self._check_portal_chosen(invoices, list(choices))
                Basket._portal_end_choices(contact)
                baskets = Basket._build(contact, invoices, choices)
        except UserError as error:
            request.env.invalidate_all()
            return self._render_portal_plan(plan_sudo, error=str(error))
        return request.redirect(f"/my/pay/{baskets[0].id}", 303)
