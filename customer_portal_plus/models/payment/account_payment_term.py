from odoo import models
from odoo.tools import html2plaintext

OWN_BEGIN = "Payment terms: "


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    def _portal_note(self):
        """Return what a document says of these terms, in the language of the context.

        The notes of the terms that Odoo comes with are stored in English for all languages, their
        names are not: then it is the name.

        :rtype: Markup | str
        """
        in_english = self.with_context(lang="en_US")
        is_core_s = (
            not (self.env.lang or "en").startswith("en")
            and self.note == in_english.note
            and self.name != in_english.name
            and html2plaintext(self.note or "").startswith(OWN_BEGIN)
        )
        return self.env._("Payment terms: %s", self.name) if is_core_s else self.note or ""
