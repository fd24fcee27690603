"""Which files of an expense are receipts that its customer may have."""

from odoo import models

from odoo.addons.customer_portal_plus.tools.file_types import EXTENSIONS, shown_type


class HrExpense(models.Model):
    _inherit = "hr.expense"

    def _portal_receipts(self):
        """Return the receipts of this expense that its customer may have: PDF files and pictures,
        told by their content. What was attached to a message stays with staff, but for the mail
        that an expense was made from.

        They are called by their place: names of files tell of employees what is not for customers.

        :return: dicts with ``place`` (from 1), ``name`` and ``content``; none if the company
            doesn't show them
        :rtype: list[dict]
        """
        self.ensure_one()
        if not self.company_id.portal_show_receipts:
            return []
        # Sudo: customers have no right on attachments; the gates were asked of the expense.
        files_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                ],
                order="id",
            )
        )
        receipts = []
        for file_sudo in files_sudo - self._portal_files_of_messages():
            content = file_sudo.raw or b""
            if media_type := shown_type(content):
                place = len(receipts) + 1
                name = self.env._("Receipt %s", place)
                receipts.append(
                    {
                        "place": place,
                        "name": f"{name}.{EXTENSIONS[media_type]}",
                        "content": content,
                    }
                )
        return receipts

    def _portal_files_of_messages(self):
        """Return the files that hang on this expense because somebody wrote about it, in sudo.

        :rtype: ir.attachment
        """
        messages_sudo = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "=", self.id)], order="id")
        )
        # An expense that was sent in by mail begins with that mail, and its receipts.
        first = messages_sudo.filtered(lambda message: not message.tracking_value_ids)[:1]
        sent_in = first if first.message_type == "email" and not first.parent_id else first.browse()
        return (messages_sudo - sent_in).attachment_ids - sent_in.attachment_ids
