"""Who is told of what a customer changes of itself."""

from markupsafe import Markup

from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === WHO IS TOLD === #

    def _portal_company_responsible(self, company):
        """Return who of the staff looks after this customer.

        Its salesperson, else the one of its latest order, else of its latest invoice.

        :param res.company company: whose staff
        :return: the user, in sudo; empty if nobody does
        :rtype: res.users
        """
        self.ensure_one()
        customer_sudo = self.sudo()
        orders = customer_sudo.env["sale.order"].search(
            [
                ("portal_commercial_partner_id", "=", self.id),
                ("company_id", "=", company.id),
                ("user_id", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        invoices = customer_sudo.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.id),
                ("company_id", "=", company.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_user_id", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        for user in (customer_sudo.user_id, orders.user_id, invoices.invoice_user_id):
            if user.active and user._is_internal():
                return user
        return customer_sudo.env["res.users"]

    def _portal_mail_from(self, company):
        """Return from whom mails to contacts of this customer come: the company, else the one who
        looks after the customer, else Odoo itself.

        :return: the address with its name
        :rtype: str
        """
        return (
            company.sudo().email_formatted
            or self._portal_company_responsible(company).email_formatted
            or self.env.ref("base.partner_root").sudo().email_formatted
        )

    def _portal_contacts_who(self, capability, but=None):
        """Return the contacts of this customer who sign in, have a capability and an address.

        :param str capability: a capability of ``customer.portal.profile``
        :param res.partner but: one to leave out
        :return: the contacts, in sudo
        :rtype: res.partner
        """
        self.ensure_one()
        contacts_sudo = self.sudo().search(
            Domain("commercial_partner_id", "=", self.id)
            & Domain("email", "!=", False)
            & Domain("user_ids", "any", [("active", "=", True), ("share", "=", True)])
        )
        return contacts_sudo.filtered(
            lambda contact: contact != but and contact._portal_can(capability)
        )

    def _portal_tell_staff(self, body, author):
        """Note on this customer what one of its contacts did, and tell the responsible.

        :param Markup | str body: what was done
        :param res.partner author: who did it
        """
        self.ensure_one()
        company = author._portal_company()
        told = self.env["res.partner"]
        if self.env["customer.portal.staff.notification"]._wants(company, "change", "mail"):
            told = self._portal_company_responsible(company).partner_id
        self.sudo().with_context(mail_post_autofollow_author_skip=True).message_post(
            body=body,
            author_id=author.id,
            email_from=author.email_formatted or self._portal_mail_from(company),
            partner_ids=told.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _portal_tell_change(self, contact, diff, request=None):
        """Tell staff and the customer's other contacts who update billing data of a change.

        :param res.partner contact: who changed it
        :param list diff: what changed at once: field, old text, new text of each
        :param customer.portal.change.request request: what waits for staff
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        if not diff and not request:
            return

        def message(env):
            body = Markup()
            what = self.name if self != customer else env._("the billing data")
            if diff:
                body += Markup("<p>%s</p>%s") % (
                    env._(
                        "%(contact)s changed %(what)s in the customer portal:",
                        contact=contact.name,
                        what=what,
                    ),
                    self.with_env(env)._portal_diff_html(diff),
                )
            if request:
                body += Markup("<p>%s</p>%s") % (
                    env._(
                        "%(contact)s asked to change %(what)s; this waits to be accepted:",
                        contact=contact.name,
                        what=what,
                    ),
                    request.with_env(env)._get_diff_html(),
                )
            return body

        body = message(self.env)
        if request:
            body += request._get_html_link(title=self.env._("Decide"))
        customer._portal_tell_staff(body, contact)
        company = contact._portal_company()
        for other in customer._portal_contacts_who("can_update_billing", but=contact):
            env = self.with_context(lang=other.lang).env
            customer.sudo().with_context(lang=other.lang).message_notify(
                **customer._portal_mail_values(company, other.lang),
                email_from=customer._portal_mail_from(company),
                subject=env._("Your billing data at %s", company.name),
                body=message(env),
                partner_ids=other.ids,
            )

    def _portal_tell_new_address(self, contact):
        """Tell staff and the customer's other contacts of an address that a contact added.

        :param res.partner contact: who added it
        """
        self.ensure_one()
        self._portal_cap_profile(contact)
        names = ("name", "email", "phone", "street", "street2", "zip", "city", "country_id")
        self._portal_tell_change(
            contact, [(name, "", self._portal_value_text(name)) for name in names if self[name]]
        )
