from werkzeug.urls import url_encode

from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..tools.parsing import parse_ids
from .portal_page import PortalPage
from .step_up_session import step_up_evidence

# What a mailed link carries: who is signed in needs none of it in the address.
LINK_PARAMETERS = ("access_token", "pid", "hash")


class DocumentPage(PortalPage):
    """What the pages of an invoice, a quote and an order have in common."""

    def _get_portal_visitor(self):
        """Return the partner of the signed-in user, or the contact of the personal link that
        opened this request's document, in sudo; empty for a guest.

        :rtype: res.partner
        """
        partner = self._get_portal_contact()
        if not request.env.user._is_public():
            return partner
        # Set by the gate, when it let in the contact of a personal link.
        return getattr(request, "portal_link_contact", None) or partner.browse()

    def _prepare_portal_document_page(self):
        """Let the documents of this request know for whom their page is made.

        From here on, links to documents of the signed-in contact's customer carry no token, and
        showing them makes none. Not for what leaves the page, as a PDF does.
        """
        if request.env.user.share:
            request.update_context(portal_page_uid=request.env.uid)

    def _add_portal_token(self, url, access_token):
        """Return an address with the token of the link that a guest came by, if any."""
        if not access_token:
            return url
        return f"{url}{'&' if '?' in url else '?'}access_token={access_token}"

    def _redirect_portal_without_token(self, model_name, document_id):
        """Return where a signed-in contact goes that came by a mailed link: to the same page, the
        link's token out of its address, and so out of what the page links to and passes on.

        :return: a redirection; None if there is nothing to leave out
        """
        query = request.httprequest.args
        if not any(name in query for name in LINK_PARAMETERS):
            return None
        if request.env.user._is_public() and not self._came_by_portal_link(model_name, document_id):
            return None  # Whoever tries tokens is asked for it once.
        try:
            document_sudo = self._document_check_access(model_name, document_id)
        except (AccessError, MissingError):
            return None
        if not document_sudo._portal_page_contact():
            return None
        kept = [(k, v) for k, v in query.items(multi=True) if k not in LINK_PARAMETERS]
        return request.redirect(
            f"{document_sudo.access_url}?{url_encode(kept)}" if kept else document_sudo.access_url
        )

    def _get_page_view_values(
        self, document, access_token, values, session_history, no_breadcrumbs, **kwargs
    ):
        """Override of `portal`: pages of documents have our menu and tell that they were shown.
        Who is signed in needs no token, neither for links nor for the chatter; who holds a bare
        link reads the chatter, but can't write in the customer's name."""
        gated = self._is_portal_behind_gates(document) and document._portal_in_scope()
        link = document._portal_personal_link() if gated else None
        writer = (document._portal_page_contact() or link.partner_id) if gated else None
        values = super()._get_page_view_values(
            document,
            # Neither core's pager, which makes tokens, nor the token of a mailed link.
            None if writer else access_token,
            values,
            None if writer else session_history,
            no_breadcrumbs,
            **kwargs,
        )
        if writer:
            values.pop("access_token", None)
            values.update(self._get_portal_neighbours(document, session_history))
            values["token"] = document._portal_chatter_token(writer) or None
            values["disable_composer"] = not values["token"]
            values.update(pid=None, hash=None)
        elif gated and not request.env.user._is_internal():
            writer = document._portal_signed_recipient(values.get("hash"), values.get("pid"))
            values["disable_composer"] = not writer or not document._portal_can_message(writer)
        if link:
            values["no_breadcrumbs"] = True  # They lead to lists, which this link does not open.
            values["portal_lead_on"] = {
                "url": f"/p/{document.company_id.portal_alias}/lead_on",
                "model": document._name,
                "res_id": document.id,
            }
        if gated:
            values["portal_title"] = document.name
            values["portal_status"] = document._portal_status()
            values["portal_payment_failure"] = self._get_portal_payment_failure(document)
        values["portal_beacon"] = request.env["customer.portal.event"]._page_token(document)
        if request.env.user._is_public():
            # Around the page stands whose document it is, not the website's own company.
            if company := "company_id" in document and document.company_id:
                values.setdefault("res_company", company)
        else:
            values.setdefault("portal_menu", self._sort_portal_menu())
            values.setdefault("portal_seats", self._prepare_portal_seat_bar())
        return values

    def _get_portal_payment_failure(self, document):
        """Return what is told, once, of a payment of a document that this visitor has just tried.

        :rtype: str
        """
        number = request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY)
        if not number or number == request.session.get("portal_told_payment"):
            return ""
        # Sudo: payments are nobody's to read; this one was started in this session.
        tx_sudo = request.env["payment.transaction"].sudo().browse(number).exists()
        if document not in (*tx_sudo.invoice_ids, *tx_sudo.sale_order_ids):
            return ""
        text = tx_sudo._portal_failure_text()
        if text:
            request.session["portal_told_payment"] = number
        return text

    def _get_portal_followable(self, documents_sudo):
        """Return those of further documents that the page of one leads to: what the visitor opens
        by their bare address. This document's link opens nothing wider, so a guest is led to what
        a personal link of its own opened before.

        :param models.Model documents_sudo: documents of one model behind the gates
        :return: them in sudo
        """
        user = request.env.user
        if not user._is_public() and not user._is_internal():
            Documents, allowed = self._get_portal_documents(
                documents_sudo._name, [("id", "in", documents_sudo.ids)]
            )
            return Documents.search(allowed)

        def opens(document_sudo):
            contact = document_sudo._portal_personal_link().partner_id
            known = contact or user._is_internal()
            return known and not document_sudo._portal_refusal(contact)

        return documents_sudo.filtered(opens)

    def _prepare_portal_question_values(self, document_sudo):
        """Return what the page of a document shows of questions about its lines.

        :param models.Model document_sudo: a quote, order or invoice, from the gate
        :rtype: dict
        """
        notice = request.session.get("portal_question_notice")
        mine = bool(notice) and notice.get("of") == [document_sudo._name, document_sudo.id]
        if mine:
            request.session.pop("portal_question_notice")
        lines = request.env["customer.portal.question"]._portal_lines(
            document_sudo, self._get_portal_visitor()
        )
        return {
            "portal_question_notice": notice if mine else None,
            "portal_line_questions": {
                line_id: line
                for line_id, line in lines.items()
                if line["can_ask"] or line["questions"]
            },
        }

    def _is_portal_behind_gates(self, document):
        return isinstance(document, request.env.registry["customer.portal.access.mixin"])

    def _get_portal_neighbours(self, document, session_history):
        """Return the links to the documents before and after this one in the list that the
        contact came from, those left out that it can't see any more.

        :param models.Model document: the document shown
        :param str session_history: key of the session under which the list left its ids
        :rtype: dict[str, str | bool]
        """
        history = parse_ids(request.session.get(session_history) or [])
        if document.id not in history:
            return {}
        Documents, allowed = self._get_portal_documents(document._name, [("id", "in", history)])
        urls = {found.id: found.access_url for found in Documents.search(allowed)}
        shown = [id_ for id_ in history if id_ in urls or id_ == document.id]
        place = shown.index(document.id)
        return {
            "prev_record": urls.get(shown[place - 1], False) if place else False,
            "next_record": urls.get(shown[place + 1], False) if place + 1 < len(shown) else False,
        }

    def _get_portal_request_facts(self):
        """Return the circumstances of this request that become evidence.

        :rtype: dict
        """
        return {
            "ip_address": request.httprequest.remote_addr,
            "user_agent": request.httprequest.user_agent.string,
            "opened_by": request.session.get("portal_opened_by")
            or ("access_token" if request.env.user._is_public() else "password"),
            "step_up": step_up_evidence(),
        }
