"""Which documents a search finds."""

import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.parsing import read_amount
from ...tools.text_search import like_pattern

MAX_SEARCH_LENGTH = 100
MAX_SEARCH_WORDS = 5
# Shorter words have no trigram to look up: they are not searched in the text of lines.
MIN_LINE_WORD = 3
# A word that more documents have than this is common: they are not looked up beforehand.
MAX_FOUND = 2000


def read_search(text):
    """Return what somebody typed into a search box, as it is searched and shown again.

    :param str text: anything, or None
    :rtype: str
    """
    return (text or "").replace("\x00", "").strip()[:MAX_SEARCH_LENGTH]


def search_words(text):
    """Return the words of what somebody typed into a search box, as far as they are searched.

    :param str text: anything
    :rtype: list[str]
    """
    return read_search(text).split()[:MAX_SEARCH_WORDS]


def is_plain(word):
    """Return whether folding changes nothing that this word could be found in: it has no letters.

    :param str word: one word of what somebody typed
    :rtype: bool
    """
    return word.isascii() and not any(char.isalpha() for char in word)


def parse_amounts(text):
    """Return the amounts that ``text`` can mean, as ranges.

    Point and comma are read in both ways in which they are written: ``1.234,50``,
    ``1,234.50``, ``1234.5``; ``1.234`` is both one thousand and one point two. An amount
    without decimals stands for all amounts that begin so: 1234 finds 1234.50.

    :param str text: what the customer typed
    :return: pairs of lower bound (in) and upper bound (out), always positive
    :rtype: list[tuple[float, float]]
    """
    ranges = []
    for whole, decimals, _mark in read_amount(re.sub("[+-]", "", text)):
        if len(decimals) > 2:
            continue
        value = float(f"{whole}.{decimals or 0}")
        # Half a cent to each side: amounts are stored as floats by some modules.
        if len(decimals) == 2:
            bounds = (value - 0.005, value + 0.005)
        else:
            bounds = (value - 0.005, value + (0.1 if decimals else 1) - 0.005)
        if bounds not in ranges:
            ranges.append(bounds)
    return ranges


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    @api.model
    def _portal_search_domain(self, contact, text):
        """Return the domain for documents in which all words of ``text`` are found: in their
        numbers and references, in the text of a line, or as one of their amounts. Words of one
        or two letters are not looked for in lines.

        Documents are looked up here, word by word: what is rare is found through the indexes on
        folded text, and what is common is better tested while the list is read in its order.
        The database can't tell one from the other beforehand.

        :param res.partner contact: who searches; only its customer's documents are looked at
        :param str text: what the customer typed
        :rtype: Domain
        """
        words = search_words(text)
        if len(words) > 1 and parse_amounts(text):  # "1 234,50", "1.234,50 €"
            words = [" ".join(words)]
        return Domain.AND(self._portal_search_word_domain(contact, word) for word in words)

    @api.model
    def _portal_search_word_domain(self, contact, word):
        pattern = like_pattern(word)
        amounts = parse_amounts(word)
        in_lines = len(word) >= MIN_LINE_WORD
        # To fold a text costs a hundred times what it costs to look into it. A long word is found
        # through the indexes on folded text all the same.
        folded = not is_plain(word)
        self._portal_flush_search()
        queries = self._portal_search_queries(contact, pattern, amounts, folded or in_lines)
        if in_lines:
            queries.append(self._portal_line_query(contact, pattern))
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) candidates LIMIT %s",
                SQL(" UNION ALL ").join(queries),
                MAX_FOUND + 1,
            )
        )
        if len(found) <= MAX_FOUND:
            return Domain("id", "in", list({document_id for (document_id,) in found}))

        def to_sql(model, alias, query):
            table = SQL.identifier(alias)
            conditions = model._portal_text_conditions(table, pattern, folded)
            if in_lines:
                conditions.append(model._portal_line_condition(table, pattern))
            if amounts:
                conditions += model._portal_amount_conditions(table, amounts)
            return SQL("(%s)", SQL(" OR ").join(conditions))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _portal_own_text_domain(self, word, names, more=None):
        """Return the domain for documents that have a word in one of their own texts, tested one
        by one: for models of which a customer has few, without indexes on folded text.

        :param str word: one word of what the customer typed
        :param tuple names: fields with text, each looked into
        :param more: a function that gets the model, its alias in the query, the query and the
            pattern of LIKE, and returns a list of further conditions, of which one is enough
        :rtype: Domain
        """
        pattern = like_pattern(word)

        def to_sql(model, alias, query):
            conditions = [
                SQL("portal_fold(%s) LIKE %s", model._field_to_sql(alias, name, query), pattern)
                for name in names
            ]
            if more:
                conditions += more(model, alias, query, pattern)
            return SQL("(%s)", SQL(" OR ").join(conditions))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _portal_flush_search(self):
        """Write to the database what the queries of a search read."""
        raise NotImplementedError

    @api.model
    def _portal_search_queries(self, contact, pattern, amounts, folded=True):
        """Return queries for the ids of the documents of a contact's customer in whose own texts
        or amounts a word is found. They may find some that the contact doesn't see: the gates come
        with the list.

        :param res.partner contact: who searches
        :param str pattern: of LIKE, folded
        :param list amounts: see ``parse_amounts``
        :param bool folded: see ``_portal_text_conditions``
        :return: each selects one column, ``id``
        :rtype: list[SQL]
        """
        table = SQL.identifier(self._table)
        own = self._portal_search_own_condition(contact)
        texts = SQL(" OR ").join(self._portal_text_conditions(table, pattern, folded))
        in_texts = SQL("SELECT id FROM %s WHERE %s AND (%s)", table, own, texts)
        if not folded:
            # No index has these texts. In the order of the list, the database reads the customer's
            # own documents, and those of all others only if they are less.
            order = SQL(next(iter(self._portal_sorts().values()))["order"])
            in_texts = SQL("(%s ORDER BY %s LIMIT %s)", in_texts, order, MAX_FOUND + 1)
        amounts = self._portal_amount_conditions(table, amounts) if amounts else []
        return [
            in_texts,
            *(SQL("SELECT id FROM %s WHERE %s AND (%s)", table, own, one) for one in amounts),
        ]

    @api.model
    def _portal_search_own_condition(self, contact):
        """Return the condition that a document is one of the contact's customer, in terms of the
        columns that the indexes of the search begin with.

        :rtype: SQL
        """
        raise NotImplementedError

    @api.model
    def _portal_line_query(self, contact, pattern):
        """Return the query for the ids of the documents in one of whose lines a word is found;
        as ``_portal_search_queries``.

        :rtype: SQL
        """
        raise NotImplementedError

    @api.model
    def _portal_search_fields(self):
        """Return the text fields in which the search looks.

        :rtype: tuple[str]
        """
        raise NotImplementedError

    @api.model
    def _portal_text_conditions(self, table, pattern, folded=True):
        """Return the conditions that a document has the word in one of its own texts.

        :param SQL table: name or alias of the table of documents
        :param bool folded: whether the texts are folded before, as the indexes have them; that is
            not needed for a word that ``is_plain``
        :rtype: list[SQL]
        """
        columns = [
            SQL("%s.%s", table, SQL.identifier(name)) for name in self._portal_search_fields()
        ]
        if folded:
            columns = [SQL("portal_fold(%s)", column) for column in columns]
        return [SQL("%s LIKE %s", column, pattern) for column in columns]

    @api.model
    def _portal_line_condition(self, table, pattern):
        """Return the condition that a document has the word in one of its lines.

        :param SQL table: name or alias of the table of documents
        :rtype: SQL
        """
        raise NotImplementedError

    @api.model
    def _portal_amount_fields(self):
        """Return the amounts in which the search looks; each has an index of its own.

        For a model with more amounts, it must override this method.

        :rtype: tuple[str]
        """
        return ("amount_total",)

    @api.model
    def _portal_amount_conditions(self, table, amounts):
        """Return the conditions that one of the amounts of a document is one of ``amounts``.

        :param SQL table: name or alias of the table of documents
        :param list amounts: see ``parse_amounts``
        :rtype: list[SQL]
        """
        return [
            SQL(
                "(%s)",
                SQL(" OR ").join(
                    SQL(
                        "(%(t)s.%(name)s >= %(low)s AND %(t)s.%(name)s < %(high)s)",
                        t=table,
                        name=SQL.identifier(name),
                        low=low,
                        high=high,
                    )
                    for low, high in amounts
                ),
            )
            for name in self._portal_amount_fields()
        ]
