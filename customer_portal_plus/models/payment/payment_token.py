"""Saved payment methods: which one is the main one, until when it is valid, and who manages it."""

import calendar
import re
from datetime import date

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

SOON_DAYS = 60  # a card is said to expire soon when fewer days are left

# Where providers write until when a card is valid, and how: month and year of these digits.
_EXPIRY_KEYS = {
    "ds_expirydate": "(?P<year>\\d{2})(?P<month>\\d{2})",
    "expirydate": "(?P<month>\\d{1,2})/(?P<year>\\d{4}|\\d{2})",
    "expiry": "(?P<year>\\d{4})-(?P<month>\\d{2})",
}


def find_expiry(data):
    """Return the last day on which a card is valid, as the provider's data tell it.

    :param data: what a provider sent: dicts and lists in each other
    :return: None if the data don't tell it
    :rtype: datetime.date | None
    """
    if isinstance(data, list | tuple):
        return next(filter(None, map(find_expiry, data)), None)
    if not isinstance(data, dict):
        return None
    parts = {"year": data.get("exp_year"), "month": data.get("exp_month")}
    if not all(parts.values()):
        for key, value in data.items():
            pattern = _EXPIRY_KEYS.get(str(key).lower())
            found = pattern and re.fullmatch(pattern, str(value))
            if found:
                parts = found.groupdict()
                break
    try:
        year, month = int(parts["year"]), int(parts["month"])
        year += 2000 if year < 100 else 0
        return date(year, month, calendar.monthrange(year, month)[1])
    except (TypeError, ValueError):
        return find_expiry(list(data.values()))


class PaymentToken(models.Model):
    _inherit = "payment.token"

    portal_expires_on = fields.Date(
        "Valid until", help="As the provider told it when the method was saved, or as you know it."
    )

    def _portal_domain(self, contact):
        """Return the domain of the saved methods that a contact manages: its own, and those of the
        customer itself if its scope is the whole customer.

        :param res.partner contact: who asks
        :rtype: Domain
        """
        if not contact._portal_can("can_pay"):
            return Domain.FALSE
        owners = contact
        if contact._portal_scope() == "whole":
            owners |= contact.commercial_partner_id
        return Domain("partner_id", "in", owners.ids) & Domain(
            "company_id.portal_allow_saved_methods", "=", True
        )

    def _portal_is_main(self):
        """Return whether this is the main method of its customer.

        :rtype: bool
        """
        self.ensure_one()
        return self.partner_id.commercial_partner_id.sudo().portal_main_token_id == self

    def _portal_set_main(self):
        """Make this the main method of its customer."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        # One at a time: of two at once, the second takes the first one's place.
        customer.lock_for_update(allow_referencing=True)
        customer.portal_main_token_id = self

    def _portal_delete(self):
        """Delete saved methods: they are kept for the books, and never used again."""
        for token in self.filtered(lambda token: token._portal_is_main()):
            token.partner_id.commercial_partner_id.portal_main_token_id = False
        self.active = False

    def _portal_expiry(self):
        """Return whether and how the customer is told until when this method is valid.

        :return: ``text`` (a sentence), ``tone``: ``muted``, ``warning`` or ``danger``; None if it
            is not known
        :rtype: dict | None
        """
        self.ensure_one()
        if not self.portal_expires_on:
            return None
        left = (self.portal_expires_on - fields.Date.context_today(self)).days
        until = format_date(self.env, self.portal_expires_on)
        if left < 0:
            text = self.env._("Expired on %s. Please save your new card.", until)
            return {"text": text, "tone": "danger"}
        if left <= SOON_DAYS:
            text = self.env._("Expires soon, on %s. Please save your new card in time.", until)
            return {"text": text, "tone": "warning"}
        return {"text": self.env._("Valid until %s", until), "tone": "muted"}

    def _portal_rows(self):
        """Return what the page of saved methods shows, the main one first.

        :return: dicts with ``id``, ``method``, ``name``, ``is_main``, ``expiry`` and ``company``
        :rtype: list[dict]
        """
        return [
            {
                "id": token.id,
                "method": token.payment_method_id.name,
                "name": token.display_name,
                "is_main": token._portal_is_main(),
                "expiry": token._portal_expiry(),
                "company": token.company_id.name,
            }
            for token in self.sorted(lambda token: (not token._portal_is_main(), -token.id))
        ]
