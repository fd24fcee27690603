"""Asking for changes of a quote in the portal: in words, also line by line. The quote
stays open."""

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import format_date

MAX_MESSAGE_LENGTH = 2000
MAX_LINE_WORDS_LENGTH = 500


class SaleOrder(models.Model):
    _inherit = "sale.order"

    portal_changes_asked_on = fields.Datetime(
        "Changes asked for on",
        copy=False,
        readonly=True,
        help="When the customer last asked for changes of this quote in the portal.",
    )
    portal_changes_text = fields.Text(
        "Changes asked for", copy=False, readonly=True, help="In the customer's words."
    )
    portal_changes_version = fields.Char(
        copy=False, readonly=True, help="Digest of the quote that changes were asked for."
    )

    # === WHAT IS POSSIBLE === #

    def _portal_changes_obstacle(self, partner):
        """Return what keeps ``partner`` from asking for changes of this quote. It may ask if:

        - the quote can be answered (see ``_portal_answer_obstacle``), where the capability *Write
          messages* is as good as *Accept, sign and reject*;
        - the company lets customers ask for changes;
        - the quote is not signed yet.

        :param res.partner partner: partner of the signed-in user; empty for a guest
        :return: a key of ``_portal_obstacle_texts``, None if nothing keeps it
        :rtype: str | None
        """
        obstacle = self._portal_answer_obstacle(partner, ("can_accept", "can_message"))
        if obstacle:
            return obstacle
        if not self.company_id.portal_allow_quote_changes:
            return "changes_off"
        if self.signature:
            return "signed"
        return None

    @api.model
    def _portal_changes_texts(self):
        return {
            "changes_off": self.env._("Changes are not asked for online. Please write to us."),
            "no_changes": self.env._("Please tell us what we should change."),
            "long_changes": self.env._(
                "Your text is too long: at most %(message)s characters, %(line)s for each line.",
                message=MAX_MESSAGE_LENGTH,
                line=MAX_LINE_WORDS_LENGTH,
            ),
            "changes_line": self.env._(
                "One of the lines is not part of this quote any more, so nothing was sent."
                " Please read the quote again."
            ),
        }

    def _portal_change_lines(self):
        """Return the lines that a customer may ask to change, as the page shows them.

        :return: ``id`` and ``name`` of each line, ``quantity`` as text
        :rtype: list[dict]
        """
        self.ensure_one()
        return [
            {
                "id": line.id,
                "name": line.name or "",
                "quantity": f"{line.product_uom_qty:g} {line.product_uom_id.name or ''}".strip(),
            }
            for line in self.sudo()._get_order_lines_to_report()
            if not line.display_type
        ]

    # === THE ACT === #

    def _portal_ask_changes(self, partner, message, line_words, version=None):
        """Ask for changes of this quote: staff are told, the quote stays as it is.

        :param res.partner partner: see ``_portal_accept_quote``
        :param str message: what to change, in the customer's words
        :param dict line_words: what to change of single lines, by the lines' ids as a form sent
            them
        :param str version: see ``_portal_accept_quote``
        :raise PortalRefusal: if it is not possible or nothing is asked; nothing is changed then
        """
        order = self._portal_lock_for_answer(version)
        obstacle = order._portal_changes_obstacle(partner)
        if obstacle:
            order._portal_refuse(obstacle)
        message = message.strip() if isinstance(message, str) else ""
        asked = order._portal_parse_line_words(line_words)
        if not message and not asked:
            order._portal_refuse("no_changes")
        if len(message) > MAX_MESSAGE_LENGTH:
            order._portal_refuse("long_changes")
        parts = ([message] if message else []) + [f"{name}: {words}" for name, words in asked]
        order.write(
            {
                "portal_changes_asked_on": fields.Datetime.now(),
                "portal_changes_text": "\n".join(parts),
                "portal_changes_version": order._portal_version(),
            }
        )
        body = Markup("<p>%s</p>") % order.env._("Please change this quote:")
        if message:
            body += Markup("<p>%s</p>") % self._portal_lines_of_text(message)
        if asked:
            body += Markup("<ul>%s</ul>") % Markup().join(
                Markup("<li><strong>%s</strong><br/>%s</li>")
                % (name, self._portal_lines_of_text(words))
                for name, words in asked
            )
        order._portal_post_answer(partner, body)
        order._portal_notify_answer("changes", partner)
        order._portal_confirm_answer("changes", partner)
        self._portal_log_answer("message", partner, self._portal_log_words()._("Asked for changes"))

    def _portal_parse_line_words(self, line_words):
        """Return what is asked of single lines.

        :param dict line_words: see ``_portal_ask_changes``
        :return: pairs of the line's name and the words, in the order of the lines
        :rtype: list[tuple[str, str]]
        :raise PortalRefusal: if a line is not of this quote, or the words are too many
        """
        words = {
            str(key): value.strip()
            for key, value in line_words.items()
            if isinstance(value, str) and value.strip()
        }
        lines = {str(line["id"]): line["name"] for line in self._portal_change_lines()}
        if words.keys() - lines.keys():
            self._portal_refuse("changes_line")
        if any(len(text) > MAX_LINE_WORDS_LENGTH for text in words.values()):
            self._portal_refuse("long_changes")
        return [(name, words[key]) for key, name in lines.items() if key in words]

    @api.model
    def _portal_lines_of_text(self, text):
        return Markup("<br/>").join(escape(line) for line in text.splitlines())

    # === WHAT IS TOLD === #

    def _portal_changes_state_text(self):
        """Return that changes were asked for, as long as the quote is open; empty if not.

        :rtype: str
        """
        self.ensure_one()
        if self.state != "sent" or self.is_expired or not self.portal_changes_asked_on:
            return ""
        asked_on = format_date(self.env, self.portal_changes_asked_on)
        if self.portal_changes_version == self._portal_version():
            return self.env._("Changes asked for on %s. We will answer you.", asked_on)
        return self.env._("Changes asked for on %s. The quote was changed since then.", asked_on)
