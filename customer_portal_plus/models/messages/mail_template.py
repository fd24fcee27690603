from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        """Override of `mail`: no report of a document that is sent as a link."""
        if not self._portal_carries_document() or "report_template_ids" not in render_fields:
            return super()._generate_template_attachments(res_ids, render_fields, render_results)
        linked = [
            document.id
            for document in self.env[self.model].browse(res_ids)
            if document._portal_in_scope() and document._portal_delivery() == "link"
        ]
        render_results = super()._generate_template_attachments(
            [res_id for res_id in res_ids if res_id not in linked], render_fields, render_results
        )
        # Without their report, these are like the documents of a template that has none.
        return super()._generate_template_attachments(
            linked,
            [name for name in render_fields if name != "report_template_ids"],
            render_results,
        )

    def _portal_carries_document(self):
        self.ensure_one()
        return self.model in ("account.move", "sale.order") and bool(self.report_template_ids)

    def send_mail_batch(self, res_ids, *args, **kwargs):
        """Override of `mail`: mails made this way have no button; where the document is sent as
        a link, it is put below the text."""
        if self._portal_carries_document():
            self = self.with_context(portal_link_in_body=True)
        return super().send_mail_batch(res_ids, *args, **kwargs)

    def _generate_template(self, res_ids, render_fields, *args, **kwargs):
        """Override of `mail`: see ``send_mail_batch``."""
        results = super()._generate_template(res_ids, render_fields, *args, **kwargs)
        if self.env.context.get("portal_link_in_body") and "body_html" in render_fields:
            for document in self.env[self.model].browse(results):
                if document._portal_in_scope() and document._portal_delivery() == "link":
                    values = results[document.id]
                    values["body_html"] = (values.get("body_html") or "") + (
                        document._portal_link_html()
                    )
        return results
