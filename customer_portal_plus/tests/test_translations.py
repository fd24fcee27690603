"""Spanish is complete, and its terms are those of Odoo's own translation.

The languages of customers have all that customers see, with one name a thing.
"""

import ast
import io
import re
from pathlib import Path

import polib
from babel.messages.extract import extract

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import trans_export

from .common.terms import COMPLETE, TermsForCustomers
from .common.terms import catalog as catalog_of

MODULE = "customer_portal_plus"

# What a word of the source is called in Spanish, wherever it occurs.
GLOSSARY = {
    r"quotes?": "presupuesto",
    r"invoices?": "factura",
    r"credit notes?": "rectificativa",
    r"orders?": "pedido|hacer el pedido|pedir",
    r"salesperson": "comercial",
    r"customers?": "cliente",
    r"password": "contraseña",
    r"bank": "banc|bank",
    r"passkey": "clave de acceso",
}
# What has another name here: one term a thing.
OTHER_NAMES = re.compile(
    r"compañía|portal de cliente\b|portal del cliente|llave de acceso"
    r"|(?<!nota de )(?<!notas de )\bcrédito"
)
# A word that means something else in these sentences, is part of a name, or goes without saying:
# above the list of invoices, "all" has the gender of an invoice.
OTHER_MEANINGS = re.compile(r"in (?:this )?order|^All invoices$|<[^>]+>|\{\{.*?\}\}|%\(\w+\)s")

# The same for the languages that customers read.
GLOSSARIES = {
    "ca": {
        r"quotes?": "pressupost",
        r"invoices?": "factur",
        r"credit notes?": "rectificativ",
        r"orders?": "comanda|comandes|demanar",
        r"salesperson": "comercial",
        r"customers?": "client",
        r"password": "contraseny",
        r"passkey": "clau d'accés",
        r"statements?": "extracte",
        r"overdue": "vençu|retard",
    },
    "eu": {
        r"quotes?": "aurrekontu",
        r"invoices?": "faktur",
        r"credit notes?": "faktura zuzentzaile",
        r"orders?": "eskaer|eskatu",
        r"salesperson": "komertzial",
        r"customers?": "bezero",
        r"password": "pasahitz",
        r"passkey": "sarbide-gako",
        r"statements?": "kontu-laburpen",
        r"overdue": "epez kanpo|atzerapen",
    },
    "gl": {
        r"quotes?": "orzamento",
        r"invoices?": "factur",
        r"credit notes?": "rectificativ",
        r"orders?": "pedid|pedir",
        r"salesperson": "comercial",
        r"customers?": "client",
        r"password": "contrasina",
        r"passkey": "clave de acceso",
        r"statements?": "extracto",
        r"overdue": "vencid|atraso",
    },
    "pt_BR": {
        r"quotes?": "orçamento",
        r"invoices?": "fatur",
        r"credit notes?": "notas? de crédito",
        r"orders?": "pedid|pedir",
        r"salesperson": "vendedor",
        r"customers?": "client",
        r"password": "senha",
        r"passkey": "chave de acesso",
        r"statements?": "extrato",
        r"overdue": "venc|atraso",
    },
}
# Words of a neighbour that slip in.
FOREIGN = {
    "ca": r"usted|presupuesto|contraseña|enlace|archivo|(?<!-)\blos\b|ción\b|¿|¡",
    "eu": r"usted|factura(?!e\b)|presupuesto|contraseña|archivo|\blos\b|\bel\b|\by\b|¿|¡",
    "gl": r"usted\b|contraseña|presupuesto|enlace|archivo|\blos\b|\by\b|¿|¡",
    "pt_BR": r"usted|senhor|equipa\b|ficheiro|palavra-passe|telemóvel|\bel\b|¿|¡",
}


def catalog(language):
    return catalog_of(MODULE, f"{language}.po")


@tagged("post_install", "-at_install")
class TestCatalogs(TermsForCustomers, BaseCase):
    module = MODULE

    def test_no_string_left_out(self):
        entries = catalog("es")
        empty = [entry.msgid for entry in entries if not entry.msgstr and not entry.obsolete]
        self.assertFalse(empty)
        self.assertFalse(entries.fuzzy_entries())

    def test_placeholders(self):
        """A translation fills in what the source fills in, or a page would fail in Spanish."""
        for language in ("es", "es_419"):
            entries = catalog(language)
            self.assertTrue(entries)
            for entry in entries:
                found = [
                    sorted(re.findall(r"%\(\w+\)s|%s", text))
                    for text in (entry.msgid, entry.msgstr)
                ]
                self.assertEqual(*found, entry.msgid)

    def test_glossary(self):
        entries = catalog("es")
        self.assertTrue(entries)
        for entry in entries:
            source = OTHER_MEANINGS.sub(" ", entry.msgid).lower()
            for word, spanish in GLOSSARY.items():
                if re.search(rf"\b{word}\b", source):
                    self.assertRegex(entry.msgstr.lower(), spanish, f"{word}: {entry.msgid}")

    def test_glossaries_of_customers(self):
        for language in COMPLETE:
            entries = catalog(language)
            self.assertTrue(entries)
            for entry in entries:
                source = OTHER_MEANINGS.sub(" ", entry.msgid).lower()
                text = re.sub(r"<[^>]+>|\{\{.*?\}\}", " ", entry.msgstr).lower()
                for word, name in GLOSSARIES[language].items():
                    if re.search(rf"\b{word}\b", source):
                        self.assertRegex(text, name, f"{language}, {word}: {entry.msgid}")
                self.assertNotRegex(text, FOREIGN[language], entry.msgid)

    def test_one_name_a_thing(self):
        for language in ("es", "es_419"):
            entries = catalog(language)
            self.assertTrue(entries)
            for entry in entries:
                self.assertNotRegex(entry.msgstr.lower(), OTHER_NAMES)


@tagged("post_install", "-at_install")
class TestExport(BaseCase):
    def test_terms_of_the_code(self):
        """What Odoo takes out of the code to be translated is what the code has translated.

        Odoo reads it without understanding it: a parenthesis is a call of the name before it,
        wherever that stands, and what is written within a text is not seen.
        """
        files = [
            path
            for path in Path(file_path(MODULE)).rglob("*.py")
            if "tests" not in path.relative_to(file_path(MODULE)).parts
        ]
        self.assertTrue(files)
        for path in files:
            with path.open("rb") as file:
                found = {
                    term if isinstance(term, str) else term[0]
                    for _line, term, *_rest in extract(
                        "odoo.tools.babel:extract_python", file, keywords={"_": None}
                    )
                }
            meant = {
                node.args[0].value
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "_"
                and isinstance(node.args[0], ast.Constant)
            }
            self.assertEqual(found - {None, ""}, meant, path.name)


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    def test_all_terms_are_in_the_catalog(self):
        """What the source says now is what the catalog translates."""
        with io.BytesIO() as buffer:
            trans_export(False, [MODULE], buffer, "po", self.env)
            terms = polib.pofile(buffer.getvalue().decode())
        known = {entry.msgid for entry in catalog("es")}
        missing = [entry.msgid for entry in terms if entry.msgid not in known]
        self.assertFalse(missing, "Export the terms anew and translate these")
