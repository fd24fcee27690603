"""What a customer says of the operations that its supplier declares (modelo 347)."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...exceptions import PortalRefusal
from ...tools.transactions import lock_rows_or_retry

MAX_WORDS = 1000
QUARTERS = (1, 2, 3, 4)


class CustomerPortal347Answer(models.Model):
    """A customer agrees with the figures of a year, or says of which quarters it does not.

    It is about the amounts that were shown: these are kept with it.
    """

    _name = "customer.portal.347.answer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Answer to the Modelo 347"
    _order = "year desc, answered_on desc, id desc"
    _rec_name = "customer_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner", "Answered by", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(required=True, readonly=True)
    answered_on = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("agreed", "Agreed"), ("objected", "Objected")],
        required=True,
        readonly=True,
        tracking=True,
    )
    amount = fields.Monetary("Shown then", readonly=True, help="The year's sum that it is about.")
    line_ids = fields.One2many(
        "customer.portal.347.answer.line", "answer_id", "Quarters", readonly=True
    )
    conversation_id = fields.Many2one(
        "customer.portal.conversation", readonly=True, ondelete="set null"
    )

    _once = models.Constraint(
        "UNIQUE(company_id, customer_id, year)", "A customer has one answer for each year."
    )

    # === WHAT IS SHOWN === #

    @api.model
    def _portal_companies_of(self, contact, companies):
        """Return the companies whose declaration a contact checks: it sees all invoices of a
        Spanish customer, and has the capability.

        :param res.partner contact: who asks
        :param res.company companies: in sudo, whose portal is on
        :rtype: res.company
        """
        may = (
            contact._portal_can("can_see_invoices")
            and contact._portal_can("can_check_347")
            and contact._portal_scope() == "whole"
            and contact.sudo().commercial_partner_id.country_id.code == "ES"
        )
        declaring = companies._portal_declaring_347().filtered("portal_show_invoices")
        return declaring if may else companies.browse()

    @api.model
    def _portal_declarations(self, contact, companies, year):
        """Return what a customer's suppliers declare of a year.

        :param res.partner contact: who asks, see ``_portal_companies_of``
        :param res.company companies: those of ``_portal_companies_of``
        :param int year: which
        :return: for each company with operations a dict: ``company``, ``currency``, ``total``,
            ``threshold``, ``is_declared``, ``quarters`` (dicts with ``number``, ``amount``,
            ``count``, ``other``: the part of documents that the contact does not see,
            ``objection``), ``shown`` (what an answer is about) and ``answer``, in sudo
        :rtype: list[dict]
        """
        Move = self.env["account.move"]
        domain = self._portal_domain_of(contact, companies, year)
        amounts = Move._portal_347_amounts(domain)
        seen = Move._portal_347_amounts(domain & Move._portal_domain(contact))
        # Sudo: nobody of a customer reads the table; these are its own.
        answers = {
            answer.company_id: answer
            for answer in self.sudo().search(
                [
                    ("customer_id", "=", contact.commercial_partner_id.id),
                    ("company_id", "in", companies.ids),
                    ("year", "=", year),
                ]
            )
        }
        found = []
        for company in companies:
            answer = answers.get(company, self.sudo().browse())
            objections = {line.quarter: line.objection for line in answer.line_ids}
            quarters = []
            for number in QUARTERS:
                amount, count = amounts.get((company, number), (0.0, 0))
                visible, visible_count = seen.get((company, number), (0.0, 0))
                quarters.append(
                    {
                        "number": number,
                        "amount": amount,
                        "count": count,
                        "other": company.currency_id.round(amount - visible)
                        if count != visible_count
                        else 0.0,
                        "objection": objections.get(number) or "",
                    }
                )
            if not any(quarter["count"] for quarter in quarters):
                continue
            total = company.currency_id.round(sum(quarter["amount"] for quarter in quarters))
            threshold = company.portal_347_threshold
            found.append(
                {
                    "company": company,
                    "currency": company.currency_id,
                    "total": total,
                    "threshold": threshold,
                    "is_declared": company.currency_id.compare_amounts(abs(total), threshold) > 0,
                    "quarters": quarters,
                    "shown": "|".join(f"{quarter['amount']:.2f}" for quarter in quarters),
                    "answer": answer,
                }
            )
        return found

    @api.model
    def _portal_domain_of(self, contact, companies, year):
        """Return the domain of the documents behind ``_portal_declarations``.

        :rtype: Domain
        """
        domain = self.env["account.move"]._portal_347_domain(companies, [year])
        return domain & Domain("commercial_partner_id", "=", contact.commercial_partner_id.id)

    # === ANSWERING === #

    @api.model
    def _portal_answer(self, contact, company, year, shown, act, objections):
        """Keep what a customer says of a year, instead of what it said before.

        :param res.partner contact: who answers; its rights were checked by who calls
        :param res.company company: one of ``_portal_companies_of``
        :param int year: which
        :param str shown: the amounts that the page had, see ``_portal_declarations``
        :param str act: ``agree`` or ``object``
        :param dict objections: quarter -> words
        :return: in sudo
        :rtype: customer.portal.347.answer
        :raise PortalRefusal: in words for the contact; nothing is kept then
        """
        _ = self.env._
        customer = contact.commercial_partner_id
        # Of two contacts at once the second one's answer is kept, and both are in the history.
        lock_rows_or_retry(customer)
        found = self._portal_declarations(contact, company, year)
        if not found or not found[0]["is_declared"]:
            raise PortalRefusal(_("Nothing is declared of this year."), "nothing")
        (declared,) = found
        if shown != declared["shown"]:
            raise PortalRefusal(
                _("The figures have changed meanwhile. Please look at them once more."), "changed"
            )
        words = {
            number: " ".join((objections.get(number) or "").replace("\x00", "").split())
            for number in QUARTERS
        }
        if max(map(len, words.values())) > MAX_WORDS:
            raise PortalRefusal(
                _("Please be brief: %s characters at most for a quarter.", MAX_WORDS), "long"
            )
        if act not in ("agree", "object") or (act == "object") != any(words.values()):
            raise PortalRefusal(
                _("Please agree, or say of at least one quarter what is wrong, not both."), "act"
            )
        values = {
            "company_id": company.id,
            "customer_id": customer.id,
            "contact_id": contact.id,
            "year": year,
            "answered_on": fields.Date.context_today(self),
            "state": "objected" if act == "object" else "agreed",
            "amount": declared["total"],
            "line_ids": [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "quarter": quarter["number"],
                            "amount": quarter["amount"],
                            "objection": words[quarter["number"]],
                        }
                    )
                    for quarter in declared["quarters"]
                ),
            ],
        }
        answer = declared["answer"]
        if answer:
            answer.write(values)
        else:
            answer = self.sudo().create(values)  # Sudo: a contact answers through this alone.
        answer._tell_staff(contact)
        return answer

    def _tell_staff(self, contact):
        """Keep what was answered in the history; an objection waits for somebody, and is the
        beginning of a conversation where the contact may write."""
        self.ensure_one()
        user = self.company_id._portal_bookkeeper(self.customer_id.user_id)
        env = self.with_context(lang=user.lang).env
        lines = self.line_ids.filtered("objection")
        items = Markup().join(Markup("<li>%s</li>") % self._line_words(line, env) for line in lines)
        head = (
            env._("Does not agree with the modelo 347 of %s:", self.year)
            if lines
            else env._("Agrees with the modelo 347 of %s.", self.year)
        )
        self.message_post(
            author_id=contact.id,
            body=Markup("<p>%s</p><ul>%s</ul>") % (head, items) if lines else head,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if not lines:
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=env._(
                "%(customer)s does not agree with the modelo 347 of %(year)s",
                customer=self.customer_id.name,
                year=self.year,
            ),
            note=Markup("<ul>%s</ul>") % items,
            user_id=user.id,
        )
        self._talk(contact, lines)

    def _talk(self, contact, lines):
        """Write objections in the conversation about them."""
        self.ensure_one()
        if not (self.company_id.portal_allow_messages and contact._portal_can("can_message")):
            return
        words = "\n".join(self._line_words(line, self.env) for line in lines)
        Conversation = self.env["customer.portal.conversation"]
        conversation = self.conversation_id
        if conversation and not conversation._portal_refusal(contact):
            conversation.sudo(False)._portal_post_of(contact, words, [])
            return
        self.conversation_id = Conversation.sudo(False)._portal_begin(
            contact,
            self.company_id,
            self.env._("Modelo 347 of %s", self.year),
            words,
            [],
        )

    @api.model
    def _line_words(self, line, env):
        return env._(
            "Quarter %(quarter)s, %(amount)s: %(objection)s",
            quarter=line.quarter,
            amount=line.currency_id.with_env(env).format(line.amount),
            objection=line.objection,
        )


class CustomerPortal347AnswerLine(models.Model):
    _name = "customer.portal.347.answer.line"
    _description = "Quarter of an Answer to the Modelo 347"
    _order = "quarter, id"

    answer_id = fields.Many2one(
        "customer.portal.347.answer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="answer_id.currency_id")
    quarter = fields.Integer(required=True, readonly=True)
    amount = fields.Monetary("Shown then", readonly=True)
    objection = fields.Text(readonly=True)
