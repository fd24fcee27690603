"""What the log and the followers are told of a quote."""

from odoo import SUPERUSER_ID, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def message_post(self, **kwargs):
        """Override of `mail`: core leaves a note for each visit of a quote by its link, of mail
        scanners, too. The log tells views better, and ``_portal_was_seen`` leaves one note."""
        viewed = kwargs.get("subtype_xmlid") == "sale.mt_order_viewed"
        if viewed and not self.env.context.get("portal_seen_by_a_person"):
            return self.env["mail.message"]
        return super().message_post(**kwargs)

    def _portal_log_answer(self, kind, partner, detail=None):
        """Note an answer.

        :param str kind: of the entry
        :param res.partner partner: who answers; empty for a guest
        :param str detail: in the company's language
        """
        self.env["customer.portal.event"]._log(kind, record=self, contact=partner, detail=detail)

    def _portal_log_words(self):
        return self.env["customer.portal.event"]._company_words(self.sudo().company_id)

    def _portal_was_seen(self, event):
        """Override to tell the followers, once for each contact, that a person saw the quote."""
        super()._portal_was_seen(event)
        if self.sudo().state != "sent":
            return
        earlier = event.search_count(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("kind", "=", "view"),
                ("viewer", "=", "human"),
                ("partner_ref", "=", event.partner_ref),
                ("id", "<", event.id),
            ],
            limit=1,
        )
        if earlier:
            return
        # As the system: a note about the customer, not by it.
        order = self.with_user(SUPERUSER_ID).with_context(portal_seen_by_a_person=True)
        env = self.env["customer.portal.event"]._company_words(order.company_id)
        if event.partner_name:
            body = env._("Quotation viewed by %s", event.partner_name)
        else:
            body = env._("Quotation viewed by somebody with its link")
        order.message_post(
            body=body, message_type="notification", subtype_xmlid="sale.mt_order_viewed"
        )
