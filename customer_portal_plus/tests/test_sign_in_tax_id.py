"""Signing in with the tax ID: it is found in any spelling, and nobody learns whose it is."""

import re
from collections import Counter
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..models.sign_in.customer_portal_challenge import LIMITS
from ..tools.mask import decoy_addresses, decoy_name, mask_address, mask_addresses, mask_name
from ..tools.tax_id import is_tax_id, stored_tax_id_key, typed_tax_id_keys
from .common.sign_in import ALIAS, SignInCase

# Stored, country of the partner, and how its people may type it.
SPELLINGS = [
    # Chile: RUT
    ("CL760864285", "CL", ("76.086.428-5", "76086428-5", "760864285", "CL 76.086.428-5")),
    ("76.086.428-5", "CL", ("076086428-5", " 76 086 428 5 ", "76,086,428-5", "cl760864285")),
    ("10000013-k", "CL", ("10.000.013-K", "10000013k", "010.000.013-k", "CL10000013K")),
    ("1000005-K", "CL", ("01.000.005-K", "1.000.005-k")),
    # Spain: NIF, CIF, NIE
    (
        "ESB85738045",
        "ES",
        ("B85738045", "B-85738045", "b 8573804 5", "es-b85738045"),
    ),
    ("B-85738045", "ES", ("ESB85738045", "B.85.738.045")),
    ("05432198N", "ES", ("5432198N", "05.432.198-N", "ES05432198N", "5.432.198 n")),
    ("ESX2482300W", "ES", ("X-2482300-W", "x2482300w", "X 2482300 W")),
    ("ESB85738045", "", ("B85738045", "ES B 85738045")),
    # Colombia: NIT, with and without its check digit
    (
        "900.373.115-3",
        "CO",
        ("900373115-3", "9003731153", "900373115", "900.373.115", "CO900373115"),
    ),
    ("900373115", "CO", ("900.373.115-3", "900373115 3")),
    ("890903938-8", "CO", ("890.903.938", "0890903938-8")),
    ("1020304050-8", "CO", ("1.020.304.050", "10203040508", "1.020.304.050-8")),
    # Mexico: RFC
    ("MAB9307148T4", "MX", ("MAB-930714-8T4", "mab 930714 8t4", "MX MAB9307148T4")),
    ("GODE-561231-GR8", "MX", ("GODE561231GR8", "gode 561231 gr8")),
    ("Ñ&A800101AB1", "MX", ("Ñ&A-800101-AB1", "ñ&a800101ab1", "ÑA800101AB1", "N&A 800101 AB1")),
    ("MXA850101AB1", "MX", ("MXA-850101-AB1", "mxa850101ab1")),
    # Argentina: CUIT
    ("30-50001091-2", "AR", ("30500010912", "30.50001091.2", "AR30500010912", "30 50001091 2")),
    ("20055361682", "AR", ("20-05536168-2", "20/05536168/2")),
    # Peru, Ecuador, Paraguay: RUC; Uruguay: RUT
    ("20512333797", "PE", ("20512333797", "PE20512333797", "20 512 333 797", "20-51233379-7")),
    ("1792060346001", "EC", ("1792060346-001", "EC 1792060346001", "179.206.0346.001")),
    ("1714307103001", "EC", ("171430710-3", "1714307103", "1714307103-001")),
    ("1714307103", "EC", ("1714307103001",)),
    ("80028061-0", "PY", ("800280610", "80.028.061-0")),
    ("211003420017", "UY", ("21.100342.0017", "UY211003420017", "21 100342 001 7")),
    # Neighbours
    ("PT501964843", "PT", ("501964843", "PT 501 964 843")),
    ("EL094014201", "GR", ("094014201", "EL094014201", "94014201")),
]

