"""`/my/account/billing`: the data of the customer, and what all forms with them share."""

from werkzeug.exceptions import Forbidden

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route
from odoo.tools.misc import format_datetime

from ..tools.parsing import parse_id, parse_portal_path
from .portal_page import PortalPage
from .step_up_session import needs_step_up, step_up_url

TEXT_LENGTH = 250

# Where an address is asked for, besides the portal.
FURTHER_PAGES = ("/shop", "/p")


class PortalBilling(PortalPage):
    """Billing data of the customer, on core's form, with who may change what.

    They are for those of its contacts who have the capability; what stands on documents already
    issued waits for staff. The rules are in ``res.partner``; core's form writes through them,
    because the context says who changes.
    """

    # === WHO === #

    def _portal_updates_billing(self):
        return request.env.user._portal_allows("portal_allow_billing_update", "can_update_billing")

    def _get_portal_customer(self):
        """Return the customer of the signed-in contact, in sudo as core keeps it."""
        return self._get_portal_contact().commercial_partner_id

    def _portal_begin_change(self):
        """Let what is written from here on be written in the name of the signed-in contact."""
        request.update_context(portal_changed_by=self._get_portal_contact().id)

    # === PAGE === #

    @route("/my/account/billing", type="http", auth="user", methods=["GET"], website=True)
    def portal_account_billing(self, **kwargs):
        """Show the form with the data of the customer."""
        if not request.env.user._is_portal() or not self._portal_updates_billing():
            return request.redirect("/my/account")
        if self._get_portal_contact() == self._get_portal_customer():
            return request.redirect("/my/account")
        if needs_step_up():
            return request.redirect(step_up_url("/my/account/billing"))
        return self._render_portal_billing()

    @route("/my/account/billing", type="http", auth="user", methods=["POST"], website=True)
    def portal_account_billing_save(self, **form):
        """Save the form where there is no script; with one, core's address is used."""
        if not request.env.user._is_portal() or not self._portal_updates_billing():
            return request.redirect("/my/account")
        if needs_step_up():
            return request.redirect(step_up_url("/my/account/billing"), 303)
        form.pop("partner_id", None)
        _partner_id, values, feedback = self._prepare_portal_submission(
            self._get_portal_customer().id, form
        )
        if not feedback:
            # Asked for anew: who changes it is in the context by now.
            customer_sudo = self._get_portal_customer()
            _customer, feedback = self._create_or_update_address(customer_sudo, **values)
        if "redirectUrl" in feedback:
            return request.redirect("/my/account?done=saved")
        return self._render_portal_billing(form=form, feedback=feedback)

    def _render_portal_billing(self, form=None, feedback=None):
        self._portal_begin_change()
        customer_sudo = self._get_portal_customer()
        values = {
            **self._prepare_portal_layout_values(),
            **self._prepare_address_form_values(
                customer_sudo, use_delivery_as_billing=True, callback="/my/account?done=saved"
            ),
            **self._prepare_portal_billing_form(customer_sudo),
            "page_name": "billing",
            "no_breadcrumbs": True,
            "discard_url": "/my/account",
            "requests": self._prepare_portal_requests(customer_sudo),
            "messages": (feedback or {}).get("messages", []),
        }
        if form:
            # What was typed is shown again; nothing of it is written.
            typed, _extra = self._parse_form_data(form)
            draft = customer_sudo.new(typed, origin=customer_sudo)
            values.update(
                partner_sudo=draft,
                current_partner=draft,
                country=draft.country_id,
                state_id=draft.state_id.id,
                country_states=draft.country_id.state_ids,
            )
        return request.render(
            "customer_portal_plus.portal_billing", values, status=422 if feedback else 200
        )

    def _prepare_portal_customer(self, customer_sudo):
        """Return what the page shows of the customer's billing data.

        :rtype: dict
        """
        address = customer_sudo._display_address(without_company=True)
        return {
            "name": customer_sudo.name or "",
            "vat_label": customer_sudo.vat_label or request.env._("Tax ID"),
            "vat": customer_sudo.vat or "",
            "address": [line.strip() for line in address.splitlines() if line.strip()],
            "email": customer_sudo.email or "",
            "phone": customer_sudo.phone or "",
        }

    def _prepare_portal_requests(self, customer_sudo):
        """Return the changes of this customer's data that wait for staff."""
        Request = request.env["customer.portal.change.request"]
        rows = Request._portal_pending(customer_sudo, "billing")._portal_rows()
        for row in rows:
            row["date"] = format_datetime(request.env, row["date"], dt_format="short")
        return rows

    def _prepare_portal_billing_form(self, partner_sudo):
        """Return what core's address form needs to edit the data of the customer itself."""
        return {
            "current_partner": partner_sudo,
            "is_commercial_address": True,
            "is_main_address": True,
            "can_edit_vat": True,
            "can_edit_country": True,
            "portal_billing": {
                "is_company": partner_sudo.is_company,
                "waiting": partner_sudo._portal_waiting_fields(),
            },
        }

    @route(
        "/my/account/request/<int:request_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_account_withdraw(self, request_id, **kwargs):
        """Take back a change that waits for staff."""
        if not self._portal_updates_billing():
            return request.redirect("/my/account")
        try:
            with request.env.cr.savepoint():
                self._get_portal_contact()._portal_withdraw_billing(request_id)
        except (AccessError, UserError) as error:
            page = self._prepare_my_account_rendering_values()
            page["portal_account"]["errors"] = [error.args[0]]
            return request.render("portal.portal_my_details", page, status=404)
        return request.redirect("/my/account?done=withdrawn")

    # === WHAT A FORM SENDS === #

    def _prepare_portal_submission(self, partner_id, form_data):
        """Prepare what came from the form for core, which writes it.

        :return: the id of the partner that changes, None for a new one; the form without what
            may not be in it; and ``messages`` and ``invalid_fields`` if it must be refused
        :rtype: tuple[int | None, dict, dict | None]
        :raise Forbidden: if the contact may not update the data of its customer
        """
        if not self._portal_updates_billing():
            raise Forbidden()
        customer = self._get_portal_customer()
        partner_id = self._parse_portal_partner_id(partner_id)
        texts = [value for value in form_data.values() if isinstance(value, str)]
        if any(len(text) > TEXT_LENGTH or "\x00" in text for text in texts):
            message = request.env._("One of the values is too long.")
            return partner_id, {}, {"invalid_fields": [], "messages": [message]}
        form_data = {
            **form_data,
            **request.env["res.partner"]._portal_form_ids(form_data),
            "callback": parse_portal_path(
                form_data.get("callback"), "/my/addresses", also=FURTHER_PAGES
            ),
        }
        if form_data.get("use_delivery_as_billing") not in ("true", "True", "1"):
            form_data["use_delivery_as_billing"] = "false"
        if partner_id != customer.id or customer.is_company:
            # The name of a customer is changed on the customer.
            form_data.pop("company_name", None)
        if not partner_id:
            # An address with a tax ID of its own would become a customer of its own.
            form_data.pop("vat", None)
        self._portal_begin_change()
        return partner_id, form_data, None

    def _parse_portal_partner_id(self, text):
        """Return the id of a partner that a form or a query string names, None for none.

        :raise Forbidden: if that is no id: what does not exist looks like what is not yours
        """
        if text in (None, "", False, "0", 0):
            return None
        partner_id = parse_id(text)
        if not partner_id:
            raise Forbidden()
        return partner_id
