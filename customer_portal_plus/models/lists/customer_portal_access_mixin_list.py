"""What the lists of documents have in common: filters, sorts, sums and rows."""

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain


class CustomerPortalAccessMixin(models.AbstractModel):
    _name = "customer.portal.access.mixin"
    _inherit = ["customer.portal.file.mixin", "customer.portal.access.mixin"]

    # === FILTERS AND SORTS === #

    @api.model
    def _portal_filters(self):
        """Return the filters that a list offers, in the order in which they are shown.

        For a module to add a filter, it must extend this method.

        :return: key -> ``label`` and ``domain``; the first one is the widest
        :rtype: dict[str, dict]
        """
        raise NotImplementedError

    @api.model
    def _portal_unread_filter(self, contact):
        """Return the filter for documents with messages that ``contact`` has not read; it is
        offered to those who have some.

        :rtype: dict[str, dict]
        """
        return {
            "unread": {
                "label": self.env._("New messages"),
                "domain": self._portal_unread_domain(contact),
            }
        }

    @api.model
    def _portal_sorts(self):
        """Return the ways in which a list can be sorted, the usual one first.

        :return: key -> ``label``, ``order``, and ``column`` (of the list, that is sorted by) with
            ``descending``
        :rtype: dict[str, dict]
        """
        raise NotImplementedError

    @api.model
    def _portal_date_sorts(self, name):
        """Return the two ways to sort by a date, the newest first.

        :param str name: of the field
        :rtype: dict[str, dict]
        """
        return {
            "date": {
                "label": self.env._("Newest first"),
                "order": f"{name} desc, id desc",
                "column": "date",
                "descending": True,
            },
            "date_asc": {
                "label": self.env._("Oldest first"),
                "order": f"{name}, id",
                "column": "date",
                "descending": False,
            },
        }

    @api.model
    def _portal_name_sort(self, label):
        """Return the way to sort by number or title.

        :param str label: what it is called
        :rtype: dict[str, dict]
        """
        return {
            "name": {"label": label, "order": "name, id", "column": "name", "descending": False}
        }

    @api.model
    def _portal_amount_sorts(self):
        """Return the two ways to sort by the total, the largest first.

        :rtype: dict[str, dict]
        """
        return {
            "amount": {
                "label": self.env._("Largest amount"),
                "order": "amount_total desc, id desc",
                "column": "total",
                "descending": True,
            },
            "amount_asc": {
                "label": self.env._("Smallest amount"),
                "order": "amount_total, id",
                "column": "total",
                "descending": False,
            },
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        """Return the domain for documents whose own date lies in a range, ends included.

        :param date date_begin: None if open
        :param date date_end: None if open
        :rtype: Domain
        """
        raise NotImplementedError

    @api.model
    def _portal_day_domain(self, name, date_begin, date_end):
        """Return the domain of ``_portal_date_domain`` for documents whose own date is a day.

        :param str name: a field with a date
        :param date date_begin: None if open
        :param date date_end: None if open
        :rtype: Domain
        """
        domain = Domain.TRUE
        if date_begin:
            domain &= Domain(name, ">=", date_begin)
        if date_end:
            domain &= Domain(name, "<=", date_end)
        return domain

    @api.model
    def _portal_moment_domain(self, name, date_begin, date_end):
        """Return the domain of ``_portal_date_domain`` for documents whose own date is a moment: it
        is of the day that it is where the reader is.

        :param str name: a field with date and time
        :param date date_begin: None if open
        :param date date_end: None if open
        :rtype: Domain
        """
        domain = Domain.TRUE
        if date_begin:
            domain &= Domain(name, ">=", self._portal_midnight(date_begin))
        if date_end:
            domain &= Domain(name, "<", self._portal_midnight(date_end, days=1))
        return domain

    @api.model
    def _portal_midnight(self, date, days=0):
        """Return when a day begins where the reader is, in UTC as it is stored.

        :rtype: datetime
        """
        try:
            local = datetime.combine(date + timedelta(days=days), time.min)
            return self.env.tz.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
        except OverflowError:  # The first or the last day of the calendar.
            return datetime.combine(date, time.min)

    # === SUMS === #

    @api.model
    def _portal_sums(self, domain):
        """Return the sums of the documents of a list.

        For a model with amounts, it must override this method.

        :param Domain domain: which ones, the gates in it
        :return: dicts with ``currency`` and ``total``, and ``remaining`` where something is paid
        :rtype: list[dict]
        """
        return []

    # === ROWS === #

    def _portal_rows(self):
        """Return what a list shows of these documents: plain values, in the same order.

        The number of queries does not depend on the number of documents.

        :return: dicts with at least ``id``, ``name``, ``url``, ``date``, ``total``,
            ``currency`` (a record), ``state`` (a key), ``state_label``, ``state_tone``
        :rtype: list[dict]
        """
        raise NotImplementedError

    def _portal_status(self):
        """Return the state of this document in plain words, for its page.

        :return: ``label`` and ``tone`` as in the list, ``text``: a sentence
        :rtype: dict
        """
        self.ensure_one()
        [row] = self._portal_rows()
        return {
            "label": row["state_label"],
            "tone": row["state_tone"],
            "text": self._portal_state_text(row),
        }

    def _portal_state_text(self, row):
        """Return a sentence about the state of this document.

        For a model whose documents have a page, it must override this method.

        :param dict row: of this document, see ``_portal_rows``
        :rtype: str
        """
        raise NotImplementedError

    @api.model
    def _portal_today(self):
        """Return today, where the reader is.

        :rtype: date
        """
        return fields.Date.context_today(self)
