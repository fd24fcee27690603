from werkzeug.urls import url_encode

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.portal.controllers.mail import MailController
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal_thread import PortalChatter
from odoo.addons.web.controllers.report import ReportController

from ..tools.parsing import parse_id
from ..tools.transactions import lock_rows_or_retry

# The options of a page's route that needs no sign-in; no search engine is told of it.
GUEST_PAGE = {"type": "http", "auth": "public", "website": True, "sitemap": False}


def is_foreign_site(company_sudo):
    """Return whether a guest's page of a company is shown by the website of another one.

    :param res.company company_sudo: whose page it is
    :rtype: bool
    """
    website = getattr(request, "website", None)  # Only where that app is installed.
    # Sudo: visitors may not read which company a website belongs to.
    return bool(website) and website.sudo().company_id != company_sudo


class DocumentGate(CustomerPortal):
    """The one place where a controller gets a customer's document from.

    Record rules do not touch the token path, so the gates are asked here once more, for every
    page, PDF, payment and answer. No other controller may call ``browse`` or ``sudo`` on these
    models; a test sees to that.
    """

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Override of `portal` to ask the four gates, also of those who hold a token.

        A signed-in contact of the document's customer is judged by its profile, its token
        counts for nothing. Staff keep what core gives them.

        Core's pages lead home who is refused, and ours do as they do: ``ir.http._dispatch`` makes
        of that the page which says that there is no such document.

        :raise AccessError: if a gate is shut, and in the same words if there is no such document
        """
        Document = request.env[model_name]
        behind_gates = isinstance(Document, request.env.registry["customer.portal.access.mixin"])
        if not behind_gates or request.env.user._is_internal():
            if not parse_id(document_id):
                raise MissingError(request.env._("This document does not exist."))
            return super()._document_check_access(
                model_name, document_id, access_token=access_token
            )
        # Until the gates have let the visitor in.
        request.portal_refused_page = self._render_portal_unavailable
        document = Document._portal_find(document_id)
        link = document._portal_personal_link()
        if request.env.user._is_public() and not link:
            # Whoever tries tokens learns nothing, and costs next to nothing.
            document._portal_check_token(access_token)
        contact = document._get_access_contact()
        document._portal_check_gates(contact)
        if link:
            request.portal_link_contact = contact
        if link or (contact and document._portal_in_scope()):
            # The gates are what lists are made with, too. Core's rule is not asked once more:
            # it looks for the customer in the contact's present company, and would refuse the
            # documents of a contact that has moved on since. A personal link stands for the token.
            document_sudo = document.with_user(SUPERUSER_ID)
        else:
            try:
                document_sudo = super()._document_check_access(
                    model_name, document_id, access_token=access_token
                )
            except AccessError as error:
                # Core's words name the model, and differ from those for what doesn't exist.
                raise Document._portal_make_refusal() from error
        request.portal_refused_page = None
        return document_sudo

    def _came_by_portal_link(self, model_name, document_id):
        """Return whether the guest of this request has opened a document by a personal link.

        :param str model_name: of the document
        :param int document_id: anything that came in with a request
        :rtype: bool
        """
        document = request.env[model_name].browse(parse_id(document_id) or ())
        return bool(document and document._portal_personal_link())

    def _render_portal_unavailable(self):
        """Return the page which says that a document is not there: the same one for what does not
        exist and for what is not the visitor's to see.
        """
        if not request.is_frontend:
            # Files and what scripts ask for: there are no pages around them.
            words = request.env._("This document does not exist or is not yours to see.")
            headers = [("Content-Type", "text/plain; charset=utf-8")]
            return request.make_response(words, headers=headers, status=404)
        is_guest = request.env.user._is_public()
        is_page = request.httprequest.method == "GET"
        response = request.render(
            "customer_portal_plus.document_unavailable_page",
            {
                **({} if is_guest else self._prepare_portal_layout_values()),
                "no_breadcrumbs": True,
                "page_name": "",  # of none in the menu
                "sign_in_url": (
                    f"/web/login?{url_encode({'redirect': request.httprequest.path})}"
                    if is_guest and is_page
                    else ""
                ),
            },
            status=404,
        )
        # Who signs in is shown what is there at this address then.
        response.headers["Cache-Control"] = "no-store"
        return response

    def _is_portal_document_open(self, model_name, document_id):
        """Return whether the gates are open for a visitor who comes by a link that core signed in
        another way than with the document's token, a payment link for one.

        :param int document_id: an id; what does not exist is not open
        :rtype: bool
        """
        if not parse_id(document_id):
            return False
        # Sudo: only to ask the gates.
        document_sudo = request.env[model_name].sudo().browse(document_id).exists()
        if not document_sudo or request.env.user._is_internal():
            return bool(document_sudo)
        contact = document_sudo.with_user(request.env.user)._get_access_contact()
        return not document_sudo._portal_refusal(contact)

    def _get_portal_guest_contact(self, contact_id):
        """Return the contact that a guest has shown to be, by a code that was mailed to it.

        :param int contact_id: from the browser's session
        :return: the contact in sudo; empty if it is gone
        :rtype: res.partner
        """
        return request.env["res.partner"].sudo().browse(contact_id).exists()

    def _get_portal_contact(self):
        """Return the signed-in contact, in sudo as core keeps it.

        :rtype: res.partner
        """
        return request.env.user.partner_id

    def _get_portal_documents(self, model_name, domain=None):
        """Return the model in sudo and the domain of all its documents that the signed-in
        contact may see, the gates already in it.

        Lists and sums are asked in sudo on this explicit domain: through the record rules, the
        same gates would be evaluated again for every query.

        :param str model_name: a model behind the gates
        :param Domain domain: further conditions
        :return: the model in sudo, the domain
        :rtype: tuple[models.Model, Domain]
        """
        Document = request.env[model_name]
        allowed = Document._portal_user_domain() & Domain(domain or Domain.TRUE)
        return Document.sudo(), allowed


class OverdueGate(PortalAccount):
    def _get_overdue_invoices_domain(self, partner_id=None):
        """Override of `account`: what is overdue for a contact is what it sees of its customer,
        not only what is addressed to the contact itself. The record rules say what that is.
        """
        domain = super()._get_overdue_invoices_domain(partner_id)
        if partner_id or not request.env.user.share or request.env.user._is_public():
            return domain
        return [leaf for leaf in domain if leaf[0] != "partner_id"]

    @route()
    def portal_my_overdue_invoices(self, *args, **kwargs):
        """Override of `account_payment`: its page pays what is addressed to one partner in one
        currency; for the rest there is the page on which invoices are chosen."""
        if request.env.user.share and not request.env.user._portal_can_pay_online():
            return self._render_portal_unavailable()
        try:
            return super().portal_my_overdue_invoices(*args, **kwargs)
        except ValidationError:
            if not request.env.user.share:
                raise
            return request.redirect("/my/pay?select=overdue")


class PaymentGate(PaymentPortal):
    @route()
    def overdue_invoices_transaction(self, payment_reference=None, **kwargs):
        """Override of `account_payment`: who may not pay may not pay many at once, either, and
        the amount is the sum of what is open, not what the browser sends.

        :raise ValidationError: if the contact may not pay, there is nothing to pay, or one of the
            invoices is being paid
        """
        if request.env.user.share and not request.env.user._is_public():
            invoices = request.env["account.move"].search(self._get_overdue_invoices_domain())
            if not invoices or not request.env.user._portal_can_pay_online():
                raise ValidationError(request.env._("There is nothing for you to pay here."))
            invoices_sudo = invoices.sudo()  # Payments are not readable for customers.
            lock_rows_or_retry(invoices_sudo)
            for invoice in invoices_sudo:
                if invoice._portal_payment_under_way():
                    raise ValidationError(invoice._portal_payment_obstacle_texts()["under_way"])
            kwargs["amount"] = sum(invoices.mapped("amount_residual"))
            request.update_context(portal_ways_company_id=invoices.company_id[:1].id)
        return super().overdue_invoices_transaction(payment_reference, **kwargs)


class MailGate(MailController):
    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        """Override of `portal`: links in mails lead to no document whose gates are shut, and do
        not tell whether there is one."""
        if model in request.env and not request.env.user._is_internal():
            Document = request.env[model]
            if isinstance(Document, request.env.registry["customer.portal.access.mixin"]):
                try:
                    document = Document._portal_find(res_id)
                    contact = document._get_access_contact()
                    document._portal_check_gates(contact)
                except AccessError:
                    return cls._redirect_to_generic_fallback(
                        model, res_id, access_token=access_token, **kwargs
                    )
                if contact and document._portal_in_scope():
                    # No token for who is signed in, and core's rule is not asked once more.
                    return request.redirect(document.sudo().access_url)
        return super()._redirect_to_record(model, res_id, access_token=access_token, **kwargs)


class ChatterGate(PortalChatter):
    @route()
    def portal_avatar(
        self, res_id=None, height=50, width=50, access_token=None, _hash=None, pid=None
    ):
        """Override of `portal`: a message that does not exist, or is of nothing that a token opens,
        looks like one that isn't shown."""
        message_sudo = request.env["mail.message"].sudo().browse(parse_id(res_id) or ()).exists()
        Thread = request.env.get(message_sudo.model)
        if Thread is None or getattr(Thread, "_mail_post_token_field", "") not in Thread._fields:
            access_token = _hash = pid = None
        return super().portal_avatar(
            res_id, parse_id(height), parse_id(width), access_token, _hash, parse_id(pid)
        )


class ReportGate(ReportController):
    @route()
    def report_routes(self, reportname, docids=None, converter=None, **data):
        """Override of `web`: customers get the PDF of a document from its page. Here they are
        refused before it is looked whether there is such a document.
        """
        if request.env.user.share:
            report_sudo = request.env["ir.actions.report"].sudo()._get_report_from_name(reportname)
            Documents = request.env["customer.portal.access.mixin"]
            if report_sudo.model in Documents._portal_models():
                raise Documents._portal_make_refusal()
        return super().report_routes(reportname, docids=docids, converter=converter, **data)
