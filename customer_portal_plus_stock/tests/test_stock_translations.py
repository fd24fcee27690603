"""Spanish is complete."""

import io

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import trans_export

MODULE = "customer_portal_plus_stock"


@tagged("post_install", "-at_install")
class TestStockTerms(TransactionCase):
    def test_every_term_has_its_spanish(self):
        with io.BytesIO() as buffer:
            trans_export(False, [MODULE], buffer, "po", self.env)
            terms = polib.pofile(buffer.getvalue().decode())
        known = {
            entry.msgid
            for entry in polib.pofile(file_path(f"{MODULE}/i18n/es.po"))
            if entry.msgstr and not entry.fuzzy
        }
        missing = [entry.msgid for entry in terms if entry.msgid not in known]
        self.assertFalse(missing, "Export the terms anew and translate these")
