"""Billing data: who changes what, what waits for staff, who is told, and what is never changed."""

import json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import PASSWORD, PortalHttpCase

VAT = "ESB58378431"
NEW_VAT = "ESA28015865"


@tagged("post_install", "-at_install")
class TestBillingData(MailCase, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "portal@example.com"
        cls.state_madrid = cls.env.ref("base.state_es_m")
        cls.spain = cls.env.ref("base.es")
        cls.portugal = cls.env.ref("base.pt")
        for customer in (cls.alfa, cls.beta):
            customer.write({"phone": "+34 910 000 000", "state_id": cls.state_madrid.id})
        cls.alfa.write({"vat": VAT, "user_id": cls.user_sales.id})
        cls.boss = cls.user_full.partner_id
        cls.buyer = cls.user_colleague.partner_id
        cls.user_books = cls._create_contact_user(
            "Contabilidad", "books", cls.alfa, cls.profile_accounting
        )
        cls.trader = cls.env["res.partner"].create(
            {
                "name": "Prisma Diseño",
                "email": "prisma@example.com",
                "phone": "+34 600 000 000",
                "street": "Calle Luna 2",
                "city": "Madrid",
                "zip": "28002",
                "state_id": cls.state_madrid.id,
                "country_id": cls.spain.id,
                "vat": "12345678Z",
            }
        )
        cls.user_trader = new_test_user(
            cls.env,
            login="portal_test_trader",
            password=PASSWORD,
            groups="base.group_portal",
            partner_id=cls.trader.id,
            name=cls.trader.name,
            email=cls.trader.email,
        )
        cls.address = cls.env["res.partner"].create(
            {
                "name": "Facturas",
                "type": "invoice",
                "parent_id": cls.alfa.id,
                "street": "Calle Menor 3",
                "city": "Madrid",
                "zip": "28003",
                "state_id": cls.state_madrid.id,
                "country_id": cls.spain.id,
                "email": "facturas@alfa.example.com",
                "phone": "+34 910 000 001",
            }
        )

    def setUp(self):
        super().setUp()
        self.sign_in(self.user_full)

    def _form(self, partner, **changes):
        """Return what the browser sends of the form as it is shown, with some changes."""
        return {
            "partner_id": partner.id,
            "address_type": "billing",
            "use_delivery_as_billing": "True",
            "required_fields": "name,email",
            "name": partner.name,
            "email": partner.email or "",
            "phone": partner.phone or "",
            "vat": partner.vat or "",
            "street": partner.street or "",
            "street2": partner.street2 or "",
            "zip": partner.zip or "",
            "city": partner.city or "",
            "state_id": partner.state_id.id or "",
            "country_id": partner.country_id.id or "",
            **changes,
        }

    def _submit(self, partner, **changes):
        """Submit core's form as its script does, and return the answer as it came."""
        with self.mock_mail_gateway():
            return self.post_form(
                "/my/address/submit", self._form(partner, **changes), page="/my/account"
            )

    def _save(self, partner, **changes):
        response = self._submit(partner, **changes)
        self.assertEqual(response.status_code, 200)
        feedback = json.loads(response.text)
        self.assertIn("redirectUrl", feedback, feedback)
        return feedback["redirectUrl"]

    def _refused(self, partner, **changes):
        response = self._submit(partner, **changes)
        self.assertEqual(response.status_code, 200)
        feedback = json.loads(response.text)
        self.assertNotIn("redirectUrl", feedback)
        return feedback

    def _own(self, **values):
        with self.mock_mail_gateway():
            return self.post_form("/my/account/contact", values, page="/my/account")

    def _request(self, customer=None):
        return self.env["customer.portal.change.request"].search(
            [("customer_id", "=", (customer or self.alfa).id), ("state", "=", "pending")]
        )

    def _told(self):
        return {address for mail in self._mails for address in mail["email_to"]}

    def _assert_told(self, *keys):
        for key in keys:
            self.assertTrue([a for a in self._told() if f"{key}@example.com" in a], key)
        self.assertEqual(len(self._told()), len(keys))

    # === AT ONCE === #

    def test_at_once(self):
        """Address, phone and e-mail change at once, and stand on what is issued afterwards."""
        self._create_invoice(self.alfa)
        self._save(
            self.alfa,
            street="Avenida Nueva 7",
            phone="+34 910 999 999",
            email="facturas@alfa.example.com",
        )
        self.assertEqual(self.alfa.street, "Avenida Nueva 7")
        self.assertEqual(self.alfa.email, "facturas@alfa.example.com")
        self.assertFalse(self._request())
        self.assertIn("Avenida Nueva 7", self._create_invoice(self.alfa).partner_id.contact_address)
        self.assertEqual(self.buyer.street, "Avenida Nueva 7")  # Contacts share the address
        note = self.alfa.message_ids.filtered(lambda message: "Avenida" in (message.body or ""))
        self.assertEqual(note.author_id, self.boss)
        self.assertIn("Calle Mayor 1", note.body)
        self.assertIn("E-mail for invoices", note.body)
        # The salesperson, and the two other contacts who may update the same.
        self._assert_told("ventas", "books", "own")

    def test_no_documents_all_at_once(self):
        self._save(self.alfa, name="Alfa Global SL", vat=NEW_VAT)
        self.assertEqual(self.alfa.name, "Alfa Global SL")
        self.assertEqual(self.alfa.vat, NEW_VAT)
        self.assertEqual(self.buyer.vat, NEW_VAT)
        self.assertFalse(self._request())

    def test_draft_documents_are_none(self):
        self._create_invoice(self.alfa, post=False)
        self._create_order(self.alfa, state="draft")
        self._create_invoice(self.alfa, move_type="in_invoice")
        self._save(self.alfa, vat=NEW_VAT)
        self.assertEqual(self.alfa.vat, NEW_VAT)

    def test_nothing_changed_nobody_told(self):
        self._save(self.alfa)
        self.assertFalse(self._mails)
        self.assertFalse(self._request())

    def test_mail_server_down(self):
        """The change is saved, and the page says so, though nobody can be told by mail."""
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models.mail_mail"):
            self.connect_mocked.side_effect = OSError("mail server is down")
            response = self.post_form(
                "/my/address/submit",
                self._form(self.alfa, street="Calle Sorda 1"),
                page="/my/account",
            )
        self.assertEqual(response.status_code, 200)
        self.assertIn("redirectUrl", json.loads(response.text))
        self.assertEqual(self.alfa.street, "Calle Sorda 1")

    def test_faster_than_the_script(self):
        """Who presses Save before core's script is there must not be shown its JSON."""
        with self.mock_mail_gateway():
            response = self.post_form(
                "/my/address/submit",
                self._form(self.alfa, street="Calle Veloz 1"),
                page="/my/account",
                headers={"Sec-Fetch-Mode": "navigate"},
                allow_redirects=False,
            )
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.alfa.street, "Calle Veloz 1")

    # === WHAT WAITS === #

    def test_waits_after_documents(self):
        self._create_invoice(self.alfa)
        page = self.url_open("/my/account/billing")
        self.assertEqual(page.text.count("We check this before it changes."), 3)
        self._save(self.alfa, name="Alfa Global SL", vat=NEW_VAT, street="Avenida Nueva 7")
        self.assertEqual(self.alfa.street, "Avenida Nueva 7")
        self.assertEqual(self.alfa.name, "Alfa Suministros SL")
        self.assertEqual(self.alfa.vat, VAT)
        request = self._request()
        self.assertEqual(
            request.line_ids.sorted("field_name").mapped(lambda x: (x.field_name, x.new_text)),
            [("name", "Alfa Global SL"), ("vat", NEW_VAT)],
        )
        self.assertEqual(request.line_ids.mapped("old_text"), ["Alfa Suministros SL", VAT])
        self.assertEqual(request.requested_by_id, self.boss)
        self.assertEqual(request.activity_ids.user_id, self.user_sales)
        self._assert_told("ventas", "books", "own")
        for url in ("/my/account", "/my/account/billing"):
            page = self.url_open(url)
            self.assertIn("Alfa Global SL", page.text)
            self.assertIn("We are checking what you asked for", page.text)

    def test_quotes_are_documents_too(self):
        self._create_order(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        self.assertEqual(self.alfa.vat, VAT)
        self.assertTrue(self._request())

    def test_documents_of_a_contact_or_a_branch(self):
        """A contact's documents are the customer's; those of a subsidiary are not."""
        self._create_invoice(self.alfa_norte)
        self.assertFalse(self.alfa._portal_has_documents())
        self._create_invoice(self.buyer)
        self.assertTrue(self.alfa._portal_has_documents())

    def test_country_takes_its_state_along(self):
        """The address changes at once, the country and what belongs to it wait."""
        self._create_invoice(self.alfa)
        self.alfa.vat = False
        lisbon = self.env["res.country.state"].search(
            [("country_id", "=", self.portugal.id)], limit=1
        )
        self._save(
            self.alfa,
            country_id=self.portugal.id,
            state_id=lisbon.id,
            city="Lisboa",
            zip="1000-001",
        )
        self.assertEqual(self.alfa.city, "Lisboa")
        self.assertEqual(self.alfa.country_id, self.spain)
        self.assertEqual(self.alfa.state_id, self.state_madrid)
        request = self._request()
        self.assertEqual(set(request.line_ids.mapped("field_name")), {"country_id", "state_id"})
        self.assertIn("Portugal", request.line_ids.mapped("new_text"))
        with self.mock_mail_gateway():
            request.with_user(self.user_sales).action_accept()
        self.assertEqual(self.alfa.country_id, self.portugal)
        self.assertEqual(self.alfa.state_id, lisbon)

    def test_accept(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, name="Alfa Global SL", vat=NEW_VAT)
        request = self._request()
        with self.mock_mail_gateway():
            request.with_user(self.user_sales).action_accept()
        self.assertEqual(request.state, "accepted")
        self.assertEqual(request.decided_by_id, self.user_sales)
        self.assertEqual((self.alfa.name, self.alfa.vat), ("Alfa Global SL", NEW_VAT))
        self.assertFalse(request.activity_ids)
        self._assert_told("full", "books", "own")
        self.assertIn("was accepted", self._mails[0]["subject"])
        self.assertNotIn("We are checking", self.url_open("/my/account").text)
        with self.assertRaises(UserError):
            request.with_user(self.user_sales).action_accept()

    def test_refuse(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        request = self._request()
        with self.mock_mail_gateway():
            request.with_user(self.user_sales)._refuse("Falta la escritura <b>")
        self.assertEqual((request.state, self.alfa.vat), ("refused", VAT))
        self.assertIn("Falta la escritura &lt;b&gt;", self._mails[0]["body"])
        with self.assertRaises(UserError):
            request.with_user(self.user_sales).action_accept()

    def test_changed_meanwhile(self):
        """Staff who accept what is outdated are told, and may accept it all the same."""
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        request = self._request().with_user(self.user_sales)
        self.assertFalse(request.is_outdated)
        self.alfa.vat = "ESB82846825"
        self.env.invalidate_all()
        self.assertTrue(request.is_outdated)
        with self.assertRaisesRegex(UserError, "ESB82846825"), self.cr.savepoint():
            request.action_accept()
        self.assertEqual((request.state, self.alfa.vat), ("pending", "ESB82846825"))
        with self.mock_mail_gateway():
            request.action_accept_anyway()
        self.assertEqual((request.state, self.alfa.vat), ("accepted", NEW_VAT))

    def test_done_meanwhile_is_not_outdated(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        self.alfa.vat = NEW_VAT
        self.assertFalse(self._request().is_outdated)

    def test_asking_again_replaces(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        first = self._request()
        self._save(self.alfa, name="Alfa Global SL")
        request = self._request()
        self.assertEqual(len(request), 1)
        self.assertEqual(first.state, "withdrawn")
        self.assertEqual(set(request.line_ids.mapped("field_name")), {"name", "vat"})
        self._save(self.alfa, phone="+34 910 111 111")
        self.assertEqual(self._request(), request)

    def test_withdraw(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        request = self._request()
        url = f"/my/account/request/{request.id}/withdraw"
        for user in (self.user_stranger, self.user_branch):
            self.sign_in(user)
            self.assertEqual(self.post_form(url, page="/my/account").status_code, 404)
        self.sign_in(self.user_colleague)
        self.post_form(url, page="/my/account")
        self.assertEqual(request.state, "pending")
        self.sign_in(self.user_books)
        self.assertIn("done=withdrawn", self.post_form(url, page="/my/account").url)
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(self.post_form(url, page="/my/account").status_code, 404)
        missing = "/my/account/request/2147483647/withdraw"
        self.assertEqual(self.post_form(missing, page="/my/account").status_code, 404)

    def test_who_decides(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        request = self._request()
        reader = new_test_user(self.env, login="portal_test_reader", groups="base.group_user")
        for user in (reader, self.user_full, self.user_stranger, self.env.ref("base.public_user")):
            asked = request.with_user(user)
            for method in ("action_accept", "action_accept_anyway", "action_refuse"):
                with self.assertRaises(AccessError):
                    getattr(asked, method)()
            with self.assertRaises(AccessError):
                asked.read(["name"])
        for user in (self.user_sales, self.user_accountant):
            asked = request.with_user(user)
            self.assertTrue(asked.read(["name"]))
            with self.assertRaises(AccessError):
                asked.state = "accepted"
            with self.assertRaises(AccessError):
                asked.line_ids.new_text = "x"
        with self.mock_mail_gateway():
            request.with_user(self.user_accountant).action_accept()
        self.assertEqual(self.alfa.vat, NEW_VAT)

    def test_other_company_decides_nothing(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        user = new_test_user(
            self.env,
            login="portal_test_other",
            groups="base.group_user,account.group_account_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self._request().with_user(user).action_accept()

    def test_accepting_what_is_not_valid_any_more(self):
        self._create_invoice(self.alfa)
        self._save(self.alfa, vat=NEW_VAT)
        request = self._request()
        request.line_ids.new_value = "ESB12345678"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            request.with_user(self.user_sales).action_accept()
        self.assertEqual((request.state, self.alfa.vat), ("pending", VAT))

    # === WHAT IS CHECKED === #

    def test_tax_id_is_checked_per_country(self):
        for customer, prepare in ((self.alfa, None), (self.alfa, self._create_invoice)):
            if prepare:
                prepare(customer)
            feedback = self._refused(customer, vat="ESB12345678")
            self.assertIn("vat", feedback["invalid_fields"])
            self.assertEqual(customer.vat, VAT)
            self.assertFalse(self._request())

    def test_bad_forms(self):
        before = self.alfa.read(["name", "email", "street", "country_id", "vat"])
        for changes in (
            {"name": ""}, {"email": "x"}, {"email": ""}, {"street": ""}, {"country_id": ""},
            {"country_id": "x"}, {"country_id": "999999999"}, {"country_id": "9" * 40},
            {"name": "A" * 5000}, {"state_id": "<script>"},
        ):  # fmt: skip
            if changes == {"state_id": "<script>"}:
                self._submit(self.alfa, **changes)  # No state: allowed or not, never an error
                self.alfa.state_id = self.state_madrid
                continue
            self._refused(self.alfa, **changes)
        self.assertEqual(self.alfa.read(["name", "email", "street", "country_id", "vat"]), before)
        for partner_id in ("x", "-1", "9" * 40, "2147483647", "1.5"):
            with mute_logger("odoo.http"):
                response = self._submit(self.alfa, partner_id=partner_id)
            self.assertEqual(response.status_code, 403, partner_id)
            with mute_logger("odoo.http"):
                response = self.url_open(f"/my/address?partner_id={partner_id}")
            self.assertEqual(response.status_code, 403, partner_id)

    def test_nobody_is_sent_elsewhere(self):
        for url in (
            "https://evil.example.com",
            "//evil.example.com",
            "/\\evil",
            "javascript:x",
            "/web",
        ):
            self.assertEqual(self._save(self.alfa, callback=url), "/my/addresses")
            self.sign_in(self.user_trader)
            page = self.url_open("/my/account", params={"redirect": url})
            self.assertIn('name="callback" value="/my"', page.text, url)
            self.sign_in(self.user_full)
        self.assertEqual(self._save(self.alfa, callback="/my/account"), "/my/account")

    def test_only_the_fields_of_the_form(self):
        """What the form does not have can't be written through it."""
        before = self.alfa.read(["comment", "ref", "is_company", "portal_access", "credit_limit"])
        self._submit(
            self.alfa,
            comment="x",
            ref="x",
            is_company="",
            portal_access="",
            credit_limit="1000000",
            parent_id=self.beta.id,
            user_id="1",
            portal_profile_id=self.profile_full.id,
        )
        fields = ["comment", "ref", "is_company", "portal_access", "credit_limit"]
        self.assertEqual(self.alfa.read(fields), before)
        self.assertFalse(self.alfa.parent_id or self.alfa.portal_profile_id)

    def test_staff_addresses(self):
        for partner in (self.alfa, self.address):
            feedback = self._refused(partner, email="Ventas@example.com")
            self.assertIn("email", feedback["invalid_fields"])
        self.assertEqual(self._own(email="ventas@example.com").status_code, 422)
        self.assertEqual(self.boss.email, "full@example.com")

    def test_address_of_somebody_who_signs_in(self):
        """Whose mails one reads, as whom one may sign in: that stays with its owner."""
        self.env["res.users"].create(
            {
                "name": "Alfa",
                "login": "alfa@example.com",
                "partner_id": self.alfa.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.sign_in(self.user_books)
        feedback = self._refused(self.alfa, email="mia@example.com")
        self.assertIn("email", feedback["invalid_fields"])
        self.assertEqual(self.alfa.email, "alfa@example.com")
        self._save(self.alfa, phone="+34 910 222 222")

    def test_new_address_gets_no_more_rights(self):
        """An e-mail address written by somebody opens no more than this somebody has."""
        self.sign_in(self.user_books)
        self._save(self.alfa, email="nueva@example.com")
        self._save(self.address, email="otra@example.com")
        for partner in (self.alfa, self.address):
            self.assertEqual(partner.portal_profile_id, self.profile_accounting)
        self.sign_in(self.user_full)
        self._save(self.address, email="tercera@example.com")
        self.assertEqual(self.address.portal_profile_id, self.profile_accounting)

    # === WHO MAY NOT === #

    def _assert_may_not(self, user):
        """Own data yes; those of the customer not by page, form, address or archive."""
        self.sign_in(user)
        contact = user.partner_id
        before = self.alfa.read(["name", "vat", "street", "email", "phone", "active"])
        before += self.address.read(["name", "street", "email", "active"])
        count = self.env["res.partner"].search_count([("commercial_partner_id", "=", self.alfa.id)])
        page = self.url_open("/my/account")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("/my/account/billing", page.text)
        self.assertIn('name="phone"', page.text)
        for url in (
            "/my/account/billing", "/my/address", f"/my/address?partner_id={self.address.id}",
            f"/my/address?partner_id={self.alfa.id}",
        ):  # fmt: skip
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
        page = self.url_open("/my/addresses")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("o_address_card_add_new", page.text)
        self.assertNotIn("o_remove_address", page.text)
        for partner_id in (self.alfa.id, self.address.id, contact.id, ""):
            with mute_logger("odoo.http"):
                response = self._submit(
                    self.alfa,
                    partner_id=partner_id,
                    street="Calle Robada 9",
                    company_name="Robada SL",
                    email="r@example.com",
                )
            self.assertEqual(response.status_code, 403)
            self.assertFalse(self._mails)
        response = self.post_form(
            "/my/account/billing", self._form(self.alfa, street="X"), page="/my/account"
        )
        self.assertTrue(response.url.endswith("/my/account"))
        for address in (self.address, self.alfa):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.make_jsonrpc_request("/my/address/archive", {"partner_id": address.id})
        self.env.invalidate_all()
        after = self.alfa.read(["name", "vat", "street", "email", "phone", "active"])
        after += self.address.read(["name", "street", "email", "active"])
        self.assertEqual(after, before)
        self.assertEqual(
            self.env["res.partner"].search_count([("commercial_partner_id", "=", self.alfa.id)]),
            count,
        )
        self.assertIn(
            "done=saved", self._own(name="Otro Nombre", phone="123", email="o@example.com").url
        )
        self.assertEqual((contact.name, contact.phone), ("Otro Nombre", "123"))
        self.assertEqual(self.alfa.name, before[0]["name"])

    def test_contact_without_the_right(self):
        self._assert_may_not(self.user_colleague)

    def test_switched_off(self):
        self.company.portal_allow_billing_update = False
        self._assert_may_not(self.user_full)

    def test_sole_trader_without_the_right(self):
        """Its name is its legal name: not to be changed as a contact's own name."""
        self.trader.portal_profile_id = self.profile_read_only
        self.sign_in(self.user_trader)
        page = self.url_open("/my/account").text
        self.assertNotIn('name="name"', page)
        self._own(name="Otra", phone="123", email="prisma@example.com")
        self.assertEqual((self.trader.name, self.trader.phone), ("Prisma Diseño", "123"))
        with mute_logger("odoo.http"):
            self.assertEqual(self._submit(self.trader, vat=NEW_VAT).status_code, 403)

    def test_sole_trader(self):
        """It has core's form on its own page; after documents, tax ID and name wait."""
        self.sign_in(self.user_trader)
        self.assertIn('name="vat"', self.url_open("/my/account").text)
        self._save(self.trader, vat="87654321X")
        self.assertEqual(self.trader.vat, "87654321X")
        self._create_invoice(self.trader)
        self._save(self.trader, vat="12345678Z", name="Prisma Estudio", phone="1", city="Ávila")
        self.assertEqual(self.trader.vat, "87654321X")
        self.assertEqual(self.trader.name, "Prisma Diseño")
        self.assertEqual((self.trader.phone, self.trader.city), ("1", "Ávila"))
        self.assertEqual(len(self._request(self.trader).line_ids), 2)
        self.assertIn("Prisma Estudio", self.url_open("/my/account").text)

    def test_other_customers(self):
        before = self.alfa.read(["name", "street"]) + self.address.read(["name", "street"])
        for user in (self.user_stranger, self.user_branch):
            self.sign_in(user)
            for partner in (self.alfa, self.address, self.boss):
                with mute_logger("odoo.http"):
                    response = self._submit(partner, street="Calle Robada 9")
                self.assertEqual(response.status_code, 403)
                url = f"/my/address?partner_id={partner.id}"
                with mute_logger("odoo.http"):
                    self.assertEqual(self.url_open(url).status_code, 403)
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.make_jsonrpc_request("/my/address/archive", {"partner_id": self.address.id})
            self.assertNotIn("Calle Menor 3", self.url_open("/my/addresses").text)
        self.env.invalidate_all()
        after = self.alfa.read(["name", "street"]) + self.address.read(["name", "street"])
        self.assertEqual(after, before)
        self.assertTrue(self.address.active)

    def test_parent_does_not_reach_its_subsidiary(self):
        self.env["res.partner"].create(
            {"name": "Muelle Norte", "type": "delivery", "parent_id": self.alfa_norte.id}
        )
        dock = self.alfa_norte.child_ids.filtered(lambda child: child.type == "delivery")
        self.assertNotIn("Muelle Norte", self.url_open("/my/addresses").text)
        for partner in (self.alfa_norte, dock, self.user_branch.partner_id):
            with mute_logger("odoo.http"):
                self.assertEqual(self._submit(partner, street="X").status_code, 403)

    def test_subsidiary_updates_itself(self):
        self.sign_in(self.user_branch)
        self.alfa_norte.write({"state_id": self.state_madrid.id, "phone": "1"})
        self._save(self.alfa_norte, vat=NEW_VAT, street="Calle Norte 4")
        self.assertEqual((self.alfa_norte.vat, self.alfa_norte.street), (NEW_VAT, "Calle Norte 4"))
        self.assertEqual((self.alfa.vat, self.alfa.street), (VAT, "Calle Mayor 1"))
        # Core would keep the two addresses the same, in both directions.
        self.sign_in(self.user_full)
        self._save(self.alfa, street="Avenida Nueva 7")
        self.assertEqual(self.alfa_norte.street, "Calle Norte 4")
        self.assertEqual(self.boss.street, "Avenida Nueva 7")

    def test_own_form_does_not_change_the_company(self):
        """Core keeps the address of a contact and its company the same."""
        self._create_invoice(self.alfa)
        self._submit(
            self.boss, street="Calle Robada 9", country_id=self.portugal.id, phone="+34 1", vat=VAT
        )
        self.env.invalidate_all()
        self.assertEqual((self.alfa.street, self.alfa.country_id), ("Calle Mayor 1", self.spain))
        self.assertEqual((self.boss.street, self.boss.phone), ("Calle Mayor 1", "+34 1"))

    def test_guest(self):
        self.authenticate(None, None)
        for url in ("/my/account", "/my/account/billing", "/my/addresses", "/my/address"):
            response = self.url_open(url, allow_redirects=False)
            self.assertIn("/web/login", response.headers["Location"], url)
        for url in ("/my/address/submit", "/my/account/contact", "/my/account/billing"):
            response = self.post_form(
                url, self._form(self.alfa, street="X"), page="/web/login?login=x",
                allow_redirects=False,
            )  # fmt: skip
            self.assertIn("/web/login", response.headers["Location"], url)
        self.assertEqual(self.alfa.street, "Calle Mayor 1")

    def test_staff_keep_core_pages(self):
        self.sign_in(self.user_sales)
        page = self.url_open("/my/account")
        self.assertIn('name="country_id"', page.text)

    def test_colleague_is_no_address(self):
        """A colleague's own data are not edited through the addresses."""
        with mute_logger("odoo.http"):
            response = self._submit(self.buyer, email="mia@example.com")
        self.assertEqual(response.status_code, 403)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/my/address/archive", {"partner_id": self.buyer.id})

    def test_parent_is_not_renamed_from_a_contact(self):
        self._submit(self.boss, company_name="Otra SL", vat=VAT, **{"phone": "1"})
        self.assertEqual(self.alfa.name, "Alfa Suministros SL")
        self.assertFalse(self.boss.company_name)

    # === ADDRESSES === #

    def test_address_of_the_customer(self):
        self._save(self.address, street="Calle Otra 5", name="Facturas y pagos")
        self.assertEqual(
            (self.address.street, self.address.name), ("Calle Otra 5", "Facturas y pagos")
        )
        self._assert_told("ventas", "books", "own")
        self._create_invoice(self.address)
        self._save(self.address, country_id=self.portugal.id, state_id="")
        self.assertEqual(self.address.country_id, self.spain)
        self.assertEqual(self._request().partner_id, self.address)

    def test_new_address(self):
        """It belongs to the customer, and is none of its own whatever the tax ID looks like."""
        self._save(self.address, partner_id="", name="Obra", vat=VAT, email="obra@example.com")
        new = self.alfa.child_ids.filtered(lambda child: child.name == "Obra")
        self.assertEqual(new.commercial_partner_id, self.alfa)
        self.assertFalse(new.is_company)
        self._assert_told("ventas", "books", "own")

    def test_archive(self):
        self.make_jsonrpc_request("/my/address/archive", {"partner_id": self.address.id})
        self.assertFalse(self.address.active)
        for partner_id in (self.alfa.id, self.boss.id, "x", 2**40, None):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.make_jsonrpc_request("/my/address/archive", {"partner_id": partner_id})
        self.assertTrue(self.alfa.active and self.boss.active)

    # === ONESELF === #

    def test_own_data(self):
        self.assertIn(
            "done=saved", self._own(name="Dirección", phone="+34 1", email="d@example.com").url
        )
        self.assertEqual(self.boss.name, "Dirección")
        self.assertEqual(self.boss.email, "d@example.com")
        self.assertEqual(self.user_full.login, "portal_test_full")
        # The old address is told, and does not learn the new one in full.
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(self._mails[0]["email_to"], ["full@example.com"])
        self.assertNotIn("d@example.com", self._mails[0]["body"].replace("d•••@example.com", ""))

    def test_own_bad_forms(self):
        for values in (
            {"name": ""}, {"name": " "}, {"email": ""}, {"email": "x"}, {"name": "N" * 500},
            {"email": "a@example.com, b@example.com"}, {"phone": "1" * 500},
        ):  # fmt: skip
            response = self._own(**{"name": "Gerencia", "email": "full@example.com", **values})
            self.assertEqual(response.status_code, 422, values)
            self.assertIn('role="alert"', response.text)
        self.assertEqual(self.boss.email, "full@example.com")
        self._own(name="<script>alert(1)</script>", email="full@example.com")
        self.assertNotIn("<script>alert(1)", self.url_open("/my/account").text)

    # === WITHOUT SCRIPT === #

    def test_without_script(self):
        def save(**changes):
            with self.mock_mail_gateway():
                return self.post_form(
                    "/my/account/billing",
                    self._form(self.alfa, **changes),
                    page="/my/account/billing",
                )

        response = save(street="Avenida Nueva 7")
        self.assertIn("done=saved", response.url)
        self.assertEqual(self.alfa.street, "Avenida Nueva 7")
        response = save(vat="ESB12345678", street="Calle Tecleada 8")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Calle Tecleada 8", response.text)
        self.assertIn('role="alert"', response.text)
        self.assertEqual((self.alfa.vat, self.alfa.street), (VAT, "Avenida Nueva 7"))
        # The form of one customer can't be turned on another partner.
        save(partner_id=self.beta.id, street="Calle Robada 9")
        self.assertEqual(self.beta.street, "Calle Mayor 1")
