"""Seats: who acts for a customer does it as a contact of it, only while both sides want it, and
never on the account that it has signed in with."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.fields import Datetime
from odoo.http import root
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.mail.tests.common import MailCase

from ..models.people.customer_portal_seat_session import SESSION_KEY
from .common.mail import LeavingMails
from .common.queries import CountedQueries
from .common.seats import SeatCase

OVER, CLOSED = "/my/seats/over", "/my/seats/closed"
OWN_PAGES = (
    "/my/account", "/my/account/billing", "/my/security", "/my/addresses", "/my/address",
    "/my/payment_method", "/my/pay/debit",
)  # fmt: skip


def path_of(response):
    return urlsplit(response.url).path


@tagged("post_install", "-at_install")
class TestSeats(CountedQueries, SeatCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 120.0, days=-60, due_days=-30)
        cls.own_invoice = cls._create_invoice(cls.firm, 55.0)
        cls.contact, cls.acting = cls.seat.contact_id, cls.seat.user_id

    # === ACTING === #

    def test_acts_as_a_contact_of_the_customer_and_goes_back(self):
        self.sign_in(self.user_holder)
        self.assertEqual(self.url_open(f"/my/invoices/{self.invoice.id}").status_code, 404)
        self.assertEqual(self.url_open(f"/my/invoices/{self.own_invoice.id}").status_code, 200)
        response = self._enter(to="/my/invoices")
        self.assertEqual(path_of(response), "/my/invoices")
        self.assertIn(self.invoice.name, response.text)
        self.assertIn("You act for <strong>Alfa Suministros SL</strong>", response.text)
        page = self.url_open(f"/my/invoices/{self.invoice.id}")
        self.assertIn("You act for <strong>Alfa Suministros SL</strong>", page.text)
        self.assertEqual(self.url_open(f"/my/invoices/{self.own_invoice.id}").status_code, 404)
        # The profile of the seat, not that of the holder.
        self.assertEqual(path_of(self.url_open("/my/quotes")), "/my/quotes")
        self.assertEqual(self.url_open("/my/team").status_code, 404)
        self.assertEqual(self._acts_as(), self.acting)
        response = self.post_form("/my/seats/leave", page="/my/seats")
        self.assertNotIn("You act for", response.text)
        self.assertEqual(self._acts_as(), self.user_holder)
        self.assertEqual(self.url_open(f"/my/invoices/{self.invoice.id}").status_code, 404)

    def test_who_and_for_whom(self):
        """Log, messages and signatures have the real person, as a contact of the customer."""
        self.assertEqual(self.contact.name, "Ana Pérez (Gestoría López SL)")
        self.assertEqual(self.contact.commercial_partner_id, self.alfa)
        self.assertEqual(self.contact.portal_profile_id, self.profile_accounting)
        self._act()
        event = self.env["customer.portal.event"].search(
            [("kind", "=", "sign_in"), ("partner_id", "=", self.contact.id)]
        )
        self.assertEqual((event.customer_id, event.user_id), (self.alfa, self.acting))
        self.assertIn(self.user_holder.login, event.detail)
        self.assertEqual(self.contact.portal_status, "active")
        # Back and forth is no sign-in of the holder.
        own = [("kind", "=", "sign_in"), ("partner_id", "=", self.user_holder.partner_id.id)]
        before = self.env["customer.portal.event"].search_count(own)
        self.post_form("/my/seats/leave", page="/my/seats")
        self.assertEqual(self.env["customer.portal.event"].search_count(own), before)

    def test_rpc_knows_the_contact_alone(self):
        self._act()
        found = self.make_jsonrpc_request(
            "/web/dataset/call_kw/account.move.search",
            {
                "model": "account.move",
                "method": "search",
                "args": [[["id", "in", (self.invoice | self.own_invoice).ids]]],
                "kwargs": {},
            },
        )
        self.assertEqual(found, self.invoice.ids)

    def _assert_over(self):
        """What is sent next is not done, and the session is the holder's own again."""
        before = self.own_invoice.message_ids | self.invoice.message_ids
        for url, data in (
            ("/my", None),
            (f"/my/invoices/{self.invoice.id}", None),
            ("/my/seats/leave", {"csrf_token": "x"}),
            ("/my/team/invite", {"csrf_token": "x"}),
        ):
            response = self.url_open(url, data=data, allow_redirects=False)
            self.assertEqual(
                (response.status_code, urlsplit(response.headers["Location"]).path),
                (303, OVER),
                url,
            )
        with mute_logger("odoo.http"), self.assertRaisesRegex(Exception, "SessionExpired"):
            self.make_jsonrpc_request("/my/counters", {"counters": []})
        self.assertEqual(self.own_invoice.message_ids | self.invoice.message_ids, before)
        page = self.url_open(OVER)
        self.assertEqual(page.status_code, 403)
        self.assertIn("You don't act for this customer any more", page.text)
        self.assertEqual(self._acts_as(), self.user_holder)
        self.assertEqual(self.url_open(f"/my/invoices/{self.invoice.id}").status_code, 404)

    def test_taken_away_while_a_page_is_open(self):
        self._act()
        self.seat._end()
        self._assert_over()
        self.assertFalse(self.acting.active)
        self.sign_in(self.user_holder)
        self.assertEqual(self._enter().status_code, 404)

    def test_taken_away_in_another_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self._act()
        self.assertEqual(path_of(self.url_open("/es/my/security"))[-len(CLOSED) :], CLOSED)
        self.seat._end()
        page = self.url_open("/es/my")
        self.assertEqual((page.status_code, path_of(page)[-len(OVER) :]), (403, OVER))
        self.assertEqual(self._acts_as(), self.user_holder)

    def test_customer_blocked_while_a_page_is_open(self):
        self._act()
        self.alfa.portal_access = False
        self._assert_over()

    def _set(self, record, **values):
        """Change one thing and nothing that follows from it."""
        self.env.flush_all()
        for name, value in values.items():
            table, column = SQL.identifier(record._table), SQL.identifier(name)
            self.env.cr.execute(
                SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id)
            )
        self.env.invalidate_all()
        self.registry.clear_cache()

    def test_each_condition_by_itself(self):
        """What makes a seat hold: without any one of these it doesn't."""
        other = self.env["res.company"].create({"name": "Otra", "portal_enabled": True})
        staff = self.env.ref("base.group_user")
        holder = self.user_holder
        self.assertTrue(self.seat._holds(holder))
        self.assertFalse(self.seat._holds(self.user_stranger))
        for record, values in (
            (self.seat, {"state": "ended"}),
            (self.seat, {"holder_id": self.user_stranger.id}),
            (self.seat, {"contact_id": self.user_full.partner_id.id}),
            (self.seat, {"user_id": self.user_full.id}),
            (self.seat, {"customer_id": self.beta.id}),
            (self.seat, {"company_id": other.id}),
            (self.company, {"portal_allow_seats": False}),
            (self.company, {"portal_enabled": False}),
            (self.alfa, {"portal_access": False}),
            (self.alfa, {"active": False}),
            (self.contact, {"active": False}),
            (self.contact, {"commercial_partner_id": self.beta.id}),
            (self.acting, {"active": False}),
            (self.acting, {"login": "ana.alfa"}),
            (self.acting, {"partner_id": self.user_stranger.partner_id.id}),
        ):
            savepoint = self.env.cr.savepoint()
            self._set(record, **values)
            self.assertFalse(self.seat._holds(holder), values)
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertTrue(self.seat._holds(holder))
        self.acting.group_ids = staff
        self.assertFalse(self.seat._holds(holder), "an employee")

    def test_holders_own_company_has_no_seats(self):
        other = self.env["res.company"].create({"name": "Otra", "portal_enabled": True})
        self.user_holder.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.seat._holds(self.user_holder))
        other.portal_allow_seats = True
        self.assertTrue(self.seat._holds(self.user_holder))

    def test_each_condition_of_the_holder(self):
        holder = self.user_holder
        key = "k"
        session = {
            SESSION_KEY: {"holder": holder.id, "key": key, "proof": self.seat._proof(holder, key)}
        }
        find = self.seat._session_holder
        self.assertEqual(find(session), holder)
        for changed in (
            {"key": "x"},
            {"proof": "x"},
            {"holder": self.user_stranger.id},
            {"holder": 0},
        ):
            self.assertFalse(find({SESSION_KEY: {**session[SESSION_KEY], **changed}}), changed)
        for record, values in (
            (holder, {"active": False}),
            (holder, {"password": "x"}),
            (holder, {"portal_epoch": 7}),
            (self.firm, {"portal_access": False}),
        ):
            savepoint = self.env.cr.savepoint()
            self._set(record, **values)
            self.assertFalse(find(session), values)
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.registry.clear_cache()
        self.assertEqual(find(session), holder)
        holder.group_ids = self.env.ref("base.group_user")
        self.assertFalse(find(session), "an employee")

    def test_session_of_another_user_of_the_seat(self):
        holder = self.user_holder
        session = root.session_store.new()
        session.update({"uid": self.acting.id, SESSION_KEY: {"seat": self.seat.id}})
        self.assertEqual(self.seat._session_seat(session, holder), self.seat)
        for changed in ({"uid": self.user_full.id}, {SESSION_KEY: {"seat": self.seat.id + 1000}}):
            session.update(changed)
            self.assertFalse(self.seat._session_seat(session, holder), changed)
            session.update({"uid": self.acting.id, SESSION_KEY: {"seat": self.seat.id}})

    def _assert_out(self):
        for url in ("/my", "/my/seats/over", "/my/seats"):
            response = self.url_open(url, allow_redirects=False)
            self.assertIn("/web/login", response.headers["Location"], url)
        self.assertEqual(self.url_open(f"/my/invoices/{self.invoice.id}").status_code, 404)

    def test_what_ends_the_holders_sessions_ends_this(self):
        self._act()
        self.user_holder.password = "otra-clave-2026"
        self._assert_out()

    def test_holder_blocked(self):
        self._act()
        self.firm.portal_access = False
        self._assert_out()
        self.firm.portal_access = True
        self._assert_out()

    def test_holder_archived(self):
        """Its seats end with its access, links that were mailed to it there as well."""
        self._act()
        link = self.env["customer.portal.link"]
        link = link._from_token(link._make(self.invoice, self.contact).rpartition("/")[2])
        self.assertTrue(link._is_open())
        self.user_holder.active = False
        self._assert_out()
        self.assertEqual((self.seat.state, self.acting.active), ("ended", False))
        self.assertFalse(link._is_open())

    def test_holder_deleted(self):
        self.user_holder.unlink()
        self.assertEqual((self.seat.state, self.acting.active), ("ended", False))

    def test_holder_signs_out_on_its_devices(self):
        self.sign_in(self.user_holder)
        session = self._keep_session()
        session.pop("_trace_disable", None)  # Sessions of tests leave none.
        root.session_store.save(session)
        self.url_open("/my")
        self._enter()
        self.url_open("/my")
        self.env.flush_all()
        devices = self.env["res.device"].search([("user_id", "=", self.user_holder.id)])
        self.assertTrue(devices)
        self.assertTrue(self.env["res.device"].search([("user_id", "=", self.acting.id)]))
        devices._revoke()
        response = self.url_open("/my", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_who_signs_in_here_next_is_not_the_holder(self):
        self._act()
        self.post_form(
            "/web/login",
            {"login": self.user_stranger.login, "password": "portal-Test-2026", "type": "password"},
            page="/my/seats",
        )
        self.assertEqual(self._acts_as(), self.user_stranger)
        self.assertNotIn("portal_seat", self.session)
        # Nor is it where the session only says so.
        self._act()
        session = self._keep_session()
        session.uid = self.user_stranger.id
        session.session_token = self.user_stranger._compute_session_token("of another session")
        root.session_store.save(session)
        self.assertIn("/web/login", self.url_open("/my", allow_redirects=False).headers["Location"])

    def test_a_form_that_was_open_before_is_refused(self):
        """Nothing that was meant for one customer is done for another."""
        self.sign_in(self.user_holder)
        old = self.form_token("/my/seats")
        self._enter()
        with mute_logger("odoo.http"):
            response = self.url_open("/my/seats/leave", data={"csrf_token": old})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self._acts_as(), self.acting)

    def test_session_keeps_nothing_of_the_other_account(self):
        self.sign_in(self.user_holder)
        session = self._keep_session()
        kept = {"portal_opened_by": "password"}
        dropped = {
            "identity-check-last": 2**40, "portal_step_up": {"until": 2**40},
            "my_invoices_history": [1], "__payment_monitored_tx_id__": 1,
        }  # fmt: skip
        session.update(kept | dropped)
        root.session_store.save(session)
        self._enter()
        self.assertEqual(self.session.get("portal_opened_by"), "password")
        self.assertFalse(dropped.keys() & set(self.session))

    def test_who_came_by_a_documents_link_confirms_first(self):
        self.sign_in(self.user_holder)
        session = self._keep_session()
        session["portal_opened_by"] = "document_link"
        root.session_store.save(session)
        self.assertEqual(path_of(self._enter()), "/my/step_up")
        self.assertEqual(self._acts_as(), self.user_holder)

    # === WHAT IS CLOSED === #

    def test_own_account_is_closed(self):
        self.contact.portal_profile_id = self.profile_full
        self._act()
        for url in OWN_PAGES:
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(urlsplit(response.headers["Location"]).path, CLOSED, url)
        for url, data in (
            ("/my/account/contact", {"name": "Otra", "email": "otra@example.com"}),
            ("/my/account/billing", {"name": "Otra"}),
            ("/my/address/submit", {"partner_id": self.contact.id, "name": "Otra"}),
            ("/my/security", {"op": "password", "old": "x", "new1": "y", "new2": "y"}),
            ("/my/deactivate_account", {"validation": "portal_test_ana", "password": "x"}),
        ):
            response = self.post_form(url, data, page="/my/seats")
            self.assertEqual(path_of(response), CLOSED, url)
        self.assertIn("This is closed while you act for a customer", response.text)
        self.assertEqual(self.contact.name, "Ana Pérez (Gestoría López SL)")
        home = self.url_open("/my").text
        self.assertNotIn('href="/my/security"', home.partition("o_cpp_home")[2])
        self.assertNotIn('data-portal-menu="account"', home)
        with mute_logger("odoo.http"), self.assertRaisesRegex(Exception, "AccessError"):
            self.make_jsonrpc_request("/payment/archive_token", {"token_id": 1})

    def test_saved_methods_of_the_customer_are_not_offered(self):
        self.contact.portal_profile_id = self.profile_full
        provider = self._create_provider()
        method = provider.payment_method_ids
        method.support_tokenization = True
        tokens = self.env["payment.token"].create(
            [
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "payment_details": "1234",
                    "partner_id": partner.id,
                    "provider_ref": "x",
                }
                for partner in (self.alfa, self.contact)
            ]
        )
        tokens = tokens.sudo()
        offered = (
            tokens.with_user(self.acting)
            .sudo()
            ._get_available_tokens(provider.ids, self.contact.id)
        )
        self.assertFalse(offered)
        # The same for an ordinary contact with that profile: there they are.
        self.acting.login = "ana.alfa"
        offered = (
            tokens.with_user(self.acting)
            .sudo()
            ._get_available_tokens(provider.ids, self.contact.id)
        )
        self.assertIn(tokens[1], offered)

    # === NO OTHER WAY IN === #

    def test_nobody_signs_in_with_it(self):
        self.acting.password = "portal-Test-2026"
        wanted = {"type": "password", "login": self.acting.login, "password": "portal-Test-2026"}
        agent = {"interactive": False}
        with self.assertRaises(AccessDenied), mute_logger("odoo.addons.base.models.res_users"):
            self.env["res.users"].authenticate(wanted, agent)
        self.acting.login = "ana.alfa"  # the same as an ordinary user
        self.assertEqual(
            self.env["res.users"].authenticate({**wanted, "login": "ana.alfa"}, agent)["uid"],
            self.acting.id,
        )

    def test_no_mailed_way_in(self):
        challenges = self.env["customer.portal.challenge"]
        found = challenges._find_contacts(self.company, address="ana@example.com")
        self.assertEqual([row[0] for row in found], self.user_holder.partner_id.ids)
        # What is confirmed while acting is confirmed by a mail to the person.
        found = challenges._find_contacts(
            self.company, contact_ids=self.contact.ids, is_sign_in=False
        )
        self.assertEqual([row[:2] for row in found], [(self.contact.id, "ana@example.com")])
        Users = self.env["res.users"]
        self.assertEqual(Users.search(Users._get_email_domain("ana@example.com")), self.user_holder)
        with self.assertRaises(UserError):
            self.acting.action_reset_password()
        with self.assertRaises(UserError):
            self.contact.with_user(self.user_sales).action_portal_invite_again()
        self.contact.write({"signup_type": "signup", "portal_invited_on": Datetime.now()})
        token = self.contact._portal_invitation_token()
        self.assertEqual(self.env["res.partner"]._portal_invitation_from_token(token)[1], "invalid")

    def test_no_api_key(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.acting)
            .sudo()
            ._generate("rpc", "seat", Datetime.now() + timedelta(days=1))
        )
        self.assertFalse(self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key))
        self.acting.login = "ana.alfa"
        found = self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=key)
        self.assertEqual(found, self.acting.id)

    # === ALL CUSTOMERS === #

    def test_page_of_all_customers(self):
        other = self._create_seat(self.user_holder, self.beta, self.profile_purchasing)
        self._create_invoice(self.beta, 999.0)
        self._create_order(self.beta)
        self.sign_in(self.user_holder)
        page = self.url_open("/my/seats?date_begin=2026-01-01&date_end=x").text
        rows = dict(re.findall(r'data-seat-row="(\d+)"(.*?)</li>', page, re.S))
        self.assertEqual(set(rows), {str(self.seat.id), str(other.id)})
        self.assertIn("120.00", rows[str(self.seat.id)])
        self.assertIn('data-seat-figure="overdue"', rows[str(self.seat.id)])
        # Purchasing sees no invoices there, and the quote that waits.
        self.assertNotIn('data-seat-figure="pending"', rows[str(other.id)])
        self.assertNotIn("999", rows[str(other.id)])
        self.assertRegex(rows[str(other.id)], r'data-seat-figure="to_answer">1<')
        self.assertIn("/my/invoices?filterby=all&amp;date_begin=2026-01-01", page)
        self.assertNotIn("date_end=x", "".join(rows.values()))
        response = self._enter(to="/my/invoices?filterby=all&date_begin=2020-01-01")
        self.assertIn("/my/invoices?filterby=all", response.url)
        self.assertEqual(self._acts_as(), self.acting)
        # From there to another one, and the page is the same.
        self.assertIn(f'data-seat-row="{other.id}"', self.url_open("/my/seats").text)
        self._enter(other)
        self.assertEqual(self._acts_as(), other.user_id)

    def test_leads_to_our_pages_alone(self):
        self.sign_in(self.user_holder)
        response = self.post_form(
            f"/my/seats/{self.seat.id}/enter",
            {"to": "https://evil.example.com/"},
            page="/my/seats",
            allow_redirects=False,
        )
        self.assertEqual(urlsplit(response.headers["Location"]).path, "/my")

    def test_given_back(self):
        self._act()
        response = self.post_form(f"/my/seats/{self.seat.id}/end", page="/my/seats")
        self.assertIn("act for this customer any more.", response.text)
        self.assertEqual(self.seat.state, "ended")
        self.assertEqual(self._acts_as(), self.user_holder)
        self.assertIn("does not act for this customer", self.alfa.message_ids[0].body)

    def test_seats_of_others(self):
        self.sign_in(self.user_stranger)
        self.assertIn("You act for no other customer", self.url_open("/my/seats").text)
        for act in ("enter", "end"):
            for number in (self.seat.id, 2**31 - 1, 10**15):
                response = self.post_form(f"/my/seats/{number}/{act}", page="/my/seats")
                self.assertEqual(response.status_code, 404, (act, number))
        self.assertEqual(self._acts_as(), self.user_stranger)
        self.assertEqual(self.seat.state, "active")
        self.sign_in(self.user_sales)
        self.assertEqual(self.url_open("/my/seats").status_code, 404)

    def test_switched_off_there_is_nothing_and_nothing_is_asked(self):
        self.company.portal_allow_seats = False
        self.sign_in(self.user_holder)
        served = self.second_request(lambda: self.url_open("/my/invoices"))
        self.assertFalse([query for query in served if "portal_seat" in query])
        self.assertNotIn("/my/seats", self.url_open("/my").text)
        self.assertEqual(self.url_open("/my/seats").status_code, 404)
        self.company.portal_allow_seats = True
        self.assertIn("/my/seats", self.url_open("/my").text)


