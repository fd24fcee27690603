"""Questions that customers ask about one line of a quote, order or invoice."""

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...exceptions import PortalRefusal
from ...tools.actions import form_action

MAX_QUESTION_LENGTH = 1000
MAX_OPEN_QUESTIONS = 20
# By model of the document: the fields of this model for the document and for its line.
DOCUMENT_FIELDS = {
    "sale.order": ("sale_order_id", "sale_order_line_id"),
    "account.move": ("account_move_id", "account_move_line_id"),
}


class CustomerPortalQuestion(models.Model):
    _name = "customer.portal.question"
    _description = "Question about a Line"
    _order = "id desc"
    _rec_name = "line_name"

    sale_order_id = fields.Many2one(
        "sale.order", "Quote or order", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    sale_order_line_id = fields.Many2one(
        "sale.order.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    account_move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    account_move_line_id = fields.Many2one(
        "account.move.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    document_name = fields.Char("Document", readonly=True)
    line_name = fields.Text(
        "Line", readonly=True, help="As it was called when the customer asked; the line may change."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Asked by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users", "Responsible", index="btree_not_null", help="Who is to answer."
    )
    question = fields.Text(readonly=True)
    answer = fields.Text(help="Shown to the customer at the line, and mailed to who asked.")
    state = fields.Selection(
        [("open", "To answer"), ("answered", "Answered")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    answered_on = fields.Datetime("Answered on", readonly=True)
    answered_by_id = fields.Many2one("res.users", "Answered by", readonly=True)

    # === ACTIONS OF STAFF === #

    def action_answer(self):
        """Send the answers: into the documents' chatter, to those who asked, and at the lines."""
        for question in self:
            words = (question.answer or "").strip()
            if question.state == "answered":
                raise UserError(self.env._("This question is already answered."))
            if not words:
                raise UserError(self.env._("Please write the answer first."))
            question.write(
                {
                    "answer": words,
                    "state": "answered",
                    "answered_on": fields.Datetime.now(),
                    "answered_by_id": self.env.uid,
                }
            )
            question._document().message_post(
                body=Markup("<p><strong>%s</strong></p><blockquote>%s</blockquote><p>%s</p>")
                % (question.line_name, text_lines(question.question), text_lines(words)),
                partner_ids=question.partner_id.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def action_open_document(self):
        """Open the document that was asked about.

        :rtype: dict
        """
        document = self._document()
        return form_action(document)

    def _document(self):
        self.ensure_one()
        return self.sale_order_id or self.account_move_id

    # === PAGES === #

    @api.model
    def _portal_can_ask(self, document, contact):
        """Return whether a contact may ask about lines of a document of its customer.

        The company lets customers ask, and the contact has the capability *Write messages*.
        Guests and staff don't ask.

        :param models.Model document: a quote, order or invoice from the gate, which has been
            asked for this contact
        :param res.partner contact: partner of the signed-in user; empty for a guest
        :rtype: bool
        """
        contact = document._portal_as_contact(contact) if contact else contact
        return bool(
            contact
            and document.sudo().company_id.portal_allow_line_questions
            and contact._portal_can("can_message")
        )

    @api.model
    def _portal_document_lines(self, document):
        document = document.sudo()
        if document._name == "sale.order":
            return document._get_order_lines_to_report().filtered(
                lambda line: not line.display_type
            )
        return document.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    @api.model
    def _portal_lines(self, document, contact):
        """Return what the page of a document shows of questions, by line.

        :param models.Model document: see ``_portal_can_ask``
        :param res.partner contact: see ``_portal_can_ask``
        :return: by line id: ``id``, ``name``, ``can_ask``, and ``questions``: dicts of
            ``question``, ``asked_on``, ``answer`` and ``answered_on``, the oldest first
        :rtype: dict[int, dict]
        """
        document_field, line_field = DOCUMENT_FIELDS[document._name]
        can_ask = self._portal_can_ask(document, contact)
        lines = {
            line.id: {"id": line.id, "name": line.name or "", "can_ask": can_ask, "questions": []}
            for line in self._portal_document_lines(document)
        }
        # Sudo: the document is the contact's to see; of its questions, these words are shown.
        for question in self.sudo().search([(document_field, "=", document.id)], order="id"):
            line_id = question[line_field].id
            if line_id in lines:
                lines[line_id]["questions"].append(
                    {
                        "question": question.question,
                        "asked_on": format_date(self.env, question.create_date),
                        "answer": question.answer if question.state == "answered" else "",
                        "answered_on": format_date(self.env, question.answered_on)
                        if question.answered_on
                        else "",
                    }
                )
        return lines

    @api.model
    def _portal_ask(self, document, contact, line_id, words):
        """Ask about one line of a document.

        :param models.Model document: see ``_portal_can_ask``
        :param res.partner contact: partner of the signed-in user
        :param str line_id: the line, as a form sent it
        :param str words: the question
        :return: the question, in sudo
        :rtype: customer.portal.question
        :raise PortalRefusal: if it can't be asked; nothing is changed then
        """
        _ = self.env._
        document = document.sudo()
        refused = document._portal_refusal(document._portal_as_contact(contact))
        if refused or not self._portal_can_ask(document, contact):
            raise PortalRefusal(_("Questions about lines are not asked here."), "off")
        words = words.strip() if isinstance(words, str) else ""
        line = self._portal_document_lines(document).filtered(lambda line: str(line.id) == line_id)
        if not line:
            raise PortalRefusal(_("This line is not part of the document any more."), "line")
        if not words:
            raise PortalRefusal(_("Please write your question."), "no_words")
        if len(words) > MAX_QUESTION_LENGTH:
            raise PortalRefusal(
                _("Your question is too long: at most %s characters.", MAX_QUESTION_LENGTH), "long"
            )
        document_field, line_field = DOCUMENT_FIELDS[document._name]
        Questions = self.sudo()
        still_open = [(document_field, "=", document.id), ("state", "=", "open")]
        if Questions.search_count(still_open, limit=MAX_OPEN_QUESTIONS) >= MAX_OPEN_QUESTIONS:
            raise PortalRefusal(
                _("Please wait until we have answered your other questions."), "many"
            )
        responsible = document._portal_responsible()
        question = Questions.create(
            {
                document_field: document.id,
                line_field: line.id,
                "document_name": document.name,
                "line_name": line.name or "",
                "company_id": document.company_id.id,
                "partner_id": contact.id,
                "user_id": responsible.id,
                "question": words,
            }
        )
        document.message_post(
            author_id=contact.id,
            body=Markup("<p>%s <strong>%s</strong></p><p>%s</p>")
            % (_("Question about this line:"), question.line_name, text_lines(words)),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return question


def text_lines(text):
    """Return plain text as HTML that keeps its lines."""
    return Markup("<br/>").join(escape(line) for line in (text or "").splitlines())
