from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..tools.parsing import parse_date, parse_ids
from .basket import MAX_SHOWN, Basket


class Promises(Basket):
    """`/my/promises`: on which day invoices will be paid."""

    def _prepare_portal_payment_links(self):
        links = super()._prepare_portal_payment_links()
        if self._portal_may_promise():
            links.append({"label": request.env._("Promise a payment"), "url": "/my/promises"})
        return links

    def _portal_may_promise(self):
        """Return whether the signed-in contact may promise to pay invoices.

        :rtype: bool
        """
        user = request.env.user
        return user._portal_allows_invoices() and user._portal_allows(
            "portal_allow_promises", "can_promise"
        )

    @route("/my/promises", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_promises(self, done=None, **kwargs):
        if not self._portal_may_promise():
            return request.redirect("/my")
        chosen = parse_ids(request.httprequest.args.getlist("invoice"))
        return self._render_portal_promises(chosen, done=bool(done))

    def _render_portal_promises(self, chosen=(), day="", done=False, error=""):
        """Render the invoices that can be promised, and what was promised.

        :param list chosen: ids of the invoices that are ticked
        """
        contact = self._get_portal_contact()
        invoices = self._get_portal_choosable("portal_allow_promises", chosen)
        # Sudo: nobody of a customer reads the table; the domain is the contact's.
        Promise = request.env["customer.portal.promise"].sudo()
        companies = request.env.user.company_ids
        promises = Promise.search(
            Promise._portal_history_domain(contact, companies), limit=MAX_SHOWN
        )
        today = fields.Date.context_today(Promise)
        days = companies.filtered("portal_allow_promises").mapped("portal_promise_days")
        return request.render(
            "customer_portal_plus.portal_promises",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "payments",
                "no_breadcrumbs": True,
                "rows": self._prepare_portal_choosable_rows(
                    invoices,
                    chosen,
                    invoices._portal_promise_obstacles(contact),
                    invoices._portal_promise_obstacle_texts(),
                ),
                "promises": promises._portal_rows(contact),
                "first_day": today,
                "last_day": fields.Date.add(today, days=max(days, default=0)),
                "day": day,
                "done": done,
                "error": error,
            },
            status=422 if error else 200,
        )

    @route("/my/promises/send", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_promises_send(self, day="", **kwargs):
        if not self._portal_may_promise():
            return request.redirect("/my", 303)
        chosen = parse_ids(request.httprequest.form.getlist("invoice"))
        try:
            with request.env.cr.savepoint():
                Move, allowed = self._get_portal_open_documents("portal_allow_promises")
                invoices = Move.search(allowed & Domain("id", "in", chosen))
                self._check_portal_chosen(invoices, chosen)
                request.env["customer.portal.promise"]._portal_make(
                    self._get_portal_contact(), invoices, parse_date(day)
                )
        except UserError as error:
            request.env.invalidate_all()
            shown = parse_date(day)
            return self._render_portal_promises(
                chosen, shown.isoformat() if shown else "", error=str(error)
            )
        return request.redirect("/my/promises?done=1", 303)
