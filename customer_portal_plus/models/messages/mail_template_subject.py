"""What core's mails to customers are called in their inbox."""

from odoo import SUPERUSER_ID, models

# Core's templates with core's own subjects: what a company wrote instead stays.
CORE_SUBJECTS = {
    "sale.email_template_edi_sale": (
        "{{ object.company_id.name }} {{ object.state in ('draft', 'sent') and 'Quotation' or"
        " 'Order' }} (Ref {{ object.name or 'n/a' }})"
    ),
    "sale.mail_template_sale_confirmation": (
        "{{ object.company_id.name }} {{ (object.get_portal_last_transaction().state == 'pending')"
        " and 'Pending Order' or 'Order' }} (Ref {{ object.name or 'n/a' }})"
    ),
    "account.email_template_edi_invoice": (
        "{{ object.company_id.name }} Invoice (Ref {{ object.name or 'n/a' }})"
    ),
    "account.email_template_edi_credit_note": (
        "{{ object.company_id.name }} Credit Note (Ref {{ object.name or 'n/a' }})"
    ),
    "account.mail_template_data_payment_receipt": (
        "{{ object.company_id.name }} Payment Receipt (Ref {{ object.name or 'n/a' }})"
    ),
    "auth_signup.portal_set_password_email": "Your account at {{ object.company_id.name }}",
    "auth_signup.mail_template_user_signup_account_created": (
        "Welcome to {{ object.company_id.name }}!"
    ),
}


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _render_field(self, field, res_ids, *args, **kwargs):
        """Override of `mail`: what comes with Odoo, and nobody has written to, says what the mail
        is about first, in the reader's language."""
        own = {}
        if field == "subject" and self._portal_has_core_subject():
            own = self._portal_render_subjects(res_ids, **kwargs)
            res_ids = [res_id for res_id in res_ids if res_id not in own]
            if langs := kwargs.get("res_ids_lang"):
                kwargs["res_ids_lang"] = {res_id: langs[res_id] for res_id in res_ids}
        return {**own, **super()._render_field(field, res_ids, *args, **kwargs)}

    def _portal_render_subjects(
        self, res_ids, compute_lang=False, res_ids_lang=False, set_lang=False, **kwargs
    ):
        """Return the subjects of those of the records whose mails look like the portal's.

        :param list res_ids: ids of the records
        :param bool compute_lang: see ``_render_field``, like what follows it
        :rtype: dict[int, str]
        """
        if compute_lang:
            langs = {
                res_id: lang
                for lang, (_template, ids) in self._classify_per_lang(res_ids).items()
                for res_id in ids
            }
        else:
            lang = set_lang or self.env.context.get("lang")
            langs = res_ids_lang or dict.fromkeys(res_ids, lang)
        subjects = {
            record.id: record.with_context(lang=langs.get(record.id))._portal_mail_subject()
            for record in self.env[self.render_model].browse(res_ids)
        }
        return {res_id: subject for res_id, subject in subjects.items() if subject}

    def _portal_has_core_subject(self):
        """Return whether this is one of core's templates for customers, as it came with Odoo.

        :rtype: bool
        """
        self.ensure_one()
        template_sudo = self.sudo()  # Who sends a mail need not read who wrote its template.
        if template_sudo.write_uid.id != SUPERUSER_ID:
            return False
        source = template_sudo.with_context(lang="en_US").subject
        return any(
            subject == source and self.env.ref(xmlid, raise_if_not_found=False) == self
            for xmlid, subject in CORE_SUBJECTS.items()
        )
