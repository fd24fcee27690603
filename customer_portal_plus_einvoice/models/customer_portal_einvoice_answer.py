from odoo import api, fields, models

NAME_LENGTH = 200


class CustomerPortalEinvoiceAnswer(models.Model):
    """What a customer has answered on an invoice, as the law expects it: kept as it was given.

    Nobody changes or removes a row. Contacts and documents may be merged or deleted, their numbers
    and names stay; so do the digests of the legal files that the answer was about.
    """

    _name = "customer.portal.einvoice.answer"
    _inherit = ["customer.portal.write.once.mixin"]
    _description = "Answer to an Electronic Invoice"
    _log_access = False
    _order = "answered_at desc, id desc"
    _rec_name = "invoice_name"

    _write_once_free = ("company_id", "contact_id", "customer_id", "invoice_id", "user_id")

    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", index=True)
    company_ref = fields.Integer("Company number", readonly=True, aggregator=None)
    company_name = fields.Char("Company then", readonly=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="set null", index="btree_not_null"
    )
    customer_ref = fields.Integer("Customer number", readonly=True, aggregator=None)
    customer_name = fields.Char("Customer then", readonly=True)
    contact_id = fields.Many2one(
        "res.partner", "Answered by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    contact_ref = fields.Integer("Contact number", readonly=True, aggregator=None)
    contact_name = fields.Char("Contact then", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Noted by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who of your staff has noted what the official register says.",
    )
    user_name = fields.Char("Noted by, then", readonly=True)
    invoice_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, ondelete="set null", index="btree_not_null"
    )
    invoice_ref = fields.Integer("Invoice record", readonly=True, aggregator=None)
    invoice_name = fields.Char("Invoice then", required=True, readonly=True)
    amount_text = fields.Char("Amount", readonly=True)
    legal_files = fields.Text(
        readonly=True, help="SHA-256 and name of each legal file that there was."
    )
    act = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("paid", "Said to be paid"),
            ("requested", "Complement asked for"),
        ],
        "Answer",
        required=True,
        readonly=True,
    )
    origin = fields.Selection(
        [("portal", "Portal"), ("register", "Official register")],
        "Given in",
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    paid_on = fields.Date(readonly=True)
    clock_name = fields.Char("Expected by law", readonly=True)
    clock_source = fields.Char("Source", readonly=True)
    deadline_day = fields.Date("Until", readonly=True, help="The last day, as it was told then.")
    answered_at = fields.Datetime(required=True, readonly=True, help="In universal time.")
    browser = fields.Char(readonly=True)
    session_way = fields.Char("Name of the way in", readonly=True)

    @api.depends("act", "contact_name", "user_name")
    def _compute_display_name(self):
        """Override of `base`: what was answered, and by whom."""
        acts = dict(self._fields["act"]._description_selection(self.env))
        for answer in self:
            words = (acts.get(answer.act), answer.contact_name or answer.user_name)
            answer.display_name = ", ".join(filter(None, words))

    @api.model
    def _keep(self, duty, act, origin, contact, **values):
        """Keep an answer, in the transaction of the act.

        :param customer.portal.einvoice.duty duty: what is answered
        :param str act: see the field
        :param str origin: see the field
        :param res.partner contact: who answers; empty if staff note it
        :param values: further ones, like ``reason``
        :return: the answer, in sudo
        :rtype: customer.portal.einvoice.answer
        """
        invoice_sudo = duty.invoice_id.sudo()
        contact_sudo, customer_sudo = contact.sudo(), invoice_sudo.commercial_partner_id
        company_sudo, clock_sudo = invoice_sudo.company_id, duty.clock_id.sudo()
        origin_values = self.env["customer.portal.event"]._prepare_origin_values(company_sudo)
        # Sudo: nobody has the right to create; contacts and staff answer through the duty alone.
        return self.sudo().create(
            {
                "company_id": company_sudo.id,
                "company_ref": company_sudo.id,
                "company_name": (company_sudo.name or "")[:NAME_LENGTH],
                "customer_id": customer_sudo.id,
                "customer_ref": customer_sudo.id,
                "customer_name": (customer_sudo.name or "")[:NAME_LENGTH],
                "contact_id": contact_sudo.id,
                "contact_ref": contact_sudo.id,
                "contact_name": (contact_sudo.name or "")[:NAME_LENGTH],
                "invoice_id": invoice_sudo.id,
                "invoice_ref": invoice_sudo.id,
                "invoice_name": (invoice_sudo.name or "")[:NAME_LENGTH],
                "amount_text": invoice_sudo.currency_id.format(invoice_sudo.amount_total),
                "legal_files": invoice_sudo._portal_einvoice_digests(),
                "act": act,
                "origin": origin,
                "clock_name": clock_sudo.name,
                "clock_source": clock_sudo.source,
                "deadline_day": duty.deadline_day,
                "answered_at": fields.Datetime.now(),
                "browser": origin_values.get("browser"),
                "session_way": origin_values.get("session_way"),
                **values,
            }
        )
