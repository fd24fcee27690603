from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _portal_mail_subject(self):
        """Return the subject of the mail that brings this record, in the language of the
        environment: what it is, what counts, and from whom.

        For a module to name its mails, it must override this method.

        :return: empty if the record is none of the portal's
        :rtype: str
        """
        return ""

    def _portal_join_subject(self, *parts):
        """Return a subject of what it says, and from whom it is.

        :rtype: str
        """
        return f"{' · '.join(filter(None, parts))} – {self.sudo().company_id.name}"
