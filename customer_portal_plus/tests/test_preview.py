"""See as customer: the same pages, from a transaction that can't write, in nobody's name."""

import re
import time
from unittest.mock import patch

from psycopg2.errors import RestrictViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.http import request, root
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.preview.customer_portal_preview import PREVIEW_LOGIN, SESSION_KEY
from .common import PortalCase, PortalHttpCase

BANNER = re.compile(r'<div id="o_portal_preview".*?</form>\s*</div>\s*</div>', re.DOTALL)
# What differs from one session or one moment to the next.
VARYING = (
    re.compile(r'name="csrf_token" value="[^"]*"'),
    re.compile(r'csrf_token: "[^"]*"'),
    re.compile(r'data-token="[^"]*"'),
    re.compile(r"unique=[0-9a-f]+"),
    re.compile(r'data-reference-prefix="[^"]*"'),
)
# Tables in which a page could leave a trace of somebody having been there.
TRACES = ("mail_message", "res_users_log", "customer_portal_event", "ir_attachment", "res_users")


def normalise(html):
    """Return a page's HTML without the banner and without what never is the same."""
    html = BANNER.sub("", html)
    for pattern in VARYING:
        html = pattern.sub("", html)
    return "\n".join(line.strip() for line in html.splitlines() if line.strip())


class PreviewCase:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.quote = cls._create_order(cls.alfa)
        cls.order = cls._create_order(cls.alfa, state="sale")
        cls.foreign = cls._create_invoice(cls.beta)
        # Tokens that a page would make at its first display are there already.
        for document in (cls.invoice, cls.quote, cls.order, cls.foreign):
            document._portal_ensure_token()
        cls.preview = cls.env["customer.portal.preview"]


@tagged("post_install", "-at_install")
class TestPreviewRights(PreviewCase, PortalCase):
    def _may(self, user, contact):
        return self.preview.with_user(user)._refusal(contact.with_user(user)) is None

    def test_sales_and_accounting_may(self):
        administrator = self.env.ref("base.user_admin")
        for user in (self.user_sales, self.user_accountant, administrator):
            self.assertTrue(self._may(user, self.contact), user.login)
            self.assertTrue(self._may(user, self.alfa), user.login)

    def test_others_may_not(self):
        plain = new_test_user(self.env, login="portal_test_plain", groups="base.group_user")
        public = self.env.ref("base.public_user")
        for user in (plain, self.user_full, self.user_stranger, public):
            self.assertFalse(self._may(user, self.contact), user.login)
            with self.assertRaises(AccessError):
                self.contact.with_user(user).action_portal_preview()

    def test_salespeople_with_own_documents_see_own_customers(self):
        salesman = new_test_user(
            self.env, login="portal_test_own_sales", groups="sales_team.group_sale_salesman"
        )
        self.assertFalse(self._may(salesman, self.contact))
        self.alfa.user_id = salesman
        self.assertTrue(self._may(salesman, self.contact))
        self.assertFalse(self._may(salesman, self.user_stranger.partner_id))

    def test_staff_is_never_previewed(self):
        """Else a salesperson would read what an administrator reads."""
        administrator = self.env.ref("base.user_admin")
        self.assertFalse(self._may(self.user_sales, administrator.partner_id))
        archived = new_test_user(self.env, login="portal_test_gone", groups="base.group_user")
        archived.active = False
        self.assertFalse(self._may(self.user_sales, archived.partner_id))

    def test_made_users_are_never_committed(self):
        """The database refuses at the commit, whatever the code does."""
        contact = self.env["res.partner"].create({"name": "Almacén", "parent_id": self.alfa.id})
        uid = self.preview._make_user(contact, self.company)
        user = self.env["res.users"].browse(uid)
        self.assertTrue(user.login.startswith(PREVIEW_LOGIN))
        self.assertTrue(user._is_portal() and user.share and not user.password)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RestrictViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("SET CONSTRAINTS cpp_preview_user IMMEDIATE")


