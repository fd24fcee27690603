"""Programs read what their contact's pages show, and nothing else."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.routes import (
    ACTORS,
    MISSING_ID,
    RoutesOfAddons,
)

from .common import BASE, ApiCase

KINDS = ("invoices", "quotes", "files")
LISTS = tuple(f"/{kind}" for kind in KINDS)
ROUTES = {
    "/my/api", "/my/api/keys/make", "/my/api/keys/revoke", BASE, f"{BASE}/<path:rest>",
    *(f"{BASE}{path}" for path in (*LISTS, "/statement")),
    f"{BASE}/invoices/<int:invoice_id>", f"{BASE}/invoices/<int:invoice_id>/file",
    f"{BASE}/quotes/<int:quote_id>", f"{BASE}/quotes/<int:quote_id>/file",
    f"{BASE}/files/<int:file_id>/file",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestApiAccess(RoutesOfAddons, ApiCase):
    def _pages_of(self, kind, document_id):
        paths = [f"/{kind}/{document_id}/file"]
        return paths if kind == "files" else [f"/{kind}/{document_id}", *paths]

    def _seen(self, kind, key):
        """Return of whom a contact's program sees the documents of a kind; list, document and file
        must agree, and a refusal looks like that of what does not exist."""
        listed = self._ids(kind, key) or set()
        seen = set()
        missing = [self._ask(path, key) for path in self._pages_of(kind, MISSING_ID)]
        for owner, documents in self.documents.items():
            if kind not in documents:
                continue
            number = documents[kind].id
            answers = [self._ask(path, key) for path in self._pages_of(kind, number)]
            opened = {answer.status_code == 200 for answer in answers}
            self.assertEqual(opened, {number in listed}, (kind, key, owner))
            if number in listed:
                seen.add(owner)
            else:
                for answer, none in zip(answers, missing, strict=True):
                    self.assertEqual(answer.status_code, 404)
                    self.assertEqual(answer.content, none.content)
        return seen

    def test_every_route_is_tried(self):
        self.assert_routes_listed("customer_portal_plus_api", ROUTES)

    def test_whose_documents(self):
        expected = {
            "full": {"invoices": {"alfa", "own"}, "quotes": {"alfa", "own"}, "files": {"alfa"}},
            # Purchasing sees no invoices.
            "colleague": {"invoices": set(), "quotes": {"alfa", "own"}, "files": {"alfa"}},
            "own": {"invoices": {"own"}, "quotes": {"own"}, "files": set()},
            "stranger": {"invoices": {"beta"}, "quotes": {"beta"}, "files": {"beta"}},
            "branch": {"invoices": set(), "quotes": set(), "files": set()},
        }
        seen = {key: {kind: self._seen(kind, key) for kind in KINDS} for key in ACTORS}
        self.assertEqual(seen, expected)

    def test_statement_is_the_customer_s(self):
        def sums(key):
            answer = self._ask("/statement", key)
            return [one["closing"] for one in answer.json().get("accounts", [])]

        self.assertEqual(sums("full"), ["243.00"])
        self.assertEqual(sums("own"), ["121.50"])
        self.assertEqual(sums("stranger"), ["121.50"])
        self.assertEqual(self._ask("/statement", "colleague").status_code, 403)

    def test_hidden_and_blocked(self):
        invoice = self.documents["alfa"]["invoices"]
        invoice.portal_visible = False
        self.assertNotIn(invoice.id, self._ids("invoices"))
        self.assertEqual(self._ask(f"/invoices/{invoice.id}").status_code, 404)
        invoice.portal_visible = True
        self._key("full")
        self.alfa.portal_access = False
        for path in (*LISTS, "/statement", f"/invoices/{invoice.id}"):
            self.assertEqual(self._ask(path).status_code, 401, path)

    def test_switches_and_profile(self):
        paths = (*LISTS, "/statement", f"/invoices/{self.documents['alfa']['invoices'].id}")
        self._key("full")
        for record, switch in (
            (self.company, "portal_allow_api"),
            (self.company, "portal_enabled"),
            (self.profile_full, "can_use_api"),
        ):
            record[switch] = False
            for path in paths:
                self.assertEqual(self._ask(path).status_code, 403, (switch, path))
            record[switch] = True
        for path, switch in (
            ("/invoices", "portal_show_invoices"),
            ("/files", "portal_show_documents"),
            ("/statement", "portal_show_statement"),
        ):
            self.company[switch] = False
            self.assertEqual(self._ask(path).status_code, 403, path)
            self.company[switch] = True
        self.company.portal_show_quotes = False
        self.assertEqual(self._ask("/quotes").status_code, 200, "orders are left")
        self.company.portal_show_orders = False
        self.assertEqual(self._ask("/quotes").status_code, 403)

    def test_company_that_has_it_switched_off(self):
        """Another company's documents are on the pages, and not here."""
        invoice = self._create_invoice_elsewhere("Otra", 50.0)
        self.user_full.company_ids |= invoice.company_id
        invoice.company_id.portal_show_statement = True
        path = f"/invoices/{invoice.id}"
        self.assertNotIn(invoice.id, self._ids("invoices"))
        self.assertEqual(self._ask(path).status_code, 404)
        self.assertEqual(self._ask(f"{path}/file").status_code, 404)
        self.assertEqual(len(self._ask("/statement").json()["accounts"]), 1)
        invoice.company_id.portal_allow_api = True
        self.assertIn(invoice.id, self._ids("invoices"))
        self.assertEqual(self._ask(path).status_code, 200)
        self.assertEqual(len(self._ask("/statement").json()["accounts"]), 2)

    def test_only_keys_open_it(self):
        """Who is signed in in the browser does not count, nor does a link's token."""
        invoice = self.documents["alfa"]["invoices"]
        self.sign_in(self.user_full)
        for path in (*LISTS, "/statement", f"/invoices/{invoice.id}"):
            self.assertEqual(self._ask(path, key="").status_code, 401, path)
        token = invoice._portal_ensure_token()
        answer = self._ask(f"/invoices/{invoice.id}?access_token={token}", key="")
        self.assertEqual(answer.status_code, 401)
        # The other way round: the key counts, whoever is signed in.
        self.sign_in(self.user_stranger)
        self.assertIn(invoice.id, self._ids("invoices", "full"))
        answer = self._ask(f"/invoices/{invoice.id}?access_token={token}", key="stranger")
        self.assertEqual(answer.status_code, 404)

    def test_key_opens_nothing_else(self):
        answer = self.url_open(
            "/json/2/res.partner/search_count",
            json={"domain": []},
            headers={"Authorization": f"bearer {self._key('full')}"},
        )
        self.assertEqual(answer.status_code, 401)

    def test_drafts_have_no_file(self):
        """A contact sees no drafts; a cancelled invoice it may see has no file."""
        invoice = self.documents["alfa"]["invoices"]
        invoice.button_cancel()
        self.assertEqual(self._ask(f"/invoices/{invoice.id}/file").status_code, 404)

    def test_downloads_are_noted(self):
        Event = self.env["customer.portal.event"]
        for kind in KINDS:
            document = self.documents["alfa"][kind]
            domain = [("res_model", "=", document._name), ("res_id", "=", document.id)]
            domain.append(("kind", "=", "download"))
            before = Event.search_count(domain)
            self.assertEqual(self._ask(f"/{kind}/{document.id}/file").status_code, 200)
            self.assertEqual(Event.search_count(domain), before + 1, kind)
