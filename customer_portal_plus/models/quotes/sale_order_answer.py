"""Answering a quote in the portal: what is possible, what is agreed to, and the acts."""

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import html2plaintext

from ...tools.transactions import lock_rows_or_retry

# How the notice in the back office looks.
ANSWER_TONES = {"accepted": "success", "rejected": "warning", "changes": "info"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    portal_can_accept = fields.Boolean(
        "Can be accepted in the portal",
        compute="_compute_portal_can_accept",
        help="Whether the current user may accept this quote in the portal; for staff, whether the"
        " contact that the quote is for may. The conditions are listed with the method.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "validity_date", "signature", "require_payment", "transaction_ids.state")
    @api.depends_context("uid")
    def _compute_portal_can_accept(self):
        """See ``_portal_accept_obstacle`` for the conditions."""
        partner = self.env.user.partner_id
        if self.env.user._is_public():
            partner = partner.browse()
        for order in self:
            asker = order.partner_id if self.env.user._is_internal() else partner
            order.portal_can_accept = not order.sudo()._portal_accept_obstacle(asker)

    # === CRUD METHODS === #

    def action_draft(self):
        """Override of `sale`: a quote that is worked on again is no longer a rejected one, and
        waits for nobody."""
        result = super().action_draft()
        self._portal_end_approval()
        self.filtered("portal_rejected_on").write(
            {
                "portal_rejected_on": False,
                "portal_rejection_reason_id": False,
                "portal_rejection_note": False,
            }
        )
        return result

    # === WHAT IS ANSWERED === #

    def _portal_version_content(self):
        """Return what a customer agrees to: parties, lines, quantities, amounts, taxes, terms.

        Everything in the source language and in plain values, so that the same quote gives the
        same data whoever asks, and an internal note changes nothing.

        :rtype: dict
        """
        self.ensure_one()
        order = self.sudo().with_context(lang=None, bin_size=False)
        digits = order.currency_id.decimal_places

        def party(partner):
            return [partner.name, partner.vat or "", partner.contact_address or ""]

        return {
            "name": order.name,
            "company": party(order.company_id.partner_id),
            "customer": party(order.partner_id.commercial_partner_id),
            "contacts": [
                order.partner_id.name,
                party(order.partner_invoice_id),
                party(order.partner_shipping_id),
            ],
            "lines": [
                [
                    line.display_type or "",
                    line.name or "",
                    line.product_id.id,
                    f"{line.product_uom_qty:.6f}",
                    line.product_uom_id.name or "",
                    f"{line.price_unit:.6f}",
                    f"{line.discount:.6f}",
                    sorted(line.tax_ids.mapped("name")),
                    f"{line.price_subtotal:.{digits}f}",
                    f"{line.price_total:.{digits}f}",
                ]
                for line in order.order_line.sorted(lambda line: (line.sequence, line.id))
            ],
            "currency": order.currency_id.name,
            "amounts": [
                f"{amount:.{digits}f}"
                for amount in (order.amount_untaxed, order.amount_tax, order.amount_total)
            ],
            "terms": [
                order.payment_term_id.name or "",
                html2plaintext(order.payment_term_id.note or ""),
                html2plaintext(order.note or ""),
                str(order.validity_date or ""),
                str(order.commitment_date or ""),
                order.require_signature,
                order.require_payment,
                f"{order.prepayment_percent:.6f}" if order.require_payment else "",
            ],
        }

    # === THE ACTS === #

    def _portal_accept_quote(self, partner, version=None, posted=None, facts=None):
        """Accept this quote with one click: it becomes an order, or waits for a second person.
        It leaves evidence, and is noted.

        :param res.partner partner: partner of the signed-in user; empty for a guest with the
            document's token, who acts for the contact that the quote is for
        :param str version: the digest of what was shown; None if the page knew of none
        :param dict posted: the customer's own order number and file, if the form had them
        :param dict facts: circumstances of the request, see ``customer.portal.signature``
        :return: ``accepted``; ``approved`` if a second person is awaited now
        :rtype: str
        :raise PortalRefusal: if it can't be accepted so; nothing is changed then
        """
        order = self._portal_lock_for_answer(version)
        obstacle = order._portal_accept_obstacle(partner)
        stage = order._portal_approval_stage()
        if not obstacle and order._has_to_be_signed():
            obstacle = "to_sign"
        if not obstacle and order._has_to_be_paid() and not stage:
            obstacle = "to_pay"
        if obstacle:
            order._portal_refuse(obstacle)
        if stage == "first":
            act = "approved"
            order._portal_await_approval(partner)
        else:
            act = "accepted"
            order._portal_take_acceptance(partner)
            order._portal_post_answer(
                partner, order.env._("I accept this quote: %s.", order._portal_amount_text())
            )
        order._portal_keep_click(partner, act, posted, facts)
        self._portal_log_answer("accept", partner, self._portal_first_person_detail(act))
        return act

    def _portal_take_acceptance(self, partner):
        """Confirm what everybody has accepted who must, unless it is to be paid first.

        :param res.partner partner: see ``_portal_accept_quote``
        :return: whether it is an order now
        :rtype: bool
        """
        if self._portal_approval_stage() == "second":
            self.portal_approved_on = fields.Datetime.now()
        if self._has_to_be_paid():
            return False
        self._portal_confirm_accepted(partner)
        return True

    def _portal_reject_quote(self, partner, reason, version=None, reason_id=None):
        """Reject this quote: it is cancelled, and stays visible to the customer.

        :param res.partner partner: see ``_portal_accept_quote``
        :param str reason: why, in the customer's words
        :param str version: see ``_portal_accept_quote``
        :param str reason_id: the reason chosen, as a form sent it; this or words are needed
        :raise PortalRefusal: if it can't be rejected, or no reason is given
        """
        order = self._portal_lock_for_answer(version)
        obstacle = order._portal_reject_obstacle(partner)
        if obstacle:
            order._portal_refuse(obstacle)
        chosen, words = order.env["customer.portal.rejection.reason"]._portal_parse(
            reason_id, reason
        )
        order._action_cancel()
        order.write(
            {
                "portal_rejected_on": fields.Datetime.now(),
                "portal_rejection_reason_id": chosen.id,
                "portal_rejection_note": words,
            }
        )
        reason_lines = Markup("<br/>").join(
            escape(line) for line in chosen._portal_text(words).splitlines()
        )
        order._portal_post_answer(
            partner, Markup("%s<br/>%s") % (order.env._("I reject this quote:"), reason_lines)
        )
        order._portal_notify_answer("rejected", partner)
        order._portal_confirm_answer("rejected", partner)
        self._portal_log_answer("reject", partner)

    def _portal_lock_for_answer(self, version=None):
        """Lock this quote and its lines until the end of the transaction, and check that it still
        is what was shown.

        Whoever comes second waits, and finds the quote answered.

        :param str version: the digest of what was shown; None if the page knew of none
        :return: this quote, in sudo and in its company
        :rtype: sale.order
        :raise PortalRefusal: if it has changed
        """
        self.ensure_one()
        self.env.flush_all()
        lock_rows_or_retry(self.sudo(), self.sudo().order_line)
        self.env.invalidate_all()
        # Sudo: the customer acts through this method alone; rights are asked in the act.
        order = self.sudo().with_company(self.sudo().company_id)
        answerable = order.state == "sent"
        if answerable and version is not None and version != order._portal_version():
            order._portal_refuse("changed")
        return order

    def _portal_confirm_accepted(self, partner):
        """Confirm an accepted quote as core does, and tell staff.

        :param res.partner partner: see ``_portal_accept_quote``
        """
        self.ensure_one()
        # Staff get a notice of their own; they need no copy of the customer's confirmation.
        staff = self._portal_responsible().partner_id
        self.with_context(portal_skip_partner_ids=staff.ids)._validate_order()
        self._portal_notify_answer("accepted", partner)

    def _portal_post_answer(self, partner, body, tell_staff=False, subject=False, partner_ids=()):
        """Post the answer in the chatter, in the customer's name.

        :param res.partner partner: see ``_portal_accept_quote``
        :param str body: text, or escaped HTML
        :param bool tell_staff: whether the responsible staff member is notified of the message,
            because no notice of its own is sent
        :param str subject: of the mail
        :param list partner_ids: who is told besides, because it is asked to do something
        """
        self.ensure_one()
        author = partner or self.partner_id
        self.message_subscribe(self._portal_as_contact(author).ids)
        staff = self._portal_responsible().partner_id
        if tell_staff:
            self.message_subscribe(staff.ids)
            staff = staff.browse()
        self.with_context(
            portal_skip_partner_ids=staff.ids,
            portal_asked_partner_ids=list(partner_ids),
            portal_answering=True,  # noted as the answer, not as a message besides
        ).message_post(
            author_id=author.id,
            body=body,
            subject=subject,
            partner_ids=list(partner_ids),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _portal_notify_answer(self, answer, partner):
        """Tell the responsible staff member as the company chose: an activity, a mail in its
        language, and at once, if it is at work in the back office, a notice there.

        Without anybody responsible the mail goes to the company's address.

        :param str answer: ``accepted``, ``rejected`` or ``changes``
        :param res.partner partner: see ``_portal_accept_quote``
        """
        self.ensure_one()
        responsible = self._portal_responsible()
        lang = (responsible.partner_id or self.company_id.partner_id).lang
        order = self.with_context(lang=lang)
        who = (partner or order.partner_id).display_name
        reason = order._portal_answer_words(answer)
        if responsible:
            recipients = {"recipient_ids": [Command.set(responsible.partner_id.ids)]}
        else:
            recipients = {"email_to": order.company_id.email_formatted}
        template = order.env.ref(f"customer_portal_plus.mail_template_quote_{answer}_staff")

        def send_mail():
            template.sudo().with_context(
                portal_lang=lang, portal_who=who, portal_reason=reason
            ).send_mail(
                order.id,
                email_values=recipients,
                email_layout_xmlid="customer_portal_plus.mail_layout",
            )

        self.env["customer.portal.staff.notification"]._tell(
            order,
            f"quote_{answer}",
            responsible,
            order._portal_answer_summaries()[answer],
            words=f"{who}: {reason}" if reason else who,
            place=f"{order.name} ({order._portal_amount_text()}): {who}",
            activity_type=f"customer_portal_plus.mail_activity_type_quote_{answer}",
            tone=ANSWER_TONES[answer],
            send_mail=send_mail,
        )

    def _portal_answer_summaries(self):
        """Return what staff are told in one line, by answer.

        :rtype: dict[str, str]
        """
        return {
            "accepted": self.env._("Quote accepted in the portal"),
            "rejected": self.env._("Quote rejected in the portal"),
            "changes": self.env._("Changes of a quote asked for in the portal"),
        }

    def _portal_answer_words(self, answer):
        """Return what the customer said along with its answer, for staff.

        :param str answer: see ``_portal_notify_answer``
        :rtype: str
        """
        self.ensure_one()
        if answer == "changes":
            return self.portal_changes_text
        if answer != "rejected":
            return ""
        return self.portal_rejection_reason_id._portal_text(self.portal_rejection_note)
