import json

from werkzeug.exceptions import Forbidden

from odoo.exceptions import UserError
from odoo.http import request, route

from ..tools.parsing import parse_portal_path
from .account import PortalAccount
from .billing import FURTHER_PAGES
from .step_up_session import needs_step_up, step_up_url


class PortalAddresses(PortalAccount):
    """`/my/addresses` and core's form for one: an address belongs to one customer, and is changed
    by those who may change its billing data."""

    # === PAGES === #

    @route(readonly=True)
    def my_addresses(self, **query_params):
        """Override of `portal`: say on the page what may be changed."""
        response = super().my_addresses(**query_params)
        if hasattr(response, "qcontext"):
            response.qcontext.update(
                self._prepare_portal_layout_values(),
                page_name="my_addresses",
                portal_can_update=not request.env.user._is_portal()
                or self._portal_updates_billing(),
            )
            if response.qcontext["portal_can_update"] and needs_step_up():
                response.qcontext["portal_step_up_url"] = step_up_url("/my/addresses")
        return response

    def _prepare_address_data(self, partner_sudo, **kwargs):
        """Override of `portal`: addresses of the customer itself, none of its subsidiaries."""
        values = super()._prepare_address_data(partner_sudo, **kwargs)
        customer_sudo = partner_sudo.commercial_partner_id
        for name in ("billing_addresses", "delivery_addresses"):
            values[name] = values[name].filtered(
                lambda address: address.commercial_partner_id == customer_sudo
            )
        return values

    @route(readonly=True)
    def portal_address(self, partner_id=None, **kwargs):
        """Override of `portal`: an address is edited by who may, a customer on its own page."""
        if not request.env.user._is_portal():
            return super().portal_address(partner_id=partner_id, **kwargs)
        partner_id = self._parse_portal_partner_id(partner_id)
        if not self._portal_updates_billing():
            return request.redirect("/my/account")
        if partner_id == self._get_portal_customer().id:
            return request.redirect("/my/account/billing")
        if needs_step_up():
            return request.redirect(step_up_url("/my/addresses"))
        kwargs["callback"] = parse_portal_path(
            kwargs.get("callback"), "/my/addresses", also=FURTHER_PAGES
        )
        if kwargs.get("use_delivery_as_billing") not in ("true", "True", "1"):
            kwargs["use_delivery_as_billing"] = "false"
        self._portal_begin_change()
        response = super().portal_address(partner_id=partner_id, **kwargs)
        if hasattr(response, "qcontext"):
            response.qcontext.update(self._prepare_portal_layout_values(), page_name="address_form")
        return response

    @route()
    def portal_address_submit(self, partner_id=None, **form_data):
        """Override of `portal`: only who may change the data of the customer gets this far."""
        if not request.env.user._is_portal():
            return super().portal_address_submit(partner_id=partner_id, **form_data)
        answer = self._portal_submit_address(super().portal_address_submit, partner_id, form_data)
        # Core's script reads JSON; who is faster than the script sends the form as it is.
        # Core's own answer comes as a response.
        url = json.loads(getattr(answer, "data", answer)).get("redirectUrl")
        if url and request.httprequest.headers.get("Sec-Fetch-Mode") == "navigate":
            return request.redirect(url, 303)
        return answer

    def _portal_submit_address(self, save, partner_id, form_data):
        """Save an address, as far as the contact may.

        :param callable save: core's way of saving it
        :return: core's feedback as JSON: ``redirectUrl``, or ``messages`` and ``invalid_fields``
        :rtype: str | odoo.http.Response
        """
        if needs_step_up():
            return json.dumps({"redirectUrl": step_up_url("/my/account")})
        partner_id, form_data, problem = self._prepare_portal_submission(partner_id, form_data)
        if problem:
            return json.dumps(problem)
        contact = self._get_portal_contact()
        if partner_id == contact.id and contact != self._get_portal_customer():
            return json.dumps(self._portal_submit_own(contact, form_data))
        return save(partner_id=partner_id, **form_data)

    def _portal_submit_own(self, contact_sudo, form_data):
        """Save what a contact of a company changes of itself with core's whole form.

        Its address is that of the company, and core would change that along with it.

        :return: ``redirectUrl``, or ``messages`` and ``invalid_fields``
        :rtype: dict
        """
        address_values, _extra = self._parse_form_data(form_data)
        invalid, missing, messages = self._validate_address_values(
            dict(address_values),
            contact_sudo,
            form_data.get("address_type", "billing"),
            form_data["use_delivery_as_billing"] != "false",
            form_data.get("required_fields") or "",
        )
        values, errors = self._validate_portal_own_values(contact_sudo, form_data)
        if messages or errors:
            return {"invalid_fields": list(invalid | missing), "messages": messages + errors}
        if values:
            contact_sudo._portal_update_self(values)
        return {"redirectUrl": form_data["callback"]}

    # === WHAT A FORM CHANGES === #

    def _create_or_update_address(self, partner_sudo, **form_data):
        """Override of `portal`: what a contact types as its company's name does not rename the
        company (core writes it on the parent of whom the form is about), and who should know is
        told of an address that was added."""
        owner_sudo = partner_sudo or request.env["res.partner"]._get_current_partner(**form_data)
        customer_sudo = owner_sudo.commercial_partner_id
        if customer_sudo.is_company and customer_sudo != partner_sudo:
            form_data.pop("company_name", None)
        contact_id = request.env.context.get("portal_changed_by")
        is_new = not partner_sudo
        partner_sudo, feedback = super()._create_or_update_address(partner_sudo, **form_data)
        if contact_id and is_new and partner_sudo and "redirectUrl" in feedback:
            partner_sudo._portal_tell_new_address(self._get_portal_contact())
        return partner_sudo, feedback

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """Override of `portal`: an address by which somebody else gets in stays as it is."""
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        if request.env.context.get("portal_changed_by"):
            message = partner_sudo._portal_check_new_email(
                address_values.get("email"), self._get_portal_contact()
            )
            if message:
                invalid.add("email")
                messages.append(message)
        return invalid, missing, messages

    @route()
    def address_archive(self, partner_id):
        """Override of `portal`: neither the customer itself nor anybody who signs in goes."""
        if request.env.user._is_portal():
            partner_id = self._parse_portal_partner_id(partner_id)
            if not partner_id or not self._portal_updates_billing():
                raise Forbidden()
            if not self._get_portal_contact()._portal_can_archive_address(partner_id):
                raise Forbidden()
            if needs_step_up():
                raise UserError(request.env._("Please confirm first that it is you."))
        return super().address_archive(partner_id)
