"""Whether an addon speaks Spanish, and to its customers the other languages."""

import functools
import io
import re
from collections import Counter

import polib

from odoo.tools.misc import file_path
from odoo.tools.translate import trans_export

# Languages that have all that customers see. Spanish has all that staff see, too.
COMPLETE = ("ca", "eu", "gl", "pt_BR")

# Where a term stands that customers see, or may: pages, mails, records they choose from, states
# they are told, and code, but for what only staff run.
SEEN_BY_CUSTOMERS = re.compile(
    r"""
    model_terms:ir\.ui\.view,arch_db:\w+\.
        (?!(?:\w+_)?view_|edit_project$|resource_booking_portal_form$)
    | model:mail\.template,(?:subject|body_html):\w+\.(?!\w+_staff$)
    | model:customer\.portal\.(?:
        profile | rejection\.reason | document\.category | einvoice\.clock
      ),(?!check_note)
    | model:ir\.model\.fields\.selection,name:\w+\.selection__customer_portal_(?:
        payment_report__(?:method|state)
        | dispute__(?:reason|state)
        | promise__state
        | signature__(?:act|method)
        | sign_mixin__portal_signature_state
        | document_request__state
        | document__state
        | change_request__state
        | debit(?:_attempt)?__state
        | contract_request__(?:kind|state)
        | delivery_problem__(?:kind|state)
        | einvoice_(?:answer__act|clock__kind)
      )__
    | code:addons/\w+/(?!
        hooks|wizard/|models/(?:overview|preview)/|[\w/]+_(?:explanation|log)\.py
      )
    """,
    re.VERBOSE,
)

# What is filled in, and how a text is marked up.
MARKS = re.compile(r"%\(\w+\)s|%%|%s|\{\{\d+\}\}|</?\w[^>]*>")


@functools.cache
def catalog(module, name):
    """Return the entries of one of an addon's files.

    :param str module: the addon
    :param str name: of the file, in its folder ``i18n``
    :rtype: polib.POFile
    """
    return polib.pofile(file_path(f"{module}/i18n/{name}"))


def is_seen_by_customers(entry):
    """Tell whether customers see a term, wherever else it stands.

    :param polib.POEntry entry: with the places where the term stands
    :rtype: bool
    """
    return any(SEEN_BY_CUSTOMERS.match(place) for place, _line in entry.occurrences)


# A word that begins where a mark ends, as in "<b>S00042</b>and".
GLUED = re.compile(r"</\w+>\w")


def edges(text):
    """Return the blanks before and after a text, which part it from what stands beside it."""
    return [text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]]


class TermsForCustomers:
    """For test cases of an addon whose customers read more languages than English and Spanish.

    :cvar str module: its name
    """

    module = None

    def test_customers_read_every_term_in_their_language(self):
        """A new term is translated to each of these languages, or the pages would mix two."""
        entries = catalog(self.module, "es.po")
        self.assertTrue(entries)
        missing = []
        for language in COMPLETE:
            known = {
                entry.msgid
                for entry in catalog(self.module, f"{language}.po")
                if entry.msgstr and not entry.fuzzy and not entry.obsolete
            }
            missing += [
                f"{language}.po: {entry.msgid!r}"
                for entry in entries
                if entry.msgid not in known and is_seen_by_customers(entry)
            ]
        self.assertFalse(missing, "Translate these, which customers see:\n" + "\n".join(missing))

    def test_languages_of_customers_have_nothing_left_over(self):
        """What the source does not say any more goes, and no entry is empty."""
        source = {entry.msgid for entry in catalog(self.module, f"{self.module}.pot")}
        self.assertTrue(source)
        for language in COMPLETE:
            entries = catalog(self.module, f"{language}.po")
            self.assertFalse({entry.msgid for entry in entries} - source, language)
            self.assertFalse([entry.msgid for entry in entries if not entry.msgstr], language)

    def test_languages_of_customers_fill_in_the_same(self):
        """Placeholders, markup and the blanks at the ends are those of the source."""
        self.assertTrue(COMPLETE)
        for language in COMPLETE:
            entries = catalog(self.module, f"{language}.po")
            self.assertTrue(entries)
            for entry in entries:
                texts = (entry.msgid, entry.msgstr)
                self.assertEqual(
                    *(Counter(MARKS.findall(text)) for text in texts),
                    f"{language}.po: {entry.msgid}",
                )
                self.assertEqual(*map(edges, texts), f"{language}.po: {entry.msgid}")

    def test_no_word_sticks_to_what_stands_before_it(self):
        """A blank after what is filled in is lost easily where the sentence is turned round."""
        self.assertTrue(COMPLETE)
        for language in ("es", *COMPLETE):
            entries = catalog(self.module, f"{language}.po")
            self.assertTrue(entries)
            glued = [
                entry.msgid
                for entry in entries
                if GLUED.search(entry.msgstr) and not GLUED.search(entry.msgid)
            ]
            self.assertFalse(glued, language)


class TermsInSpanish(TermsForCustomers):
    """For test cases of an addon that joins ours with another app."""

    def test_every_term_has_its_spanish(self):
        with io.BytesIO() as buffer:
            trans_export(False, [self.module], buffer, "po", self.env)
            terms = polib.pofile(buffer.getvalue().decode())
        known = {
            entry.msgid
            for entry in catalog(self.module, "es.po")
            if entry.msgstr and not entry.fuzzy
        }
        self.assertTrue(terms)
        missing = [entry.msgid for entry in terms if entry.msgid not in known]
        self.assertFalse(missing, "Export the terms anew and translate these")
