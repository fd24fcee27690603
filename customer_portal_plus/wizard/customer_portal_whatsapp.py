from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.actions import form_action
from ..tools.phone import to_international

# What has contacts to be sent to, words and a link: see ``_portal_share_contacts``.
SHARED_MODELS = ("account.move", "sale.order", "customer.portal.reminder.mail")


class CustomerPortalWhatsapp(models.TransientModel):
    """Sends an invoice, a quote or a reminder to one contact by WhatsApp: the text is ready, the
    link is the contact's own and made when the button is pressed."""

    _name = "customer.portal.whatsapp"
    _description = "Send by WhatsApp"

    res_model = fields.Char("Model of what is sent", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "What is sent", model_field="res_model", required=True, readonly=True
    )
    contact_ids = fields.Many2many(
        "res.partner", string="Possible contacts", compute="_compute_contact_ids"
    )
    contact_id = fields.Many2one(
        "res.partner", "Contact", required=True, domain="[('id', 'in', contact_ids)]"
    )
    phone = fields.Char("Telephone", compute="_compute_phone", store=True, readonly=False)
    words = fields.Text("Message", compute="_compute_words", store=True, readonly=False)

    @api.model
    def _open(self, record):
        """Return the action that opens this window.

        :param models.Model record: of one of ``SHARED_MODELS``
        :rtype: dict
        :raise UserError: if no contact can be sent it
        """
        record.check_access("read")
        contacts = record._portal_share_contacts()
        if not contacts:
            raise UserError(
                self.env._("No contact of this customer has access to it and a telephone number.")
            )
        wizard = self.create(
            {"res_model": record._name, "res_id": record.id, "contact_id": contacts[0].id}
        )
        return form_action(wizard, name=self.env._("Send by WhatsApp"), target="new")

    def _record(self):
        """Return what is sent, with the rights of the current user.

        :raise AccessError: if this user may not read it
        """
        self.ensure_one()
        if self.res_model not in SHARED_MODELS:
            raise UserError(self.env._("This can't be sent by WhatsApp."))
        record = self.env[self.res_model].browse(self.res_id).exists()
        record.check_access("read")
        return record

    @api.depends("res_model", "res_id")
    def _compute_contact_ids(self):
        for wizard in self:
            wizard.contact_ids = wizard._record()._portal_share_contacts()

    @api.depends("contact_id")
    def _compute_phone(self):
        for wizard in self:
            wizard.phone = wizard.contact_id.phone

    @api.depends("contact_id")
    def _compute_words(self):
        for wizard in self:
            contact = wizard.contact_id
            record = wizard._record().with_context(lang=contact.lang or self.env.lang)
            wizard.words = record._portal_share_words(contact) if contact else ""

    def action_send(self):
        """Make the contact's link, and open WhatsApp with number and text.

        :rtype: dict
        :raise UserError: if the contact may not see it, or the number can't be called
        """
        self.ensure_one()
        record, contact = self._record(), self.contact_id
        if not record or not record._portal_may_be_shared(contact):
            raise UserError(self.env._("%s may not see this in the portal.", contact.name))
        country = contact.country_id or record.company_id.country_id
        phone = to_international(self.phone, country.code, country.phone_code)
        if not phone:
            raise UserError(
                self.env._(
                    "Please type the number in its international form, such as +34 600 000 000."
                )
            )
        link = record._portal_share_link(contact)
        if not link:
            raise UserError(
                self.env._("%s has no e-mail address, which signing in needs.", contact.name)
            )
        company = record.company_id
        words = self.env["customer.portal.event"]._company_words(company)
        self.env["customer.portal.event"]._log(
            "rights",
            record=record if record._name != "customer.portal.reminder.mail" else None,
            contact=contact,
            company=company,
            detail=words._("Personal link handed out to be sent by WhatsApp"),
        )
        text = "\n".join(filter(None, (self.words, link)))
        return {
            "type": "ir.actions.act_url",
            "url": f"https://wa.me/{phone}?text={quote(text, safe='')}",
            "target": "new",
            "close": True,
        }
