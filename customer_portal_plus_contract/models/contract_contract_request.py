"""The customer asks to change, pause or stop a subscription."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.models.messages.customer_portal_conversation_page import (
    MAX_SUBJECT_LENGTH,
)
from odoo.addons.customer_portal_plus.tools.actions import list_action
from odoo.addons.customer_portal_plus.tools.parsing import parse_date, parse_id, parse_quantity
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

MAX_WORDS_LENGTH = 1000
MAX_QUANTITY = 1_000_000
MAX_DAYS_AHEAD = 1100
MAX_A_DAY = 10  # asked for and taken back again and again, each one reaches staff


class ContractContract(models.Model):
    _inherit = "contract.contract"

    portal_request_ids = fields.One2many(
        "customer.portal.contract.request", "contract_id", "Changes asked for", readonly=True
    )
    portal_open_request_count = fields.Integer(
        "Changes to decide", compute="_compute_portal_open_request_count", compute_sudo=True
    )

    def _compute_portal_open_request_count(self):
        counts = dict(
            self.env["customer.portal.contract.request"]._read_group(
                [("contract_id", "in", self.ids), ("state", "=", "open")],
                ["contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.portal_open_request_count = counts.get(contract._origin, 0)

    def action_portal_requests(self):
        """Open the list of what the customer asked for.

        :rtype: dict
        :raise AccessError: if the current user is none of those who decide
        """
        self.ensure_one()
        self.env["customer.portal.contract.request"].check_access("read")
        return list_action(
            self.env,
            "customer_portal_plus_contract.customer_portal_contract_request_action",
            [("contract_id", "=", self.id)],
        )

    # === WHAT CAN BE ASKED FOR === #

    def _portal_request_obstacle(self, contact):
        """Return why ``contact`` can ask for nothing of this subscription, in words.

        :param res.partner contact: partner of the signed-in user
        :return: empty if it can
        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        contract_sudo = self.sudo()  # Only to ask the gates, and for the company's choice.
        if not contract_sudo._portal_in_scope() or not contract_sudo._portal_as_contact(contact):
            return _("This is no subscription of yours.")
        if self._portal_refusal(contact) or not contact._portal_can("can_change_subscriptions"):
            return _(
                "Your profile does not let you ask for changes. Ask whoever manages your team."
            )
        if not contract_sudo.company_id.portal_allow_subscription_requests:
            return _("Changes are not asked for here at present. Please write to us.")
        return ""

    def _portal_kind_obstacle(self, contact, kind):
        """Return why ``contact`` can't ask for one thing of this subscription, in words.

        :param res.partner contact: partner of the signed-in user
        :param str kind: a value of ``customer.portal.contract.request.kind``
        :return: empty if it can
        :rtype: str
        """
        if obstacle := self._portal_request_obstacle(contact):
            return obstacle
        _ = self.env._
        contract_sudo = self.sudo()  # The gates have been asked.
        end = contract_sudo.date_end
        if end and end < self._portal_today():
            return _("This subscription ended on %s.", format_date(self.env, end))
        if kind == "stop" and end:
            return _("This subscription is stopped: it ends on %s.", format_date(self.env, end))
        waiting = contract_sudo.portal_request_ids.filtered(
            lambda request: request.state == "open" and request.kind == kind
        )
        if waiting and kind == "stop":
            return _("You have asked to stop it already. We tell you what we decide.")
        if waiting:
            return _("You have asked for this already. We tell you what we decide.")
        yesterday = fields.Datetime.now() - timedelta(days=1)
        lately = contract_sudo.portal_request_ids.filtered(
            lambda request: request.create_date > yesterday
        )
        if len(lately) >= MAX_A_DAY:
            return _("You have asked for a lot today. Please write to us.")
        if self._portal_earliest(kind) > contract_sudo._portal_latest():
            return _("It ends before anything of it can be changed.")
        if kind == "quantity" and not contract_sudo._portal_changeable_lines():
            return _("There is nothing of which you could ask for another quantity.")
        return ""

    def _portal_request_kinds(self, contact):
        """Return what ``contact`` can ask for now.

        :param res.partner contact: partner of the signed-in user
        :return: kinds with their labels
        :rtype: list[tuple[str, str]]
        """
        kinds = self.env["customer.portal.contract.request"]._fields["kind"]
        return [
            (kind, label)
            for kind, label in kinds._description_selection(self.env)
            if not self._portal_kind_obstacle(contact, kind)
        ]

    def _portal_changeable_lines(self):
        """Return the lines of which another quantity can be asked for: those that go on.

        :rtype: contract.line
        """
        self.ensure_one()
        today = self._portal_today()
        return self._portal_items().filtered(
            lambda line: not line.date_end or line.date_end > today
        )

    def _portal_earliest(self, kind):
        """Return the first day from which something can be asked for, of a stop the first last
        day: after the company's notice, and not before what is billed already.

        :param str kind: a value of ``customer.portal.contract.request.kind``
        :rtype: date
        """
        self.ensure_one()
        contract_sudo = self.sudo()  # Staff's own dates, of which only the answer is shown.
        days = contract_sudo.company_id.portal_subscription_notice_days
        earliest = self._portal_today() + timedelta(days=days)
        if kind != "stop":
            return earliest
        billed = contract_sudo.contract_line_ids.mapped("last_date_invoiced")
        return max([earliest, *filter(None, billed)])

    def _portal_latest(self):
        """Return the last day from which something can be asked for.

        :rtype: date
        """
        latest = self._portal_today() + timedelta(days=MAX_DAYS_AHEAD)
        return min(latest, self.sudo().date_end or latest)  # Sudo: only for this one day.

    # === ASKING === #

    def _portal_ask(self, contact, kind, typed):
        """Take what a contact asks for of this subscription.

        The row is locked first: of two who ask for the same at once, the second one is told.

        :param res.partner contact: partner of the signed-in user
        :param str kind: what the form was for; anything
        :param dict typed: ``date``, ``until``, ``line``, ``quantity`` and ``words``, as typed
        :return: the request, in sudo
        :rtype: customer.portal.contract.request
        :raise PortalRefusal: if it can't be asked for; nothing is changed then
        """
        self.ensure_one()
        Request = self.env["customer.portal.contract.request"]
        if kind not in dict(Request._fields["kind"].selection):
            raise PortalRefusal(self.env._("That can't be asked for."), "kind")
        lock_rows_or_retry(self)
        if obstacle := self._portal_kind_obstacle(contact, kind):
            raise PortalRefusal(obstacle, "shut")
        contract_sudo = self.sudo()  # Contacts write no table; the gates have been asked.
        values = {
            **contract_sudo._portal_read_days(kind, typed),
            **contract_sudo._portal_read_words(kind, typed),
        }
        if kind == "quantity":
            values.update(contract_sudo._portal_read_quantity(typed))
        request_sudo = Request.sudo().create(
            {"contract_id": self.id, "contact_id": contact.id, "kind": kind, **values}
        )
        contract_sudo._portal_tell_request(contact, request_sudo)
        return request_sudo

    def _portal_read_days(self, kind, typed):
        """Return the days that were typed, see ``_portal_ask``.

        :rtype: dict[str, date]
        :raise PortalRefusal: if one of them won't do
        """
        _ = self.env._
        day = parse_date(typed.get("date"))
        if not day:
            raise PortalRefusal(_("Please choose a day."), "date")
        latest = self._portal_latest()
        earliest = self._portal_earliest(kind)
        if day < earliest:
            raise PortalRefusal(
                _("The earliest day is %s.", format_date(self.env, earliest)), "date"
            )
        if day > latest:
            raise PortalRefusal(_("The latest day is %s.", format_date(self.env, latest)), "date")
        if kind != "pause":
            return {"date": day}
        until = parse_date(typed.get("until"))
        if not until:
            raise PortalRefusal(_("Please choose until when it is to pause."), "until")
        if until <= day:
            raise PortalRefusal(_("A pause ends after it has begun."), "until")
        if until > latest:
            raise PortalRefusal(_("The latest day is %s.", format_date(self.env, latest)), "until")
        return {"date": day, "date_until": until}

    @api.model
    def _portal_read_words(self, kind, typed):
        """Return the words that were typed, see ``_portal_ask``.

        :rtype: dict[str, str]
        :raise PortalRefusal: if they won't do
        """
        _ = self.env._
        words = (typed.get("words") or "").strip()
        if not words and kind == "stop":
            raise PortalRefusal(_("Please tell us why you stop."), "words")
        if not words and kind == "plan":
            raise PortalRefusal(_("Please say which plan you would like."), "words")
        if len(words) > MAX_WORDS_LENGTH:
            raise PortalRefusal(_("%s characters at most, please.", MAX_WORDS_LENGTH), "words")
        return {"words": words}

    def _portal_read_quantity(self, typed):
        """Return line and quantity that were typed, see ``_portal_ask``.

        :rtype: dict
        :raise PortalRefusal: if they won't do
        """
        self.ensure_one()
        _ = self.env._
        line_id = parse_id(typed.get("line"))
        line = self._portal_changeable_lines().filtered(lambda line: line.id == line_id)
        if not line:
            raise PortalRefusal(_("Please choose one of the lines."), "line")
        language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = parse_quantity((typed.get("quantity") or "").strip(), language)
        quantity = round(quantity, digits) if quantity else 0
        if quantity <= 0:
            raise PortalRefusal(
                _("Please say how much of it you would like. To end all of it, ask to stop."),
                "quantity",
            )
        if quantity > MAX_QUANTITY:
            raise PortalRefusal(
                _("That is more than can be asked for here. Please write to us."), "quantity"
            )
        if quantity == round(line.quantity, digits):
            raise PortalRefusal(_("That is the quantity you have already."), "quantity")
        return {
            "line_id": line.id,
            "line_name": line._portal_name().split("\n")[0],
            "old_quantity": line.quantity,
            "quantity": quantity,
        }

    # === TAKING BACK === #

    def _portal_withdraw_request(self, contact, request_id):
        """Take a request of this subscription back.

        :param res.partner contact: partner of the signed-in user
        :param request_id: anything that came in with a request
        :raise PortalRefusal: if it can't be taken back
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if obstacle := self._portal_request_obstacle(contact):
            raise PortalRefusal(obstacle, "shut")
        # Sudo: contacts read no requests; the gates have been asked.
        request_sudo = self.sudo().portal_request_ids.filtered(
            lambda request: request.id == parse_id(request_id) and request.state == "open"
        )
        if not request_sudo:
            raise PortalRefusal(self.env._("This has been decided already."), "decided")
        request_sudo._portal_withdraw(contact)

    # === TELLING STAFF === #

    def _portal_tell_request(self, contact, request_sudo):
        """Tell staff what is asked for: as the company chose, and by a conversation, if the contact
        may write.

        :param res.partner contact: who asks
        :param customer.portal.contract.request request_sudo: what it asks for
        """
        self.ensure_one()
        user = self._portal_responsible() or self.env.ref("base.user_admin")
        told_sudo = request_sudo.with_context(lang=user.lang)
        self.env["customer.portal.staff.notification"]._tell(
            request_sudo,
            "subscription",
            user,
            told_sudo.env._("To decide: %s", told_sudo.display_name),
            words="; ".join(
                filter(None, [contact.display_name, told_sudo._portal_text(), request_sudo.words])
            ),
        )
        self.env["customer.portal.event"]._log(
            "message",
            record=self,
            contact=contact,
            detail=self.env._("Change of a subscription asked for"),
        )
        if not self.company_id.portal_allow_messages or not contact._portal_can("can_message"):
            return
        request_sudo.conversation_id = (
            self.env["customer.portal.conversation"]
            .sudo(False)
            ._portal_begin(
                contact,
                self.company_id,
                self._portal_conversation_title()[:MAX_SUBJECT_LENGTH],
                "\n".join(filter(None, [request_sudo._portal_text(), request_sudo.words])),
                [],
            )
        )
