import json

from odoo import fields
from odoo.http import request, route
from odoo.tools.misc import format_amount

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
            "chart": {
                "width": 40,
                "height": 20,
                "zero": 20,
                "bars": [
                    {"series": series, "x": 10 * place, "y": 20 - high, "width": 8, "height": high}
                    for place, (series, high) in enumerate(((0, 12), (1, 18), (0, 16), (1, 7)))
                ],
            },
            "year": today.year,
            "months": [{"short": "1"}, {"short": "2"}],
        }

    def _prepare_portal_looks_chart(self, month, currency):
        """Return a chart as ``_prepare_portal_charts`` of the home page does.

        :rtype: dict
        """
        label = f"{month:%m/%Y}"
        series = {"paid": request.env._("Paid"), "pending": request.env._("Pending")}
        drawing = {
            "labels": [label],
            "series": [
                {
                    "key": key,
                    "label": name,
                    "values": [100],
                    "texts": [format_amount(request.env, 100, currency)],
                }
                for key, name in series.items()
            ],
        }
        return {
            "company": "",
            "currency": currency,
            "json": json.dumps(drawing),
            "rows": [{"label": label, "paid": 100, "pending": 100}],
        }
