from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.http import content_disposition, request, route
from odoo.tools import escape_psql, formatLang

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.lists.customer_portal_access_mixin_search import parse_amounts
from ..models.payment.payment_transaction import FAILED_STATES
from ..tools.parsing import parse_date, parse_ids
from .basket import MAX_REPORT_BYTES, Basket
from .portal_page import SECTION_SIZE

PAGE_SIZE = 25


class PaymentHistory(Basket):
    """Payments made, their receipts, and payments that were made elsewhere and are reported."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_may_see_payments():
            menu.append(
                {
                    "key": "payments",
                    "label": request.env._("Payments"),
                    "url": "/my/payments",
                    "pages": ["payments", "credit", "saved_methods"],
                    "sequence": 60,
                }
            )
        return menu

    def _portal_may_see_payments(self):
        return request.env.user._portal_allows_invoices()

    def _portal_may_report(self):
        user = request.env.user
        return self._portal_may_see_payments() and user._portal_allows(
            "portal_allow_payment_report", "can_pay"
        )

    def _get_portal_payments(self):
        """Return payments in sudo, and the domain of those that the signed-in contact sees.

        :rtype: tuple[account.payment, Domain]
        """
        Payment = request.env["account.payment"].sudo()
        companies = request.env.user.company_ids
        return Payment, Payment._portal_history_domain(self._get_portal_contact(), companies)

    def _get_portal_reports(self):
        """Return reported payments in sudo, and the domain of those that the signed-in contact
        sees.

        :rtype: tuple[customer.portal.payment.report, Domain]
        """
        # Sudo: nobody of a customer reads the table; the domain is the contact's.
        Report = request.env["customer.portal.payment.report"].sudo()
        companies = request.env.user.company_ids
        return Report, Report._portal_history_domain(self._get_portal_contact(), companies)

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        if not self._portal_may_see_payments():
            return sections
        contact = self._get_portal_contact()
        Payment, allowed = self._get_portal_payments()
        wanted = Domain("name", "ilike", escape_psql(text)) | Domain.OR(
            Domain("amount", ">=", low) & Domain("amount", "<", high)
            for low, high in parse_amounts(text)
        )
        payments = Payment.search(allowed & wanted, order="date desc, id desc", limit=SECTION_SIZE)
        rows = [
            {
                "name": row["name"],
                "url": row["receipt_url"] or "/my/payments",
                "date": row["date"],
                "detail": row["method"],
                "state_label": row["state"],
                "state_tone": row["state_tone"],
                "total": row["amount"],
                "currency": row["currency"],
            }
            for row in payments._portal_history_rows(contact)
        ]
        label = request.env._("Payments")
        sections.append({"key": "payments", "label": label, "rows": rows, "more_url": ""})
        return sections

    # === LIST === #

    @route(
        ["/my/payments", "/my/payments/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_payments(self, page=1, reported=None, paid=None, withdrawn=None, **kwargs):
        asked = self._read_portal_payment_list()
        if not asked:
            return self._render_portal_unavailable()
        contact = self._get_portal_contact()
        Payment, domain = asked["documents"], asked["shown"]
        pager = portal_pager(
            "/my/payments", Payment.search_count(domain), page=page, step=PAGE_SIZE
        )
        payments = Payment.search(
            domain, order=asked["order"], limit=PAGE_SIZE, offset=max(pager["offset"], 0)
        )
        Report, reported_domain = self._get_portal_reports()
        reports = Report.search(
            reported_domain & Domain("state", "in", ("declared", "refused")), limit=PAGE_SIZE
        )
        # Sudo: transactions are nobody's to read; the domain is the contact's.
        Transaction = request.env["payment.transaction"].sudo()
        under_way = Transaction.search(
            Transaction._portal_history_domain(contact, request.env.user.company_ids),
            limit=PAGE_SIZE,
        )
        failed = Transaction.search(
            Transaction._portal_history_domain(
                contact, request.env.user.company_ids, FAILED_STATES
            ),
            order="id desc",
            limit=PAGE_SIZE,
        )
        return request.render(
            "customer_portal_plus.portal_payments",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "payments",
                "payment_links": self._prepare_portal_payment_links(),
                "rows": payments._portal_history_rows(contact),
                "reports": reports._portal_history_rows(contact, self._portal_may_report()),
                "under_way": under_way._portal_history_rows(contact),
                "failed": failed._portal_history_rows(contact),
                "pager": pager,
                "exports": self._prepare_portal_exports("/my/payments"),
                "may_report": self._portal_may_report(),
                "reported": bool(reported),
                "withdrawn": withdrawn in ("yes", "no") and withdrawn,
                "paid": bool(paid),
                "no_breadcrumbs": True,
            },
        )

    @route(
        "/my/payments/<int:payment_id>/receipt",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_payment_receipt(self, payment_id, **kwargs):
        Payment, domain = self._get_portal_payments()
        payment = Payment.search(
            domain & Domain("id", "=", payment_id) & Domain("payment_type", "=", "inbound")
        )
        if not payment:
            return self._render_portal_unavailable()
        name, content = payment._portal_receipt_file(self._get_portal_contact())
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    def _get_portal_lists(self):
        entry = {"label": request.env._("Payments"), "read": self._read_portal_payment_list}
        return {**super()._get_portal_lists(), "payments": entry}

    def _read_portal_payment_list(self):
        """Return the payments that the signed-in contact sees, as ``_read_portal_list`` does;
        None if it may see none.

        :rtype: dict | None
        """
        if not self._portal_may_see_payments():
            return None
        Payment, domain = self._get_portal_payments()
        return {
            "documents": Payment,
            "shown": domain,
            "gates": domain,
            "order": "date desc, id desc",
        }

    # === REPORTING === #

    @route(
        "/my/payments/report",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_payment_report(self, invoice=None, **kwargs):
        if not self._portal_may_report():
            return self._render_portal_unavailable()
        return self._render_portal_report(parse_ids(request.httprequest.args.getlist("invoice")))

    def _render_portal_report(self, chosen=(), posted=None, error=""):
        Move, allowed = self._get_portal_open_documents("portal_allow_payment_report")
        return request.render(
            "customer_portal_plus.portal_payment_report",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_choice(Move, allowed, None, chosen, posted),
                "page_name": "payments",
                "no_breadcrumbs": True,
                "error": error,
                "write_amount": self._write_portal_amount,
                "methods": request.env["customer.portal.payment.report"]
                ._fields["method"]
                ._description_selection(request.env),
            },
            status=422 if error else 200,
        )

    def _write_portal_amount(self, amount, currency):
        """Return an amount as the visitor would type it.

        :rtype: str
        """
        return formatLang(request.env, amount, digits=currency.decimal_places, grouping=False)

    @route(
        "/my/payments/report/send",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_REPORT_BYTES,
        portal_files=("proof",),
    )
    def portal_my_payment_report_send(self, **posted):
        if not self._portal_may_report():
            return self._render_portal_unavailable()
        chosen = parse_ids(request.httprequest.form.getlist("invoice"))
        contact = self._get_portal_contact()
        file = posted.pop("proof", None)
        if self._is_portal_looking_further():
            return self._render_portal_report(chosen, posted)
        try:
            with request.env.cr.savepoint():
                Move, allowed = self._get_portal_open_documents("portal_allow_payment_report")
                invoices = Move.search(allowed & Domain("id", "in", chosen))
                self._check_portal_chosen(invoices, chosen)
                baskets = request.env["customer.portal.basket"]._build(
                    contact, invoices, self._parse_portal_choices(invoices), online=False
                )
                if len(baskets) > 1:
                    raise ValidationError(
                        request.env._("Please report one payment for each company and currency.")
                    )
                request.env["customer.portal.payment.report"]._declare(
                    contact,
                    baskets,
                    parse_date(posted.get("date")),
                    posted.get("method"),
                    posted.get("reference"),
                    posted.get("note"),
                    self._read_portal_proof(file),
                )
                baskets.unlink()
        except UserError as error:
            request.env.invalidate_all()
            return self._render_portal_report(chosen, posted, str(error))
        return request.redirect("/my/payments?reported=1", 303)

    @route(
        "/my/payments/report/<int:report_id>/proof",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_payment_report_proof(self, report_id, **kwargs):
        """Show the proof that came with a report to those who see the report."""
        Report, domain = self._get_portal_reports()
        report = Report.search(domain & Domain("id", "=", report_id))
        if not report.proof_id or not self._portal_may_see_payments():
            return self._render_portal_unavailable()
        # PDF or picture by its content, and with a name of ours: nothing that a browser would run.
        return request.env["ir.binary"]._get_stream_from(report.proof_id).get_response()

    @route(
        "/my/payments/report/<int:report_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_payment_report_withdraw(self, report_id, **kwargs):
        """Take a report back that staff have not taken up yet."""
        Report, domain = self._get_portal_reports()
        report = Report.search(domain & Domain("id", "=", report_id))
        if not report or not self._portal_may_report():
            return self._render_portal_unavailable()
        try:
            with request.env.cr.savepoint():
                report._withdraw(self._get_portal_contact())
        except ValidationError:
            return request.redirect("/my/payments?withdrawn=no", 303)
        return request.redirect("/my/payments?withdrawn=yes", 303)
