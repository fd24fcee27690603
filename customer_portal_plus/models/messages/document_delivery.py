"""How invoices and quotes reach the customer: as a file, as a link to the portal, or both.

``both`` is what Odoo does by itself. ``link`` leaves out the PDF that the portal shows, and only
that: electronic invoices, the files of a template and what staff attach by hand are sent as ever.
``attachment`` leaves out the buttons that lead to the portal.
"""

from markupsafe import Markup

from odoo import api, fields, models

# Formats in which the PDF itself carries the electronic invoice.
HYBRID_FORMATS = ("facturx", "zugferd")
# Groups of receivers who are no employees.
OUTSIDERS = (
    "additional_intended_recipient",
    "portal_customer",
    "portal",
    "follower",
    "customer",
)
# In the context while a mail is made that carries a document to its customer.
CARRIES_DOCUMENT = "portal_carries_document"


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_document_delivery = fields.Selection(
        selection="_selection_portal_document_delivery",
        string="How documents are sent",
        default="both",
        required=True,
        help="Holds for the mails of invoices, credit notes, quotes and orders. A customer can"
        " have a way of its own.",
    )

    @api.model
    def _selection_portal_document_delivery(self):
        return self.env["res.partner"]._selection_portal_document_delivery()


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_document_delivery = fields.Selection(
        selection="_selection_portal_document_delivery",
        string="How documents are sent",
        help="In the mails of this customer's invoices and quotes. Empty: as your company does.",
    )

    @api.model
    def _selection_portal_document_delivery(self):
        return [
            ("attachment", self.env._("As an attachment")),
            ("link", self.env._("As a link to the portal")),
            ("both", self.env._("Both")),
        ]


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_delivery(self):
        """Return how this document is sent to its customer.

        A link that would not open is no way to send a document: then it is ``both``, as Odoo
        does it.

        :return: ``attachment``, ``link`` or ``both``
        :rtype: str
        """
        self.ensure_one()
        document_sudo = self.sudo()  # Who sends it need not read the settings.
        company = document_sudo.company_id or self.env.company.sudo()
        customer = document_sudo.partner_id.commercial_partner_id
        delivery = (
            document_sudo.partner_id.portal_document_delivery
            or customer.portal_document_delivery
            or company.portal_document_delivery
        )
        if delivery == "link" and not (
            company.portal_enabled
            and company[self._portal_delivery_switch()]
            and customer.portal_access
            and document_sudo.portal_visible
        ):
            return "both"
        return delivery

    @api.model
    def _portal_delivery_switch(self):
        """Return the switch of the company by which customers see documents of this model.

        For the documents of a model to be sent as links, it must override this method.

        :rtype: str
        """
        raise NotImplementedError

    def _portal_link_html(self):
        """Return the paragraph that leads to this document from a mail without a button. It
        becomes the receiver's own link as the mail leaves.

        :rtype: Markup
        """
        self.ensure_one()
        customer = self.sudo().partner_id
        words = self.with_context(lang=customer.lang or self.env.lang).env
        url = f"{self.get_base_url()}{self.sudo().get_portal_url()}"
        return Markup('<p><a href="%s">%s</a></p>') % (
            url,
            words._("See %s in your customer portal", self.display_name),
        )

    def _portal_hide_buttons(self, groups):
        """Take the buttons out of a mail that brings a document as an attachment alone.

        :param list groups: see ``_notify_get_recipients_groups``
        :return: the same groups
        """
        if self.env.context.get(CARRIES_DOCUMENT) and self._portal_in_scope():
            if self._portal_delivery() == "attachment":
                for name, _has_to_be_notified, data in groups:
                    if name in OUTSIDERS:
                        data["has_button_access"] = False
        return groups


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_delivery_switch(self):
        return "portal_show_invoices"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `account`: see ``_portal_hide_buttons``."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals)
        return self._portal_hide_buttons(groups) if self else groups


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _portal_delivery_switch(self):
        return "portal_show_quotes"

    def _portal_delivery(self):
        """Override: a pro-forma invoice is no document of the portal."""
        return "both" if self.env.context.get("proforma") else super()._portal_delivery()

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `sale`: see ``_portal_hide_buttons``."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals)
        return self._portal_hide_buttons(groups) if self else groups


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _portal_leaves_pdf_out(self, move, invoice_edi_format=None):
        """Return whether the PDF of an invoice stays out of its mail.

        :param account.move move: the invoice
        :param str invoice_edi_format: the electronic format it is sent in; its customer's if not
            given
        :rtype: bool
        """
        edi_format = invoice_edi_format or self._get_default_invoice_edi_format(move)
        return (
            edi_format not in HYBRID_FORMATS
            and move._portal_in_scope()
            and move._portal_delivery() == "link"
        )

    @api.model
    def _get_placeholder_mail_attachments_data(
        self, move, invoice_edi_format=None, extra_edis=None, pdf_report=None
    ):
        """Override of `account`: staff see in the wizard what is going to be sent."""
        placeholders = super()._get_placeholder_mail_attachments_data(
            move,
            invoice_edi_format=invoice_edi_format,
            extra_edis=extra_edis,
            pdf_report=pdf_report,
        )
        if not self._portal_leaves_pdf_out(move, invoice_edi_format):
            return placeholders
        file_name = move._get_invoice_report_filename(report=pdf_report)
        return [data for data in placeholders if data["name"] != file_name]

    @api.model
    def _get_invoice_extra_attachments_data(self, move):
        """Override of `account`: the PDF is made and kept, and not sent."""
        attachments = super()._get_invoice_extra_attachments_data(move)
        if not self._portal_leaves_pdf_out(move):
            return attachments
        return [data for data in attachments if data["id"] != move.invoice_pdf_report_id.id]

    @api.model
    def _send_mails(self, moves_data):
        """Override of `account`, which expects at least one file: a list without any is stored
        as False."""
        for move_data in moves_data.values():
            move_data["mail_attachments_widget"] = move_data.get("mail_attachments_widget") or []
        return super()._send_mails(moves_data)

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """Override of `account`: this is the mail that carries the invoice."""
        move = move.with_context(**{CARRIES_DOCUMENT: True})
        return super()._send_mail(move, mail_template, **kwargs)


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """Override of `mail`: a template with a report carries a document, whoever sends it: by
        hand, for many at once, or when an order is confirmed."""
        if self.template_id.report_template_ids or self.env.context.get("mark_so_as_sent"):
            self = self.with_context(**{CARRIES_DOCUMENT: True})
        return super()._action_send_mail(auto_commit=auto_commit)


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
