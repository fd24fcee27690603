"""Quotes that two people of the customer must accept, because the customer wants it so.

The first one accepts or signs: its evidence stands, and the quote waits. A second one accepts or
signs as well, and the quote becomes an order; or refuses, and it is open as before. What waits
keeps waiting whatever happens to the rule; the first one can take its acceptance back. A change
of the quote ends the waiting: what was accepted is another quote then.
"""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

MAX_NOTE_LENGTH = 1000


class SaleOrder(models.Model):
    _inherit = "sale.order"

    portal_approval_on = fields.Datetime(
        "Accepted by a first person on",
        copy=False,
        readonly=True,
        help="The customer wants a second person to approve quotes of this amount. The first one"
        " has accepted it in the portal; it becomes an order when the second one does.",
    )
    portal_approval_contact_id = fields.Many2one(
        "res.partner",
        "Accepted by",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    portal_approval_version = fields.Char("Accepted version", copy=False, readonly=True)
    portal_approved_on = fields.Datetime(
        "Approved by a second person on", copy=False, readonly=True
    )
    portal_awaits_approval = fields.Boolean(
        "Waits for a second person of the customer", compute="_compute_portal_awaits_approval"
    )

    _portal_approval_idx = models.Index(
        "(portal_commercial_partner_id) WHERE portal_approval_on IS NOT NULL AND state = 'sent'"
    )

    def _compute_portal_awaits_approval(self):
        for order in self:
            order.portal_awaits_approval = order._portal_approval_stage() == "second"

    # === WHAT IS POSSIBLE === #

    def _portal_approval_stage(self):
        """Return which of two people this quote waits for.

        :return: ``first``: two are needed, nobody has accepted yet; ``second``: one has; None if
            one person is enough, or the second has approved
        :rtype: str | None
        """
        self.ensure_one()
        order = self.sudo()  # Rules and marks are asked for whoever looks.
        if order.state != "sent":
            return None
        if order.portal_approval_on and order.portal_approval_version == order._portal_version():
            return None if order.portal_approved_on else "second"
        rule = self.env["customer.portal.approval.rule"]._portal_find(
            order.portal_commercial_partner_id, order.company_id, order.currency_id
        )
        if rule and order.currency_id.compare_amounts(order.amount_total, rule.amount) > 0:
            return "first"
        return None

    def _portal_awaits_second(self):
        return self._portal_approval_stage() == "second"

    def _portal_is_first_person(self, contact):
        """Return whether ``contact`` is who has accepted.

        :rtype: bool
        """
        first = self.sudo().portal_approval_contact_id
        return bool(first and contact) and self._portal_is_same_person(first, contact)

    @api.model
    def _portal_is_same_person(self, one, other):
        """Return whether two contacts count as one person. Those with one mailbox do: whoever
        reads it can sign in as either. So do two of whom one brought the other in, until somebody
        else has confirmed that one: it may be a second address.

        :rtype: bool
        """
        address = one.email_normalized
        return (
            one == other
            or bool(address and other.email_normalized == address)
            or one._portal_was_introduced_by(other)
            or other._portal_was_introduced_by(one)
        )

    def _portal_approvers(self, first, limit=None):
        """Return who may approve what ``first`` accepts: other people of the customer who sign in
        to the portal, see this quote and may accept it.

        :param res.partner first: who has accepted, or is about to
        :param int limit: how many of them are asked for
        :rtype: res.partner
        """
        self.ensure_one()
        order = self.sudo()  # The customer's people, asked for one of them.
        people = order.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", order.portal_commercial_partner_id.id),
                ("user_ids.share", "=", True),
                ("id", "!=", first.id),
            ]
        )
        approvers = people.browse()
        for person in people:
            if limit and len(approvers) >= limit:
                break
            if (
                person._portal_user()
                and not order._portal_is_same_person(first, person)
                and not order._portal_answer_obstacle(person)
            ):
                approvers += person
        return approvers

    def _portal_approval_obstacle(self, partner):
        """Return what keeps ``partner`` from accepting a quote for which two people are needed:

        - it must be a contact who is signed in: who holds a mere link may be anybody;
        - the first one must have a colleague who can approve;
        - the second one must be another person.

        :return: a key of ``_portal_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        stage = self._portal_approval_stage()
        if not stage:
            return None
        contact = self._portal_as_contact(partner)
        if not contact:
            return "approval_sign_in"
        if stage == "first" and not self._portal_approvers(contact, limit=1):
            return "no_approver"
        if stage == "second" and self._portal_is_first_person(contact):
            return "awaiting_approval"
        return None

    def _portal_undo_obstacle(self, partner):
        """Return what keeps ``partner`` from ending the waiting: the first person takes its
        acceptance back, another one who could approve refuses to.

        :return: a key of ``_portal_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        obstacle = self._portal_answer_obstacle(partner)
        if obstacle:
            return obstacle
        if not self._portal_as_contact(partner):
            return "approval_sign_in"
        return None if self._portal_awaits_second() else "not_awaiting"

    @api.model
    def _portal_approval_texts(self):
        return {
            "approval_sign_in": self.env._(
                "Your company wants two people to approve a quote of this amount."
                " Please sign in to answer it."
            ),
            "no_approver": self.env._(
                "Your company wants two people to approve a quote of this amount, and nobody else"
                " of your team can. Ask whoever manages your team."
            ),
            "awaiting_approval": self.env._(
                "You have accepted this quote. It becomes an order when a colleague of yours"
                " approves it."
            ),
            "not_awaiting": self.env._(
                "This quote does not wait for an approval any more. Nothing was changed."
            ),
            "to_approve": self.env._(
                "Your company wants two people to approve this quote before it is paid."
            ),
            "long_approval_note": self.env._(
                "Your text is too long: at most %s characters.", MAX_NOTE_LENGTH
            ),
        }

    # === THE ACTS === #

    def _portal_await_approval(self, contact):
        """Note that a first person has accepted, and ask its colleagues to approve.

        :param res.partner contact: who has accepted
        """
        self.ensure_one()
        self.write(
            {
                "portal_approval_on": fields.Datetime.now(),
                "portal_approval_contact_id": contact.id,
                "portal_approval_version": self._portal_version(),
                "portal_approved_on": False,
            }
        )
        self._portal_post_answer(
            contact,
            self.env._(
                "I accept this quote: %s. It becomes an order when a colleague of mine approves"
                " it.",
                self._portal_amount_text(),
            ),
            subject=self.env._("Please approve: %s", self.name),
            partner_ids=self._portal_approvers(contact).ids,
        )

    def _portal_end_approval(self):
        self.filtered("portal_approval_on").write(
            {
                "portal_approval_on": False,
                "portal_approval_contact_id": False,
                "portal_approval_version": False,
                "portal_approved_on": False,
            }
        )

    def _portal_undo_approval(self, partner, note="", version=None):
        """End the waiting for a second person: the quote is open as before.

        :param res.partner partner: partner of the signed-in user
        :param str note: why, in its words; may be empty
        :param str version: see ``_portal_accept_quote``
        :return: ``withdrawn`` by the first person, or ``refused`` by another one
        :rtype: str
        :raise PortalRefusal: if it is not possible; nothing is changed then
        """
        order = self._portal_lock_for_answer(version)
        obstacle = order._portal_undo_obstacle(partner)
        note = note.strip() if isinstance(note, str) else ""
        if not obstacle and len(note) > MAX_NOTE_LENGTH:
            obstacle = "long_approval_note"
        if obstacle:
            order._portal_refuse(obstacle)
        first = order.portal_approval_contact_id
        withdrawn = order._portal_is_first_person(partner)
        order._portal_end_approval()
        if withdrawn:
            body = order.env._("I take back that I have accepted this quote.")
        else:
            body = order.env._("I do not approve this quote.")
        if note:
            body = Markup("%s<br/>%s") % (body, self._portal_lines_of_text(note))
        order._portal_post_answer(partner, body, partner_ids=(first - partner).ids)
        words = order._portal_log_words()
        detail = words._("Acceptance taken back") if withdrawn else words._("Approval refused")
        self._portal_log_answer("message", partner, detail)
        return "withdrawn" if withdrawn else "refused"

    def _portal_first_person_detail(self, act):
        """Return what the log says of an acceptance that waits for a second person."""
        return (
            self._portal_log_words()._("Waits for a second person") if act == "approved" else None
        )

    # === WHAT IS TOLD === #

    def _portal_first_person_text(self):
        """Return who has accepted first, and when, in words; empty if nobody is waited for.

        :rtype: str
        """
        self.ensure_one()
        order = self.sudo()
        if order.state != "sent" or not order.portal_approval_on or order.portal_approved_on:
            return ""
        facts = {
            "name": order.portal_approval_contact_id.name or self.env._("A colleague"),
            "date": format_date(self.env, order.portal_approval_on),
        }
        if order._portal_awaits_second():
            return self.env._(
                "%(name)s accepted it on %(date)s. It becomes an order when a second person of"
                " your company approves it.",
                **facts,
            )
        return self.env._(
            "%(name)s accepted it on %(date)s; the quote was changed since then, so it must be"
            " accepted anew.",
            **facts,
        )

    @api.model
    def _portal_waiting(self, allowed):
        """Return the quotes that wait for a second person.

        :param Domain allowed: which quotes a contact may see
        :rtype: sale.order
        """
        marked = self.search(
            allowed & self._portal_to_answer_domain() & self._portal_marked_domain(), limit=100
        )
        return marked.filtered(lambda order: order._portal_awaits_second())

    @api.model
    def _portal_marked_domain(self):
        return Domain("portal_approval_on", "!=", False) & Domain("portal_approved_on", "=", False)

    @api.model
    def _portal_open_filters(self):
        """Override to add the quotes that a first person has accepted."""
        return {
            "approval": {
                "label": self.env._("Waiting for approval"),
                "domain": self._portal_to_answer_domain() & self._portal_marked_domain(),
            }
        }

    def _portal_waits_for_colleague(self):
        """Override to tell what waits for a second person from what waits for the first."""
        return bool(self.portal_approval_on) and self._portal_awaits_second()

    def _portal_waits_for(self, partner):
        """Override: what waits for a colleague is to be answered by everybody but the first."""
        return not self._portal_waits_for_colleague() or not self._portal_is_first_person(partner)
