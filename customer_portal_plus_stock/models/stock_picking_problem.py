"""The customer reports what is missing or damaged, line by line."""

from odoo import fields, models

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.actions import list_action
from odoo.addons.customer_portal_plus.tools.file_types import (
    EXTENSIONS,
    MAX_UPLOAD_BYTES,
    MAX_UPLOAD_FILES,
    clean_file_name,
    proof_type,
)
from odoo.addons.customer_portal_plus.tools.parsing import parse_id, parse_quantity
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

MAX_NOTE_LENGTH = 1000
PHOTO_TYPES = ("image/png", "image/jpeg")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    portal_problem_ids = fields.One2many(
        "customer.portal.delivery.problem", "picking_id", "Problems reported", readonly=True
    )
    portal_open_problem_count = fields.Integer(
        "Open problems", compute="_compute_portal_open_problem_count", compute_sudo=True
    )

    def _compute_portal_open_problem_count(self):
        counts = dict(
            self.env["customer.portal.delivery.problem"]._read_group(
                [("picking_id", "in", self.ids), ("state", "=", "open")],
                ["picking_id"],
                ["__count"],
            )
        )
        for picking in self:
            picking.portal_open_problem_count = counts.get(picking._origin, 0)

    def action_portal_problems(self):
        """Open what customers reported of this delivery.

        :rtype: dict
        :raise AccessError: if the current user is no staff
        """
        self.ensure_one()
        self.env["customer.portal.delivery.problem"].check_access("read")
        return list_action(
            self.env,
            "customer_portal_plus_stock.customer_portal_delivery_problem_action",
            [("picking_id", "=", self.id)],
        )

    def _portal_report_problems(self, contact, lines, photos):
        """Take what a contact says is missing or damaged: all of it, or nothing.

        The row is locked first: two who report at once can't report more than was shipped.

        :param res.partner contact: partner of the signed-in user
        :param dict lines: number of a line, as the form sent it -> ``kind``, ``quantity`` and
            ``note`` as they were typed
        :param dict photos: number of a line -> pairs of name and content; content that is too
            large may be cut off behind ``MAX_UPLOAD_BYTES``
        :return: what was reported, in sudo
        :rtype: customer.portal.delivery.problem
        :raise PortalRefusal: if something of it won't do
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if obstacle := self._portal_receipt_obstacle(contact):
            raise PortalRefusal(obstacle, "shut")
        picking_sudo = self.sudo()  # Contacts write no table; the gates have been asked.
        found = picking_sudo._portal_read_problems(lines)
        files = picking_sudo._portal_read_photos(found, photos)
        Problem = self.env["customer.portal.delivery.problem"].sudo()
        problems = Problem.create(
            [
                {"picking_id": self.id, "move_id": move.id, "contact_id": contact.id, **values}
                for move, values in found.items()
            ]
        )
        for problem in problems:
            problem.photo_ids = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    [
                        {**file, "res_model": self._name, "res_id": self.id}
                        for file in files.get(problem.move_id, ())
                    ]
                )
            )
        picking_sudo._portal_tell_problems(contact, problems)
        return problems

    def _portal_read_problems(self, lines):
        """Return what is reported of which line; see ``_portal_report_problems``.

        :return: line -> values of a problem
        :rtype: dict[stock.move, dict]
        """
        _ = self.env._
        moves = {move.id: move for move in self._portal_moves()}
        kinds = dict(self.env["customer.portal.delivery.problem"]._fields["kind"].selection)
        language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        found = {}
        for key, typed in lines.items():
            text = (typed.get("quantity") or "").strip()
            note = (typed.get("note") or "").strip()
            if not text and not note:
                continue
            move = moves.get(parse_id(key))
            if not move:
                raise PortalRefusal(_("This line is not one of the delivery."), "line")
            name = move._portal_name()
            quantity = parse_quantity(text, language)
            if quantity is None or move.product_uom.compare(quantity, 0) <= 0:
                raise PortalRefusal(
                    _("%s: please say how much of it is missing or damaged.", name), "quantity"
                )
            left = move.quantity - sum(
                self.portal_problem_ids.filtered(
                    lambda problem, move=move: problem.move_id == move
                ).mapped("quantity")
            )
            if move.product_uom.compare(quantity, left) > 0:
                raise PortalRefusal(
                    _(
                        "%(line)s: no more than %(quantity)s can be reported, what was shipped and"
                        " not reported yet.",
                        line=name,
                        quantity=move._portal_quantity_text(max(left, 0)),
                    ),
                    "quantity",
                )
            if typed.get("kind") not in kinds:
                raise PortalRefusal(
                    _("%s: please say whether it is missing or damaged.", name), "kind"
                )
            if len(note) > MAX_NOTE_LENGTH:
                raise PortalRefusal(
                    _("%(line)s: %(limit)s characters at most.", line=name, limit=MAX_NOTE_LENGTH),
                    "long",
                )
            found[move] = {"kind": typed["kind"], "quantity": quantity, "note": note}
        if not found:
            raise PortalRefusal(
                _("Please say of at least one line how much is missing or damaged."), "missing"
            )
        return found

    def _portal_read_photos(self, found, photos):
        """Return values of attachments by line; see ``_portal_report_problems``.

        :rtype: dict[stock.move, list[dict]]
        """
        _ = self.env._
        photos = {parse_id(key): files for key, files in photos.items() if files}
        moves = {move.id: move for move in found}
        if set(photos) - set(moves):
            raise PortalRefusal(
                _("A photo belongs to a line of which you say how much is missing or damaged."),
                "photo",
            )
        if sum(map(len, photos.values())) > MAX_UPLOAD_FILES:
            raise PortalRefusal(_("At most %s photos at once, please.", MAX_UPLOAD_FILES), "many")
        values = {}
        for key, files in photos.items():
            for name, content in files:
                if len(content) > MAX_UPLOAD_BYTES:
                    raise PortalRefusal(_("The photo is too large: 10 MB at most."), "large")
                media_type = proof_type(content)
                if media_type not in PHOTO_TYPES:
                    raise PortalRefusal(_("A photo must be a PNG or JPEG picture."), "type")
                values.setdefault(moves[key], []).append(
                    {
                        "name": clean_file_name(name, EXTENSIONS[media_type]),
                        "raw": content,
                        "mimetype": media_type,
                    }
                )
        return values

    def _portal_tell_problems(self, contact, problems):
        """Tell staff what was reported: by an activity on the transfer, as the company chose, and
        by a conversation, if the contact may write.

        :param res.partner contact: who reported it
        :param customer.portal.delivery.problem problems: in sudo
        """
        self.ensure_one()
        user = self._portal_responsible() or self.env.ref("base.user_admin")
        for_staff = self.with_context(lang=user.lang)
        self.env["customer.portal.staff.notification"]._tell(
            self,
            "delivery",
            user,
            for_staff.env._("Problem of delivery %s", self.name),
            words="; ".join(
                [contact.display_name, *problems.with_env(for_staff.env)._portal_texts()]
            ),
            tone="warning",
        )
        self.env["customer.portal.event"]._log(
            "message", record=self, contact=contact, detail=self.env._("Problem reported")
        )
        if not self.company_id.portal_allow_messages or not contact._portal_can("can_message"):
            return
        conversation = (
            self.env["customer.portal.conversation"]
            .sudo(False)
            ._portal_begin(
                contact,
                self.company_id,
                self.env._("Problem of delivery %s", self.name),
                "\n".join(problems._portal_texts()),
                [(photo.name, photo.raw) for photo in problems.photo_ids],
            )
        )
        conversation.sudo().portal_picking_id = self
        problems.conversation_id = conversation

    def _portal_reported(self, contact):
        """Return what was reported of this delivery, as its page shows it.

        :param res.partner contact: partner of the signed-in user
        :return: dicts with ``text``, ``date``, ``state`` (a word), ``tone``, ``photos`` (how
            many), ``url`` (of the conversation, empty if it is not the contact's to read)
        :rtype: list[dict]
        """
        self.ensure_one()
        problems_sudo = self.sudo().portal_problem_ids  # The gates have been asked.
        labels = dict(problems_sudo._fields["state"]._description_selection(self.env))
        return [
            {
                "text": text,
                "date": fields.Datetime.context_timestamp(self, problem.create_date).date(),
                "state": labels[problem.state],
                "tone": "good" if problem.state == "solved" else "waiting",
                "photos": len(problem.photo_ids),
                "url": (
                    problem.conversation_id.access_url
                    if problem.conversation_id
                    and not problem.conversation_id._portal_refusal(contact)
                    else ""
                ),
            }
            for problem, text in zip(problems_sudo, problems_sudo._portal_texts(), strict=True)
        ]