@tagged("post_install", "-at_install")
class TestPreview(PreviewCase, PortalHttpCase):
    # === HELPERS === #

    def _start(self, contact, user=None, record=None):
        """Start a preview as the button in the back office does; return where it leads."""
        self.sign_in(user or self.user_sales)
        record = record or contact
        result = self.make_jsonrpc_request(
            f"/web/dataset/call_button/{record._name}/action_portal_preview",
            {
                "model": record._name,
                "method": "action_portal_preview",
                "args": [record.ids],
                "kwargs": {},
            },
        )
        self.assertEqual(result["type"], "ir.actions.act_url")
        return result["url"]

    def _session(self):
        return root.session_store.get(self.session.sid)

    def _get(self, url, **kwargs):
        """Ask for a page; return its HTML."""
        response = self.url_open(url, **kwargs)
        self.assertEqual(response.status_code, 200, url)
        return response.text

    def _traces(self):
        """Return how many rows there are where a visit could leave one, and the newest writes."""
        self.env.flush_all()
        counts = {}
        for table in TRACES:
            self.env.cr.execute(f"SELECT count(*), max(id) FROM {table}")
            counts[table] = self.env.cr.fetchone()
        for table in ("account_move", "sale_order", "res_partner"):
            self.env.cr.execute(f"SELECT max(write_date) FROM {table}")
            counts[table] = self.env.cr.fetchone()
        self.env.cr.execute(
            "SELECT array_agg(access_token ORDER BY id) FROM account_move"
            " UNION ALL SELECT array_agg(access_token ORDER BY id) FROM sale_order"
        )
        counts["tokens"] = self.env.cr.fetchall()
        return counts

    def _pages(self):
        return [
            "/my",
            "/my/invoices",
            f"/my/invoices/{self.invoice.id}",
            f"/my/invoices/{self.invoice.id}?report_type=html",
            "/my/quotes",
            f"/my/orders/{self.quote.id}",
            "/my/orders",
            f"/my/orders/{self.order.id}",
            "/my/account",
            "/my/addresses",
            "/my/security",
            "/my/payment_method",
        ]

    # === THE SAME PAGES === #

    def _assert_same_pages(self, contact, user):
        pages = self._pages()
        self.sign_in(user)
        own = {}
        for page in pages:
            # Each page as a first one: the preview keeps no history in the session.
            self.sign_in(user)
            own[page] = self.url_open(page)
        self._start(contact)
        traces = self._traces()
        for page in pages:
            shown = self.url_open(page)
            with self.subTest(page):
                self.assertEqual(shown.status_code, own[page].status_code)
                self.assertEqual(shown.url, own[page].url)
                self.assertEqual(normalise(shown.text), normalise(own[page].text))
                # A file has nothing around it; the page that says there is none has.
                framed = "report_type" in shown.url and shown.status_code == 200
                self.assertEqual("o_portal_preview" in shown.text, not framed)
                self.assertNotIn("o_portal_preview", own[page].text)
        self.assertEqual(self._traces(), traces, "a preview leaves no trace")

    def test_pages_of_a_contact_with_all_rights(self):
        self._assert_same_pages(self.contact, self.user_full)

    def test_pages_of_a_contact_with_few_rights(self):
        self._assert_same_pages(self.user_colleague.partner_id, self.user_colleague)

    def test_pages_in_the_language_of_the_contact(self):
        self.user_full.lang = "es_ES"
        self.user_sales.lang = "en_US"
        self.sign_in(self.user_full)
        own = self.url_open("/my")
        self._start(self.contact)
        shown = self.url_open("/my")
        self.assertEqual(shown.url, own.url)
        self.assertIn("Cerrar sesión", shown.text)
        self.assertIn("You see the portal as", shown.text, "the banner is for staff")
        self.assertEqual(normalise(shown.text), normalise(own.text))

    def test_counters_and_chatter(self):
        calls = (
            ("/my/counters", {"counters": ["invoice_count", "quotation_count", "order_count"]}),
            ("/portal/chatter_init", {"thread_model": "sale.order", "thread_id": self.quote.id}),
            ("/mail/chatter_fetch", {"thread_model": "sale.order", "thread_id": self.quote.id}),
        )
        self.quote.message_post(
            body="Precio cerrado", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.sign_in(self.user_full)
        own = [self.make_jsonrpc_request(url, dict(params)) for url, params in calls]
        self._start(self.contact)
        shown = [self.make_jsonrpc_request(url, dict(params)) for url, params in calls]
        self.assertEqual(shown[0], own[0])
        self.assertEqual(shown[2], own[2])
        self.assertIn("Precio cerrado", str(shown[2]))
        self.assertNotIn("portal_counters", self._session())

    def test_settings_are_not_made(self):
        """The chatter makes settings for a user that has none; not in a preview."""
        self.assertFalse(self.user_full.res_users_settings_ids)
        self._start(self.contact)
        params = {"thread_model": "sale.order", "thread_id": self.quote.id}
        store = self.make_jsonrpc_request("/portal/chatter_init", params)
        self.assertFalse(store["Store"]["settings"]["id"])
        self.assertIn(self.contact.id, [partner["id"] for partner in store["res.partner"]])
        self.user_full.invalidate_recordset()
        self.assertFalse(self.user_full.res_users_settings_ids)

    def test_documents_of_others_stay_closed(self):
        """Staff may read it in the back office; the contact may not, so the preview may not."""
        self._start(self.contact)
        response = self.url_open(f"/my/invoices/{self.foreign.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 404)
        self.assertNotIn(self.foreign.name, response.text)

    def test_files(self):
        url = f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true"
        self._start(self.contact)
        traces = self._traces()
        response = self.url_open(url)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(self._traces(), traces)

    def test_attachments_are_the_contacts_when_its_pages_ask(self):
        secret = self.env["ir.attachment"].create(
            {
                "name": "nota.txt",
                "raw": b"internal",
                "res_model": "account.move",
                "res_id": self.foreign.id,
            }
        )
        url = f"/web/content/{secret.id}"
        self._start(self.contact, user=self.user_accountant)
        page = f"{self.base_url()}/my/invoices/{self.invoice.id}"
        self.assertEqual(self.url_open(url, headers={"Referer": page}).status_code, 404)
        office = f"{self.base_url()}/odoo/accounting"
        self.assertEqual(self.url_open(url, headers={"Referer": office}).text, "internal")
        self.assertEqual(self.url_open(url).text, "internal")

    # === CONTACTS WITHOUT A USER === #

    def test_contact_without_a_user_is_shown_by_its_profile(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Almacén",
                "parent_id": self.alfa.id,
                "portal_profile_id": self.profile_purchasing.id,
            }
        )
        self._start(contact)
        traces = self._traces()
        home = self._get("/my")
        self.assertIn("has no user", home)
        self.assertIn("Almacén", home)
        self.assertIn(self.quote.name, self._get(f"/my/orders/{self.quote.id}"))
        closed = self.url_open(f"/my/invoices/{self.invoice.id}", allow_redirects=False)
        self.assertEqual(closed.status_code, 404)
        self.assertNotIn(self.invoice.name, closed.text)
        self.assertEqual(self.url_open("/my/nothing-here").status_code, 404)
        self.assertEqual(self._traces(), traces)
        self.assertFalse(contact.with_context(active_test=False).user_ids)

    def test_contact_without_a_user_sees_what_its_user_would_see(self):
        """The same contact, before and after it was given a user."""
        contact = self.env["res.partner"].create(
            {
                "name": "Tesorería",
                "parent_id": self.alfa.id,
                "email": "tesoreria@example.com",
                "portal_profile_id": self.profile_accounting.id,
            }
        )
        pages = ["/my/invoices", f"/my/invoices/{self.invoice.id}", "/my/quotes", "/my/account"]
        self._start(contact)
        shown = [self.url_open(page) for page in pages]
        user = new_test_user(
            self.env, login="portal_test_later", groups="base.group_portal", partner_id=contact.id,
            name=contact.name, email=contact.email, password="portal-Test-2026",
        )  # fmt: skip
        numbers = re.compile(r'"?uid"?: \d+|"user_id": \d+')
        for page, seen in zip(pages, shown, strict=True):
            self.sign_in(user)
            own = self.url_open(page)
            with self.subTest(page):
                self.assertEqual(
                    numbers.sub("", normalise(seen.text)), numbers.sub("", normalise(own.text))
                )

    def test_customer_whose_access_is_off(self):
        self.alfa.portal_access = False
        self._start(self.contact)
        home = self._get("/my")
        self.assertIn("access is switched off", home)
        response = self.url_open(f"/my/invoices/{self.invoice.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 404)

    # === NOTHING IS WRITTEN === #

    def test_forms_are_refused_in_words(self):
        self._start(self.contact)
        traces = self._traces()
        for url, data in (
            ("/my/address/submit", {"partner_id": self.contact.id, "name": "Otra"}),
            (f"/my/orders/{self.quote.id}/decline", {"decline_message": "no"}),
            ("/my/deactivate_account", {"validation": self.user_full.login, "password": "x"}),
            ("/my/security", {"op": "password", "old": "x", "new1": "y", "new2": "y"}),
            ("/my/beacon", {"token": "x"}),
        ):
            with self.subTest(url):
                response = self.post_form(url, data, page="/my/account")
                self.assertEqual(response.status_code, 403, response.text)
                self.assertIn("This is a preview", response.text)
        self.assertEqual(self._traces(), traces)

    def test_calls_are_refused_in_words(self):
        self._start(self.contact)
        traces = self._traces()
        page = {"Referer": f"{self.base_url()}/my/orders/{self.quote.id}"}
        chatter = {
            "thread_model": "sale.order",
            "thread_id": self.quote.id,
            "post_data": {"body": "¡Hola!", "message_type": "comment"},
        }
        for url, params, headers in (
            (f"/my/orders/{self.quote.id}/accept", {"name": "X", "signature": "eA=="}, {}),
            (f"/invoice/transaction/{self.invoice.id}", {}, {}),
            ("/my/address/archive", {"partner_id": self.contact.id}, {}),
            ("/mail/message/post", chatter, page),
            ("/mail/message/post", chatter, {}),
            (
                "/web/dataset/call_kw/res.partner/write",
                {
                    "model": "res.partner",
                    "method": "write",
                    "args": [[self.contact.id], {"phone": "1"}],
                    "kwargs": {},
                },
                page,
            ),
        ):
            with self.subTest(url, headers=headers):
                answer = self.url_open(
                    url, json={"jsonrpc": "2.0", "id": 0, "params": params}, headers=headers
                ).json()
                self.assertIn("This is a preview", answer["error"]["data"]["message"])
        self.assertEqual(self._traces(), traces)

    def test_transaction_is_read_only(self):
        """A page that tries to write is told so by the database, and says it in words."""
        self._start(self.contact)
        traces = self._traces()
        writing = "INSERT INTO ir_config_parameter (key, value) VALUES ('portal_test', 'x')"

        def write(portal, *args, **kwargs):
            # Neither in its first transaction nor in the next.
            request.env.cr.rollback()
            request.env.cr.execute(writing)

        with (
            mute_logger("odoo.sql_db", "odoo.http"),
            patch(
                "odoo.addons.portal.controllers.portal.CustomerPortal._prepare_portal_layout_values",
                write,
            ),
        ):
            response = self.url_open("/my/invoices")
        self.assertEqual(response.status_code, 403)
        self.assertIn("This is a preview", response.text)
        self.assertEqual(self._traces(), traces)
        self.assertFalse(self.env["ir.config_parameter"].get_param("portal_test"))

    def test_tokens_are_not_made(self):
        invoice = self._create_invoice(self.alfa)
        self._start(self.contact)
        self._get(f"/my/invoices/{invoice.id}")
        invoice.invalidate_recordset()
        self.assertFalse(invoice.access_token)

    # === THE SESSION OF STAFF === #

    def test_session_of_staff_stays_as_it_is(self):
        url = self._start(self.contact)
        self.assertEqual(url, "/my")
        before = dict(self._session())
        self.assertEqual(before[SESSION_KEY]["contact"], self.contact.id)
        for page in self._pages():
            self.url_open(page)
        self.assertEqual(dict(self._session()), before)

    def test_back_office_goes_on(self):
        self._start(self.contact)
        self._get("/my")
        params = {"model": "res.users", "method": "read", "kwargs": {}}
        params["args"] = [[self.user_sales.id], ["login"]]
        office = {"Referer": f"{self.base_url()}/odoo/contacts"}
        read = self.make_jsonrpc_request(
            "/web/dataset/call_kw/res.users/read", params, headers=office
        )
        self.assertEqual(read[0]["login"], self.user_sales.login)
        self.assertIn("odoo.__session_info__", self._get("/odoo"))

    def test_leaving(self):
        self._start(self.invoice, user=self.user_accountant, record=self.invoice)
        page = f"/my/invoices/{self.invoice.id}"
        response = self.post_form("/my/preview/leave", page=page, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(
            response.headers["Location"].endswith(f"/odoo/account.move/{self.invoice.id}")
        )
        self.assertNotIn(SESSION_KEY, self._session())
        self.assertNotIn("o_portal_preview", self._get("/my"))
        self.assertEqual(self.url_open("/my/preview/leave").status_code, 405)

    def test_leaving_without_a_preview(self):
        for user in (self.user_sales, self.user_full):
            self.sign_in(user)
            response = self.post_form("/my/preview/leave", page="/my", allow_redirects=False)
            self.assertEqual(response.status_code, 303)
        self.sign_in(None)
        response = self.post_form("/my/preview/leave", page="/web/login", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_signing_out_of_a_preview_ends_the_preview(self):
        self._start(self.contact)
        page = {"Referer": f"{self.base_url()}/my"}
        response = self.url_open(
            "/web/session/logout?redirect=/", headers=page, allow_redirects=False
        )
        self.assertTrue(response.headers["Location"].endswith(f"/{self.contact.id}"))
        session = self._session()
        self.assertEqual(session.uid, self.user_sales.id)
        self.assertNotIn(SESSION_KEY, session)

    def test_preview_ends_by_itself(self):
        self._start(self.contact)
        with patch(
            "odoo.addons.customer_portal_plus.models.preview.ir_http_preview.time.time",
            return_value=time.time() + 31 * 60,
        ):
            response = self.url_open("/my", allow_redirects=False)
        self.assertTrue(
            response.headers["Location"].endswith(f"/odoo/res.partner/{self.contact.id}")
        )
        self.assertNotIn(SESSION_KEY, self._session())

    def test_preview_ends_with_the_right_to_it(self):
        self._start(self.contact)
        self.user_sales.group_ids = [Command.set([self.env.ref("base.group_user").id])]
        response = self.url_open("/my", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertNotIn(SESSION_KEY, self._session())

    def test_preview_ends_when_the_contact_becomes_staff(self):
        self._start(self.contact)
        self.user_full.group_ids = [Command.set([self.env.ref("base.group_user").id])]
        response = self.url_open("/my", allow_redirects=False)
        self.assertEqual(response.status_code, 303)

    # === LOG === #

    def test_preview_is_noted_as_one_by_staff(self):
        last = self.env["customer.portal.event"].search([], limit=1, order="id DESC")
        self._start(self.invoice, user=self.user_accountant, record=self.invoice)
        self._get(f"/my/invoices/{self.invoice.id}")
        self.url_open(f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true")
        event = self.env["customer.portal.event"].search([("id", ">", last.id)])
        self.assertEqual(len(event), 1)
        self.assertEqual((event.kind, event.viewer), ("preview", "staff"))
        self.assertEqual(event.user_id, self.user_accountant)
        self.assertEqual(event.partner_id, self.alfa)
        self.assertEqual((event.res_model, event.res_id), ("account.move", self.invoice.id))

    # === WHO MAY START === #

    def test_customers_start_no_preview(self):
        for user in (self.user_full, self.user_stranger):
            self.sign_in(user)
            answer = self.url_open(
                "/web/dataset/call_button/res.partner/action_portal_preview",
                json={
                    "jsonrpc": "2.0",
                    "id": 0,
                    "params": {
                        "model": "res.partner",
                        "method": "action_portal_preview",
                        "args": [self.user_colleague.partner_id.ids],
                        "kwargs": {},
                    },
                },
            ).json()
            self.assertIn("error", answer)
            self.assertNotIn(SESSION_KEY, self._session())
