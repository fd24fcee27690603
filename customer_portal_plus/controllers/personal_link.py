"""Personal links: what the buttons of mails to customers open; see ``customer.portal.link``."""

import re

from werkzeug.urls import url_encode

from odoo.http import request, route

from ..models.sign_in.customer_portal_throttle import TooManyTries
from ..tools.mask import mask_address
from ..tools.parsing import parse_portal_path
from .gate import GUEST_PAGE
from .sign_in import SignIn

# What may follow the document's own address: a page of it, a query, an anchor.
_REST = re.compile(r"(/[A-Za-z0-9_-]+){0,3}/?(\?[A-Za-z0-9_.%&=+-]*)?(#[A-Za-z0-9_-]*)?")


class PersonalLink(SignIn):
    @route(
        "/p/<string:alias>/d/<string:token>",
        methods=["GET"],
        **GUEST_PAGE,
    )
    def portal_personal_link(self, alias, token, to="", **kwargs):
        """Open the document of a personal link, for who has not signed in; nothing wider.

        Who is signed in sees it with its own rights, or is told whose link this is.
        """
        company_sudo = self._get_portal_company(alias)
        link_sudo = self._get_portal_link(company_sudo, token)
        if not link_sudo or not link_sudo._is_open():
            return self._render_portal_dead_link(company_sudo, link_sudo, token)
        document_sudo = link_sudo._get_document()
        if not document_sudo:
            return self._render_portal_dead_link(company_sudo, link_sudo, token)
        rest = to if _REST.fullmatch(to) else ""
        user = request.env.user
        if user._is_public():
            link_sudo._remember()
        elif user.share and not self._may_portal_see(document_sudo, user.partner_id):
            return self._render_portal_sign_in(
                "portal_link_of_another",
                company_sudo,
                {
                    "user_name": user.name,
                    # Back to this link, which then opens.
                    "sign_out_url": self._sign_portal_out_url(
                        f"/p/{company_sudo.portal_alias}/d/{token}"
                    ),
                },
                403,
            )
        return self._protect_portal_sign_in(request.redirect(f"{document_sudo.access_url}{rest}"))

    @route(
        "/p/<string:alias>/d/<string:token>/renew",
        methods=["POST"],
        **GUEST_PAGE,
    )
    def portal_personal_link_renew(self, alias, token, **kwargs):
        """Send a new link in place of an expired one, to the address that had the old one."""
        company_sudo = self._get_portal_company(alias)
        link_sudo = self._get_portal_link(company_sudo, token)
        if not link_sudo or link_sudo._is_open() or not link_sudo._can_renew():
            return self._render_portal_dead_link(company_sudo, link_sudo, token)
        contact_sudo = link_sudo.partner_id
        state = self._set_portal_sign_in_state()
        try:
            request.env["customer.portal.challenge"]._ask(
                company_sudo,
                contact_sudo.email_normalized,
                contact_sudo.ids,
                state["nonce"],
                self._network_portal_address(),
                purpose="document",
                link=link_sudo,
            )
        except TooManyTries as error:
            return self._render_portal_dead_link(company_sudo, link_sudo, token, error.args[0], 429)
        return self._render_portal_sign_in(
            "portal_link_renewed",
            company_sudo,
            {
                "masked": mask_address(contact_sudo.email_normalized),
                "contact_card": company_sudo._portal_contact_card(),
            },
        )

    @route(
        "/p/<string:alias>/lead_on",
        methods=["POST"],
        **GUEST_PAGE,
    )
    def portal_personal_link_lead_on(self, alias, model="", res_id="", **kwargs):
        """Lead on from a document to the whole portal, by a code that is mailed to the link's
        contact; say so where that is not one of those who may sign in."""
        company_sudo = self._get_portal_company(alias)
        link_sudo = request.env["customer.portal.link"]._find_remembered(model, res_id)
        if not link_sudo or link_sudo.company_id != company_sudo:
            return self._redirect_portal_sign_in(company_sudo)
        contact_sudo = link_sudo.partner_id
        address = contact_sudo.email_normalized
        challenges = request.env["customer.portal.challenge"]
        rows = challenges._find_contacts(company_sudo, contact_ids=contact_sudo.ids)
        if not address or not rows:
            # Whoever holds the link knows that the contact exists: it can be told the truth.
            return self._render_portal_sign_in(
                "portal_link_no_sign_in",
                company_sudo,
                {
                    "document_url": link_sudo._get_document().access_url,
                    "contact_card": company_sudo._portal_contact_card(),
                },
                403,
            )
        numbers = [row[0] for row in rows]
        return self._ask_portal_and_show(
            company_sudo, address, mask_address(address), numbers, link=link_sudo
        )

    # === TO A PAGE === #

    @route(
        "/p/<string:alias>/to/<string:reader>",
        methods=["GET", "POST"],
        **GUEST_PAGE,
    )
    def portal_page_link(self, alias, reader, page="", **kwargs):
        """Lead from a mail to a page of the portal: by a code that is mailed to the contact, when
        it asks for that; at once who is signed in."""
        company_sudo = self._get_portal_company(alias)
        path = parse_portal_path(page)
        if not request.env.user._is_public():
            return self._protect_portal_sign_in(request.redirect(path))
        found = request.env["customer.portal.link"]._find_reader(reader, company_sudo)
        if not found or not company_sudo.portal_allow_email_code:
            return self._redirect_portal_sign_in(company_sudo, redirect=path)
        number, address = found
        shown = mask_address(address)
        if request.httprequest.method == "POST":
            return self._ask_portal_and_show(company_sudo, address, shown, [number], path)
        query = url_encode({"redirect": path})
        return self._render_portal_sign_in(
            "portal_page_link",
            company_sudo,
            {
                "masked": shown,
                "other_ways_url": f"/p/{alias}?{query}",
                "contact_card": company_sudo._portal_contact_card(),
            },
        )

    # === COMMON === #

    def _may_portal_see(self, document_sudo, partner):
        """Return whether somebody who is signed in sees a document with its own rights."""
        contact = document_sudo._portal_as_contact(partner)
        return bool(contact) and not document_sudo._portal_refusal(contact)

    def _get_portal_link(self, company_sudo, token):
        link_sudo = request.env["customer.portal.link"]._from_token(token)
        return link_sudo.filtered(lambda link: link.company_id == company_sudo)

    def _render_portal_dead_link(self, company_sudo, link_sudo, token, error="", status=410):
        renewable = bool(link_sudo) and not link_sudo._is_open() and link_sudo._can_renew()
        return self._render_portal_sign_in(
            "portal_link_dead",
            company_sudo,
            {
                "token": token if renewable else "",
                "masked": mask_address(link_sudo.partner_id.email_normalized) if renewable else "",
                "error": error,
                "contact_card": company_sudo._portal_contact_card(),
            },
            status,
        )
