"""Short notices in browsers: who turns them on, what they tell, where they go."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools import push_service
from ..tools.push_service import is_public_address, parse_push_endpoint, parse_push_keys
from .common import PASSWORD
from .common.push import Browser, PushCase

ENDPOINT = "https://push.example.com/send/abc"
HOSTILE = (
    "",
    "http://push.example.com/a",
    "ftp://push.example.com/a",
    "//push.example.com/a",
    "https://localhost/a",
    "https://odoo/a",
    "https://127.0.0.1/a",
    "https://127.1/a",
    "https://2130706433/a",
    "https://0x7f.0x0.0x0.0x1/a",
    "https://[::1]/a",
    "https://[::ffff:10.0.0.1]/a",
    "https://10.0.0.8/a",
    "https://169.254.169.254/latest/meta-data",
    "https://db.local/a",
    "https://metadata.google.internal/a",
    "https://push.example.com:5432/a",
    "https://push.example.com:0x1/a",
    "https://user:secret@push.example.com/a",
    "https://push.example.com\\@10.0.0.1/a",
    "https://push.example.com/a#b",
    "https://push.example.com/a b",
    "https://push.example.com/a\r\nHost: x",
    "https://push.example.com/ñ",
    "https://push.example.com/" + "a" * 1000,
    "https://[/a",
)
LOCAL = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "ff02::1",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestPush(PushCase):
    def _turn_on(self, user=None, endpoint=ENDPOINT, browser=None):
        keys = (browser or self.browser).keys
        token = self.Device._turn_on(user or self.user_full, endpoint, keys["p256dh"], keys["auth"])
        return self.Device.search([("token", "=", token)]) if token else self.Device

    def _post_on(self, endpoint=ENDPOINT, keys=None, path="on"):
        data = {"endpoint": endpoint, **(self.browser.keys if keys is None else keys)}
        return self.post_form(f"/my/account/devices/{path}", data, page="/my/account")

    def _devices(self, user=None):
        return self.Device.search([("user_id", "=", (user or self.user_full).id)])

    def _waiting(self):
        return [json.loads(notice.payload) for notice in self.Notice.search([])]

    # === ON AND OFF === #

    def test_company_offers_it(self):
        self.sign_in(self.user_full)
        page = self.url_open("/my/account").text
        self.assertIn("/my/account/devices/on", page)
        self.assertIn(f'data-key="{self.Device._public_key()}"', page)
        self.assertTrue(self.Device._public_key())
        self.company.portal_allow_push = False
        self.assertNotIn("/my/account/devices/on", self.url_open("/my/account").text)
        self._post_on()
        self.assertFalse(self._devices())
        self.assertFalse(self.env["res.company"].create({"name": "Nueva"}).portal_allow_push)

    def test_contact_turns_it_on_and_off(self):
        self.sign_in(self.user_full)
        self.assertIn("done=device", self._post_on().url)
        device = self._devices()
        self.assertEqual(device.endpoint, ENDPOINT)
        self.assertIn("/my/account/devices/off", self.url_open("/my/account").text)
        self._post_on()
        self.assertEqual(len(self._devices()), 1)
        other = self._turn_on(self.user_colleague, "https://push.example.com/other", Browser())
        self._post_on(path="off")
        self.assertFalse(self._devices())
        self.assertTrue(other.exists())

    def test_no_more_than_ten_devices(self):
        first = self._turn_on()
        for number in range(10):
            self._turn_on(endpoint=f"{ENDPOINT}{number}")
        self.assertEqual(len(self._devices()), 10)
        self.assertFalse(first.exists())

    def test_staff_have_none_here(self):
        self.sign_in(self.user_sales)
        self._post_on()
        self.assertFalse(self._devices(self.user_sales))

    def test_browser_is_of_who_has_its_keys(self):
        device = self._turn_on(self.user_stranger)
        self.assertFalse(self._turn_on(browser=Browser()))
        self.assertEqual(device.exists().user_id, self.user_stranger)
        self.assertEqual(self._turn_on().user_id, self.user_full)
        self.assertFalse(device.exists())

    def test_nothing_hostile_is_taken(self):
        for endpoint in HOSTILE:
            self.assertIsNone(parse_push_endpoint(endpoint), endpoint)
        self.assertEqual(parse_push_endpoint(ENDPOINT), ENDPOINT)
        self.sign_in(self.user_full)
        for endpoint in HOSTILE[:4]:
            answer = self._post_on(endpoint)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("done=no_device", answer.url)
        answer = self._post_on("https://127.0.0.1/a\x00")
        self.assertLess(answer.status_code, 500)
        good = self.browser.keys
        self.assertEqual(parse_push_keys(good["p256dh"], good["auth"]), good)
        for bad in ("", "=", "ñ", "AAAA", "A" * 87, good["auth"], good["p256dh"] + "AAAA", None):
            self.assertIsNone(parse_push_keys(bad, good["auth"]), bad)
        for bad in ("", "AAAA", "A" * 23, good["p256dh"], None):
            self.assertIsNone(parse_push_keys(good["p256dh"], bad), bad)
        self.assertIn("done=no_device", self._post_on(keys={"p256dh": "AAAA", "auth": "x"}).url)
        self.assertFalse(self._devices())

    def test_core_has_no_devices_of_customers(self):
        core = self.env["mail.push.device"]
        values = {
            "endpoint": "http://127.0.0.1/a",
            "keys": self.browser.keys,
            "vapid_public_key": core.get_web_push_vapid_public_key(),
        }
        core.with_user(self.user_full).register_devices(**values)
        self.assertFalse(core.search([("partner_id", "=", self.contact.id)]))
        core.with_user(self.user_sales).register_devices(**values)
        self.assertTrue(core.search([("partner_id", "=", self.user_sales.partner_id.id)]))
        with self.assertRaises(AccessError):
            self.Device.with_user(self.user_full).search([])
        with self.assertRaises(AccessError):
            self.Notice.with_user(self.user_sales).search([])

    # === A BROWSER THAT IS LEFT === #

    def test_signing_out_forgets_the_browser(self):
        self.sign_in(self.user_full)
        self._post_on()
        other = self._turn_on(endpoint=f"{ENDPOINT}2")
        answer = self.url_open("/web/session/logout", allow_redirects=False)
        self.assertEqual(answer.status_code, 303, answer.text[-3000:])
        self.assertEqual(self._devices(), other)
        self.sign_in(self.user_full)
        for token in ("a\x00b", "x" * 32, "'", other.token[:-1]):
            self.Device._leave(token)
        self.assertEqual(self._devices(), other)

    def _sign_in_by_form(self, user):
        token = self.form_token("/web/login")
        data = {"login": user.login, "password": PASSWORD, "csrf_token": token}
        self.url_open("/web/login", data=data)

    def test_another_one_in_this_browser_ends_it(self):
        self.sign_in(self.user_full)
        self._post_on()
        del self.opener.cookies["session_id"]
        self._sign_in_by_form(self.user_full)
        self.assertTrue(self._devices())
        del self.opener.cookies["session_id"]
        self._sign_in_by_form(self.user_stranger)
        self.assertFalse(self._devices())

    def test_access_that_ends_ends_it(self):
        changed = self._turn_on()
        lost = self._turn_on(self.user_colleague, f"{ENDPOINT}2")
        blocked = self._turn_on(self.user_stranger, f"{ENDPOINT}3")
        kept = self._turn_on(self.user_branch, f"{ENDPOINT}4")
        for device in (changed, lost, blocked, kept):
            self.assertFalse(device._is_over())
        self.user_full.password = "another-Test-2026"
        self.user_colleague.active = False
        self.beta.portal_access = False
        self.env.flush_all()
        for device in (changed, lost, blocked):
            self.assertTrue(device._is_over(), device.user_id.login)
        self.assertFalse(kept._is_over())

    # === WHAT IS TOLD === #

    def test_message_is_told_without_its_words(self):
        self._turn_on()
        self._turn_on(self.user_stranger, f"{ENDPOINT}2")
        with patch.object(push_service.PushSession, "post", side_effect=AssertionError):
            self._write_on(self.quote)
        self.assertEqual(
            self._waiting(), [{"title": "New message", "path": f"/my/orders/{self.quote.id}"}]
        )

    def test_documents_are_told(self):
        self._turn_on()
        self.env["account.move.send"]._generate_and_send_invoices(
            self.invoice, sending_methods=["email"], mail_partner_ids=self.contact.ids
        )
        composer = self.quote.action_quotation_send()
        wizard = self.env["mail.compose.message"].with_context(**composer["context"])
        wizard.create({"partner_ids": self.contact.ids})._action_send_mail()
        document = self.env["customer.portal.document"].create(
            {
                "name": "Precios 2027",
                "audience": "contacts",
                "contact_ids": self.contact.ids,
                "file": "JVBERi0xLjQK",
                "file_name": "precios.pdf",
            }
        )
        document.action_send()
        self.assertEqual(
            self._waiting(),
            [
                {"title": "New invoice", "path": f"/my/invoices/{self.invoice.id}"},
                {"title": "New quote", "path": f"/my/orders/{self.quote.id}"},
                {"title": "New document", "path": document.access_url},
            ],
        )

    def test_reminder_is_told_in_the_reader_s_language(self):
        self._turn_on()
        self._create_invoice(self.alfa, days=-60, due_days=-30)
        self.company.portal_send_reminders = True
        levels = self.env["customer.portal.reminder"].search([("company_id", "=", self.company.id)])
        self.assertTrue(levels._remind(self.alfa))
        self.assertEqual(
            self._waiting(), [{"title": "Payment reminder", "path": "/my/pay?select=overdue"}]
        )

    def test_who_does_not_see_or_does_not_want_it_is_not_told(self):
        self._turn_on()
        self.quote.portal_visible = False
        self._write_on(self.quote)
        self.assertEqual(self._waiting(), [])
        self.quote.portal_visible = True
        self.contact.portal_mail_message = False
        self._write_on(self.quote)
        self.assertEqual(self._waiting(), [])
        self.contact.portal_mail_message = True
        self.company.portal_allow_push = False
        self._write_on(self.quote)
        self.assertEqual(self._waiting(), [])
        self.company.portal_allow_push = True
        self._write_on(self.quote)
        self.assertEqual(len(self._waiting()), 1)

    # === SENDING === #

    def _wait_for_service(self, user=None, path="/1"):
        """Have a message wait for a browser at the tests' own push service."""
        device = self._turn_on(user)
        # Past what is asked of addresses: the service is at this machine.
        device.endpoint = self.service.url + path
        device.session_token = device._session_token_of(device.user_id, device.endpoint)
        self._write_on(self.quote)
        return device

    def test_it_arrives_encrypted(self):
        device = self._wait_for_service()
        self._run_sender()
        ((path, headers, body),) = self.service.received
        self.assertEqual(path, "/push/1")
        self.assertEqual(headers["TTL"], "86400")
        self.assertIn(self.Device._public_key(), headers["Authorization"])
        self.assertNotIn(b"New message", body)
        self.assertEqual(
            self.browser.decrypt(body),
            {"title": "New message", "path": f"/my/orders/{self.quote.id}"},
        )
        self.assertTrue(device.exists())
        self._run_sender()
        self.assertEqual(len(self.service.received), 1)

    def test_browser_that_is_gone_is_forgotten(self):
        self.service.status = 410
        device = self._wait_for_service()
        self._run_sender()
        self.assertFalse(device.exists())
        self.service.status = 404
        device = self._wait_for_service()
        self._run_sender()
        self.assertFalse(device.exists())
        self.assertEqual(self.Notice.search_count([]), 0)

    def test_service_that_fails_is_not_followed_nor_asked_again(self):
        self.service.status = 500
        device = self._wait_for_service()
        self._run_sender()
        self.service.status = 307
        self._write_on(self.quote)
        self._run_sender()
        self.assertEqual([path for path, *_rest in self.service.received], ["/push/1"] * 2)
        self.assertTrue(device.exists())
        self.assertEqual(self._waiting(), [])

    def test_nothing_goes_to_our_own_network(self):
        device = self._wait_for_service()
        self._run_sender(outside=False)
        self.assertEqual(self.service.received, [])
        self._write_on(self.quote)
        device.endpoint = self.service.url.replace("https", "http")
        device.session_token = device._session_token_of(device.user_id, device.endpoint)
        self._run_sender()
        self.assertEqual(self.service.received, [])
        self.assertEqual(self._waiting(), [])
        for address in LOCAL:
            self.assertFalse(is_public_address(address), address)
        self.assertTrue(is_public_address("93.184.216.34"))
        self.assertTrue(is_public_address("2606:2800:220:1:248:1893:25c8:1946"))

    def test_browser_that_is_over_gets_nothing(self):
        device = self._wait_for_service()
        self.user_full.password = "another-Test-2026"
        self.env.flush_all()
        self._run_sender()
        self.assertEqual(self.service.received, [])
        self.assertFalse(device.exists())

    def test_old_news_are_no_news(self):
        self._wait_for_service()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_portal_push_notice SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()
        self._run_sender()
        self.assertEqual(self.service.received, [])
        self.assertEqual(self._waiting(), [])
