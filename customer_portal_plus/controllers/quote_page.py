import logging
import math

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.sale_management.controllers.portal import CustomerPortal

from ..exceptions import PortalRefusal
from .document_page import DocumentPage

_logger = logging.getLogger(__name__)

MAX_LINE_QUANTITY = 1_000_000


class QuotePage(DocumentPage, CustomerPortal):
    """The page of a quote or order, and the ways of answering a quote on it.

    What is possible, and why not, is the model's business (``sale.order``): here requests are
    read, asked, and answered in words.
    """

    # === PAGE === #

    @route()
    def portal_order_page(
        self,
        order_id,
        report_type=None,
        access_token=None,
        message=False,
        download=False,
        payment_amount=None,
        **kw,
    ):
        """Override of `sale`: links without tokens for who is signed in, and a PDF that needs no
        wkhtmltopdf."""
        if report_type == "pdf":
            try:
                order_sudo = self._document_check_access("sale.order", order_id, access_token)
            except (AccessError, MissingError):
                return request.redirect("/my")
            content = order_sudo._portal_render_pdf()
            headers = self._get_http_headers(order_sudo, "pdf", content, download)
            response = request.make_response(content, headers=list(headers.items()))
            return self._note_portal_download(response, "sale.order", order_id)
        self._prepare_portal_document_page()
        response = super().portal_order_page(
            order_id,
            report_type=report_type,
            access_token=access_token,
            message=message,
            download=download,
            payment_amount=self._parse_portal_payment_amount(payment_amount),
            **kw,
        )
        if "sale_order" in getattr(response, "qcontext", ()):
            values = response.qcontext
            values.update(self._prepare_portal_quote_page_values(values["sale_order"], values))
        # After core has noted that the quote was viewed.
        redirection = (
            None if report_type else self._redirect_portal_without_token("sale.order", order_id)
        )
        return redirection or self._note_portal_download(response, "sale.order", order_id)

    def _parse_portal_payment_amount(self, value):
        """Return the amount of a payment link, None if it is no amount."""
        amount = self._cast_as_float(value)
        return amount if amount and math.isfinite(amount) and amount > 0 else None

    def _prepare_portal_quote_page_values(self, order_sudo, values):
        """Return what the page of a quote shows beside core's content.

        :param sale.order order_sudo: the quote or order
        :param dict values: the values that core prepared
        :rtype: dict
        """
        visitor = self._get_portal_answering_visitor(order_sudo)
        token = values.get("access_token")
        texts = order_sudo._portal_obstacle_texts()
        act = order_sudo._portal_next_act(visitor)
        accept_obstacle = order_sudo._portal_accept_obstacle(visitor)
        payment_amount = values.get("payment_amount")
        stage = order_sudo._portal_approval_stage()
        accepts_by_paying = act == "accept" and not stage
        if payment_amount and (accepts_by_paying or order_sudo._portal_is_payable(visitor)):
            act = "pay"
        if act == "sign" or stage:
            # A payment link replaces neither the signature nor the approval asked for.
            payment_amount = None
        is_open = order_sudo.state == "sent" and not order_sudo.is_expired
        if accept_obstacle == "awaiting_approval":
            is_open = False  # The state says it.
        return {
            "page_name": "order" if order_sudo.state == "sale" else "quote",
            **self._prepare_portal_question_values(order_sudo),
            "payment_amount": payment_amount,
            "portal_answer": {
                "act": act,
                "can_reject": not order_sudo._portal_reject_obstacle(visitor),
                "stage": stage,
                "can_undo": not order_sudo._portal_undo_obstacle(visitor),
                "is_first_person": order_sudo._portal_is_first_person(visitor),
                "undo_url": f"/my/orders/{order_sudo.id}/answer/approval",
                "can_ask_changes": not order_sudo._portal_changes_obstacle(visitor),
                "changes_url": f"/my/orders/{order_sudo.id}/answer/changes",
                # State and answer are shown anyway; what is said is why an open one has no button.
                "why_not": texts[accept_obstacle] if is_open and accept_obstacle else "",
                "notice": self._pop_portal_answer_notice(order_sudo),
                "version": order_sudo._portal_version(),
                "access_token": token,
                "accept_url": f"/my/orders/{order_sudo.id}/answer/accept",
                "answer_url": self._add_portal_token(f"/my/orders/{order_sudo.id}/answer", token),
                "rejection_reasons": request.env[
                    "customer.portal.rejection.reason"
                ]._portal_choices(),
                "reject_url": f"/my/orders/{order_sudo.id}/decline",
                "signed_url": self._add_portal_token(
                    f"/my/orders/{order_sudo.id}/signed.pdf", token
                ),
                "page_url": self._add_portal_token(order_sudo.access_url, token),
                "sign_url": f"/my/orders/{order_sudo.id}/sign",
                "ask_order_ref": True,
                "order_ref": order_sudo.client_order_ref or "",
                "order_ref_required": order_sudo._portal_requires_order_ref(),
                "amount": order_sudo._portal_amount_text(),
                "customer": order_sudo.partner_id.commercial_partner_id.name,
                "signer": (visitor or order_sudo.partner_id).name,
            },
            "portal_signature": order_sudo._portal_signature_values(),
            "portal_invoices": self._get_portal_followable(order_sudo.invoice_ids).sorted(
                "invoice_date", reverse=True
            ),
        }

    @route(
        "/my/orders/<int:order_id>/signed.pdf",
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["GET"],
        sitemap=False,
    )
    def portal_order_signed_file(self, order_id, access_token=None, **kwargs):
        """Return what was signed, with its certificate."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        signed = order_sudo._portal_signed_file()
        if not signed:
            return request.redirect(self._add_portal_token(order_sudo.access_url, access_token))
        response = self._make_portal_file_response(*signed, shown=True)
        return self._note_portal_download(response, "sale.order", order_id)

    # === ANSWERING === #

    def _get_portal_answering_visitor(self, order_sudo):
        """Return who answers a quote. Where two people must accept it, who holds a mere link, also
        a personal one, is nobody in particular: it may have been forwarded.

        :rtype: res.partner
        """
        visitor = self._get_portal_visitor()
        if request.env.user._is_public() and order_sudo._portal_approval_stage():
            return visitor.browse()
        return visitor

    @route("/my/orders/<int:order_id>/answer", type="http", auth="public", website=True)
    def portal_quote_answer(self, order_id, access_token=None, **kw):
        """Ask once more, in words, before a quote is accepted or rejected: where the dialogs of
        the quote's page don't open, this page does the same."""
        self._prepare_portal_document_page()
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        values = self._get_page_view_values(
            order_sudo,
            access_token,
            {"sale_order": order_sudo, "res_company": order_sudo.company_id},
            "my_quotations_history",
            False,
        )
        values.update(self._prepare_portal_quote_page_values(order_sudo, values))
        values["portal_change_lines"] = order_sudo._portal_change_lines()
        return request.render("customer_portal_plus.quote_answer_page", values)

    @route(
        "/my/orders/<int:order_id>/answer/accept",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        portal_files=("order_file",),
    )
    def portal_quote_accept_click(self, order_id, access_token=None, version="", **kw):
        """Accept a quote that asks for no signature, with one click."""
        return self._answer_portal_by_form(
            order_id,
            access_token,
            lambda order, visitor: order._portal_accept_quote(
                visitor, version, posted=kw, facts=self._get_portal_request_facts()
            ),
        )

    @route(
        "/my/orders/<int:order_id>/answer/changes",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_quote_ask_changes(self, order_id, access_token=None, version="", message=None, **kw):
        """Ask for changes of a quote, in all and line by line."""
        line_words = {
            name.removeprefix("line_"): words
            for name, words in kw.items()
            if name.startswith("line_")
        }
        return self._answer_portal_by_form(
            order_id,
            access_token,
            lambda order, visitor: order._portal_ask_changes(visitor, message, line_words, version),
            "changes",
        )

    @route(
        "/my/orders/<int:order_id>/answer/approval",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_quote_undo_approval(self, order_id, access_token=None, version="", note="", **kw):
        """Take back what waits for a colleague's approval, or refuse to approve it."""
        return self._answer_portal_by_form(
            order_id,
            access_token,
            lambda order, visitor: order._portal_undo_approval(visitor, note, version),
        )

    @route()
    def portal_quote_decline(
        self,
        order_id,
        access_token=None,
        decline_message=None,
        version=None,
        rejection_reason=None,
        **kwargs,
    ):
        """Override of `sale`: reject a quote whether or not it asks for a signature."""
        return self._answer_portal_by_form(
            order_id,
            access_token,
            lambda order, visitor: order._portal_reject_quote(
                visitor, decline_message, version, reason_id=rejection_reason
            ),
            "rejected",
        )

    @route(
        "/my/orders/<int:order_id>/sign", type="http", auth="public", methods=["POST"], website=True
    )
    def portal_quote_sign(self, order_id, access_token=None, **kw):
        """Freeze a quote and go to its signing page. Who holds a mere link shows first who it is:
        a signature is somebody's."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        if request.env.user._is_public():
            return request.redirect(
                self._add_portal_token(f"/my/orders/{order_id}/sign/who", access_token), 303
            )
        contact = self._get_portal_contact()
        is_contact = order_sudo._portal_as_contact(contact)
        if not is_contact or order_sudo._portal_sign_refusal(contact):
            return request.redirect(order_sudo.access_url, 303)
        return self._start_portal_signing(order_sudo)

    @route()
    def portal_quote_accept(self, order_id, access_token=None, name=None, signature=None):
        """Override of `sale`: what is signed is a frozen file, on the signing page; a drawing
        alone proves nothing."""
        access_token = access_token or request.httprequest.args.get("access_token")
        texts = request.env["sale.order"]._portal_obstacle_texts()
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return {"error": texts["unavailable"]}
        return {
            "error": order_sudo._portal_sign_refusal(self._get_portal_visitor())
            or texts["sign_on_page"]
        }

    @route()
    def portal_quote_option_update(
        self,
        order_id,
        line_id,
        access_token=None,
        remove=False,
        input_quantity=False,
        **kwargs,
    ):
        """Override of `sale_management`: who may not accept a quote may not change what it
        offers either, and quantities are quantities."""
        order_sudo = self._document_check_access("sale.order", order_id, access_token)
        obstacle = order_sudo._portal_accept_obstacle(
            self._get_portal_answering_visitor(order_sudo)
        )
        if obstacle and not request.env.user._is_internal():
            order_sudo._portal_refuse(obstacle)
        if input_quantity is not False:
            input_quantity = self._cast_as_float(input_quantity)
            if input_quantity is None or not 0 <= input_quantity <= MAX_LINE_QUANTITY:
                raise UserError(request.env._("Please give a quantity from zero up."))
        line_id = self._cast_as_int(line_id)
        if not line_id:
            raise UserError(request.env._("This line does not exist."))
        return super().portal_quote_option_update(
            order_id,
            line_id,
            access_token=access_token,
            remove=remove,
            input_quantity=input_quantity,
            **kwargs,
        )

    @route()
    def portal_quote_document(self, order_id, document_id, access_token=None):
        """Override of `sale`: who is signed in needs no token, and downloads are noted."""
        response = super().portal_quote_document(order_id, document_id, access_token=access_token)
        return self._note_portal_download(response, "sale.order", order_id)

    def _answer_portal_by_form(self, order_id, access_token, act, done=""):
        """Answer a quote as a form asks for it, and go back to the page, which says what happened.

        :param int order_id: the quote
        :param str access_token: a guest's token
        :param act: called with the quote and the visitor; returns what to say if it worked, or
            nothing
        :param str done: what to say if it returned nothing: ``rejected`` or ``changes``
        """
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        visitor = self._get_portal_answering_visitor(order_sudo)
        outcome = []
        error = self._try_portal_answer(
            order_sudo, lambda order: outcome.append(act(order, visitor))
        )
        request.session["portal_answer_notice"] = {
            "order_id": order_id,
            "code": error[0] if error else f"done_{outcome[0] or done}",
        }
        self._prepare_portal_document_page()
        order_sudo = self._document_check_access("sale.order", order_id, access_token)
        return request.redirect(order_sudo.get_portal_url())

    def _try_portal_answer(self, order_sudo, act):
        """Let an act happen whole or not at all.

        :return: None, or code and words of what was in the way
        :rtype: tuple[str, str] | None
        """
        try:
            with request.env.cr.savepoint():
                act(order_sudo)
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            return refusal.code, str(refusal)
        except UserError as error:
            # Another module's condition, worded for staff.
            _logger.warning("The answer to %s failed: %s", order_sudo.name, error)
            request.env.invalidate_all()
            return "incomplete", order_sudo._portal_obstacle_texts()["incomplete"]
        return None

    def _pop_portal_answer_notice(self, order_sudo):
        """Return what to say once about the answer just given, as tone and words.

        :rtype: dict[str, str] | None
        """
        notice = request.session.get("portal_answer_notice")
        if not notice or notice.get("order_id") != order_sudo.id:
            return None
        request.session.pop("portal_answer_notice")
        code = notice.get("code")
        done = {
            "done_accepted": request.env._("Thank you! Your order is confirmed.")
            if order_sudo.state == "sale"
            else request.env._("Thank you. The quote is approved."),
            "done_approved": request.env._(
                "Thank you. We have asked your colleagues to approve it."
            ),
            "done_withdrawn": request.env._("You have taken your acceptance back."),
            "done_refused": request.env._(
                "You have not approved it. We told your colleague; the quote is still open."
            ),
            "done_changes": request.env._(
                "Thank you. We told the person who made the quote what you would like to change."
            ),
            "done_rejected": request.env._("The quote is rejected. Thank you for telling us."),
        }
        if code in done:
            return {"tone": "success", "text": done[code]}
        text = order_sudo._portal_obstacle_texts().get(code)
        return {"tone": "warning", "text": text} if text else None
