"""The portal's own address: how it is made, kept unique, changed, and what its page shows."""

import re
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..models.sign_in import res_company_guests
from ..tools.alias import MAX_LENGTH, derive_alias, is_valid_alias, numbered_alias
from .common import PortalCase, PortalHttpCase

DERIVED = {
    "Pepino Tech SpA": "pepino-tech",
    "Pepino Tech S.p.A.": "pepino-tech",
    "Ferretería Muñoz e Hijos, S.L.": "ferreteria-munoz-e-hijos",
    "Muebles Ñandú S.L.U.": "muebles-nandu",
    "Cañas y Barro, S. L.": "canas-y-barro",
    "Hierros del Norte, S. Coop.": "hierros-del-norte",
    "Transportes García, C.B.": "transportes-garcia",
    "Editorial Alba Sociedad Limitada": "editorial-alba",
    "Acero, S. de R.L. de C.V.": "acero",
    "Grupo Norte S.A. de C.V.": "grupo-norte",
    "Cemento Sur S.A.B. de C.V.": "cemento-sur",
    "Servicios Andinos S.A.S.": "servicios-andinos",
    "Luz y Fuerza SAS ESP": "luz-y-fuerza",
    "Taller Rojas E.I.R.L.": "taller-rojas",
    "Constructora Los Andes Ltda.": "constructora-los-andes",
    "Constructora Los Andes y Cía. Ltda.": "constructora-los-andes",
    "Minera Lima S.A.C.": "minera-lima",
    "Bodega Mendoza S.R.L.": "bodega-mendoza",
    "Pães do Porto, Lda.": "paes-do-porto",
    "Straße GmbH": "strasse",
    "Łuk Ltd": "luk",
    "L'Oréal España S.A.": "loreal-espana",
    'Panadería "El Sol" S.C.': "panaderia-el-sol",
    "Nord.Sur SA": "nord-sur",
    "3M España, S.L.": "3m-espana",
    "S.A.": "sa",
    "日本": "company",
    "": "company",
    "A": "company-a",
    "Admin SL": "admin-portal",
}


