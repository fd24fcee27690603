from odoo.http import request, route
from odoo.tools import format_amount

from ..tools.parsing import parse_id
from .team import PortalTeam


class PortalApproval(PortalTeam):
    """`/my/team/approval`: above which amounts a customer's quotes need two of its people."""

    def _portal_approval_allowed(self):
        return self._portal_team_allowed() and bool(
            self._get_portal_contact()._portal_approval_companies()
        )

    @route(
        "/my/team/approval",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_approval(self, done="", **kwargs):
        """Show the rules of the customer."""
        if not self._portal_approval_allowed():
            return self._render_portal_unavailable()
        return self._render_portal_approval(done=done)

    @route("/my/team/approval/set", type="http", auth="user", methods=["POST"], website=True)
    def portal_approval_set(self, company_id="", currency_id="", amount="", **kwargs):
        """Make a rule, or change the amount of one."""
        company_id, currency_id = parse_id(company_id), parse_id(currency_id)
        return self._portal_approval_do(
            lambda contact: contact._portal_set_approval_rule(company_id, currency_id, amount),
            "set",
            {"company_id": company_id, "currency_id": currency_id, "amount": str(amount)[:20]},
        )

    @route(
        "/my/team/approval/<int:rule_id>/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_approval_remove(self, rule_id, **kwargs):
        """Take a rule back."""
        return self._portal_approval_do(
            lambda contact: contact._portal_remove_approval_rule(rule_id), "removed"
        )

    def _portal_approval_do(self, act, done, form=None):
        def act_and_tell(contact):
            act(contact)
            return done

        return self._act_portal_for_customer(
            "/my/team/approval",
            self._portal_approval_allowed,
            act_and_tell,
            self._render_portal_approval,
            form,
        )

    def _render_portal_approval(self, done="", error="", form=None, status=200):
        contact = self._get_portal_contact()
        companies = contact._portal_approval_companies()
        env = request.env
        rules = contact._portal_approval_rules()
        currencies = env["res.currency"].sudo().search([])  # Names alone are shown.
        return request.render(
            "customer_portal_plus.portal_approval",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "team",
                "no_breadcrumbs": True,
                "rules": [
                    {
                        "id": rule.id,
                        "company": rule.company_id.name,
                        "amount": format_amount(env, rule.amount, rule.currency_id),
                    }
                    for rule in rules
                ],
                "too_few": rules and not contact._portal_can_be_approved(),
                "companies": [{"id": company.id, "name": company.name} for company in companies],
                "currencies": [
                    {"id": currency.id, "name": currency.name} for currency in currencies
                ],
                "default_currency_id": companies[:1].currency_id.id,
                "form": form or {},
                "error": error,
                "message": {
                    "set": env._("The rule is saved."),
                    "removed": env._("The rule is removed."),
                }.get(done),
            },
            status=status,
        )
