from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...tools.transactions import lock_rows_or_retry

DECIDERS = (
    "base.group_partner_manager",
    "account.group_account_invoice",
    "sales_team.group_sale_salesman",
)


class CustomerPortalChangeRequest(models.Model):
    """What a contact asked for in the portal and staff accept or refuse: a change of the data that
    stand on documents already issued, or a colleague to be invited.

    Nothing of it holds until it is accepted. The values are kept as they were when it was asked,
    so that staff are told if somebody changed them meanwhile.
    """

    _name = "customer.portal.change.request"
    _description = "Change Asked for in the Customer Portal"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    # Staff decide by the two buttons, which write in sudo; reading is enough to discuss it.
    _mail_post_access = "read"

    name = fields.Char("Asked for", compute="_compute_name")
    kind = fields.Selection(
        [("billing", "Billing data"), ("invitation", "New colleague")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("pending", "To decide"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
        tracking=True,
    )
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Address or contact",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Whose data change: the customer itself, or one of its addresses. For a colleague,"
        " the contact that was invited.",
    )
    requested_by_id = fields.Many2one(
        "res.partner", "Asked by", readonly=True, index="btree_not_null", ondelete="set null"
    )
    requested_by_name = fields.Char("Asked by (name)", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Is asked to decide: the salesperson of the customer.",
    )
    line_ids = fields.One2many(
        "customer.portal.change.request.line", "request_id", "Changes", readonly=True
    )
    is_outdated = fields.Boolean(
        "Changed meanwhile",
        compute="_compute_is_outdated",
        help="Somebody has changed one of these values since the customer asked.",
    )
    contact_name = fields.Char("Colleague", readonly=True)
    contact_email = fields.Char("Colleague's e-mail", readonly=True)
    profile_id = fields.Many2one(
        "customer.portal.profile", "Profile", readonly=True, ondelete="set null", index=True
    )
    reason = fields.Text("Reason for refusing", readonly=True, help="The customer gets to read it.")
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "customer_id.name", "line_ids.label", "contact_name")
    @api.depends_context("lang")
    def _compute_name(self):
        for request in self:
            if request.kind == "invitation":
                what = self.env._("invite %s", request.contact_name)
            else:
                what = ", ".join(request.line_ids.mapped("label"))
            request.name = f"{request.customer_id.name}: {what}"

    @api.depends("state", "line_ids.is_outdated")
    def _compute_is_outdated(self):
        for request in self:
            request.is_outdated = request.state == "pending" and any(
                request.line_ids.mapped("is_outdated")
            )

    # === ACTIONS === #

    def action_accept(self):
        """Accept, unless a value was changed since the customer asked.

        :raise UserError: if one of the requests is outdated, or not to be decided any more
        """
        self._check_may_decide()
        for request in self:
            request._lock()
            if outdated := request.line_ids.filtered("is_outdated"):
                raise UserError(
                    self.env._(
                        "%(request)s was changed since the customer asked:\n%(changes)s\n"
                        "Nothing was done. Look at it, and accept it all the same or refuse it.",
                        request=request.name,
                        changes="\n".join(
                            self.env._(
                                "%(label)s: was %(old)s, is now %(current)s",
                                label=line.label,
                                old=line.old_text or "—",
                                current=line.current_text or "—",
                            )
                            for line in outdated
                        ),
                    )
                )
            request._accept()
        return True

    def action_accept_anyway(self):
        """Accept although a value was changed since the customer asked."""
        self._check_may_decide()
        for request in self:
            request._lock()
            request._accept()
        return True

    def action_refuse(self):
        """Open the wizard that asks for the reason.

        :rtype: dict
        """
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "customer.portal.change.refusal.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _check_may_decide(self):
        """Raise unless the current user is one of those who decide.

        :raise AccessError: if it is not
        """
        self.check_access("read")
        if not self.env.su and not any(self.env.user.has_group(group) for group in DECIDERS):
            raise AccessError(
                self.env._("Only sales, invoicing and contact managers decide on this.")
            )

    def _lock(self):
        """Take the request and the data it is about, so that nobody decides or changes besides.

        :raise UserError: if it has been decided meanwhile
        """
        self.ensure_one()
        request_sudo = self.sudo()  # Who may decide need not be allowed to read the customer.
        lock_rows_or_retry(request_sudo, request_sudo.customer_id, request_sudo.partner_id)
        if self.state != "pending":
            raise UserError(self.env._("%s is decided already.", self.name))

    def _accept(self):
        """Do what was asked for, and tell who asked."""
        self.ensure_one()
        # Sudo: who may decide need not be allowed to write every contact.
        request_sudo = self.sudo().with_company(self.company_id)
        if self.kind == "invitation":
            request_sudo.partner_id = request_sudo.customer_id._portal_add_colleague(
                self.contact_name, self.contact_email, request_sudo.profile_id, self.requested_by_id
            )
            request_sudo.partner_id._portal_vouch()  # Staff have looked at it.
        else:
            partner_sudo = request_sudo.partner_id.with_context(
                portal_customer_only=request_sudo.customer_id.id
            )
            partner_sudo.write({line.field_name: line.new_value for line in request_sudo.line_ids})
        self._decide("accepted")

    def _refuse(self, reason):
        """Leave everything as it is, and tell who asked why.

        :param str reason: what the customer gets to read
        """
        self._check_may_decide()
        for request in self:
            request._lock()
            request.sudo().reason = reason
            request._decide("refused")

    def _portal_withdraw(self, contact):
        """Take a request back; for the customer's own contacts who might ask for the same.

        :param res.partner contact: who takes it back
        """
        self.ensure_one()
        self._lock()
        self._decide("withdrawn", by=contact)

    def _decide(self, state, by=None):
        self.ensure_one()
        request_sudo = self.sudo()
        request_sudo.write(
            {
                "state": state,
                "decided_on": fields.Datetime.now(),
                "decided_by_id": self.env.uid if not by else False,
            }
        )
        request_sudo.activity_unlink(["mail.mail_activity_data_todo"])
        if state == "withdrawn":
            request_sudo.message_post(body=self.env._("Withdrawn by %s.", by.name), author_id=by.id)
        else:
            request_sudo._send_decision()

    def _send_decision(self):
        """Tell who asked, and the others who may update the same, what was decided."""
        template = self.env.ref(
            "customer_portal_plus.mail_template_change_request_decided", raise_if_not_found=False
        )
        contacts = self.requested_by_id.filtered(lambda contact: contact._portal_user())
        if self.kind == "billing":
            contacts |= self.customer_id._portal_contacts_who("can_update_billing")
        if not template or not contacts:
            return
        for contact in contacts:
            self._portal_mail(template, contact)

    def _portal_mail(self, template, contact):
        """Send a mail template about this request to one contact, in its language."""
        rendered = template.with_context(portal_contact_id=contact.id, lang=contact.lang)
        values = {
            name: rendered._render_field(name, self.ids, set_lang=contact.lang)[self.id]
            for name in ("subject", "body_html", "email_from")
        }
        self.with_context(mail_post_autofollow_author_skip=True).message_notify(
            model=self._name,
            res_id=self.id,
            **self._portal_mail_values(self.company_id, contact.lang),
            email_from=values["email_from"] or self.customer_id._portal_mail_from(self.company_id),
            subject=values["subject"],
            body=values["body_html"],
            partner_ids=contact.ids,
        )

    @api.model
    def _portal_request(self, contact, values):
        """Create a request of a contact, and ask the responsible to decide.

        :param res.partner contact: who asks
        :param dict values: what is asked for
        :return: the request, in sudo
        :rtype: customer.portal.change.request
        """
        customer = contact.commercial_partner_id
        company = contact._portal_company()
        responsible = customer._portal_company_responsible(company)
        request_sudo = self.sudo().create(
            {
                "customer_id": customer.id,
                "requested_by_id": contact.id,
                "requested_by_name": contact.name,
                "company_id": company.id,
                "user_id": responsible.id,
                **values,
            }
        )
        if responsible:
            self.env["customer.portal.staff.notification"]._tell(
                request_sudo,
                "change",
                responsible,
                self.env._("Decide on a change that a customer asked for"),
                send_mail=False,  # The note on the customer is the mail.
            )
        return request_sudo

    @api.model
    def _portal_request_billing(self, contact, partner, values):
        """Ask for a change of data that stand on documents already issued.

        What is still pending for the same data is replaced, not doubled.

        :param res.partner contact: who asks
        :param res.partner partner: the customer, or one of its addresses
        :param dict values: the new values, as in the cache (the id for a many2one)
        :return: the request, in sudo
        :rtype: customer.portal.change.request
        """
        pending = self.sudo().search(
            [
                ("kind", "=", "billing"),
                ("state", "=", "pending"),
                ("partner_id", "=", partner.id),
            ]
        )
        values = {**{line.field_name: line.new_value for line in pending.line_ids}, **values}
        for request in pending:
            request._portal_withdraw(contact)
        lines = [
            Command.create(
                {
                    "field_name": name,
                    "old_value": partner._portal_raw_value(name),
                    "old_text": partner._portal_value_text(name),
                    "new_value": value or False,
                    "new_text": partner._portal_value_text(name, value),
                }
            )
            for name, value in values.items()
        ]
        return self._portal_request(
            contact, {"kind": "billing", "partner_id": partner.id, "line_ids": lines}
        )

    @api.model
    def _portal_pending(self, customer, kind):
        """Return the requests of a customer that wait for staff, in sudo.

        :param res.partner customer: a commercial partner
        :param str kind: a value of the field ``kind``
        :rtype: customer.portal.change.request
        """
        # Sudo: customers read no requests; whose they may see is asked before.
        return self.sudo().search(
            [("kind", "=", kind), ("state", "=", "pending"), ("customer_id", "=", customer.id)]
        )

    def _portal_withdraw_one(self, contact, request_id):
        """Take back one of some requests.

        :param res.partner contact: who takes it back
        :param int request_id: an id that came from outside
        :raise AccessError: if it is none of these
        :raise UserError: if it has been decided meanwhile
        """
        request = self.filtered(lambda waiting: waiting.id == request_id)
        if not request:
            raise AccessError(self.env._("This request does not exist or is decided already."))
        request._portal_withdraw(contact)

    def _portal_rows(self):
        """Return what a page shows of requests.

        :return: dicts with ``id``, ``date``, ``by``, ``state``, ``reason``, ``changes`` (dicts
            with ``label``, ``old``, ``new``), ``contact_name``, ``contact_email``, ``profile``
        :rtype: list[dict]
        """
        return [
            {
                "id": request.id,
                "date": request.create_date,
                "by": request.requested_by_name,
                "state": request.state,
                "reason": request.reason or "",
                "changes": [
                    {"label": line.label, "old": line.old_text, "new": line.new_text}
                    for line in request.line_ids
                ],
                "contact_name": request.contact_name,
                "contact_email": request.contact_email,
                "profile": request.profile_id.name,
            }
            for request in self.sudo()
        ]

    def _get_diff_html(self):
        """Return the changes as a list, for mails and the chatter.

        :rtype: Markup
        """
        self.ensure_one()
        request_sudo = self.sudo()
        return request_sudo.partner_id._portal_diff_html(
            [(line.field_name, line.old_text, line.new_text) for line in request_sudo.line_ids]
        )