NUMBERS_OF_OTHERS = (
    "76.086.429-3", "B85738046", "A85738045", "X2482301W", "900373116-1", "MAB9307148T5",
    "30500010913", "20512333798", "211003420018", "12345",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestTaxId(SignInCase):
    def test_table_of_spellings(self):
        self.assertGreaterEqual(sum(len(typed) for *_rest, typed in SPELLINGS), 40)
        for stored, country, spellings in SPELLINGS:
            key = stored_tax_id_key(stored, country)
            self.assertTrue(key)
            for typed in (stored, *spellings):
                keys = typed_tax_id_keys(typed)
                self.assertIn(key, keys, f"{typed} typed for {stored}")
                self.assertIn(keys[key], ("", country or "ES"), f"{typed} typed for {stored}")
            for typed in NUMBERS_OF_OTHERS:
                self.assertNotIn(key, typed_tax_id_keys(typed), f"{typed} for {stored}")

    def test_spellings_of_an_unknown_number_look_the_same(self):
        """Decoys are made from the shortest key, so it must not depend on the spelling."""
        for stored, country, spellings in SPELLINGS:
            if stored.startswith(("ES", "Ñ")) or country in ("ES", "EC", "GR", "PT"):
                continue
            shortest = {next(iter(typed_tax_id_keys(typed))) for typed in spellings}
            self.assertEqual(len(shortest), 1, f"{spellings}: {shortest}")

    def test_spellings_find_their_customer(self):
        self.alfa.vat = False
        customer = self._create_customer("Gamma SL", email="gamma@example.com", vat=False)
        for stored, country, spellings in SPELLINGS:
            code = self.env["res.country"].search([("code", "=", country)])
            # As imports leave it: not what the form would have made of it.
            self.cr.execute(
                "UPDATE res_partner SET vat = %s, country_id = %s WHERE id = %s",
                [stored, code.id or None, customer.id],
            )
            customer.invalidate_recordset()
            self.env.add_to_compute(customer._fields["portal_tax_id_key"], customer)
            for typed in spellings:
                found = self.Challenge._find_contacts(self.company, tax_id=typed)
                self.assertEqual([row[0] for row in found], [customer.id], f"{typed}: {stored}")
            for typed in NUMBERS_OF_OTHERS:
                self.assertFalse(self.Challenge._find_contacts(self.company, tax_id=typed))

    def test_key_follows_the_partner(self):
        self.assertEqual(self.alfa.portal_tax_id_key, "B85738045")
        self.alfa.vat = "ESB12345674"
        self.assertEqual(self.alfa.portal_tax_id_key, "B12345674")
        self.alfa.vat = False
        self.assertFalse(self.alfa.portal_tax_id_key)

    def test_bad_tax_ids(self):
        for bad in ("", "   ", "abc", "-", "9" * 10000, "9" * 41, "\x00", "🍉", "٣٤٥٦٧٨٩"):
            answer = self.post("/tax_id", {"tax_id": bad})
            self.assertEqual(answer.status_code, 422, bad[:20])
            self.assertIn("Please type your tax ID", answer.text)
        for odd in ("' OR 1=1 -- 23456", "%25%25%25", "<b>12345</b>", "B85738045; DROP TABLE"):
            self.assertEqual(self.post("/tax_id", {"tax_id": odd}).status_code, 303, odd)
            self.assertEqual(self.page("/address").status_code, 200, odd)

    def test_what_is_too_short_is_told_so(self):
        """Before any address is shown, and for whatever customer may be stored with it."""
        for short in ("12", "B-1", "1.2.3.4", "ES12", "ABCDEF123", "' OR 1=1 --", "{{7*7}}"):
            answer = self.post("/tax_id", {"tax_id": short})
            self.assertEqual(answer.status_code, 422, short)
            self.assertIn("can't be a tax ID", answer.text.replace("&#39;", "'"))
        for stored, _country, spellings in SPELLINGS:
            for typed in (stored, *spellings):
                self.assertTrue(is_tax_id(typed), typed)


@tagged("post_install", "-at_install")
class TestSignInTaxId(SignInCase):
    def test_three_screens(self):
        page, choices = self.ask_by_tax_id("B-85738045")
        self.assertEqual(page.status_code, 200)
        for address in ("full@example.com", "alfa@example.com", "colleague@example.com"):
            self.assertIn(mask_address(address), page.text)
        for secret in ("full@example.com", "Alfa", "Gerencia", "portal_test_full"):
            self.assertNotIn(secret, page.text)
        key = choices[mask_address("colleague@example.com")]
        answer = self.post("/address", {"choice": key}, page=f"/p/{ALIAS}/address")
        self.assertEqual(answer.status_code, 303)
        self.assertIn(mask_address("colleague@example.com"), self.page("/code").text)
        to, code, _link = self.read_mail(self.run_sender()[0])
        self.assertIn("colleague@example.com", to)
        self.type_code(code)
        self.assert_signed_in(self.user_colleague)

    def test_addresses_of_this_customer_alone(self):
        _page, choices = self.ask_by_tax_id("ESB85738045")
        shown = {mask_address(address) for address in (
            "alfa@example.com", "full@example.com", "colleague@example.com", "own@example.com",
        )}  # fmt: skip
        self.assertEqual(set(choices), shown)

    def test_contact_without_address_is_not_shown(self):
        lonely = self._create_customer("Gamma SL", email=False, vat="ESB12345674")
        self.env["res.partner"].create({"name": "Almacén", "parent_id": lonely.id})
        self._assert_decoys("B12345674")

    def test_two_customers_with_one_tax_id(self):
        """A branch that is a customer of its own: the addresses of both."""
        self._create_customer("Alfa Sur SL", email="sur@example.com", vat="ESB85738045")
        _page, choices = self.ask_by_tax_id("ESB85738045")
        self.assertIn(mask_address("sur@example.com"), choices)
        self.assertIn(mask_address("colleague@example.com"), choices)

    def test_address_shared_by_two_customers(self):
        other = self._create_customer("Gamma SL", email="full@example.com", vat="ESB12345674")
        _page, choices = self.ask_by_tax_id("B12345674")
        (key,) = choices.values()
        self.post("/address", {"choice": key}, page=f"/p/{ALIAS}/address")
        self.type_code(self.read_mail(self.run_sender()[0])[1])
        self.assert_signed_in(other.user_ids)
        self.assertNotEqual(other.user_ids, self.user_full)

    def test_sole_trader_with_its_own_address_alone(self):
        trader = self._create_customer(
            "Berta Campos", is_company=False, email="berta@example.com", vat="ES12345678Z"
        )
        _page, choices = self.ask_by_tax_id("12.345.678-z")
        self.assertEqual(set(choices), {mask_address("berta@example.com")})
        self.post("/address", {"choice": next(iter(choices.values()))}, page=f"/p/{ALIAS}/address")
        self.type_code(self.read_mail(self.run_sender()[0])[1])
        self.assert_signed_in(trader.user_ids)

    def test_archived_and_blocked(self):
        self.alfa.portal_access = False
        self._assert_decoys("B85738045")
        self.alfa.portal_access = True
        self.beta.child_ids.user_ids.active = False
        self.beta.child_ids.active = False
        self.beta.active = False
        self._assert_decoys("A28015865")

    def _assert_decoys(self, tax_id):
        real = {mask_address(p.email) for p in self.alfa.child_ids | self.alfa | self.beta}
        _page, choices = self.ask_by_tax_id(tax_id)
        self.assertTrue(choices)
        self.assertFalse(set(choices) & real)
        key = next(iter(choices.values()))
        self.post("/address", {"choice": key}, page=f"/p/{ALIAS}/address")
        self.assertFalse(self.run_sender())
        self.assertIn("We have sent", self.page("/code").text)

    def test_unknown_number_has_the_same_decoys_each_time(self):
        first = self.ask_by_tax_id("B12345674")[1]
        self.assertTrue(first)
        self.new_browser()
        self.assertEqual(self.ask_by_tax_id("ES-B12345674")[1], first)
        self.assertNotEqual(self.ask_by_tax_id("B12345675")[1], first)

    def test_chosen_address_must_be_one_of_them(self):
        self.ask_by_tax_id("B85738045")
        for bad in ("", "x", "0" * 16, "full@example.com", "9" * 5000):
            answer = self.post("/address", {"choice": bad}, page=f"/p/{ALIAS}/address")
            self.assertEqual(answer.status_code, 422, bad[:20])
        self.assertFalse(self.last_challenge())

    def test_address_page_without_tax_id(self):
        answer = self.page("/address", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}"))
        self.assertEqual(self.page("/code", allow_redirects=False).status_code, 303)

    @freeze_time("2026-03-01 10:10:00")
    def test_limits(self):
        for number in range(20):
            self.assertEqual(self.post("/tax_id", {"tax_id": "B85738045"}).status_code, 303, number)
        self.assertEqual(self.post("/tax_id", {"tax_id": "B-85738045"}).status_code, 429)
        for number in range(19):
            self.post("/tax_id", {"tax_id": f"B1234567{number}"})
        self.assertEqual(self.post("/tax_id", {"tax_id": "B12345699"}).status_code, 429)
        # Typed by somebody else, it is still let through.
        network = patch.object(
            self.registry[self.Challenge._name], "_network", lambda self, address: "other"
        )
        with network:
            self.assertEqual(self.post("/tax_id", {"tax_id": "B85738045"}).status_code, 303)

    @freeze_time("2026-03-01 10:10:00")
    def test_company_that_is_asked_about_too_often_slows_down(self):
        with patch.dict(LIMITS, {"tax_id.company": 3}):
            statuses = [
                self.post("/tax_id", {"tax_id": f"B1234567{number}"}).status_code
                for number in range(9)
            ]
        self.assertEqual(statuses, [303] * 8 + [429])

    # === KNOWN AND UNKNOWN === #

    def _go_through(self, tax_id):
        """Go the whole way with a tax ID; return the pages and the queries of each request."""
        pages, queries = [], []
        self.new_browser()
        self.url_open(f"/p/{ALIAS}")

        def ask(do):
            with self.recorded() as statements:
                answer = do()
            pages.append((answer.status_code, dict(answer.headers), answer.text))
            queries.append(statements)
            return answer

        token = re.search(r'csrf_token" value="([^"]+)"', self.page().text).group(1)
        options = {"allow_redirects": False}
        form = {"csrf_token": token}
        ask(lambda: self.page("/tax_id", data={**form, "tax_id": tax_id}, **options))
        page = ask(lambda: self.page("/address", **options))
        key = re.search(r'name="choice"[^>]*? id="(\w+)"', page.text, re.S).group(1)
        ask(lambda: self.page("/address", data={**form, "choice": key}, **options))
        ask(lambda: self.page("/code", **options))
        self.run_sender()
        ask(lambda: self.page("/code", **options))
        ask(lambda: self.page("/status", **options))
        ask(lambda: self.page("/code", data={**form, "code": "000000"}, **options))
        return pages, queries

    def test_known_and_unknown_differ_in_nothing_but_the_addresses(self):
        # What is loaded once per worker is not looked at.
        self._go_through("B85738045")
        self._go_through("B12345674")
        known_pages, known_queries = self._go_through("B85738045")
        unknown_pages, unknown_queries = self._go_through("B12345674")
        self.assertEqual((len(known_queries), len(known_pages)), (7, 7))
        for known, unknown in zip(known_queries, unknown_queries, strict=True):
            self.assertTrue(known)
            self.assertEqual(known, unknown)
        for known, unknown in zip(known_pages, unknown_pages, strict=True):
            self.assertEqual(known[0], unknown[0])
            self.assertEqual(set(known[1]), set(unknown[1]))
            self.assertEqual(self._neutral(known[2]), self._neutral(unknown[2]))

    def test_known_and_unknown_address_too(self):
        def go_through(address):
            self.new_browser()
            token = re.search(r'csrf_token" value="([^"]+)"', self.page().text).group(1)
            with self.recorded() as statements:
                answer = self.page(
                    "/email",
                    data={"csrf_token": token, "email": address},
                    allow_redirects=False,
                )
                page = self.page("/code")
            return answer.status_code, self._neutral(page.text), statements

        go_through("full@example.com")
        go_through("none@example.com")
        known, unknown = go_through("full@example.com"), go_through("none@example.com")
        self.assertEqual(known, unknown)

    def _neutral(self, html):
        """Return a page without what differs between any two browsers, and without addresses."""
        html = re.sub(r"csrf_token[^,>]*", "", html)
        html = re.sub(r"[\w.•]+@[\w.•]+( \(\d\))?", "ADDRESS", html)
        html = re.sub(r'<span class="o_cpp_person [^>]*>\w{1,2}•••</span>', "", html)
        rows = re.compile(
            r'<div class="form-check mb-2">.*?</label>\s*(?:<span[^<]*</span>\s*)?</div>', re.S
        )
        kinds = Counter(re.sub(r'"\w{16}"', "KEY", re.sub(" checked=\"checked\"|\\s+", "", row))
                        for row in rows.findall(html))  # fmt: skip
        self.assertLessEqual(len(kinds), 1)
        return rows.sub("", html)

    def test_mail_is_queued_in_both(self):
        for tax_id in ("B85738045", "B12345674"):
            self.new_browser()
            _page, choices = self.ask_by_tax_id(tax_id)
            self.post(
                "/address", {"choice": next(iter(choices.values()))}, page=f"/p/{ALIAS}/address"
            )
            self.assertEqual(self.last_challenge().state, "queued", tax_id)
            self.run_sender()
            challenge = self.last_challenge()
            self.assertEqual(challenge.state, "sent", tax_id)
            self.cr.execute(
                "SELECT code_hash, token_digest FROM customer_portal_challenge WHERE id = %s",
                [challenge.id],
            )
            self.assertTrue(all(self.cr.fetchone()), tax_id)


@tagged("post_install", "-at_install")
class TestMasks(SignInCase):
    def test_masks(self):
        for address, masked in {
            "compras@example.com": "co•••s@e•••.com",
            "ana@example.com": "a•••@e•••.com",
            "a@b.es": "a•••@b•••.es",
            "contabilidad@pepino.com.co": "co•••d@p•••.com.co",
        }.items():
            self.assertEqual(mask_address(address), masked)

    def test_masks_of_one_list_are_told_apart(self):
        shown = mask_addresses(
            [
                "compras@example.com", "contabilidad.ventas@example.com", "info@example.com",
                "ana@example.com", "ani@example.com",
            ]
        )  # fmt: skip
        self.assertEqual(
            list(shown.values()),
            [
                "com•••s@e•••.com", "con•••s@e•••.com", "i•••@e•••.com",
                # Too short to show more.
                "a•••@e•••.com", "a•••@e•••.com (2)",
            ],
        )  # fmt: skip
        page, choices = self.ask_by_tax_id("B-85738045")
        self.assertEqual(len(choices), page.text.count('name="choice"'))

    def test_first_letters_of_the_name(self):
        """Of people alone: whose tax ID it is, many know."""
        for name, shown in {"Gerencia": "Ge•••", "Ó": "Ó•••", " 1. Ana": "An•••", "": ""}.items():
            self.assertEqual(mask_name(name), shown)
        self.user_full.partner_id.name = "Ximena Rojas"
        page, _choices = self.ask_by_tax_id("B-85738045")
        self.assertIn("Xi•••", page.text)
        self.assertNotIn("Al•••", page.text)
        addresses = self.Challenge._find_addresses(self.company, "B-85738045")
        by_address = {address["address"]: address["name"] for address in addresses}
        self.assertEqual(by_address["full@example.com"], "Xi•••")
        self.assertEqual(by_address["alfa@example.com"], "")

    def test_decoys_have_names_too(self):
        names = [
            decoy_name(bytes([number]) * 32, address)
            for number in range(100)
            for address in decoy_addresses(bytes([number]) * 32, "ES")
        ]
        self.assertIn("", names)
        self.assertGreater(len(set(names)), 15)
        self.assertEqual(decoy_name(bytes(32), "mgarcia@x.es")[0], "M")
        self.assertEqual(decoy_name(bytes(32), "ana.castro@x.es"), "An")
        for name in names:
            self.assertIn(len(name), (0, 2))

    def test_not_more_addresses_than_decoys_may_have(self):
        self.env["res.partner"].create(
            [
                {"name": f"P{i}", "parent_id": self.alfa.id, "email": f"p{i}@example.com"}
                for i in range(6)
            ]
        )
        _page, choices = self.ask_by_tax_id("B-85738045")
        self.assertEqual(len(choices), 5)

    def test_decoys(self):
        lists = [decoy_addresses(bytes([number]) * 32, "CL") for number in range(200)]
        for addresses in lists:
            self.assertIn(len(addresses), (1, 2, 3, 4, 5))
            for address in addresses:
                self.assertRegex(mask_address(address), r"^\w[\w.]?•••\w?@\w•••(\.\w+)+$")
        self.assertGreater(len({tuple(addresses) for addresses in lists}), 150)
        self.assertEqual({len(addresses) for addresses in lists}, {1, 2, 3, 4, 5})
        self.assertEqual(lists[7], decoy_addresses(bytes([7]) * 32, "CL"))
