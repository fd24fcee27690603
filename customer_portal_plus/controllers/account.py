from odoo.http import request, route

from ..models.people.res_partner_mail_preferences import MAIL_KINDS
from ..tools.parsing import parse_address, parse_portal_path
from .billing import FURTHER_PAGES, TEXT_LENGTH, PortalBilling
from .step_up_session import needs_step_up, step_up_url

# What every contact changes of itself; the rest are data of its customer.
OWN_FIELDS = ("name", "email", "phone")


class PortalAccount(PortalBilling):
    """`/my/account`: what a contact changes of itself, its name, e-mail and phone, and which
    mails it wants; beside them the data of its customer."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if request.env.user._portal_companies() and self._get_portal_customer().portal_access:
            menu.append(
                {
                    "key": "account",
                    "label": request.env._("My data"),
                    "url": "/my/account",
                    "pages": ["my_details", "my_addresses", "address_form", "billing"],
                    "sequence": 90,
                    "place": "own",
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
            "push": self._prepare_portal_push(),
            "message": self._get_portal_account_messages().get(kwargs.get("done")),
        }
        values["portal_step_up_url"] = step_up_url("/my/account") if needs_step_up() else ""
        return values

    def _prepare_portal_push(self):
        """Hook that tells what the page shows of notices in browsers.

        For a module to offer them, it must override this method.

        :rtype: dict
        """
        return {}

    def _get_portal_account_messages(self):
        """Return what the page says after an act, by the word that the act leads back with.

        For a page with acts of its own to say what they did, it must extend this method.

        :rtype: dict[str, str]
        """
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
        values, errors = self._validate_portal_own_values(contact, form)
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

    def _validate_portal_own_values(self, contact_sudo, form):
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
            if not parse_address(email):
                errors.append(env._("Please enter a valid e-mail address."))
            elif contact_sudo._portal_is_staff_address(email):
                errors.append(env._("This address can't be used. Please contact us about it."))
        changed = {
            name: value for name, value in values.items() if value != (contact_sudo[name] or "")
        }
        return (values, errors) if errors else (changed, [])
