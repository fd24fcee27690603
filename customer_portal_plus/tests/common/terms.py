"""Whether an addon that joins ours with another app speaks Spanish."""

import io

import polib

from odoo.tools.misc import file_path
from odoo.tools.translate import trans_export


class TermsInSpanish:
    """For test cases of such an addon.

    :cvar str module: its name
    """

    module = None

    def test_every_term_has_its_spanish(self):
        with io.BytesIO() as buffer:
            trans_export(False, [self.module], buffer, "po", self.env)
            terms = polib.pofile(buffer.getvalue().decode())
        known = {
            entry.msgid
            for entry in polib.pofile(file_path(f"{self.module}/i18n/es.po"))
            if entry.msgstr and not entry.fuzzy
        }
        self.assertTrue(terms)
        missing = [entry.msgid for entry in terms if entry.msgid not in known]
        self.assertFalse(missing, "Export the terms anew and translate these")
