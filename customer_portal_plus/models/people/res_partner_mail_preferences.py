"""Which mails of the portal a contact gets: its own choice."""

from odoo import fields, models

# What a mail is about -> field of the contact.
MAIL_KINDS = {
    "document": "portal_mail_document",
    "message": "portal_mail_message",
    "reminder": "portal_mail_reminder",
    "payment": "portal_mail_payment",
    "statement": "portal_mail_statement",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_mail_document = fields.Boolean(
        "Mails about new documents", default=True, help="The contact chooses this in the portal."
    )
    portal_mail_message = fields.Boolean(
        "Mails about new messages", default=True, help="The contact chooses this in the portal."
    )
    portal_mail_reminder = fields.Boolean(
        "Payment reminders by mail", default=True, help="The contact chooses this in the portal."
    )
    portal_mail_payment = fields.Boolean(
        "Mails about payments", default=True, help="The contact chooses this in the portal."
    )
    portal_mail_statement = fields.Boolean(
        "Account statements by mail", default=True, help="The contact chooses this in the portal."
    )

    def _portal_wants_mail(self, kind):
        """Return whether this contact wants mails of a kind.

        What somebody of staff sends by hand (an invoice, a quote, a statement) is not asked about
        here, nor are the mails without which nobody gets in or can sign.

        :param str kind: a key of ``MAIL_KINDS``
        :rtype: bool
        """
        self.ensure_one()
        return bool(self.sudo()[MAIL_KINDS[kind]])  # Whoever asks, the answer is the same.

    def _portal_mail_choices(self):
        """Return the kinds of mails that this contact can choose, as its page shows them.

        :return: dicts with ``name`` (the field), ``label``, ``help``, ``wanted``
        :rtype: list[dict]
        """
        self.ensure_one()
        _ = self.env._
        texts = {
            "document": (_("New documents"), _("When we share a file with you.")),
            "message": (_("Messages"), _("When we write to you.")),
            "reminder": (_("Reminders"), _("When an invoice is due or overdue.")),
            "payment": (_("Payments"), _("When a payment of yours has arrived, with its receipt.")),
            "statement": (_("Account statements"), _("Each month, where we send them.")),
        }
        return [
            {
                "name": MAIL_KINDS[kind],
                "label": label,
                "help": help_text,
                "wanted": self._portal_wants_mail(kind),
            }
            for kind, (label, help_text) in texts.items()
        ]
