from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ...exceptions import PortalRefusal
from ...tools.file_types import MAX_UPLOAD_BYTES, MAX_UPLOAD_FILES, clean_file_name, upload_type
from ...tools.transactions import lock_rows_or_retry

OPEN_STATES = ("requested", "received", "accepted")


class CustomerPortalDocumentRequest(models.Model):
    """A file that staff ask a customer for: the one place where customers upload.

    ``requested`` until the customer sends something, ``received`` until staff accept it or ask
    again, with the reason.
    """

    _name = "customer.portal.document.request"
    _inherit = ["customer.portal.document.mixin"]
    _description = "File asked of a customer"
    _order = "id desc"

    _portal_capability = "can_upload"
    # It is answered with a file; a mail that answers all the same stays on it, for staff.
    _portal_has_messages = False
    _portal_switch = "portal_allow_uploads"
    _portal_page = "/my/documents/requests"

    name = fields.Char("What", required=True, tracking=True)
    description = fields.Text(
        "Explanation",
        help="What the customer needs to know: which year, which form, signed by whom.",
    )
    partner_id = fields.Many2one(
        required=True,
        help="Who is asked; its colleagues who see all documents of the customer may answer, too.",
    )
    user_id = fields.Many2one(help="Is told when the file has come.")
    due_on = fields.Date("Due on", tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Asked for"),
            ("received", "Received"),
            ("accepted", "Accepted"),
            ("cancel", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
    )
    refusal_reason = fields.Text("Why it was asked for again", readonly=True, copy=False)
    received_on = fields.Datetime(readonly=True, copy=False)
    received_from_id = fields.Many2one(
        "res.partner", "Uploaded by", readonly=True, copy=False, ondelete="set null"
    )
    file_ids = fields.Many2many(
        "ir.attachment",
        "customer_portal_document_request_file_rel",
        "request_id",
        "attachment_id",
        "Files",
        readonly=True,
        copy=False,
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _portal_list_idx = models.Index("(commercial_partner_id, state, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("due_on", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_overdue = (
                request.state == "requested" and bool(request.due_on) and request.due_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "requested") & Domain("due_on", "<", "today")

    # === ACTIONS OF STAFF === #

    def action_send(self):
        """Ask the customer, by mail and on its portal's home page."""
        for request in self.filtered(lambda request: request.state == "draft"):
            request.state = "requested"
            request._tell_customer()

    def action_accept(self):
        """Accept what the customer sent."""
        for request in self:
            request._lock_received()
            request.write({"state": "accepted", "refusal_reason": False})
            request.activity_feedback(["mail.mail_activity_data_todo"])

    def _ask_again(self, reason):
        """Ask the customer for something better.

        :param str reason: what is wrong with what it sent; the customer reads it
        """
        for request in self:
            request._lock_received()
            request.write(
                {
                    "state": "requested",
                    "refusal_reason": reason,
                    # They stay attached to the request, for staff.
                    "file_ids": [Command.clear()],
                }
            )
            request.activity_feedback(["mail.mail_activity_data_todo"])
            request._tell_customer()

    def _lock_received(self):
        self.ensure_one()
        lock_rows_or_retry(self)
        if self.state != "received":
            raise UserError(self.env._("%s: there is nothing to check.", self.name))

    def action_withdraw(self):
        """Ask no more for what was not accepted yet."""
        self.filtered(lambda request: request.state != "accepted").write({"state": "cancel"})
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def action_reset_to_draft(self):
        """Prepare withdrawn requests to be sent again."""
        self.filtered(lambda request: request.state == "cancel").write(
            {"state": "draft", "refusal_reason": False}
        )

    def _tell_customer(self):
        self.ensure_one()
        # No kind of mail that one can do without: the customer is asked to do something.
        self._portal_mail_contact(
            "customer_portal_plus.mail_template_document_request", self.partner_id, "request"
        )

    # === GATES === #

    @api.model
    def _portal_shown_domain(self):
        return Domain("state", "in", OPEN_STATES)

    def _portal_mail_button(self):
        return self.env._("Send the file")

    @api.model
    def _portal_readable_fields(self):
        return frozenset(["id", "display_name", "name", "state", "due_on", "access_url"])

    # === PAGES === #

    @api.model
    def _portal_waiting_domain(self):
        """Return the domain of the requests that wait for the customer.

        :rtype: Domain
        """
        return Domain("state", "=", "requested")

    def _portal_rows(self):
        # Staff see drafts and what was withdrawn, too.
        neutral = "neutral"
        states = self._fields["state"]._description_selection(self.env)
        labels = {state: (label, neutral) for state, label in states} | {
            "requested": (self.env._("To send"), "waiting"),
            "received": (self.env._("Received"), "info"),
            "accepted": (self.env._("Accepted"), "good"),
        }
        overdue = (self.env._("Overdue"), "bad")
        rows = []
        for request in self:
            label, tone = overdue if request.is_overdue else labels[request.state]
            rows.append(
                {
                    "id": request.id,
                    "name": request.name,
                    "description": request.description or "",
                    "url": request.access_url,
                    "due_on": request.due_on,
                    "company": request.company_id.name,
                    "waiting": request.state == "requested",
                    "state": label,
                    "state_tone": tone,
                    "reason": request.refusal_reason or "",
                    "received_on": request.received_on,
                    "files": [
                        {"name": file.name, "url": f"{request.access_url}/files/{place}"}
                        for place, file in enumerate(request._portal_files(), 1)
                    ],
                }
            )
        return rows

    # === UPLOADS === #

    def _portal_files(self):
        """Return what the customer sent last, in the order of sending.

        :return: in sudo
        :rtype: ir.attachment
        """
        return self.sudo().file_ids.sorted("id")  # Sudo: the gates have been asked.

    def _portal_upload(self, contact, files):
        """Take the files that a customer sends: all of them, or none.

        The row is locked first: of two who send at once, the second is told.

        :param res.partner contact: who sends them; the gates have been asked
        :param list files: pairs of name and content
        :raise PortalRefusal: if nothing is waited for, or a file won't do
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if self.state != "requested":
            raise PortalRefusal(
                self.env._("We have this file already, thank you. There is nothing more to send."),
                "closed",
            )
        values = self._portal_check_files(files)
        request_sudo = self.sudo()  # Contacts write no table; the gates have been asked.
        attachments = self.env["ir.attachment"].sudo().create(values)
        request_sudo.write(
            {
                "state": "received",
                "received_on": fields.Datetime.now(),
                "received_from_id": contact.id,
                "file_ids": [Command.set(attachments.ids)],
            }
        )
        names = ", ".join(attachments.mapped("name"))
        self.env["customer.portal.event"]._log(
            "upload", record=request_sudo, contact=contact, detail=names
        )
        request_sudo._tell_responsible(contact)

    @api.model
    def _portal_check_files(self, files):
        """Return the values of attachments for files that a customer sends.

        :raise PortalRefusal: if one of them won't do
        """
        if not files:
            raise PortalRefusal(self.env._("Please choose a file."), "missing")
        if len(files) > MAX_UPLOAD_FILES:
            raise PortalRefusal(
                self.env._("At most %s files at once, please.", MAX_UPLOAD_FILES), "many"
            )
        values = []
        for name, data in files:
            if not data:
                raise PortalRefusal(self.env._("The file is empty."), "empty")
            if len(data) > MAX_UPLOAD_BYTES:
                raise PortalRefusal(self.env._("The file is too large: 10 MB at most."), "large")
            kind = upload_type(data)
            if not kind:
                raise PortalRefusal(
                    self.env._(
                        "Please send a PDF, a picture (PNG or JPEG), or a document or sheet of an"
                        " office program, one that can be opened and has no macros."
                    ),
                    "type",
                )
            media_type, extension = kind
            values.append(
                {
                    "name": clean_file_name(name, extension),
                    "raw": data,
                    "mimetype": media_type,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        return values

    def _tell_responsible(self, contact):
        """Tell the responsible person that the file has come, as the company chose."""
        self.ensure_one()
        env = self.with_context(lang=self._portal_responsible_or_admin().lang).env
        self._portal_tell_responsible(
            "upload",
            env._("%(contact)s sent: %(what)s", contact=contact.display_name, what=self.name),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        if any(request.state in ("received", "accepted") for request in self):
            raise ValidationError(self.env._("A request that was answered can't be deleted."))
