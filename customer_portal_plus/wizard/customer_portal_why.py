from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools.actions import form_action

# How many contacts of a customer are asked about at once; those who sign in come first.
CONTACT_LIMIT = 40


class CustomerPortalWhy(models.TransientModel):
    """Who sees a document in the portal, and why not.

    Asked from a document, for the contacts of its customer; or from a contact, for a document
    that is chosen here.
    """

    _name = "customer.portal.why"
    _description = "Who Sees a Document in the Portal"

    document = fields.Reference(selection="_selection_document")
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True, ondelete="cascade")
    line_ids = fields.One2many("customer.portal.why.line", "wizard_id", readonly=True)
    more_contacts = fields.Integer(
        "Contacts not listed", readonly=True, help="Contacts beyond those that are listed."
    )

    @api.model
    def _selection_document(self):
        """Return the models behind the gates of the portal, with their names."""
        models_behind = self.env["customer.portal.event"]._log_models()
        records = self.env["ir.model"].sudo().search([("model", "in", models_behind)])
        return [(model.model, model.name) for model in records]

    @api.model
    def _open(self, document=None, contact=None):
        """Ask, and return an action that shows the answer.

        :param models.Model document: a document behind the gates; None if it is chosen later
        :param res.partner contact: whom the question is about; None for all of the customer
        :rtype: dict
        :raise AccessError: if the current user may not read the document or the contact
        """
        wizard = self.create(
            {
                "document": f"{document._name},{document.id}" if document else False,
                "partner_id": contact.id if contact else False,
            }
        )
        return wizard._answer()

    def action_ask(self):
        """Answer for the document that was chosen.

        :rtype: dict
        """
        return self._answer()

    def _answer(self):
        self.ensure_one()
        self.partner_id.check_access("read")
        lines = [Command.clear()]
        if self.document:
            document = self.document
            document.check_access("read")
            for contact in self._get_contacts(document):
                lines.append(Command.create({"partner_id": contact.id, **self._ask(contact)}))
        self.line_ids = lines
        return form_action(self, name=self.env._("Who sees it in the portal"), target="new")

    def _ask(self, contact):
        answer = self.document._portal_why(contact)
        return {
            "is_visible": answer["gate"] is None,
            "gate": answer["gate"],
            "sentence": answer["sentence"],
            "mend": answer["mend"],
        }

    def _get_contacts(self, document):
        """Return whom the question is about: those who sign in for the customer, whom the
        document is addressed to, then the others.

        :param models.Model document: a document behind the gates
        :rtype: res.partner
        """
        if self.partner_id:
            return self.partner_id
        customer = document.sudo()._portal_customer()
        contacts = self.env["res.partner"].search(
            Domain("commercial_partner_id", "=", customer.id)
            & (
                Domain("type", "=", "contact")
                | Domain("user_ids", "!=", False)
                | Domain("id", "=", document.sudo().partner_id.id)
            )
        )
        first = contacts.filtered(
            lambda contact: contact._portal_user() or contact == document.sudo().partner_id
        )
        # Of a company, people sign in, not the company itself.
        others = contacts - first - (customer if len(contacts) > 1 else contacts.browse())
        self.more_contacts = max(0, len(first | others) - CONTACT_LIMIT)
        return (first | others)[:CONTACT_LIMIT]


class CustomerPortalWhyLine(models.TransientModel):
    """The answer for one contact."""

    _name = "customer.portal.why.line"
    _description = "Whether a Contact Sees a Document in the Portal"

    wizard_id = fields.Many2one("customer.portal.why", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Contact", required=True, ondelete="cascade")
    is_visible = fields.Boolean("Visible")
    gate = fields.Selection(
        [
            ("company", "Company"),
            ("customer", "Customer"),
            ("contact", "Contact"),
            ("document", "Document"),
            ("rule", "Record rule"),
        ],
        "Decided by",
        help="The first gate that is shut.",
    )
    sentence = fields.Char("Why")
    mend = fields.Selection(
        [
            ("settings", "Open the settings"),
            ("access", "Switch access on"),
            ("profile", "Choose a profile"),
            ("show", "Show in portal"),
            ("give_access", "Give portal access"),
        ],
        "What mends it",
    )

    def action_mend(self):
        """Open what is shut, with the rights of the current user.

        :return: the answer anew, or an action where something is to be chosen
        :rtype: dict
        """
        self.ensure_one()
        if self.mend == "settings":
            return self.env["ir.actions.act_window"]._for_xml_id(
                "customer_portal_plus.res_config_settings_action"
            )
        if self.mend == "give_access":
            return self.partner_id.action_portal_give_access()
        if self.mend == "profile":
            return form_action(self.partner_id)
        if self.mend == "access":
            self.partner_id.action_portal_access_on()
        elif self.mend == "show":
            self.wizard_id.document.action_portal_show()
        return self.wizard_id._answer()

    def action_preview(self):
        """See the document in the portal as this contact.

        :rtype: dict
        """
        self.ensure_one()
        document = self.wizard_id.document
        if not document:
            # Over a call it may be a line of no wizard.
            raise UserError(self.env._("This document does not exist or is not yours to see."))
        document.check_access("read")
        return self.env["customer.portal.preview"]._start(self.partner_id, record=document)