@tagged("post_install", "-at_install")
class TestSeatsGranted(MailCase, LeavingMails, SeatCase):
    """How a seat is offered, accepted and taken away."""

    def setUp(self):
        super().setUp()
        self.sign_in(self.user_full)

    def _grant(self, **values):
        form = {
            "name": "Luis Gil",
            "email": "luis@example.com",
            "profile_id": self.profile_accounting.id,
            **values,
        }
        with self.mock_mail_gateway():
            return self.post_form("/my/team/seat", form, page="/my/team")

    def _find(self, email="luis@example.com"):
        return self.env["customer.portal.seat"].search([("email", "=", email)])

    def _url(self, seat, act=""):
        return f"/my/seats/invitation/{seat._token()}{act}"

    def test_from_the_team_to_the_seat_and_back(self):
        luis = self._create_contact_user("Luis Gil", "luis", self.beta)
        luis.partner_id.name = "Luis"
        with self.leaving() as mails:
            response = self.post_form(
                "/my/team/seat",
                {
                    "name": "Luis Gil",
                    "email": "Luis@example.com",
                    "profile_id": self.profile_accounting.id,
                },
                page="/my/team",
            )
        self.assertIn("Once it is accepted", response.text)
        seat = self._find()
        self.assertEqual((seat.customer_id, seat.state), (self.alfa, "invited"))
        self.assertIn(f'data-seat-waiting="{seat.id}"', response.text)
        mail = next(mail for mail in mails if "luis@example.com" in mail["To"])
        html, _files = self._read(mail)
        url = re.search(r'href="[^"]*(/my/seats/invitation/[^"]+)"', html)[1]
        self.assertIn("Alfa Suministros SL", html)
        self.assertIn("Accounting", html)
        # What is stored has no link that works.
        kept = self.env["mail.mail"].search([("model", "=", seat._name)]).mapped("body_html")
        self.assertNotIn("seats/invitation/", "".join(map(str, kept)))
        # A guest looks, and nothing happens by that.
        self.authenticate(None, None)
        page = self.url_open(url)
        self.assertIn("Sign in with your own account", page.text)
        self.assertNotIn("I have no account yet", page.text)
        self.post_form(f"{url}/accept", page=url)
        self.assertEqual(seat.state, "invited")
        self.sign_in(luis)
        response = self.post_form(f"{url}/accept", page=url)
        self.assertEqual(path_of(response), "/my/seats")
        self.assertIn(f'data-seat-row="{seat.id}"', response.text)
        contact = seat.contact_id
        self.assertEqual(contact.name, "Luis (Beta Talleres SA)")
        self.assertEqual(contact.portal_introduced_by_id, self.user_full.partner_id)
        self.assertIn("accepted to act for this customer", self.alfa.message_ids[0].body)
        self.assertEqual(self.url_open(url).status_code, 404)
        # The team sees it among its people, and takes it away like any other.
        self.sign_in(self.user_full)
        page = self.url_open("/my/team").text
        self.assertIn(f'data-person="{contact.id}"', page)
        self.assertIn("acts for you with its own sign-in", page)
        self.post_form(f"/my/team/{contact.id}/change", {"name": "X"}, page="/my/team")
        self.assertEqual(contact.name, "Luis (Beta Talleres SA)")
        self.post_form(f"/my/team/{contact.id}/remove", page="/my/team")
        self.assertEqual((seat.state, seat.user_id.active), ("ended", False))
        self.assertTrue(luis.active)

    def test_who_has_no_account_gets_one(self):
        self._grant()
        seat = self._find()
        self.authenticate(None, None)
        url = self._url(seat)
        self.assertIn("I have no account yet", self.url_open(url).text)
        with self.mock_mail_gateway():
            self.assertIn("choose a password", self.post_form(f"{url}/account", page=url).text)
            # Once.
            self.assertNotIn("I have no account yet", self.url_open(url).text)
            self.post_form(f"{url}/account", page=url)
        person = self.env["res.partner"].search([("email", "=", "luis@example.com")])
        self.assertEqual(len(person), 1)
        self.assertFalse(person.parent_id)
        self.assertTrue(person._portal_user())
        self.assertEqual(seat.state, "invited")
        seat._accept(person._portal_user())
        self.assertEqual(seat.contact_id.name, "Luis Gil")

    def test_declined(self):
        self._grant()
        seat = self._find()
        self.authenticate(None, None)
        url = self._url(seat)
        self.assertIn("We have noted", self.post_form(f"{url}/decline", page=url).text)
        self.assertEqual(seat.state, "declined")
        with self.assertRaises(UserError):
            seat._accept(self.user_holder)

    def test_links_that_do_not_work(self):
        seat = self._create_seat(self.user_holder, self.beta, accepted=False)
        url = self._url(seat)
        self.sign_in(self.user_holder)
        self.assertEqual(self.url_open(url).status_code, 200)
        self.assertEqual(self.url_open(url[:-2] + "xx").status_code, 404)
        with freeze_time(Datetime.now() + timedelta(days=7, minutes=1)):
            self.assertFalse(seat._from_token(seat._token()))
        seat.sent_on += timedelta(minutes=1)  # Sent anew: the older link is dead.
        self.assertEqual(self.url_open(url).status_code, 404)
        token = seat._token()
        for record, name in (
            (self.company, "portal_allow_seats"),
            (self.company, "portal_enabled"),
            (self.beta, "portal_access"),
        ):
            record[name] = False
            self.assertFalse(seat._from_token(token), name)
            record[name] = True
        self.assertTrue(seat._from_token(token))

    def _assert_not_for(self, seat, user, words):
        with self.assertRaisesRegex(UserError, words):
            seat._accept(user)
        self.assertEqual(seat.state, "invited")

    def test_who_can_not_accept(self):
        seat = self._create_seat(self.user_holder, self.beta, accepted=False)
        self._assert_not_for(seat, self.user_colleague, "another address")
        self._assert_not_for(seat, self.user_sales, "Only contacts")
        self._assert_not_for(seat, self.env.ref("base.public_user"), "Only contacts")
        self._assert_not_for(seat, self.seat.user_id, "Go back to your own account")
        self.user_holder.partner_id.parent_id = self.beta
        self._assert_not_for(seat, self.user_holder, "belong to this customer")
        self.user_holder.partner_id.parent_id = self.firm
        seat._accept(self.user_holder)
        again = self._create_seat(self.user_holder, self.beta, accepted=False)
        self._assert_not_for(again, self.user_holder, "already")

    def test_what_a_team_can_not_grant(self):
        self.profile_own.portal_offered = False
        for values in (
            {"name": ""},
            {"name": "L" * 101},
            {"email": "luis"},
            {"email": "ventas@example.com"},
            {"email": self.user_colleague.email},
            {"profile_id": self.profile_own.id},
            {"profile_id": "x"},
        ):
            response = self._grant(**values)
            self.assertEqual(response.status_code, 422, values)
            self.assertIn('role="alert"', response.text)
            self.assertFalse(self._mails)
        self.assertEqual(self.env["customer.portal.seat"].search([]), self.seat)
        self._grant()
        self.assertEqual(self._grant().status_code, 422, "waits already")
        self.assertEqual(len(self._find()), 1)
        self.env["customer.portal.seat"].create(
            [
                {
                    "customer_id": self.alfa.id,
                    "name": "x",
                    "email": f"x{number}@example.com",
                    "profile_id": self.profile_full.id,
                }
                for number in range(20)
            ]
        )
        self.assertIn("a lot of invitations", self._grant(email="otro@example.com").text)

    def test_only_who_manages_the_team(self):
        self.sign_in(self.user_colleague)
        self.assertEqual(self._grant().status_code, 404)
        self.sign_in(self.user_full)
        for record, name in (
            (self.company, "portal_allow_seats"),
            (self.company, "portal_allow_team"),
            (self.profile_full, "can_manage_team"),
        ):
            record[name] = False
            with self.mock_mail_gateway():
                response = self.post_form(
                    "/my/team/seat",
                    {"name": "L", "email": "luis@example.com", "profile_id": 1},
                    page="/my",
                )
            self.assertEqual(response.status_code, 404, name)
            self.assertNotIn("/my/team/seat", self.url_open("/my/team").text)
            record[name] = True
        self.assertFalse(self._find())

    def test_taken_back_before_it_is_answered(self):
        self._grant()
        seat, url = self._find(), self._url(self._find())
        self.sign_in(self.user_stranger)
        response = self.post_form(f"/my/team/seat/{seat.id}/withdraw", page="/my/team")
        self.assertEqual((response.status_code, seat.state), (404, "invited"))
        self.sign_in(self.user_full)
        # One that is held is a colleague's access.
        response = self.post_form(f"/my/team/seat/{self.seat.id}/withdraw", page="/my/team")
        self.assertEqual((response.status_code, self.seat.state), (404, "active"))
        self.post_form(f"/my/team/seat/{seat.id}/withdraw", page="/my/team")
        self.assertEqual(seat.state, "ended")
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_staff_look_first_where_they_approve_colleagues(self):
        self.company.portal_team_approval = True
        self.assertIn("look at it before it is sent", self._grant().text)
        seat = self._find()
        self.assertEqual(seat.state, "asked")
        self.assertFalse([mail for mail in self._mails if "luis@" in str(mail["email_to"])])
        with self.mock_mail_gateway():
            seat.with_user(self.user_sales).action_send()
        self.assertEqual(seat.state, "invited")
        self.assertTrue([mail for mail in self._new_mails if "luis@" in str(mail.email_to)])

    def test_staff_grant_and_take_away(self):
        Seats = self.env["customer.portal.seat"].with_user(self.user_sales)
        values = {
            "customer_id": self.beta.id,
            "name": "Ana",
            "email": " Ana@Example.com ",
            "profile_id": self.profile_full.id,
        }
        seat = Seats.create(values)
        self.assertEqual((seat.state, seat.email), ("asked", "ana@example.com"))
        for name, value in (
            ("state", "active"), ("holder_id", self.user_holder.id), ("user_id", self.user_full.id),
            ("contact_id", self.user_full.partner_id.id),
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                seat.write({name: value})
            with self.assertRaises(AccessError):
                Seats.create({**values, name: value})
        with self.mock_mail_gateway():
            seat.action_send()
        with self.assertRaises(UserError):
            seat.email = "otra@example.com"
        seat.sudo()._accept(self.user_holder)
        self.assertFalse(seat.sudo().contact_id.portal_introduced_by_id, "staff vouch for it")
        with self.assertRaises(UserError):
            seat.action_send()
        seat.action_end()
        self.assertEqual((seat.state, seat.sudo().user_id.active), ("ended", False))
        action = self.beta.with_user(self.user_sales).action_portal_seats()
        self.assertEqual(Seats.search(action["domain"]), seat)
        with self.assertRaises(AccessError):
            Seats.with_user(self.user_full).search([])
        with self.assertRaises(UserError):
            Seats.create({**values, "customer_id": self.user_full.partner_id.id})
        staff = Seats.create({**values, "email": "ventas@example.com"})
        with self.assertRaises(UserError):
            staff.action_send()
        with self.assertRaises(UserError):
            Seats.create({**values, "email": "nobody"})
