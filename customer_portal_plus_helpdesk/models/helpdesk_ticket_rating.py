"""What the customer thinks of how its ticket was handled, kept where Odoo keeps ratings."""

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.models.messages.customer_portal_question import text_lines
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

MAX_RATING_LENGTH = 1000


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _portal_grades(self):
        """Return the grades that a customer gives, the best first.

        :return: value that Odoo's ratings have -> word
        :rtype: dict[str, str]
        """
        return {"5": self.env._("Good"), "3": self.env._("So-so"), "1": self.env._("Bad")}

    def _portal_last_rating(self):
        """Return what the customer last said of this ticket, since it was closed, in sudo.

        :rtype: rating.rating
        """
        self.ensure_one()
        ticket_sudo = self.sudo()  # Customers read no ratings; of its own it is shown its words.
        given = ticket_sudo.rating_ids.filtered(
            lambda rating: (
                rating.consumed
                and rating.rated_on
                and rating.rated_on >= ticket_sudo._portal_closed_on()
            )
        )
        return given.sorted("id", reverse=True)[:1]

    def _portal_rate_obstacle(self, contact):
        """Return why ``contact`` can't rate this ticket, in words; empty if it can.

        :param res.partner contact: partner of the signed-in user
        :rtype: str
        """
        if refusal := self._portal_refuse_writing(contact):
            return refusal
        ticket_sudo = self.sudo()  # The company's choice is no secret.
        if not ticket_sudo.company_id.portal_allow_ticket_rating:
            return self.env._("Tickets are not rated here.")
        if not ticket_sudo.closed:
            return self.env._("A ticket is rated when it is closed.")
        if self._portal_last_rating():
            return self.env._("This ticket has been rated already.")
        return ""

    def _portal_rate(self, contact, grade, words):
        """Take what a contact thinks of this ticket.

        :param res.partner contact: partner of the signed-in user
        :param str grade: a key of ``_portal_grades``, as the form sent it
        :param str words: as typed; may be empty
        :raise PortalRefusal: if it won't do
        """
        self.ensure_one()
        _ = self.env._
        lock_rows_or_retry(self)
        if obstacle := self._portal_rate_obstacle(contact):
            raise PortalRefusal(obstacle, "rate")
        if grade not in self._portal_grades():
            raise PortalRefusal(_("Please choose one of the grades."), "grade")
        words = (words or "").strip()
        if len(words) > MAX_RATING_LENGTH:
            raise PortalRefusal(
                _("Your text is too long: %s characters at most.", MAX_RATING_LENGTH), "long"
            )
        ticket_sudo = self.sudo()  # Customers make no record; the gates have been asked.
        rating = ticket_sudo.env["rating.rating"].create(
            {
                "res_model_id": ticket_sudo.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "partner_id": contact.id,
                "rated_partner_id": ticket_sudo._rating_get_operator().id,
                "rating": int(grade),
                "feedback": words,
                "consumed": True,
                "rated_on": fields.Datetime.now(),
            }
        )
        user = ticket_sudo._portal_message_staff()
        for_staff = ticket_sudo.with_context(lang=user.lang or self.env.lang)
        body = for_staff.env._("Rated by the customer: %s", for_staff._portal_grades()[grade])
        ticket_sudo.message_post(
            author_id=contact.id,
            body=Markup("<p>%s</p>%s") % (body, text_lines(words)),
            rating_id=rating.id,
            subtype_xmlid="mail.mt_note",
        )
        self.env["customer.portal.event"]._log(
            "message", record=self, contact=contact, detail=_("Ticket rated")
        )
