from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.customer_portal_plus.tools.actions import form_action
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

STATE_TONES = {"open": "waiting", "accepted": "good", "refused": "bad", "withdrawn": ""}


class CustomerPortalContractRequest(models.Model):
    """What a customer asks for of a subscription, and what staff decide.

    Accepting a stop ends the contract. What else is accepted, staff change by hand: prices and
    terms of another plan are theirs to say.
    """

    _name = "customer.portal.contract.request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # nobody writes these by hand, and all who see one see its activity
    _description = "Change of a Subscription Asked for"
    _order = "id desc"

    contract_id = fields.Many2one(
        "contract.contract",
        "Subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(
        related="contract_id.portal_commercial_partner_id", string="Customer", store=True
    )
    user_id = fields.Many2one(related="contract_id.user_id", string="Responsible", store=True)
    kind = fields.Selection(
        [
            ("quantity", "Another quantity"),
            ("plan", "Another plan"),
            ("pause", "Pause"),
            ("stop", "Stop"),
        ],
        "Asked for",
        required=True,
        readonly=True,
    )
    date = fields.Date(
        "From", required=True, readonly=True, help="Of a stop, the last day of the subscription."
    )
    date_until = fields.Date("Until", readonly=True)
    line_id = fields.Many2one("contract.line", "Line", readonly=True, ondelete="set null")
    line_name = fields.Char("Line then", readonly=True)
    old_quantity = fields.Float("Quantity then", digits="Product Unit", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    words = fields.Text("Customer's words", readonly=True)
    contact_id = fields.Many2one(
        "res.partner", "Asked by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    conversation_id = fields.Many2one(
        "customer.portal.conversation",
        "Conversation",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(
        [
            ("open", "To decide"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    answer = fields.Text(
        "Your answer", help="The customer gets to read it; needed where you refuse."
    )
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    text = fields.Char("What exactly", compute="_compute_text")

    _one_open_idx = models.UniqueIndex("(contract_id, kind) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("kind", "contract_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            name = request.contract_id.name or request.contract_id.code or ""
            request.display_name = f"{kinds.get(request.kind, '')}: {name}"

    @api.depends_context("lang")
    @api.depends("kind", "date", "date_until", "line_name", "old_quantity", "quantity")
    def _compute_text(self):
        for request in self:
            request.text = request._portal_text()

    def _portal_text(self):
        """Return what is asked for in one sentence, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        day = format_date(self.env, self.date)
        if self.kind == "quantity":
            line = self.line_id.sudo()  # Only for its unit.
            return _(
                "%(line)s: %(quantity)s instead of %(old)s, from %(day)s",
                line=self.line_name or "",
                quantity=line._portal_quantity_text(self.quantity) if line else self.quantity,
                old=line._portal_quantity_text(self.old_quantity) if line else self.old_quantity,
                day=day,
            )
        until = format_date(self.env, self.date_until)
        return {
            "plan": _("Another plan, from %s", day),
            "pause": _("Pause from %(day)s to %(until)s", day=day, until=until),
            "stop": _("Stop, with %s as the last day", day),
        }.get(self.kind, "")

    # === DECIDING === #

    def action_accept(self):
        """Accept: a stop ends the contract, what else was asked for is noted.

        :raise UserError: if it is decided already, or the contract can't end on that day
        :raise AccessError: if the current user does not decide, or may not end the contract
        """
        for request in self:
            request._lock_to_decide()
            if request.kind == "stop":
                request.contract_id.check_access("write")
                request.contract_id._portal_stop(request.date)
            request._decide("accepted")

    def action_refuse(self):
        """Refuse; the customer reads why.

        :raise UserError: if it is decided already, or there is no answer
        :raise AccessError: if the current user does not decide
        """
        for request in self:
            request._lock_to_decide()
            if not (request.answer or "").strip():
                raise UserError(self.env._("Please write in your answer why, then refuse."))
            request._decide("refused")

    def action_open_contract(self):
        """Open the contract, with the rights of who asks.

        :rtype: dict
        """
        self.ensure_one()
        views = [[self.contract_id.get_formview_id(), "form"]]
        return form_action(self.contract_id, views=views)

    def _lock_to_decide(self):
        """Take the request and its contract, so that nobody decides besides.

        :raise AccessError: if the current user does not decide
        :raise UserError: if it is decided already
        """
        self.ensure_one()
        self.check_access("write")
        # Sudo: the contract is locked also for who may not write it.
        lock_rows_or_retry(self.sudo(), self.sudo().contract_id)
        if self.state != "open":
            raise UserError(self.env._("%s is decided already.", self.display_name))

    def _decide(self, state):
        """Note what staff have decided, and tell who asked.

        :param str state: ``accepted`` or ``refused``
        """
        self.ensure_one()
        request_sudo = self.sudo()  # Who decides need not be allowed to read contacts.
        request_sudo.write(
            {"state": state, "decided_on": fields.Datetime.now(), "decided_by_id": self.env.uid}
        )
        request_sudo.activity_unlink(["mail.mail_activity_data_todo"])
        contact = request_sudo.contact_id
        # Who does not see the subscription any more is told nothing of it.
        if not contact.email or request_sudo.contract_id._portal_refusal(contact):
            return
        request_sudo._portal_mail_contacts(
            contact,
            self.company_id,
            self.env.ref("customer_portal_plus_contract.mail_template_contract_request"),
        )

    def _portal_decision_subject(self):
        """Return what the mail is called that tells what was decided.

        :rtype: str
        """
        self.ensure_one()
        name = self.contract_id._portal_conversation_title()
        if self.state == "accepted":
            return self.env._("%s: accepted", name)
        return self.env._("%s: not accepted", name)

    def _portal_withdraw(self, contact):
        """Take a request back for a contact of its customer; its rights are checked by who calls.

        :param res.partner contact: partner of the signed-in user
        """
        self.ensure_one()
        request_sudo = self.sudo()  # Contacts write no table.
        request_sudo.write({"state": "withdrawn", "decided_on": fields.Datetime.now()})
        request_sudo.activity_unlink(["mail.mail_activity_data_todo"])
        request_sudo.message_post(
            body=self.env._("Withdrawn by %s.", contact.name), author_id=contact.id
        )

    # === PAGE === #

    def _portal_request_rows(self, contact):
        """Return what the page of a subscription shows of these requests, in sudo.

        :param res.partner contact: for whom
        :return: dicts with ``id``, ``text``, ``words``, ``by``, ``date``, ``state`` (a word),
            ``tone``, ``is_open``, ``answer``, ``url`` (of the conversation, empty if it is not the
            contact's to read)
        :rtype: list[dict]
        """
        labels = {
            "open": self.env._("Waiting for us"),
            "accepted": self.env._("Accepted"),
            "refused": self.env._("Refused"),
            "withdrawn": self.env._("Withdrawn"),
        }
        return [
            {
                "id": request.id,
                "text": request._portal_text(),
                "words": request.words or "",
                "by": request.contact_id.name or "",
                "date": fields.Datetime.context_timestamp(request, request.create_date).date(),
                "state": labels[request.state],
                "tone": STATE_TONES[request.state],
                "is_open": request.state == "open",
                # Not while somebody is still writing it.
                "answer": (request.state in ("accepted", "refused") and request.answer or ""),
                "url": (
                    request.conversation_id.access_url
                    if request.conversation_id
                    and not request.conversation_id._portal_refusal(contact)
                    else ""
                ),
            }
            for request in self
        ]
