from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..tools.actions import form_action


class CustomerPortalMessageWizard(models.TransientModel):
    """Begins a conversation with each of some customers, with the same words."""

    _name = "customer.portal.message.wizard"
    _description = "Message to Customers"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    customer_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    recipient_ids = fields.Many2many(
        "res.partner", string="Written to", compute="_compute_recipients"
    )
    left_out_ids = fields.Many2many(
        "res.partner",
        string="Nobody to write to",
        compute="_compute_recipients",
        help="Customers of whom no contact who signs in reads messages in the portal.",
    )
    subject = fields.Char()
    body = fields.Html("Message", sanitize_style=True)

    @api.model
    def _open(self, customers, company):
        """Open the dialog for some customers.

        :param res.partner customers: commercial partners
        :param res.company company: in whose name
        :rtype: dict
        """
        wizard = self.create({"customer_ids": customers.ids, "company_id": company.id})
        return form_action(wizard, name=self.env._("Message to Customers"), target="new")

    @api.depends("customer_ids")
    def _compute_recipients(self):
        for wizard in self:
            recipients = {one: self._recipient(one) for one in wizard.customer_ids}
            wizard.recipient_ids = self.env["res.partner"].union(*recipients.values())
            wizard.left_out_ids = wizard.customer_ids.filtered(
                lambda customer, found=recipients: not found[customer]
            )

    @api.model
    def _recipient(self, customer):
        """Return the contact of a customer whom a message about its account is addressed to.

        :return: who sees all invoices, before who sees its own, before who sees none; empty if
            nobody reads messages
        :rtype: res.partner
        """
        contacts = customer._portal_contacts_who("can_message").sudo(False)
        sees = contacts.filtered(lambda one: one._portal_can("can_see_invoices"))
        sees_all = sees.filtered(lambda one: one._portal_scope() == "whole")
        return (sees_all or sees or contacts)[:1]

    def action_send(self):
        """Write to each customer in a conversation of its own.

        :return: the list of the conversations
        :rtype: dict
        :raise UserError: if something is missing, or the company takes no messages
        """
        self.ensure_one()
        if not self.subject or is_html_empty(self.body):
            raise UserError(self.env._("Please write a subject and a message."))
        company_sudo = self.company_id.sudo()  # Its switches are no secret of settings.
        if not (company_sudo.portal_enabled and company_sudo.portal_allow_messages):
            raise UserError(
                self.env._("Messages are switched off in the portal of %s.", company_sudo.name)
            )
        conversations = self.env["customer.portal.conversation"].create(
            [
                {
                    "name": self.subject,
                    "partner_id": contact.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.user.id,
                }
                for contact in self.recipient_ids
            ]
        )
        if not conversations:
            raise UserError(self.env._("Nobody of these customers reads messages in the portal."))
        for conversation in conversations:
            conversation.message_post(
                body=self.body, message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Written Now"),
            "res_model": conversations._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", conversations.ids)],
        }
