"""The portal's log: what is noted, by whom it is read, what is not noted."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..exceptions import PortalRefusal
from ..models.log.customer_portal_event_sign_in import FAILURES_PER_ADDRESS
from .common import PASSWORD, PortalCase, PortalHttpCase
from .common.sign_in import SignInCase

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/141.0.0.0 Safari/537.36"
)


class EventCase:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["customer.portal.event"]
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.quote = cls._create_order(cls.alfa)
        cls.env.flush_all()
        cls.before = cls.events.search([], limit=1, order="id DESC").id or 0

    def _noted(self, *kinds):
        """Return what was noted since the test data was made, oldest first."""
        self.env.invalidate_all()
        domain = [("id", ">", self.before)]
        if kinds:
            domain.append(("kind", "in", kinds))
        return self.events.search(domain, order="id")

    def _assert_noted(self, kind, contact, record=None, **values):
        """Assert that exactly one entry of a kind was made, and what it says."""
        event = self._noted(kind)
        self.assertEqual(len(event), 1, f"{kind}: {event.mapped('detail')}")
        self.assertEqual(event.partner_id, contact)
        self.assertEqual(event.customer_id, contact.commercial_partner_id)
        self.assertEqual(event.partner_name, contact.name or False)
        self.assertEqual(event.partner_ref, contact.id)
        if record:
            self.assertEqual((event.res_model, event.res_id), (record._name, record.id))
            self.assertEqual(event.res_name, record.display_name)
            self.assertEqual(event.company_id, record.company_id)
        for name, value in values.items():
            self.assertEqual(event[name], value, name)
        self.assertLess(fields.Datetime.now() - event.date, timedelta(minutes=5))
        return event


@tagged("post_install", "-at_install")
class TestEventLog(EventCase, PortalCase):
    # === WHAT IS NOTED === #

    def test_access_that_somebody_has_is_not_given_again(self):
        self.user_full.active = True
        self.assertFalse(self._noted("rights"))

    def test_entry_costs_one_insert(self):
        self.events._log("download", record=self.invoice, contact=self.user_full.partner_id)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.events._log("download", record=self.invoice, contact=self.user_full.partner_id)

    def test_long_names_are_cut(self):
        contact = self.user_full.partner_id
        contact.name = "n" * 5000
        event = self.events._log("data", contact=contact, detail="d" * 5000)
        self.assertEqual((len(event.partner_name), len(event.detail)), (200, 1000))

    def test_rights_of_customer_and_contact(self):
        self.alfa.portal_access = False
        event = self._assert_noted("rights", self.alfa)
        self.assertIn("switched off", event.detail)
        self.alfa.portal_access = False
        self.assertEqual(len(self._noted()), 1, "nothing changed, nothing is noted")

    def test_profile_of_a_contact(self):
        contact = self.user_colleague.partner_id
        contact.portal_profile_id = self.profile_accounting
        event = self._assert_noted("rights", contact)
        self.assertEqual(event.detail, "Profile changed from Purchasing to Accounting")
        self.assertEqual(event.user_id, self.env.user)

    def test_default_profile_written_down(self):
        """It gives no other rights; another one does, and none is the default again."""
        contact = self.user_full.partner_id
        contact.portal_profile_id = False
        self.company.portal_default_profile_id = self.profile_full
        before = len(self._noted())
        contact.portal_profile_id = self.profile_full
        contact.portal_profile_id = False
        self.assertEqual(len(self._noted()), before)
        contact.portal_profile_id = self.profile_accounting
        contact.portal_profile_id = False
        self.assertEqual(
            self._noted()[before:].mapped("detail"),
            [
                "Profile changed from the company's default to Accounting",
                "Profile changed from Accounting to the company's default",
            ],
        )

    def test_capabilities_of_a_profile(self):
        self.profile_accounting.write({"can_pay": False, "can_see_invoices": True})
        event = self._noted("rights")
        self.assertEqual(len(event), 1)
        self.assertEqual(event.detail, "Profile Accounting, Pay invoices: no")
        self.profile_accounting.write({"can_pay": True, "sequence": 3, "scope": "own"})
        self.assertEqual(
            self._noted("rights")[1:].mapped("detail"),
            [
                "Profile Accounting, Pay invoices: yes",
                "Profile Accounting, Scope: Only the contact's own documents",
            ],
        )

    def test_switches_of_the_company(self):
        self.company.write({"portal_show_quotes": False, "name": self.company.name})
        event = self._noted("rights")
        self.assertEqual(event.detail, "Show quotes: no")
        self.assertEqual(event.company_id, self.company)
        # What is no switch, or none of the portal, or stays as it is.
        self.company.write(
            {
                "portal_link_days": 31,
                "display_invoice_amount_total_words": True,
                "portal_show_quotes": False,
                "portal_show_orders": True,
            }
        )
        self.assertEqual(self._noted("rights"), event)
        self.company.portal_show_quotes = True
        self.assertEqual(self._noted("rights")[-1].detail, "Show quotes: yes")

    def test_access_of_users(self):
        user = self._create_contact_user("Nuevo", "new", self.beta)
        self.assertIn("Portal access given", self._noted("rights").mapped("detail"))
        user.active = False
        last = self._noted("rights")[-1]
        self.assertEqual(
            (last.detail, last.partner_id), ("Portal access taken away", user.partner_id)
        )
        before = len(self._noted())
        new_test_user(self.env, login="portal_test_intern", groups="base.group_user")
        self.assertEqual(len(self._noted()), before, "staff are no portal users")

    def test_hidden_documents(self):
        self.quote.portal_visible = False
        event = self._noted("rights")
        self.assertEqual((event.detail, event.res_id), ("Hidden in the portal", self.quote.id))
        self.assertEqual(event.customer_id, self.alfa)
        self.quote.portal_visible = False
        self.assertEqual(self._noted("rights"), event, "nothing changed, nothing is noted")
        self.quote.portal_visible = True
        self.assertEqual(self._noted("rights")[-1].detail, "Shown in the portal")

    def test_data_changed_by_the_customer(self):
        contact = self.user_full.partner_id
        # As the page does: the contact's user, in sudo.
        contact.with_user(self.user_full).sudo().write(
            {"phone": "+34 910 000 000", "function": "Jefa", "name": contact.name}
        )
        event = self._assert_noted("data", contact, user_id=self.user_full)
        self.assertEqual(event.detail, "Job Position, Phone")
        contact.with_user(self.user_sales).write({"phone": "+34 910 000 001"})
        self.assertEqual(len(self._noted("data")), 1, "staff work on contacts all day")

    def test_data_changed_through_the_portal(self):
        """Once for each change, and only what differs; what follows the customer is no change."""
        contact = self.user_full.partner_id
        self.assertFalse(self.alfa.street2)
        as_the_page = {"portal_changed_by": contact.id}
        self.alfa.with_user(self.user_full).sudo().with_context(**as_the_page).write(
            {"phone": "+34 910 000 002", "street2": ""}
        )
        event = self._assert_noted("data", self.alfa, user_id=self.user_full)
        self.assertEqual(event.detail, "Phone")
        self.alfa.vat = "ESB85738045"
        self.env["res.partner"].with_user(self.user_full).sudo().create(
            {"name": "Caja", "parent_id": self.alfa.id, "email": "caja@example.com"}
        )
        self.assertEqual(len(self._noted("data")), 1)

    def test_data_filled_and_emptied_by_the_customer(self):
        """Forms send an empty text where nothing was, and what has not changed."""
        contact = self.user_full.partner_id
        contact.write({"phone": False, "function": "Jefa", "street2": ""})
        as_the_user = contact.with_user(self.user_full).sudo()
        as_the_user.write({"phone": "", "function": "Jefa", "street2": False, "comment": ""})
        self.assertFalse(self._noted("data"))
        as_the_user.write({"phone": "+34 910 000 000", "function": ""})
        self.assertEqual(self._noted("data").detail, "Job Position, Phone")
        as_the_user.write({"is_company": False, "lang": contact.lang})
        self.assertEqual(len(self._noted("data")), 1, "of what is watched alone")

    def test_messages(self):
        contact = self.user_full.partner_id
        post = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.quote.message_post(body="¿Plazo?", author_id=contact.id, **post)
        self._assert_noted("message", contact, self.quote)
        self.quote.message_post(body="Dos semanas", author_id=self.user_sales.partner_id.id, **post)
        self.quote.message_post(body="Nota", author_id=contact.id, message_type="notification")
        self.assertEqual(len(self._noted("message")), 1)

    def test_answers_to_quotes(self):
        contact = self.user_full.partner_id
        self.quote.with_user(self.user_full)._portal_accept_quote(contact)
        self._assert_noted("accept", contact, self.quote, user_id=self.user_full)
        rejected = self._create_order(self.alfa)
        rejected._portal_reject_quote(contact, "Demasiado caro")
        self._assert_noted("reject", contact, rejected)
        self.assertFalse(self._noted("message"), "the answer is not a message besides")

    def test_refused_answers_are_not_noted(self):
        contact = self.user_full.partner_id
        self.profile_full.can_accept = False
        before = self._noted()
        with self.assertRaises(PortalRefusal):
            self.quote._portal_accept_quote(contact)
        self.assertEqual(self._noted(), before)

    def test_signatures(self):
        contact = self.user_full.partner_id
        self.quote.require_signature = True
        signing = self.quote._portal_prepare_signing(contact)
        self.quote._portal_sign(
            signing,
            contact,
            signing.sha256,
            {},
            method="type",
            signer_name="  Jefe de   compras ",
        )
        event = self._assert_noted("accept", contact, self.quote)
        self.assertEqual(event.detail, "Signed by Jefe de compras")

    def test_payments(self):
        provider = self.env["payment.provider"].search([("code", "=", "demo")], limit=1)
        method = self.env["payment.method"].search([("code", "=", "demo")], limit=1)
        contact = self.user_full.partner_id
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": 12.5,
                "currency_id": self.company.currency_id.id,
                "partner_id": contact.id,
                "reference": "portal-log",
                "sale_order_ids": [Command.set(self.quote.ids)],
                "invoice_ids": [Command.set(self.invoice.ids)],
            }
        )
        tx._set_pending()
        tx._post_process()
        noted = self._noted("payment")
        self.assertEqual(
            set(noted.mapped(lambda e: (e.res_model, e.res_id))),
            {("sale.order", self.quote.id), ("account.move", self.invoice.id)},
        )
        self.assertEqual(noted.partner_id, contact)
        self.assertIn("12.50", noted[0].detail)
        self.assertIn("Pending", noted[0].detail)

    # === WHO READS IT === #

    def test_staff_read_and_nobody_writes(self):
        event = self.events._log("download", record=self.quote)
        for user in (self.user_sales, self.user_accountant, self.env.ref("base.user_admin")):
            mine = event.with_user(user)
            self.assertEqual(mine.read(["kind"])[0]["kind"], "download")
            for operation in ("create", "write", "unlink"):
                self.assertFalse(mine.has_access(operation), (user.login, operation))
            with self.assertRaises(AccessError):
                self.events.with_user(user).create({"kind": "view", "date": "2026-01-01"})

    def test_others_read_nothing(self):
        event = self.events._log("download", record=self.quote)
        plain = new_test_user(self.env, login="portal_test_plain", groups="base.group_user")
        for user in (plain, self.user_full, self.user_stranger, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                event.with_user(user).read(["kind"])
            with self.assertRaises(AccessError):
                self.events.with_user(user).search([])
            for record in (self.quote, self.alfa):
                with self.assertRaises(AccessError):
                    record.with_user(user).action_portal_events()

    def test_staff_read_about_documents_that_they_may_read(self):
        """A salesperson who sees own orders alone reads the log of these alone."""
        salesman = new_test_user(
            self.env, login="portal_test_own_sales", groups="sales_team.group_sale_salesman"
        )
        own = self._create_order(self.alfa, user_id=salesman.id)
        about_own = self.events._log("download", record=own)
        about_other = self.events._log("download", record=self.quote)
        about_invoice = self.events._log("download", record=self.invoice)
        about_contact = self.events._log("data", contact=self.user_full.partner_id)
        everything = about_own | about_other | about_invoice | about_contact
        domain = [("id", "in", everything.ids)]
        found = self.events.with_user(salesman).search(domain)
        self.assertEqual(found, (about_own | about_contact).with_user(salesman))
        self.assertEqual(everything.with_user(salesman)._filtered_access("read"), found)
        with self.assertRaises(AccessError):
            about_other.with_user(salesman).read(["detail"])
        self.assertEqual(self.events.with_user(self.user_sales).search(domain), everything)

    def test_log_stays_in_the_company(self):
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        event = self.events._log("data", contact=self.alfa, company=other)
        self.assertFalse(self.events.with_user(self.user_sales).search([("id", "=", event.id)]))
        self.user_sales.company_ids |= other
        staff = self.events.with_user(self.user_sales).with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        self.assertEqual(staff.search([("id", "=", event.id)]), event)

    def test_counts_on_records(self):
        contact = self.user_full.partner_id
        before = self.alfa.portal_event_count
        self.events._log("view", record=self.quote, contact=contact, viewer="human")
        self.events._log("view", record=self.quote, contact=contact, viewer="scanner")
        self.env.invalidate_all()
        self.assertEqual(self.quote.portal_event_count, 2)
        self.assertTrue(self.quote.portal_seen_on)
        self.assertEqual(self.alfa.portal_event_count, before + 2)
        self.assertEqual(contact.portal_event_count, len(self._log_of(contact)))
        self.assertGreaterEqual(contact.portal_event_count, 2)
        self.assertEqual(self.beta.portal_event_count, len(self._log_of(self.beta)))
        self.assertEqual(self._create_customer("Épsilon SL").portal_event_count, 0)
        for record in (self.quote, self.alfa, contact):
            action = record.with_user(self.user_sales).action_portal_events()
            found = self.events.with_user(self.user_sales).search(action["domain"])
            self.assertTrue(found >= self._noted("view"))

    def _log_of(self, partner):
        return self.events.search(partner.action_portal_events()["domain"])

    def test_scanners_do_not_count_as_seen(self):
        self.events._log("view", record=self.invoice, viewer="scanner")
        self.events._log("preview", record=self.invoice, viewer="staff")
        self.env.invalidate_all()
        self.assertEqual(self.invoice.portal_event_count, 2)
        self.assertFalse(self.invoice.portal_seen_on)

    def test_log_can_be_exported(self):
        self.user_sales.group_ids |= self.env.ref("base.group_allow_export")
        event = self.events._log("data", contact=self.alfa, detail="Phone")
        event = event.with_user(self.user_sales)
        columns = ["date", "kind", "partner_name", "customer_name", "detail", "browser"]
        row = event.export_data(columns)["datas"][0]
        self.assertEqual(row[2:5], [self.alfa.name, self.alfa.name, "Phone"])

    # === RETENTION === #

    def test_addresses_are_erased_when_their_time_is_over(self):
        other = self.env["res.company"].create(
            {"name": "Otra Empresa SL", "portal_log_address_days": 10}
        )
        self.company.portal_log_address_days = 30
        expected = {}
        for company, days, kept in (
            (self.company, 31, False),
            (self.company, 29, True),
            (other, 11, False),
            (other, 9, True),
            (self.env["res.company"], 400, False),
        ):
            event = self.events.create(
                {
                    "date": fields.Datetime.now() - timedelta(days=days),
                    "kind": "sign_in",
                    "company_id": company.id,
                    "ip_address": "192.0.2.1",
                    "partner_name": "Gerencia",
                }
            )
            expected[event] = "192.0.2.1" if kept else False
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1000):
            self.events._cron_erase_addresses(batch_size=1)
        self.env.invalidate_all()
        self.assertEqual(len(expected), 5)
        for event, address in expected.items():
            self.assertEqual(event.ip_address, address)
            self.assertEqual(event.partner_name, "Gerencia")


@tagged("post_install", "-at_install")
class TestEventLogHttp(EventCase, PortalHttpCase):
    def setUp(self):
        super().setUp()
        self.sign_in(None)

    def sign_in(self, user):
        super().sign_in(user)
        self.opener.headers.update({"User-Agent": CHROME, "Accept-Language": "es"})

    def _token(self, url):
        html = self.url_open(url).text
        return re.search(r'o_portal_beacon[^>]*data-token="([^"]+)"', html).group(1)

    def _beacon(self, token, **values):
        response = self.url_open("/my/beacon", data={"token": token, **values})
        self.assertEqual(response.status_code, 204)

    # === SIGN-INS === #

    def test_sign_in_and_failures(self):
        page = "/web/login"
        wrong = {"login": self.user_full.login, "password": "no"}
        self.post_form(page, wrong)
        event = self._assert_noted("sign_in_failed", self.user_full.partner_id)
        self.assertEqual((event.session_way, event.ip_address), ("password", "127.0.0.1"))
        self.assertEqual(event.session_way_label, "Password")
        self.assertEqual(event.browser, "Chrome 141.0.0.0, Linux")
        self.assertNotIn("no", [event.detail, event.user_name])
        self.post_form(page, {**wrong, "password": PASSWORD})
        self._assert_noted("sign_in", self.user_full.partner_id, session_way="password")
        self.url_open("/my")
        self.assertEqual(len(self._noted("sign_in")), 1)

    def test_failures_without_a_contact(self):
        """What was typed is not kept: it may be a password."""
        self.post_form("/web/login", {"login": "secret-typed-here", "password": "no"})
        event = self._noted("sign_in_failed")
        self.assertEqual(len(event), 1)
        self.assertFalse(event.partner_id or event.user_id)
        self.assertNotIn("secret", str(event.read()))

    def test_staff_signing_in_is_not_noted(self):
        self.post_form("/web/login", {"login": self.user_sales.login, "password": "no"})
        self.post_form("/web/login", {"login": self.user_sales.login, "password": PASSWORD})
        self.assertFalse(self._noted())

    def test_failures_are_bounded(self):
        contact = self.user_full.partner_id
        with patch.object(type(self.events), "_prepare_origin_values") as origin:
            origin.return_value = {"ip_address": False}
            for _try in range(FAILURES_PER_ADDRESS + 2):
                self.events._log_failed_sign_in(contact)
        self.assertGreater(len(self._noted("sign_in_failed")), FAILURES_PER_ADDRESS)
        self.events.search([]).mapped("ip_address")
        for _try in range(3):
            self.events.create(
                {"date": fields.Datetime.now(), "kind": "sign_in_failed", "ip_address": "127.0.0.1"}
            )
        before = len(self._noted("sign_in_failed"))
        with patch(
            "odoo.addons.customer_portal_plus.models.log.customer_portal_event_sign_in"
            ".FAILURES_PER_ADDRESS",
            3,
        ):
            self.post_form("/web/login", {"login": "nobody", "password": "no"})
        self.assertEqual(len(self._noted("sign_in_failed")), before)

    # === VIEWS === #

    def test_view_by_a_person(self):
        contact = self.user_full.partner_id
        self.sign_in(self.user_full)
        token = self._token(f"/my/invoices/{self.invoice.id}")
        self.assertFalse(self._noted("view"), "the page itself writes nothing")
        self._beacon(token, seconds="5.2")
        self._assert_noted("view", contact, self.invoice, viewer="human", user_id=self.user_full)
        self._beacon(token, seconds="9", moved="1")
        self.assertEqual(len(self._noted("view")), 1, "loaded again, it is one view")

    def test_scanners_are_told_apart(self):
        token = self.events._beacon_token(self.invoice)
        for values, agent in (
            ({"seconds": "0.4"}, CHROME),
            ({"seconds": "60", "moved": "1", "automated": "1"}, CHROME),
            ({"seconds": "60", "moved": "1"}, "Mozilla/5.0 HeadlessChrome/141"),
            ({"seconds": "60", "moved": "1"}, "BingPreview/1.0b"),
        ):
            self.opener.headers["User-Agent"] = agent
            with (
                self.subTest(values=values, agent=agent),
                patch.object(type(self.events), "_was_noted_lately", return_value=False),
            ):
                before = self._noted("view")
                self._beacon(token, **values)
                event = self._noted("view") - before
                self.assertEqual(event.viewer, "scanner")

    def test_views_by_staff_are_told_apart(self):
        token = self.events._beacon_token(self.invoice)
        self.sign_in(self.user_accountant)
        self._beacon(token, seconds="60", moved="1")
        self.assertEqual(self._noted("view").viewer, "staff")

    def test_view_by_a_guest(self):
        url = f"/my/orders/{self.quote.id}?access_token={self.quote._portal_ensure_token()}"
        notes = self.quote.message_ids
        for _visit in range(3):
            token = self._token(url)
            self.opener.cookies.clear()
        self.assertEqual(self.quote.message_ids, notes, "core's note for each visit is gone")
        self._beacon(token, seconds="6", moved="1")
        event = self._noted("view")
        self.assertFalse(event.partner_id)
        self.assertEqual((event.customer_id, event.viewer), (self.alfa, "human"))
        note = self.quote.message_ids - notes
        self.assertEqual(len(note), 1)
        self.assertEqual(note.subtype_id, self.env.ref("sale.mt_order_viewed"))
        with patch.object(type(self.events), "_was_noted_lately", return_value=False):
            self._beacon(token, seconds="6", moved="1")
        self.assertEqual(self.quote.message_ids - notes, note, "one note for each contact")

    def test_forged_beacons_note_nothing(self):
        genuine = self.events._beacon_token(self.invoice)
        deleted = self.events._beacon_token(self.env["sale.order"].browse(2**31 - 1))
        for token in ("", "x", "é" * 5000, genuine[:-4] + "AAAA", genuine[2:], deleted):
            self._beacon(token, seconds="9", moved="1")
        for values in (
            {"seconds": "nan"},
            {"seconds": "x" * 10000},
            {"seconds": "1e999"},
            {"moved": "<script>"},
            {},
        ):
            self._beacon("x", **values)
        self.assertFalse(self._noted())
        self._beacon(genuine, seconds="-inf")
        self.assertEqual(self._noted("view").viewer, "scanner")
        self.assertEqual(self.url_open("/my/beacon").status_code, 405)

    # === DOWNLOADS === #

    def test_downloads(self):
        contact = self.user_full.partner_id
        self.sign_in(self.user_full)
        url = f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true"
        response = self.url_open(url)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self._assert_noted("download", contact, self.invoice, viewer="human")
        self.url_open(f"/my/invoices/{self.invoice.id}?report_type=html")
        self.url_open(f"/my/orders/{self.quote.id}")
        self.assertEqual(len(self._noted("download")), 1)

    def test_refused_downloads_are_not_noted(self):
        for user in (self.user_stranger, self.user_colleague, None):
            self.sign_in(user)
            self.url_open(f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true")
        self.assertFalse(self._noted("download"))

    def test_guests_download_and_scanners_too(self):
        token = self.quote._portal_ensure_token()
        url = f"/my/orders/{self.quote.id}?access_token={token}&report_type=pdf&download=true"
        self.url_open(url)
        self.opener.headers["User-Agent"] = "python-requests/2"
        self.url_open(url)
        viewers = self._noted("download").mapped("viewer")
        self.assertEqual(viewers, ["human", "scanner"])

    def test_no_address_where_none_is_kept(self):
        self.company.portal_log_address_days = 0
        self.sign_in(self.user_full)
        self._beacon(self.events._beacon_token(self.invoice, self.user_full.partner_id), moved="1")
        self.assertFalse(self._noted("view").ip_address)


@tagged("post_install", "-at_install")
class TestEventLogMailedCode(EventCase, SignInCase):
    def test_mailed_code_wrong_and_right(self):
        code = self.get_code("full@example.com")
        self.type_code("000000" if code != "000000" else "111111")
        self._assert_noted("sign_in_failed", self.user_full.partner_id, session_way="mailed_code")
        self.type_code(code)
        self.assert_signed_in(self.user_full)
        self._assert_noted("sign_in", self.user_full.partner_id, session_way="mailed_code")
        written = str(self._noted().read())
        self.assertNotIn(code, written, "no code stands in the log")

    def test_wrong_code_for_nobody(self):
        self.ask_by_email("nobody@example.com")
        self.run_sender()
        self.type_code("000000")
        events = self._noted("sign_in_failed")
        self.assertEqual(
            events.mapped("detail"),
            ["Mail asked for by somebody who is not registered", "Wrong code"],
        )
        self.assertFalse(events.partner_id)

    def test_unknown_tax_id(self):
        _page, choices = self.ask_by_tax_id("A58818501")
        self.post("/address", {"choice": next(iter(choices.values()))}, page="/p/pepino-tech")
        self.assertFalse(self._noted("sign_in_failed"), "asking takes as long as for a known one")
        self.run_sender()
        self.assertEqual(len(self._noted("sign_in_failed")), 1)

    def test_expired_code_and_used_link(self):
        code = self.get_code("full@example.com")
        _to, _code, link = self.read_mail(self.outbox[-1])
        challenge = self.last_challenge()
        page = self.url_open(link).text
        challenge.expires_on = fields.Datetime.now()
        self.type_code(code)
        contact = self.user_full.partner_id
        event = self._assert_noted("sign_in_failed", contact, session_way="mailed_code")
        self.assertEqual(event.detail, "Code that does not work any more")
        before = len(self._noted())
        self.url_open(link)
        self.assertEqual(len(self._noted()), before, "looking at a dead link is no try")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        self.assertEqual(self.url_open(link, data={"csrf_token": token}).status_code, 410)
        self.assertEqual(self._noted()[-1].detail, "Link that does not work any more")
