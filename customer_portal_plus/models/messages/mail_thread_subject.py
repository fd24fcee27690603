from odoo import models


def join_subject(company, *parts):
    """Return a subject of what it says, and from whom it is.

    :param res.company company: whose mail it is
    :rtype: str
    """
    return f"{' · '.join(filter(None, parts))} – {company.name}"


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
        """Return the subject of a mail of this record's company, see ``join_subject``.

        :rtype: str
        """
        return join_subject(self.sudo().company_id, *parts)
