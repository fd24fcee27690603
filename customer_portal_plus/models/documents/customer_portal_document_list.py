"""Shared documents as the customer's pages show them."""

from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STATE_TONES = {
    "new": "info",
    "to_sign": "waiting",
    "signed": "good",
    "other": "neutral",
}


class CustomerPortalDocument(models.Model):
    _inherit = "customer.portal.document"

    def _portal_conversation_title(self):
        return self.sudo().name  # Asked for whom the document is to see.

    # === NEW OR OPENED === #

    @api.model
    def _portal_unread_filter(self, contact):
        """Override: what is new here is above all the document itself."""
        return {
            "unread": {
                "label": self.env._("New"),
                "domain": self._portal_unread_domain(contact),
            }
        }

    @api.model
    def _portal_unread_domain(self, contact):
        """Override: also a document that ``contact`` has not opened since it was shared."""

        def to_sql(model, alias, query):
            news_on = SQL(
                "GREATEST(%s, %s)",
                model._field_to_sql(alias, "sent_on", query),
                model._field_to_sql(alias, "portal_answered_on", query),
            )
            return model._portal_not_read_condition(contact, alias, news_on)

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda document: document.id in document._portal_unread_ids(contact),
        )

    def _portal_news_on(self):
        """Override: the document itself is new, too."""
        self.ensure_one()
        dates = [date for date in (self.sent_on, self.portal_answered_on) if date]
        return max(dates, default=False)

    def _portal_unread_ids(self, contact):
        """Return which of these documents ``contact`` has not opened since they are new.

        :rtype: set[int]
        """
        readings = (
            self.env["customer.portal.reading"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "=", contact.id),
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                ],
                ["res_id"],
                ["read_on:max"],
            )
        )
        read_on = dict(readings)
        return {
            document.id
            for document in self
            if document.id not in read_on
            or read_on[document.id] < (document._portal_news_on() or datetime.min)
        }

    # === LISTS === #

    @api.model
    def _portal_to_sign_domain(self):
        """Return the domain of the documents that wait for the customer's signature; where
        signers were named, for that of the current user.

        :rtype: Domain
        """
        return (
            Domain("next_signer_id", "in", [False, self.env.user.partner_id.id])
            & Domain("state", "=", "sent")
            & Domain("to_sign", "=", True)
            & (Domain("expires_on", "=", False) | Domain("expires_on", ">=", "today"))
        )

    @api.model
    def _portal_filters(self):
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "to_sign": {
                "label": self.env._("To sign"),
                "domain": self._portal_to_sign_domain(),
            },
        }

    @api.model
    def _portal_category_filters(self, allowed):
        """Return a filter for each category that occurs in a list.

        :param Domain allowed: what the list shows without a filter
        :rtype: dict[str, dict]
        """
        groups = self._read_group(allowed & Domain("category_id", "!=", False), ["category_id"])
        categories = self.env["customer.portal.document.category"].sudo()
        categories = categories.union(*(category for (category,) in groups))
        return {
            f"category-{category.id}": {
                "label": category.name,
                "domain": Domain("category_id", "=", category.id),
            }
            for category in categories.sorted()
        }

    @api.model
    def _portal_sorts(self):
        return {
            **self._portal_date_sorts("sent_on"),
            **self._portal_name_sort(self.env._("Title")),
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_moment_domain("sent_on", date_begin, date_end)

    @api.model
    def _portal_search_word_domain(self, contact, word):
        """Override: titles and names of files; there are no lines and no amounts."""
        return self._portal_own_text_domain(word, ("name", "file_name"))

    # === ROWS === #

    def _portal_rows(self):
        """Override: new is what the current user has not opened yet."""
        unread = self._portal_unread_ids(self.env.user.partner_id)
        return [
            {
                "id": document.id,
                "name": document.name,
                "url": document.access_url,
                "date": fields.Datetime.context_timestamp(
                    document, document.sent_on or document.create_date
                ).date(),
                "expires_on": document.expires_on,
                "category": document.category_id.name or "",
                "company": document.company_id.name,
                "new": document.id in unread,
                "state": document._portal_state_text(),
                "state_tone": document._portal_state_tone(),
                "to_answer": document._portal_has_to_be_answered(),
            }
            for document in self
        ]

    def _portal_row_for(self, user):
        """Return the row of this document as a user reads it, whoever asks: the gate gives it as
        the system's.

        :param res.users user: the reader
        :return: see ``_portal_rows``
        :rtype: dict
        """
        self.ensure_one()
        return self.with_env(self.env(user=user.id, su=True))._portal_rows()[0]

    def _portal_state_tone(self):
        self.ensure_one()
        if self._portal_has_to_be_answered() and not self._portal_waits_for_others():
            return STATE_TONES["to_sign"]
        return STATE_TONES["signed" if self.state == "signed" else "other"]

    # === WHAT STAFF SEE === #

    portal_opened_count = fields.Integer(
        "Opened by",
        compute="_compute_portal_opened_count",
        compute_sudo=True,
        help="How many contacts looked at it in the portal, or downloaded it.",
    )

    def _compute_portal_opened_count(self):
        counts = dict(
            self.env["customer.portal.event"]._read_group(
                self._portal_openings_domain(), ["res_id"], ["partner_ref:count_distinct"]
            )
        )
        for document in self:
            document.portal_opened_count = counts.get(document.id, 0)

    def _portal_openings_domain(self):
        """Return the domain of the log's entries of people who opened these documents.

        :rtype: Domain
        """
        return (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("kind", "in", ("view", "download"))
            & Domain("viewer", "=", "human")
        )

    def action_portal_openings(self):
        """Open the list of who opened this document, by contact.

        :rtype: dict
        """
        self.ensure_one()
        action = self.action_portal_events()
        action["domain"] = list(self._portal_openings_domain())
        action["context"] = {"group_by": ["partner_id"]}
        action["name"] = self.env._("Who opened %s", self.name)
        return action
