"""What the pages of appointments show, to customers and to staff."""

import re
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.customer_portal_plus.tests.common import PASSWORD

from .common import BookingCase


@tagged("post_install", "-at_install")
class TestBookingPages(BookingCase):
    def _listed(self, query=""):
        page = self.url_open(f"/my/bookings{query}").text
        every = {"mine": self.mine, "own": self.of_own}
        return {key for key, one in every.items() if f'data-booking="{one.id}"' in page}

    def test_list(self):
        self.mine.start = self.slot
        self.sign_in(self.user_full)
        self.assertEqual(self._listed(), {"mine", "own"})
        self.assertEqual(self._listed("?filterby=open"), {"own"})
        self.assertEqual(self._listed("?filterby=coming"), {"mine", "own"})
        self.assertEqual(self._listed("?filterby=past"), set())
        day = f"{self.slot:%Y-%m-%d}"
        self.assertEqual(self._listed(f"?date_begin={day}&date_end={day}"), {"mine"})
        self.assertEqual(self._listed("?search=tecnica"), {"mine", "own"})
        self.assertEqual(self._listed("?search=nada"), set())
        self.of_own.location = "Almacén Norte"
        self.assertEqual(self._listed("?search=almacen"), {"own"})
        for hostile in ("?filterby=x&sortby=x&search=%00&date_begin=x", "/page/999999"):
            self.assertEqual(self.url_open(f"/my/bookings{hostile}").status_code, 200, hostile)

    def test_past(self):
        self.mine.start = self.slot
        self.env.flush_all()
        past = fields.Datetime.now() - timedelta(days=2)
        self.env.cr.execute(
            "UPDATE resource_booking SET start = %s, stop = %s WHERE id = %s",
            [past, past + timedelta(hours=1), self.mine.id],
        )
        self.mine.invalidate_recordset()
        self.sign_in(self.user_full)
        self.assertEqual(self._listed("?filterby=past"), {"mine"})
        page = self.url_open(self.mine.access_url).text
        self.assertIn("It is over.", page)
        self.assertNotIn("/cancel", page)
        self.assertNotIn("/schedule", page)
        self.assertNotIn('data-todo="appointment"', self.url_open("/my").text)

    def test_file_of_the_list(self):
        self.sign_in(self.user_full)
        text = self.url_open("/my/bookings/export.csv").text
        self.assertIn("Visita técnica", text)

    def test_search(self):
        self.sign_in(self.user_full)
        self.assertIn(self.mine.access_url, self.url_open("/my/search?search=tecnica").text)
        self.sign_in(self.user_stranger)
        page = self.url_open("/my/search?search=tecnica").text
        self.assertIn(self.foreign.access_url, page)
        self.assertNotIn(f'"{self.mine.access_url}"', page)

    def test_home(self):
        self.mine.start = self.slot
        self.sign_in(self.user_full)
        page = self.url_open("/my").text
        self.assertIn('data-todo="appointment"', page)
        self.assertIn(f'href="{self.mine.access_url}"', page)
        self.assertIn("1 appointment waits for you", page)
        self.assertIn('data-portal-menu="appointments"', page)
        self.assertEqual(page.count("portal_icon.svg"), 1, "one card alone")
        self.company.portal_show_appointments = False
        page = self.url_open("/my").text
        for gone in ("/my/bookings", 'data-todo="appointment', "portal_icon.svg"):
            self.assertNotIn(gone, page)

    def test_card_for_who_may_book(self):
        """Also with no appointment yet; not where there is nothing to book either."""
        (self.mine | self.of_own).action_cancel()
        self.sign_in(self.user_full)
        asked = {"counters": ["booking_count"]}
        self.assertEqual(self.make_jsonrpc_request("/my/counters", asked), {"booking_count": 1})
        self.kind.portal_bookable = False
        self.assertEqual(self.make_jsonrpc_request("/my/counters", asked), {"booking_count": 0})
        self.of_own.action_unarchive()
        self.assertEqual(self.make_jsonrpc_request("/my/counters", asked), {"booking_count": 1})

    def test_page_escapes_what_staff_typed(self):
        self.mine.write(
            {"videocall_location": "javascript:alert(1)", "location": "<script>alert(1)</script>"}
        )
        self.sign_in(self.user_full)
        page = self.url_open(self.mine.access_url).text
        self.assertNotIn("javascript:alert", page)
        self.assertNotIn("<script>alert", page)
        self.mine.videocall_location = "https://meet.example.com/1"
        self.assertIn('href="https://meet.example.com/1"', self.url_open(self.mine.access_url).text)

    def test_what_staff_scheduled_is_confirmed_by_a_button(self):
        self.mine.start = self.slot
        self.assertEqual(self.mine.state, "scheduled")
        self.sign_in(self.user_full)
        page = self.url_open(self.mine.access_url).text
        self.assertIn("I will come", page)
        self._ask(self.mine.id, "confirm", when=self._value(self.slot))
        self.assertEqual(self.mine.state, "confirmed")
        self.assertNotIn("I will come", self.url_open(self.mine.access_url).text)

    def test_late_one_is_confirmed_but_not_moved(self):
        self.kind.modifications_deadline = 24 * 30
        self.mine.start = self.slot
        contact = self.user_full.partner_id
        self.sign_in(self.user_full)
        page = self.url_open(self.mine.access_url).text
        self.assertIn("I will come", page)
        self.assertNotIn("/schedule", page)
        response = self.url_open(f"{self.mine.access_url}/schedule", allow_redirects=False)
        self.assertURLEqual(response.headers["Location"], self.mine.access_url)
        response = self._ask(
            self.mine.id, "confirm", when=self._value(self.slot + timedelta(hours=1))
        )
        self.assertIn("error=late", response.headers["Location"])
        self.assertEqual(self.mine.start, self.slot)
        self._ask(self.mine.id, "confirm", when=self._value(self.slot))
        self.assertEqual(self.mine.state, "confirmed")
        self.assertEqual(self.mine._portal_change_obstacle(contact), "late")

    def test_guest_with_the_link(self):
        token = self.mine._portal_ensure_token()
        self.sign_in(None)
        page = self.url_open(f"{self.mine.access_url}?access_token={token}").text
        self.assertIn(f"/my/bookings/{self.mine.id}/schedule?access_token={token}", page)
        path = f"{self.mine.access_url}/schedule/{self.slot:%Y/%m}?access_token={token}"
        page = self.url_open(path).text
        self.assertIn(f'name="access_token" value="{token}"', page)
        [link] = re.findall(r'<a [^>]*data-month="after"[^>]*>', page)
        self.assertIn(f"access_token={token}", link)
        self.post_form(
            f"{self.mine.access_url}/confirm",
            data={"when": self._value(self.slot), "access_token": token},
            page=path,
        )
        self.assertEqual(self.mine.start, self.slot)

    def test_staff_keep_the_pages_of_the_engine(self):
        staff = new_test_user(
            self.env,
            login="portal_test_booking",
            password=PASSWORD,
            groups="base.group_user,resource_booking.group_manager",
        )
        self.company.portal_show_appointments = False
        self.sign_in(staff)
        self.assertIn("Booking ref.", self.url_open("/my/bookings").text)
        page = self.url_open(self.mine.access_url).text
        self.assertIn("Requested by", page)
        self.assertIn(f'action="/my/bookings/{self.mine.id}/cancel"', page)
        self.assertEqual(self.url_open(f"{self.mine.access_url}/schedule").status_code, 200)
        self.assertEqual(self.url_open(f"{self.mine.access_url}/cancel").status_code, 200)
        self.assertTrue(self.mine.active)
        response = self._ask(self.mine.id, "confirm", when="x")
        self.assertEqual(response.status_code, 303)
        self._ask(self.mine.id, "confirm", when=self._value(self.slot))
        self.assertEqual(self.mine.start, self.slot)
        self._ask(self.mine.id, "cancel")
        self.assertFalse(self.mine.active)

    def test_several_companies(self):
        other = self.env["res.company"].create({"name": "Otra SL"})
        self.user_full.company_ids = [Command.link(other.id)]
        self.kind.copy({"name": "Recogida", "company_id": other.id})
        self.sign_in(self.user_full)
        page = self.url_open("/my/bookings/new").text
        self.assertIn("Recogida", page)
        self.assertIn("Otra SL", page)
