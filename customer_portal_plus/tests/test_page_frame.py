"""What stands around the pages of the portal: language, title, headings, colour and menu."""

from lxml import html

from odoo.tests import tagged

from .common import PortalHttpCase

PAGES = (
    ("/my", "Inicio"),
    ("/my/invoices", "Facturas"),
    ("/my/quotes", "Presupuestos"),
    ("/my/orders", "Pedidos"),
    ("/my/pay", "Pagar facturas"),
    ("/my/payments", "Pagos"),
    ("/my/purchases", "Compras"),
    ("/my/statement", "Extracto de cuenta"),
    ("/my/search?search=12", "Buscar"),
    ("/my/documents", "Documentos"),
    ("/my/messages", "Mensajes"),
    ("/my/messages/new", "Escríbanos"),
    ("/my/team", "Equipo"),
    ("/my/account", "Mis datos"),
)


@tagged("post_install", "-at_install")
class TestPageFrame(PortalHttpCase):
    def _page(self, url):
        return html.fromstring(self.url_open(url).content)

    def test_pages_tell_language_title_and_one_heading(self):
        self.company.portal_show_statement = True
        self.user_full.lang = "es_ES"
        self.sign_in(self.user_full)
        for url, title in PAGES:
            page = self._page(url)
            self.assertEqual((page.get("lang"), page.get("dir")), ("es-ES", "ltr"), url)
            told = " ".join(page.findtext(".//title").split())
            self.assertEqual(told, f"{title} · {self.company.name}")
            self.assertEqual(len(page.xpath("//h1")), 1, url)

    def test_title_names_the_document(self):
        invoice = self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        title = self._page(f"/my/invoices/{invoice.id}").findtext(".//title")
        self.assertEqual(" ".join(title.split()), f"{invoice.name} · {self.company.name}")

    def test_odoo_is_named_once(self):
        invoice = self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        links = self._page(f"/my/invoices/{invoice.id}").xpath(
            "//a[contains(@href, 'www.odoo.com')]"
        )
        self.assertEqual(len(links), 1)

    def test_colour_of_the_company(self):
        """Of whose page it is; links are darkened until they can be read."""
        self.company.primary_color = "#ffd500"
        self.sign_in(self.user_full)
        (frame,) = self._page("/my").xpath("//*[@id='wrapwrap']")
        self.assertIn("--cpp-brand: #ffd500; --cpp-brand-text: #000000;", frame.get("style"))
        self.assertNotIn("--link-color: #ffd500", frame.get("style"))
        self.company.primary_color = False
        (frame,) = self._page("/my").xpath("//*[@id='wrapwrap']")
        self.assertFalse(frame.get("style"))

    def test_page_that_does_not_exist_is_the_company_s(self):
        self.company.primary_color = "#ffd500"
        response = self.url_open("/p/nobody-is-called-so")
        self.assertEqual(response.status_code, 404)
        page = html.fromstring(response.content)
        self.assertIn("o_portal", page.get_element_by_id("wrapwrap").get("class").split())
        self.assertIn("#ffd500", page.get_element_by_id("wrapwrap").get("style"))
        # Without a website there is no page to write to.
        self.assertNotIn("/contactus", response.text)

    def test_links_can_be_read_in_any_colour(self):
        def luminance(color):
            channels = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
            weights = (0.2126, 0.7152, 0.0722)
            linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
            return sum(w * c for w, c in zip(weights, linear, strict=True))

        for color in ("#ffffff", "#ffd500", "#00ff00", "#b8460f", "#123456", "#000000"):
            self.company.primary_color = color
            style = self.company._portal_brand()["style"]
            link = style.partition("--link-color: ")[2][:7]
            ratio = (luminance("#f9fafb") + 0.05) / (luminance(link) + 0.05)
            self.assertGreaterEqual(ratio, 4.5, color)
            # On a dark screen, on its lightest ground.
            dark = style.partition("--cpp-link-dark: ")[2][:7]
            ratio = (luminance(dark) + 0.05) / (luminance("#1f2937") + 0.05)
            self.assertGreaterEqual(ratio, 4.5, color)
            # A button there is seen, and what stands on it is read.
            button = style.partition("--cpp-brand-dark: ")[2][:7]
            ratio = (luminance(button) + 0.05) / (luminance("#111827") + 0.05)
            self.assertGreaterEqual(ratio, 3, color)
            text = "#ffffff" if luminance(button) < 0.179 else "#000000"
            self.assertIn(f"--cpp-brand-dark-text: {text};", style)
            self.assertEqual(button == color, color not in ("#123456", "#000000"), color)
            if color in ("#123456", "#000000"):
                self.assertEqual(link, color, "what can be read stays as it is")

    def test_own_data_stand_behind_more_and_on_the_home_page(self):
        self.sign_in(self.user_full)
        page = self._page("/my")
        bar = page.xpath("//nav[contains(@class, 'o_cpp_menu')]//ul[@class='nav']")[0]
        shown = bar.xpath("./li/a/@data-portal-menu")
        self.assertIn("invoices", shown)
        self.assertNotIn("account", shown)
        self.assertIn("account", bar.xpath("./li/details//a/@data-portal-menu"))
        links = page.xpath("//a[@data-account-link]/@href")
        self.assertIn("/my/account", links)
        self.assertIn("/my/security", links)
        self.assertFalse(
            page.xpath("//*[contains(@class, 'o_portal_index_card')]/a[@href='/my/security']")
        )

    def test_menu_comes_before_the_way_back(self):
        self.sign_in(self.user_full)
        text = self.url_open("/my/account").text
        self.assertLess(text.index("o_cpp_menu"), text.index("o_portal_submenu"))
