from odoo import fields
from odoo.http import request, route
from odoo.tools.misc import format_amount

from ..tools.bar_chart import draw_bars
from .portal_page import PortalPage

# The tones of states, and what is said in each of them.
TONES = ("neutral", "info", "waiting", "good", "bad")


class Looks(PortalPage):
    @route("/my/looks", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_looks(self, **kwargs):
        """Show staff all parts that pages are made of, in the company's colour."""
        if not request.env.user._is_internal():
            return self._render_portal_unavailable()
        return request.render(
            "customer_portal_plus.portal_looks",
            {**self._prepare_portal_layout_values(), **self._prepare_portal_looks()},
        )

    def _prepare_portal_looks(self):
        """Return made up values in the form in which the templates of parts get real ones.

        For a module to show a part of its own, it must extend this method and the template.

        :rtype: dict
        """
        _ = request.env._
        today = fields.Date.context_today(request.env.user)
        currency = request.env.company.currency_id
        words = {
            "neutral": _("Draft"),
            "info": _("Sent"),
            "waiting": _("Waiting"),
            "good": _("Paid"),
            "bad": _("Overdue"),
        }
        rows = [
            {
                "url": "#",
                "type": "invoice",
                "name": name,
                "date": today,
                "total": total,
                "currency": currency,
                "state_tone": tone,
                "state_label": words[tone],
            }
            for name, total, tone in (
                ("INV/2026/00047", 1361.31, "bad"),
                ("INV/2026/00046-A-VERY-LONG-REFERENCE-OF-A-CUSTOMER", 98765.43, "good"),
            )
        ]
        return {
            "page_name": "",  # of none in the menu
            "no_breadcrumbs": True,
            "brand": request.env.company._portal_brand(),
            "pills": [(tone, words[tone]) for tone in TONES],
            "chips": [
                {"url": "#", "label": words["info"], "active": True},
                {"url": "#", "label": words["good"], "active": False},
            ],
            "rows": rows,
            "currency": currency,
            "today": today,
            "status": {
                "tone": "waiting",
                "label": words["waiting"],
                "text": "",
                "hero": {
                    "label": _("Left to pay"),
                    "amount": format_amount(request.env, 816.79, currency),
                    "note": "",
                },
            },
            "notice": {"tone": "success", "text": words["good"]},
            "portal_home": {
                "announcements": [],
                "todo": [
                    {"key": "overdue", "label": words["bad"], "url": "#", "urgent": True},
                    {"key": "other", "label": words["waiting"], "url": "#", "urgent": False},
                ],
                "latest": rows,
                "charts": [self._prepare_portal_looks_chart(today, currency)],
                "show_company": False,
            },
        }

    def _prepare_portal_looks_chart(self, month, currency):
        """Return a chart as ``_prepare_portal_charts`` of the home page does.

        :rtype: dict
        """
        figures = [(40, 100), (0, 70), (25, 0)]
        return {
            "company": "",
            "currency": currency,
            "bars": draw_bars(figures),
            "names": [request.env._("Pending"), request.env._("Paid")],
            "texts": [],
            "rows": [
                {
                    "label": f"{month:%m/%Y}",
                    "short": f"{month:%m}",
                    "paid": paid,
                    "pending": pending,
                }
                for pending, paid in figures
            ],
        }
