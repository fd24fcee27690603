"""Mails that customers and staff answer with: taken as somebody's word only if they come to that
person's signed address, from that person's own."""

from odoo import api, models
from odoo.tools.mail import email_split_and_format


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Override of `mail`: what belongs to a customer's document or conversation is routed by
        the signed address it was sent to. All else is routed by core; if that leads to such a
        record all the same, the mail is unverified: staff read it, no customer does."""
        if message_dict.get("is_bounce"):
            return super().message_route(message, message_dict, model, thread_id, custom_values)
        signed, record, partner = self.env["customer.portal.access.mixin"]._portal_find_reply(
            message_dict["recipients"]
        )
        if record is not None:
            return record._portal_route(message, message_dict, partner)
        if signed:
            # The address was cut off or tampered with: what it names counts for nothing.
            answered = self._portal_answered_record(message_dict)
            if answered is not None:
                return answered._portal_route_unsigned(message, message_dict)
            company = self._portal_company_of_mail(message_dict)
            conversations = self.env["customer.portal.conversation"]
            conversations._portal_hold(
                message, message_dict, self.env._("The address it was sent to is not genuine.")
            )
            return [conversations._portal_make_route(custom_values={"company_id": company.id})]
        if company := self._portal_company_of_new_mail(message_dict):
            return self._portal_route_new(message, message_dict, company)
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        kept = []
        for route in routes or ():
            route_model, res_id, values = route[:3]
            if route_model == "customer.portal.conversation" and not res_id:
                kept += self._portal_route_to_alias(message, message_dict, values or {})
                continue
            kept.append(route)
            is_ours = route_model in self.env["customer.portal.access.mixin"]._portal_models()
            record = res_id and is_ours and self.env[route_model].sudo().browse(res_id).exists()
            if record and record._portal_in_scope():
                record._portal_route_unsigned(message, message_dict)
        return kept

    @api.model
    def _portal_company_of_mail(self, message_dict):
        """Return the company whose catch-all a mail was sent to, else the first one."""
        hosts = {
            address.rpartition("@")[2].strip("> ").lower()
            for address in email_split_and_format(message_dict["recipients"] or "")
        }
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        return (
            companies.filtered(lambda company: company.alias_domain_id.name in hosts) or companies
        )[:1]
