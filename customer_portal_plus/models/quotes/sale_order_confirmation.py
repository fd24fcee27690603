"""What a customer gets in writing who has answered a quote."""

import logging

from odoo import models

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_confirm_answer(self, answer, partner):
        """Mail to who answered that the answer has come, in its language, if it wants such mails.

        Who accepts gets the certificate of it instead. What keeps the mail from being sent keeps no
        answer from being taken.

        :param str answer: ``rejected`` or ``changes``
        :param res.partner partner: see ``_portal_accept_quote``
        """
        self.ensure_one()
        contact = self._portal_as_contact(partner) or self.partner_id
        if not contact.email or not contact._portal_wants_mail("message"):
            return
        order = self.with_context(lang=contact.lang or self.env.lang)
        template = order.env.ref(f"customer_portal_plus.mail_template_quote_{answer}")
        try:
            with self.env.cr.savepoint():
                # Sudo: templates are not readable for customers.
                template_sudo = template.sudo().with_context(
                    portal_lang=contact.lang, portal_words=order._portal_answer_words(answer)
                )
                values = template_sudo._generate_template(order.ids, ("subject", "body_html"))
                # For this contact alone: the answer itself stands among the messages already.
                order.message_notify(
                    **order._portal_mail_values(order.company_id, contact.lang),
                    email_from=contact._portal_mail_from(order.company_id),
                    subject=values[order.id]["subject"],
                    body=values[order.id]["body_html"],
                    partner_ids=contact.ids,
                )
        except Exception:
            _logger.exception("The answer to %s was not confirmed by mail", self.name)
