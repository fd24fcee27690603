"""Disputes as a contact makes them, and makes them again."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import PortalRefusal
from ...tools.parsing import parse_money
from ...tools.transactions import lock_rows_or_retry
from ..messages.customer_portal_question import text_lines

MAX_WORDS = 2000


class CustomerPortalDispute(models.Model):
    _inherit = "customer.portal.dispute"

    @api.model
    def _portal_claim(
        self, contact, invoice, lines, reason, words, right="", total="", rights=None, file=None
    ):
        """Dispute a part of an invoice.

        :param res.partner contact: who does; the gates of the invoice were asked for it
        :param account.move invoice: from the gate
        :param list lines: ids of the lines that are marked; empty if it is about a sum
        :param str reason: see the field
        :param str words: what is wrong, in the contact's words
        :param str right: what is held to be right of the sum, as typed
        :param str total: the sum, as typed
        :param dict rights: the same of lines: by id; what is missing is nothing
        :param bytes file: a PDF or picture; None if there is none
        :return: the dispute, in sudo
        :rtype: customer.portal.dispute
        :raise PortalRefusal: in words for the contact
        :raise ValidationError: if the file is none that can be shown
        """
        _ = self.env._
        # Of two contacts at once, or one who pays meanwhile, the second sees what the first did.
        lock_rows_or_retry(invoice)
        if obstacle := invoice._portal_dispute_obstacle(contact):
            raise PortalRefusal(invoice._portal_dispute_obstacle_texts()[obstacle], obstacle)
        if reason not in dict(self._fields["reason"].selection):
            raise PortalRefusal(_("Please choose what is wrong."), "reason")
        words = words.strip() if isinstance(words, str) else ""
        if len(words) > MAX_WORDS or (reason == "other" and not words):
            raise PortalRefusal(self._words_text(), "words")
        values = (
            self._line_values(invoice, lines, rights or {})
            if lines
            else self._sum_values(invoice, total, right)
        )
        payments = self.env["customer.portal.payment.report"]
        media_type = payments._check_proof(file) if file is not None else None
        # Sudo: a contact disputes through this method alone.
        dispute = self.sudo().create(
            {
                "invoice_id": invoice.id,
                "company_id": invoice.company_id.id,
                "customer_id": invoice.commercial_partner_id.id,
                "contact_id": contact.id,
                "currency_id": invoice.currency_id.id,
                "reason": reason,
                "explanation": words,
                "opened_on": fields.Date.context_today(self),
                **values,
            }
        )
        if file is not None:
            dispute.file_id = self.env["ir.attachment"]._portal_keep_proof(
                dispute, invoice.name or "", file, media_type
            )
        dispute._begin(contact, words)
        return dispute

    @api.model
    def _line_values(self, invoice, line_ids, rights):
        """Return the values of a dispute about lines of an invoice.

        :raise PortalRefusal: if a line is none of it, is named twice or was disputed before, or
            more than the line is disputed
        """
        _, currency = self.env._, invoice.currency_id
        lines = invoice._portal_disputable_lines()
        if len(set(line_ids)) != len(line_ids) or not set(line_ids) <= set(lines.ids):
            raise PortalRefusal(_("Please mark each line once, those of this invoice."), "lines")
        lines = lines.filtered(lambda line: line.id in line_ids)
        if (
            self.env["customer.portal.dispute.line"]
            .sudo()
            .search_count([("line_id", "in", lines.ids)], limit=1)
        ):
            raise PortalRefusal(
                _("One of these lines was disputed before. Please write to us about it."), "lines"
            )
        parts = []
        for line in lines:
            right = self._read_right(rights.get(line.id), line.price_total, currency)
            parts.append(
                {
                    "line_id": line.id,
                    "name": line.name or "",
                    "total": line.price_total,
                    "right_amount": right,
                    "amount": currency.round(line.price_total - right),
                }
            )
        return {
            "line_ids": [Command.create(part) for part in parts],
            "marked": sum(part["total"] for part in parts),
            "right_amount": sum(part["right_amount"] for part in parts),
            "amount": currency.round(sum(part["amount"] for part in parts)),
        }

    @api.model
    def _sum_values(self, invoice, total, right):
        """Return the values of a dispute about a sum of an invoice.

        :raise PortalRefusal: if it is none, or more than is left to pay
        """
        _, currency = self.env._, invoice.currency_id
        marked = self._read_amount(total, currency)
        if not marked or currency.compare_amounts(marked, invoice.amount_residual) > 0:
            raise PortalRefusal(
                _(
                    "Please mark lines, or type the sum in question: at most %s, what is left to"
                    " pay.",
                    currency.format(invoice.amount_residual),
                ),
                "amount",
            )
        if self.sudo().search_count(
            [("invoice_id", "=", invoice.id), ("line_ids", "=", False)], limit=1
        ):
            raise PortalRefusal(
                _("A sum of this invoice was disputed before. Please write to us about it."),
                "amount",
            )
        right = self._read_right(right, marked, currency)
        return {
            "marked": marked,
            "right_amount": right,
            "amount": currency.round(marked - right),
        }

    @api.model
    def _read_right(self, text, total, currency):
        """Return what is held to be right of an amount; nothing where nothing was typed.

        :raise PortalRefusal: if it is no amount, or not less than that
        """
        if not text or not text.strip():
            return 0.0
        right = self._read_amount(text, currency)
        if right is None or currency.compare_amounts(right, total) >= 0:
            raise PortalRefusal(
                self.env._(
                    "What would be right must be an amount below %s.", currency.format(total)
                ),
                "amount",
            )
        return right

    @api.model
    def _read_amount(self, text, currency):
        """Return the amount that was typed; None if it is none in this currency."""
        amount = parse_money(text, currency, self.env["res.lang"]._get_data(code=self.env.lang))
        if amount is None or abs(currency.round(amount) - amount) > 1e-9:
            return None
        return amount

    # === AGAIN === #

    def _reopening_obstacle(self, contact):
        """Return what keeps a contact from disputing this once more: it was explained or refused,
        for the first time, and the invoice may be disputed.

        :param res.partner contact: see ``_portal_claim``
        :rtype: str | None
        """
        self.ensure_one()
        if self.state == "open":
            return "open"
        if self.state not in ("explained", "refused") or self.is_reopened:
            return "decided"
        return self.invoice_id._portal_dispute_obstacle(contact)

    @api.model
    def _portal_reopening_texts(self, invoice):
        """Return what is told to who can't dispute something once more, by what is in the way.

        :param account.move invoice: what was disputed
        :rtype: dict[str, str]
        """
        return {**invoice._portal_dispute_obstacle_texts(), "words": self._words_text()}

    @api.model
    def _words_text(self):
        return self.env._(
            "Please say in a few words what is wrong, %s characters at most.", MAX_WORDS
        )

    def _portal_reopen(self, contact, words):
        """Dispute once more what was explained or refused.

        :param res.partner contact: see ``_portal_claim``
        :param str words: why
        :raise PortalRefusal: if it can't be, in words for the contact
        """
        self.ensure_one()
        lock_rows_or_retry(self.invoice_id, self)
        words = words.strip() if isinstance(words, str) else ""
        obstacle = self._reopening_obstacle(contact)
        if not obstacle and (not words or len(words) > MAX_WORDS):
            obstacle = "words"
        if obstacle:
            raise PortalRefusal(self._portal_reopening_texts(self.invoice_id)[obstacle], obstacle)
        self.write(
            {
                "state": "open",
                "is_reopened": True,
                "opened_on": fields.Date.context_today(self),
                "closed_on": False,
                "closed_by_id": False,
                "answer": False,
            }
        )
        self._begin(contact, words)

    # === WHO IS TOLD === #

    def _begin(self, contact, words):
        """Let automatic debit go on without the disputed part, and tell both sides."""
        self.ensure_one()
        invoice = self.invoice_id
        invoice._portal_drop_announced_debits(self.env._("The customer disputes the invoice."))
        env = self.env
        reasons = dict(self._fields["reason"]._description_selection(env))
        head = env._(
            "%(amount)s of this invoice are disputed: %(reason)s",
            amount=self.currency_id.format(self.amount),
            reason=reasons[self.reason],
        )
        names = Markup().join(Markup("<li>%s</li>") % line.name for line in self.line_ids)
        names = Markup("<ul>%s</ul>") % names if names else Markup()
        invoice.message_post(
            author_id=contact.id,
            body=Markup("<p>%s</p>%s<p>%s</p>") % (head, names, text_lines(words)),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        events = env["customer.portal.event"]
        events._log(
            "message",
            record=invoice,
            contact=contact,
            detail=events._company_words(self.company_id)._(
                "Disputed: %s", self.currency_id.format(self.amount)
            ),
        )
        user = self.company_id._portal_bookkeeper(
            invoice.invoice_user_id | self.customer_id.user_id
        )
        staff_env = self.with_context(lang=user.lang).env
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=staff_env._(
                "%(customer)s disputes %(amount)s of %(invoice)s",
                customer=self.customer_id.name,
                amount=self.currency_id.format(self.amount),
                invoice=invoice.name,
            ),
            user_id=user.id,
        )
        # It is the contact itself who does this, and is told that it arrived.
        self.with_context(mail_notify_author=True)._portal_mail_contacts(
            contact,
            self.company_id,
            env.ref("customer_portal_plus.mail_template_dispute_received"),
            lang=contact.lang,
            email_from=self.customer_id._portal_mail_from(self.company_id),
        )
