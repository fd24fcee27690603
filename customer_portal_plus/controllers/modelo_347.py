from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from ..models.settlement.customer_portal_347_answer import QUARTERS
from ..tools.parsing import parse_id
from .portal_page import PortalPage

MAX_SHOWN = 200  # documents on the page; the file has them all
CHECKED_IN = (1, 2)  # in January and February it is in the menu


class Modelo347(PortalPage):
    """`/my/347`: what the company declares of the year's operations with a Spanish customer."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        today = fields.Date.context_today(request.env.user)
        if today.month in CHECKED_IN and self._get_portal_347_companies():
            menu.append(
                {
                    "key": "347",
                    "label": request.env._("Modelo 347"),
                    "url": "/my/347",
                    "pages": ["347"],
                    "sequence": 95,
                    "place": "more",
                }
            )
        return menu

    def _get_portal_347_companies(self):
        """Return the companies whose declaration the signed-in contact checks, in sudo.

        :rtype: res.company
        """
        companies = request.env.user._portal_companies("portal_show_347")
        return request.env["customer.portal.347.answer"]._portal_companies_of(
            self._get_portal_contact(), companies
        )

    def _read_portal_347_year(self):
        """Return the years that can be looked at, and which of them is asked for: the last one if
        it is none of them.

        :rtype: tuple[list[int], int]
        """
        years = request.env["account.move"]._portal_347_years()
        year = parse_id(request.params.get("year"))
        return years, year if year in years else years[0]

    @route("/my/347", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_347(self, done=None, **kwargs):
        companies = self._get_portal_347_companies()
        if not companies:
            return self._render_portal_unavailable()
        return self._render_portal_347(companies, done=bool(done))

    def _render_portal_347(self, companies, posted=None, done=False, error=""):
        """Render the figures of a year, and the form to answer.

        :param res.company companies: see ``_get_portal_347_companies``
        :param dict posted: what was typed, after an error
        """
        contact = self._get_portal_contact()
        years, year = self._read_portal_347_year()
        Answer = request.env["customer.portal.347.answer"]
        posted = posted or {}
        declarations = Answer._portal_declarations(contact, companies, year)
        documents = Answer._portal_documents(contact, companies, year, MAX_SHOWN + 1)
        for declared in declarations:
            company = declared["company"]
            answer = declared.pop("answer")
            declared.update(
                key=company.id,
                name=company.name,
                state=answer.state or "",
                answered_on=answer.answered_on,
                is_changed=bool(answer)
                and bool(declared["currency"].compare_amounts(answer.amount, declared["total"])),
            )
            typed = posted if parse_id(posted.get("company")) == company.id else {}
            for quarter in declared["quarters"]:
                number = quarter["number"]
                quarter["label"] = request.env._("Quarter %s", number)
                quarter["documents"] = documents.get((company.id, number), [])
                quarter["typed"] = typed.get(f"objection_{number}", quarter["objection"])
        return request.render(
            "customer_portal_plus.portal_347",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "347",
                "no_breadcrumbs": True,
                "year": year,
                "years": years,
                "declarations": declarations,
                "is_cut": sum(map(len, documents.values())) > MAX_SHOWN,
                "exports": self._get_portal_export_links("/my/347", {"year": year}, ["xlsx"])
                if declarations
                else [],
                "done": done,
                "error": error,
            },
            status=422 if error else 200,
        )

    @route("/my/347/send", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_347_send(self, company="", shown="", act="", **posted):
        companies = self._get_portal_347_companies()
        chosen = companies.filtered(lambda one: one.id == parse_id(company))
        if not chosen:
            return self._render_portal_unavailable()
        objections = {number: posted.get(f"objection_{number}", "") for number in QUARTERS}
        _years, year = self._read_portal_347_year()
        try:
            with request.env.cr.savepoint():
                request.env["customer.portal.347.answer"]._portal_answer(
                    self._get_portal_contact(), chosen, year, shown, act, objections
                )
        except UserError as error:
            request.env.invalidate_all()
            return self._render_portal_347(
                companies, {**posted, "company": company}, error=str(error)
            )
        return request.redirect(f"/my/347?year={year}&done=1", 303)

    @route(
        "/my/347/export.xlsx",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_347_export(self, **kwargs):
        """The quarters of a year, and the documents behind them."""
        companies = self._get_portal_347_companies()
        if not companies:
            return self._render_portal_unavailable()
        _years, year = self._read_portal_347_year()
        sheets = request.env["customer.portal.347.answer"]._portal_sheets(
            self._get_portal_contact(), companies, year
        )
        title = request.env._("Modelo 347 of %s", year)
        return self._answer_portal_with_table("xlsx", sheets, title, f"modelo-347-{year}")