@tagged("post_install", "-at_install")
class TestAlias(PortalCase):
    def test_text_on_the_colour_of_a_company_can_be_read(self):
        """White on what is dark, black on what is light, as the eye sees it."""
        for color, text_color in (
            ("#000000", "#ffffff"), ("#757575", "#ffffff"), ("#777777", "#000000"),
            ("#ffffff", "#000000"), ("#ff0000", "#000000"), ("#c00000", "#ffffff"),
            ("#00ff00", "#000000"), ("#008000", "#ffffff"), ("#0000ff", "#ffffff"),
        ):  # fmt: skip
            self.company.primary_color = color
            self.assertEqual(self.company._portal_colors(), (color, text_color))
        self.company.primary_color = "red; background: url(x)"
        self.assertEqual(self.company._portal_colors(), ("", ""))
        self.assertEqual(self.company._portal_brand()["style"], "")

    def test_derived_from_the_name(self):
        for name, alias in DERIVED.items():
            self.assertEqual(derive_alias(name), alias, name)
            self.assertTrue(is_valid_alias(alias), alias)

    def test_derived_is_always_valid(self):
        for name in ("x" * 500, "un dos " * 100, "-- ..", "a" * 39 + " bc", "ﬁn — 2", "\x00\n"):
            self.assertTrue(is_valid_alias(derive_alias(name)), name)

    def test_long_name_is_cut_between_words(self):
        alias = derive_alias("Comercializadora Internacional de Productos Agrícolas del Sur S.A.")
        self.assertLessEqual(len(alias), MAX_LENGTH)
        self.assertEqual(alias, "comercializadora-internacional-de")
        self.assertTrue(is_valid_alias(numbered_alias("x" * MAX_LENGTH, 12)))

    def test_new_companies_get_one_each(self):
        companies = self.env["res.company"].create(
            [{"name": "Pepino Tech SpA"}, {"name": "Pepino Tech, S.L."}, {"name": "Pepino Tech"}]
        )
        self.assertEqual(
            companies.mapped("portal_alias"), ["pepino-tech", "pepino-tech-2", "pepino-tech-3"]
        )

    def test_existing_companies_have_one(self):
        """Installing the addon gave one to those that were there before."""
        self.assertTrue(all(self.env["res.company"].search([]).mapped("portal_alias")))

    def test_name_does_not_change_the_alias(self):
        company = self.env["res.company"].create({"name": "Pepino Tech SpA"})
        company.name = "Melón Tech SpA"
        self.assertEqual(company.portal_alias, "pepino-tech")

    def test_never_without(self):
        company = self.env["res.company"].create({"name": "Pepino Tech SpA"})
        company.portal_alias = False
        self.assertEqual(company.portal_alias, "pepino-tech")

    def test_typed_aliases(self):
        self.company.portal_alias = "  Mi-Empresa/ "
        self.assertEqual(self.company.portal_alias, "mi-empresa")
        for bad in ("a", "-abc", "abc-", "a--b", "ñandu", "a b", "my", "admin", "x" * 41, "a/b"):
            with self.assertRaises(ValidationError, msg=bad), self.cr.savepoint():
                self.company.portal_alias = bad

    def test_unique_also_among_former_ones(self):
        other = self.env["res.company"].create({"name": "Pepino Tech SpA"})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.company.portal_alias = "pepino-tech"
        other.portal_alias = "pepino"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.company.portal_alias = "pepino-tech"
        other.portal_alias = "pepino-tech"
        former = self.env["customer.portal.former.alias"]
        self.assertFalse(former.search([("alias", "=", "pepino-tech")]), "its own again")
        self.assertEqual(former.search([("alias", "=", "pepino")]).company_id, other)
        other.portal_alias = "pepino-tech"
        self.assertFalse(former.search([("alias", "=", "pepino-tech")]), "nothing changed")
        other.active = False
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.company.portal_alias = "pepino-tech"

    def test_what_the_portal_is_said_to_be_good_for(self):
        """Each sentence as long as its switch is on, those of invoices with the invoices."""
        offers = {
            "portal_show_statement": "Download your account statement",
            "portal_allow_payment": "Pay what is due, in a minute",
            "portal_show_orders": "Follow your orders",
            "portal_allow_messages": "Write to us and read our answers",
            "portal_allow_quote_acceptance": "Read your quotes and accept them",
            "portal_show_quotes": "Read your quotes and accept them",
            "portal_show_invoices": "See and download your invoices",
        }

        def said():
            return {words for _icon, words in self.company._portal_public_offers()}

        self.company.write(dict.fromkeys(offers, True))
        every = said()
        self.assertLessEqual(set(offers.values()), every)
        for switch, words in offers.items():
            self.company[switch] = False
            gone = {words}
            if switch == "portal_show_invoices":
                gone |= {offers["portal_show_statement"], offers["portal_allow_payment"]}
            instead = {"Read your quotes"} if switch == "portal_allow_quote_acceptance" else set()
            self.assertEqual(said(), every - gone | instead, switch)
            self.company[switch] = True

    def test_settings_check_while_typing(self):
        self.env["res.company"].create({"name": "Pepino Tech SpA"})
        with Form(self.env["res.config.settings"]) as settings:
            settings.portal_alias = "pepino-tech"
            self.assertIn("another company", settings.portal_alias_problem)
            settings.portal_alias = "Ñu"
            self.assertIn("small letters", settings.portal_alias_problem)
            settings.portal_alias = "nuevo-nombre"
            self.assertFalse(settings.portal_alias_problem)
            self.assertTrue(settings.portal_alias_url.endswith("/p/nuevo-nombre"))


