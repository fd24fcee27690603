import json

from werkzeug.exceptions import Forbidden

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route
from odoo.tools import email_normalize, single_email_re
from odoo.tools.misc import format_datetime

from ..models.people.res_partner_mail_preferences import MAIL_KINDS
from ..tools.parsing import parse_id, parse_portal_path
from .portal_page import PortalPage
from .step_up_session import needs_step_up, step_up_url

# What every contact changes of itself; the rest are data of its customer.
OWN_FIELDS = ("name", "email", "phone")
TEXT_LENGTH = 250

# Where an address is asked for, besides the portal.
FURTHER_PAGES = ("/shop", "/p")


class PortalAccount(PortalPage):
    """`/my/account`, billing data and addresses: core's forms, with who may change what.

    A contact changes its own name, e-mail and phone. The data of its customer are for those who
    have the capability; what stands on documents already issued waits for staff. The rules are
    in ``res.partner``; core's form writes through them, because the context says who changes.
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

    # === PAGES === #

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if request.env.user._portal_companies() and self._get_portal_customer().portal_access:
            menu.append(
                {
                    "key": "account",
                    "label": request.env._("My data"),
                    "url": "/my/account",
                    "pages": ("my_details", "my_addresses", "address_form", "billing"),
                    "sequence": 90,
                }
            )
        return menu

    def _prepare_my_account_rendering_values(self, redirect="/my", **kwargs):
        """Override of `portal`: what the contact may change, and what waits for staff."""
        user = request.env.user
        redirect = parse_portal_path(redirect, also=FURTHER_PAGES)
        if user._is_portal():
            self._portal_begin_change()
        values = super()._prepare_my_account_rendering_values(redirect=redirect, **kwargs)
        if not user._is_portal():
            return values
        contact = self._get_portal_contact()
        customer = contact.commercial_partner_id
        updates = self._portal_updates_billing()
        # Core's whole form is for who is the customer itself, such as a sole trader.
        full_form = contact == customer and updates
        if full_form:
            values.update(self._prepare_portal_billing_form(contact))
        values["page_name"] = "my_details"  # The menu's; that of the layout is the home page's.
        values["portal_account"] = {
            "full_form": full_form,
            "is_customer": contact == customer,
            "can_update": updates,
            "own": {name: contact[name] or "" for name in OWN_FIELDS},
            "own_name_fixed": contact == customer,
            "customer": self._prepare_portal_customer(customer),
            "requests": self._prepare_portal_requests(customer) if updates else [],
            "errors": [],
            "mails": contact._portal_mail_choices(),
            "message": self._get_account_messages().get(kwargs.get("done")),
        }
        values["portal_step_up_url"] = step_up_url("/my/account") if needs_step_up() else ""
        return values

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
        rows = (
            request.env["customer.portal.change.request"]
            .sudo()
            .search(
                [
                    ("kind", "=", "billing"),
                    ("state", "=", "pending"),
                    ("customer_id", "=", customer_sudo.id),
                ]
            )
            ._portal_rows()
        )
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

    def _get_account_messages(self):
        env = request.env
        return {
            "saved": env._("Saved."),
            "withdrawn": env._("The request has been withdrawn."),
        }

    @route("/my/account/contact", type="http", auth="user", methods=["POST"], website=True)
    def portal_account_contact(self, **form):
        """Save the contact's own name, e-mail and phone."""
        contact = self._get_portal_contact()
        if not request.env.user._is_portal():
            return request.redirect("/my/account")
        values, errors = self._validate_own_values(contact, form)
        if errors:
            page = self._prepare_my_account_rendering_values()
            page["portal_account"].update(errors=errors, own={**form, **values})
            return request.render("portal.portal_my_details", page, status=422)
        if "email" in values and needs_step_up():
            return request.redirect(step_up_url("/my/account"), 303)
        if values:
            contact._portal_update_self(values)
        return request.redirect("/my/account?done=saved")

    @route("/my/account/mails", type="http", auth="user", methods=["POST"], website=True)
    def portal_account_mails(self, **form):
        """Save which mails the contact wants; a box that is not ticked is not sent."""
        if request.env.user._is_portal():
            contact = self._get_portal_contact()
            # Sudo, as core gives it: a contact says this of nobody but itself.
            contact.write({name: name in form for name in MAIL_KINDS.values()})
            return request.redirect("/my/account?done=saved")
        return request.redirect("/my/account")

    def _validate_own_values(self, contact_sudo, form):
        """Return what a contact wants to change of itself, and what is wrong with it.

        :return: the values that differ, and the errors
        :rtype: tuple[dict, list[str]]
        """
        env = request.env
        values = {name: " ".join(str(form[name]).split()) for name in OWN_FIELDS if name in form}
        if contact_sudo == contact_sudo.commercial_partner_id:
            values.pop("name", None)  # The legal name of a sole trader
        errors = []
        if any(len(value) > TEXT_LENGTH for value in values.values()):
            errors.append(env._("One of the values is too long."))
        if "name" in values and not values["name"]:
            errors.append(env._("Please enter your name."))
        email = values.get("email")
        if email is not None and email != (contact_sudo.email or ""):
            if not single_email_re.match(email) or not email_normalize(email):
                errors.append(env._("Please enter a valid e-mail address."))
            elif contact_sudo._portal_is_staff_address(email):
                errors.append(env._("This address can't be used. Please contact us about it."))
        changed = {
            name: value for name, value in values.items() if value != (contact_sudo[name] or "")
        }
        return (values, errors) if errors else (changed, [])

    @route("/my/account/billing", type="http", auth="user", methods=["GET"], website=True)
    def portal_account_billing(self, **kwargs):
        """Show the form with the data of the customer."""
        if not request.env.user._is_portal() or not self._portal_updates_billing():
            return request.redirect("/my/account")
        if self._get_portal_contact() == self._get_portal_customer():
            return request.redirect("/my/account")
        if needs_step_up():
            return request.redirect(step_up_url("/my/account/billing"))
        return self._render_billing()

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
        return self._render_billing(form=form, feedback=feedback)

    def _render_billing(self, form=None, feedback=None):
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

    # === ADDRESSES === #

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

    @route(readonly=True)
    def portal_address(self, partner_id=None, **kwargs):
        """Override of `portal`: an address is edited by who may, a customer on its own page."""
        if not request.env.user._is_portal():
            return super().portal_address(partner_id=partner_id, **kwargs)
        partner_id = self._parse_partner_id(partner_id)
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
        values, errors = self._validate_own_values(contact_sudo, form_data)
        if messages or errors:
            return {"invalid_fields": list(invalid | missing), "messages": messages + errors}
        if values:
            contact_sudo._portal_update_self(values)
        return {"redirectUrl": form_data["callback"]}

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
        partner_id = self._parse_partner_id(partner_id)
        texts = [value for value in form_data.values() if isinstance(value, str)]
        if any(len(text) > TEXT_LENGTH or "\x00" in text for text in texts):
            message = request.env._("One of the values is too long.")
            return partner_id, {}, {"invalid_fields": [], "messages": [message]}
        form_data = {
            **form_data,
            **self._parse_form_ids(form_data),
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

    def _create_or_update_address(self, partner_sudo, **form_data):
        """Override of `portal` to tell who should know of an address that was added."""
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
            partner_id = self._parse_partner_id(partner_id)
            if not partner_id or not self._portal_updates_billing():
                raise Forbidden()
            if not self._get_portal_contact()._portal_can_archive_address(partner_id):
                raise Forbidden()
            if needs_step_up():
                raise UserError(request.env._("Please confirm first that it is you."))
        return super().address_archive(partner_id)

    # === PARSING === #

    def _parse_partner_id(self, text):
        """Return the id of a partner that a form or a query string names, None for none.

        :raise Forbidden: if that is no id: what does not exist looks like what is not yours
        """
        if text in (None, "", False, "0", 0):
            return None
        partner_id = parse_id(text)
        if not partner_id:
            raise Forbidden()
        return partner_id

    def _parse_form_ids(self, form):
        """Return the ids of records that a form names, as text; empty where it names none.

        Core would fail on an id that does not exist. A state of another country is none.

        :rtype: dict[str, str]
        """
        Partner = request.env["res.partner"]
        found = {}
        for name in Partner._get_frontend_writable_fields() & form.keys():
            field = Partner._fields.get(name)
            if field and field.type == "many2one":
                found[name] = Partner._portal_existing_id(field, str(form[name]))
        if found.get("state_id"):
            state = request.env["res.country.state"].sudo().browse(int(found["state_id"]))
            if str(state.country_id.id) != found.get("country_id"):
                found["state_id"] = ""
        return found