class CustomerPortalChangeRequestLine(models.Model):
    """One value that a contact asked to change."""

    _name = "customer.portal.change.request.line"
    _description = "Value Asked to Be Changed in the Customer Portal"
    _rec_name = "label"

    request_id = fields.Many2one(
        "customer.portal.change.request", required=True, ondelete="cascade", index=True
    )
    field_name = fields.Char(required=True)
    label = fields.Char("What", compute="_compute_label", compute_sudo=True)
    old_value = fields.Json()
    old_text = fields.Char("Until now")
    new_value = fields.Json()
    new_text = fields.Char("Asked for")
    current_text = fields.Char("Is now", compute="_compute_current", compute_sudo=True)
    is_outdated = fields.Boolean("Changed meanwhile", compute="_compute_current", compute_sudo=True)

    @api.depends("field_name", "request_id.partner_id")
    @api.depends_context("lang")
    def _compute_label(self):
        for line in self:
            partner = line.request_id.partner_id
            known = partner and line.field_name in partner._fields
            line.label = partner._portal_field_label(line.field_name) if known else line.field_name

    @api.depends("request_id.partner_id", "request_id.state")
    def _compute_current(self):
        for line in self:
            partner = line.request_id.partner_id
            pending = line.request_id.state == "pending"
            if not pending or not partner or line.field_name not in partner._fields:
                line.current_text = False
                line.is_outdated = False
                continue
            current = partner._portal_raw_value(line.field_name)
            line.current_text = partner._portal_value_text(line.field_name)
            line.is_outdated = current not in (line.old_value or False, line.new_value or False)