@tagged("post_install", "-at_install")
class TestAliasPage(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "name": "Pepino Tech SpA",
                "portal_alias": "pepino-tech",
                "phone": "+56 2 2345 6789",
                "email": "hola@example.com",
                "street": "Avenida Siempre Viva 742",
                "social_linkedin": "https://example.com/pepino",
                "primary_color": "#0B6E4F",
            }
        )

    def _get(self, path="/p/pepino-tech"):
        return self.url_open(path, allow_redirects=False)

    def test_page_wears_the_company(self):
        self.company.uses_default_logo = False
        page = self._get()
        self.assertEqual(page.status_code, 200)
        for text in (
            "Pepino Tech SpA", f"/logo.png?company={self.company.id}", "--cpp-brand: #0B6E4F",
            "Avenida Siempre Viva 742", "+56 2 2345 6789", "hola@example.com",
            "https://example.com/pepino", "See and download your invoices", "/web/login",
        ):  # fmt: skip
            self.assertIn(text, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["X-Frame-Options"], "DENY")

    def _assert_dress(self, company, url):
        """Assert that a page of core's around passwords is the company's, not Odoo's."""
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200, url)
        self.assertNotIn("/web/binary/company_logo", page.text, url)
        self.assertIn(company._portal_brand()["style"], page.text, url)
        if company.uses_default_logo:
            self.assertIn(f'o_cpp_company_name">{company.name}<', page.text, url)
            self.assertNotIn("/logo.png", page.text, url)
        else:
            self.assertIn(f"/logo.png?company={company.id}", page.text, url)

    def test_pages_of_passwords(self):
        """Of the company by whose address the browser came, else of the one that has a portal."""
        self.env["ir.config_parameter"].set_param("auth_signup.reset_password", "True")
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        other = self.env["res.company"].create(
            {
                "name": "Otra SL",
                "portal_enabled": True,
                "portal_alias": "otra",
                "primary_color": "#7c1fa2",
            }
        )
        self.company.uses_default_logo = False
        for url in ("/web/login", "/web/reset_password", "/web/signup"):
            self._assert_dress(self.company, url)
        self._get("/p/otra")
        for url in ("/web/login", "/web/reset_password", "/web/signup"):
            self._assert_dress(other, url)
        self.assertIn("Otra SL", self.url_open("/my/no-such-page").text)
        other.portal_enabled = False
        self._assert_dress(self.company, "/web/login")

    def test_a_website_leads_guests_to_its_company(self):
        """Though it has no logo and another one has; only an address they came by counts more."""
        companies = self.env["res.company"]
        other = companies.create({"name": "Otra SL", "portal_enabled": True})
        self.company.uses_default_logo = False
        # Stands for a website, whose app is not there.
        website = self.env["res.partner"].create({"name": "Otra", "company_id": other.id})
        request = SimpleNamespace(session={}, website=website)
        with patch(f"{res_company_guests.__name__}.request", request):
            self.assertEqual(companies._portal_company_of_guests(), other)
            request.session[res_company_guests.SESSION_KEY] = self.company.id
            self.assertEqual(companies._portal_company_of_guests(), self.company)
            request.session.clear()
            other.portal_enabled = False
            self.assertEqual(companies._portal_company_of_guests(), self.company)

    def test_pages_of_who_is_signed_in(self):
        """In the dress of the own company, though guests would get that of the one with a logo."""
        other = self.env["res.company"].create({"name": "Otra SL", "primary_color": "#7c1fa2"})
        other.uses_default_logo, self.company.uses_default_logo = False, True
        self.assertNotEqual(self.env["res.company"]._portal_company_of_guests(), self.company)
        self.sign_in(self.user_full)
        self.assertIn(self.company._portal_brand()["style"], self.url_open("/my").text)

    def test_page_of_a_new_password(self):
        """Its link is mailed to a contact, who has a company."""
        other = self.env["res.company"].create({"name": "Otra SL", "primary_color": "#7c1fa2"})
        partner = self.user_full.partner_id
        self.user_full.write({"company_ids": [(4, other.id)], "company_id": other.id})
        partner.signup_prepare(signup_type="reset")
        self._assert_dress(other, f"/web/reset_password?token={partner._generate_signup_token()}")
        self.assertNotIn("Otra SL", self.url_open("/web/reset_password?token=x%C3%B1").text)

    def test_page_shows_what_is_switched_on(self):
        self.company.write(
            {
                "portal_show_address": False,
                "portal_show_phone": False,
                "portal_show_social": False,
                "portal_show_invoices": False,
                "primary_color": "red; } body { display: none",
            }
        )
        page = self._get()
        for text in ("Siempre Viva", "2345 6789", "hola@", '/pepino"', "invoices", "body {"):
            self.assertNotIn(text, page.text)

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "Melón & Cía. SpA"})
        page = self._get(f"/p/{other.portal_alias}")
        self.assertIn("Melón &amp; Cía. SpA", page.text)
        self.assertNotIn("/logo.png", page.text, "it has none of its own")
        self.assertNotIn("Pepino Tech", page.text)

    def test_the_company_of_the_address_decides(self):
        """Not the one of the website that shows the page. Without that app there is one company
        a page anyhow; the suite installs both with `--with website`."""
        other = self.env["res.company"].create({"name": "Melón y Cía. SpA"})
        if "website" in self.env:
            self.env["website"].search([]).company_id = self.company
            self.env["ir.ui.view"].create(
                {
                    "name": "Footer",
                    "type": "qweb",
                    "key": "website.test_footer",
                    "mode": "extension",
                    "inherit_id": self.env.ref("website.layout").id,
                    "arch": """<data><xpath expr="//footer" position="inside">
                        <p>The way to Pepino Tech</p></xpath></data>""",
                }
            )
        page = self._get(f"/p/{other.portal_alias}").text
        self.assertNotIn("Pepino", page)
        self.assertRegex(page, r"Copyright[^<]*(<[^>]*>)*Melón y Cía. SpA")
        own = self._get().text
        self.assertEqual("The way to Pepino Tech" in own, "website" in self.env)

    def test_unknown_and_switched_off_look_the_same(self):
        other = self.env["res.company"].create({"name": "Melón SpA"})
        self.assertEqual(self._get("/p/melon").status_code, 200)
        other.portal_enabled = False
        unknown, off = self._get("/p/nobody-here"), self._get("/p/melon")
        self.assertEqual((unknown.status_code, off.status_code), (404, 404))
        # A website's page has a token that changes with each second.
        unknown, off = (re.sub(r'csrf_token: "\w+"', "", page.text) for page in (unknown, off))
        self.assertEqual(unknown.replace("nobody-here", "melon"), off)
        for path in ("/p/" + "x" * 10000, "/p/%00", "/p/<script>", "/p/%F0%9F%8D%89"):
            self.assertEqual(self._get(path).status_code, 404, path[:20])

    def test_former_alias_leads_to_the_present_one(self):
        self.company.portal_alias = "melon-tech"
        answer = self._get("/p/pepino-tech?redirect=/my/invoices")
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(
            answer.headers["Location"].endswith("/p/melon-tech?redirect=%2Fmy%2Finvoices")
        )
        self.company.portal_enabled = False
        self.assertEqual(self._get("/p/pepino-tech").status_code, 404)

    def test_capitals_do_not_matter(self):
        answer = self._get("/p/Pepino-TECH?redirect=/my/invoices")
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(
            answer.headers["Location"].endswith("/p/pepino-tech?redirect=%2Fmy%2Finvoices")
        )
        self.company.portal_alias = "melon-tech"
        answer = self._get("/p/PEPINO-TECH")
        self.assertTrue(answer.headers["Location"].endswith("/p/melon-tech"))

    def test_signed_in_is_led_on(self):
        for user in (self.user_full, self.user_stranger, self.user_sales):
            self.sign_in(user)
            page = self._get()
            self.assertIn('href="/my"', page.text)
            self.assertIn(user.name, page.text)
        # On a computer that others use, too.
        self.url_open("/web/session/logout?redirect=/p/pepino-tech")
        self.assertIn("cpp_tax_id", self._get().text)
        self.assertIn('/web/session/logout?redirect=%2Fp%2Fpepino-tech"', page.text)
