"""Personal links in mails: what they open, for whom, how long; and what they replace."""

import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.http import root
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.sign_in.customer_portal_link import SESSION_KEY
from ..tools.mail_links import parse_document_link, replace_links
from .common.mail import LeavingMails
from .common.sign_in import ALIAS, SignInCase
from .test_invoice_page import PaymentProviderData

PERSONAL = re.compile(rf"/p/{ALIAS}/d/([\w-]+)")
KEYS = ("access_token=", "pid=", "hash=", "auth_signup", "auth_login")


class LinkCase(LeavingMails, SignInCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.quote = cls._create_order(cls.alfa)
        cls.url = f"/my/invoices/{cls.invoice.id}"

    def make(self, document=None, contact=None):
        """Return the path of a new personal link."""
        path = self.env["customer.portal.link"]._make(
            document or self.invoice, contact or self.contact
        )
        self.env.flush_all()
        return path

    def open(self, path, **kwargs):
        return self.url_open(path, **kwargs)

    def texts(self, message):
        """Return the texts of a mail: HTML, and the one for programs without it."""
        return [
            part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
        ]

    def tokens_of(self, message):
        return {token for text in self.texts(message) for token in PERSONAL.findall(text)}

    def last_link(self):
        return self.env["customer.portal.link"].search([], limit=1)

    def assert_opens(self, opens, url=None):
        url = url or self.url
        response = self.url_open(url, allow_redirects=False)
        # What is no document's asks who it is.
        refused = 404 if re.fullmatch(r"/my/(invoices|orders)/\d+", url) else 303
        self.assertEqual(response.status_code, 200 if opens else refused)
        if not opens:
            self.assertNotIn(self.invoice.name, response.text)
        return response


@tagged("post_install", "-at_install")
class TestPersonalLink(LinkCase):
    def test_opens_its_document(self):
        self.assert_opens(False)
        answer = self.open(self.make(), allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(self.url), "no token in the address")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        page = self.assert_opens(True)
        self.assertIn(self.invoice.name, page.text)
        self.assertIn("o_cpp_lead_on", page.text)
        for key in KEYS:
            self.assertNotIn(key, page.text)

    def test_shows_the_company_of_its_document(self):
        """Not that of the website's visitors, which the guest has nothing to do with."""
        other = self.env["res.company"].create({"name": "Your Company"})
        visitor = self.env.ref("base.public_user")
        visitor.write({"company_ids": [Command.link(other.id)], "company_id": other.id})
        for document in (self.invoice, self.quote):
            self.new_browser()
            page = self.open(self.make(document)).text
            self.assertIn(document.name, page)
            self.assertIn(f"/logo.png?company={self.company.id}", page)
            self.assertNotIn(f"/logo.png?company={other.id}", page)
            self.assertNotIn("Your Company", page)

    def test_opens_as_often_as_one_likes(self):
        path = self.make()
        for _time in range(3):
            self.new_browser()
            self.open(path)
            self.assert_opens(True)

    def test_opens_nothing_wider(self):
        other = self._create_invoice(self.alfa)
        self.open(self.make())
        self.assert_opens(True)
        self.assert_signed_in(None)
        for url in (
            f"/my/invoices/{other.id}", f"/my/orders/{self.quote.id}", "/my/invoices", "/my",
            f"/my/invoices/{self.invoice.id + 100000}",
        ):  # fmt: skip
            self.assert_opens(False, url)
        answer = self.make_jsonrpc_request_raw("account.move", "search_read")
        self.assertIn("error", answer)

    def make_jsonrpc_request_raw(self, model, method):
        return self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {
                    "model": model,
                    "method": method,
                    "args": [[]],
                    "kwargs": {"fields": ["name"]},
                }
            },
        ).json()

    def test_pdf_and_pages_below(self):
        self.open(self.make(self.quote))
        pdf = self.url_open(f"/my/orders/{self.quote.id}?report_type=pdf&download=true")
        self.assertEqual(pdf.status_code, 200)
        self.assertTrue(pdf.content.startswith(b"%PDF"))
        self.assertEqual(self.url_open(f"/my/orders/{self.quote.id}/answer").status_code, 200)

    def test_leads_to_the_place_that_was_linked(self):
        path = self.make(self.quote)
        for to, expected in {
            "%2Fdocument%2F3": f"/my/orders/{self.quote.id}/document/3",
            "%3Fpayment_amount%3D10": f"/my/orders/{self.quote.id}?payment_amount=10",
            "https%3A%2F%2Fevil.example.com": f"/my/orders/{self.quote.id}",
            "%2F%2Fevil.example.com": f"/my/orders/{self.quote.id}",
            "%40evil.example.com": f"/my/orders/{self.quote.id}",
            "%2F..%2F..%2Fweb": f"/my/orders/{self.quote.id}",
        }.items():
            answer = self.open(f"{path}?to={to}", allow_redirects=False)
            self.assertEqual(answer.headers["Location"].removeprefix(self.base_url()), expected, to)

    def test_judged_by_the_contacts_rights(self):
        colleague = self.user_colleague.partner_id
        self.open(self.make(self.invoice, colleague))
        self.assert_opens(False)
        self.new_browser()
        self.open(self.make(self.quote, colleague))
        self.assert_opens(True, f"/my/orders/{self.quote.id}")

    def test_gates_of_the_document(self):
        self.open(self.make())
        self.assert_opens(True)
        self.invoice.portal_visible = False
        self.env.flush_all()
        self.assert_opens(False)
        self.invoice.portal_visible = True
        self.company.portal_show_invoices = False
        self.env.flush_all()
        self.assert_opens(False)

    def test_expires(self):
        path = self.make()
        self.open(path)
        self.assert_opens(True)
        link = self.last_link()
        self.assertAlmostEqual(
            link.expires_on,
            fields.Datetime.now() + timedelta(days=30),
            delta=timedelta(minutes=1),
        )
        link.sudo().expires_on = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assert_opens(False)
        page = self.open(path)
        self.assertEqual(page.status_code, 410)
        self.assertIn("Send me a new link", page.text)
        self.assertNotIn("full@example.com", page.text)

    def test_days_are_the_companys(self):
        self.company.portal_link_days = 3
        self.make()
        self.assertLess(self.last_link().expires_on, fields.Datetime.now() + timedelta(days=4))

    def test_renewed_to_the_same_address(self):
        path = self.make()
        old = self.last_link()
        old.sudo().expires_on = fields.Datetime.now() - timedelta(days=1)
        self.env.flush_all()
        answer = self.post_form(f"{path}/renew", page=f"/p/{ALIAS}")
        self.assertIn("is on its way", answer.text)
        self.assertIn("Or sign in to the portal", answer.text)
        (message,) = self.run_sender()
        self.assertIn("full@example.com", message["To"])
        body = message.get_body(("html",)).get_content()
        new = re.search(r"/p/[^\"]+/d/[\w-]+", body).group(0)
        self.assertFalse(re.search(r">\s*\d{6}\s*<", body), "it has no code")
        self.assertNotEqual(self.last_link(), old)
        self.open(new)
        self.assert_opens(True)

    def test_revoked_while_a_new_one_waits_to_be_sent(self):
        """Nothing is sent, and it is not tried again."""
        path = self.make()
        self.last_link().sudo().expires_on = fields.Datetime.now() - timedelta(days=1)
        self.env.flush_all()
        self.post_form(f"{path}/renew", page=f"/p/{ALIAS}")
        self.last_link().sudo()._revoke()
        self.env.flush_all()
        self.assertFalse(self.run_sender())
        challenge = self.last_challenge()
        self.assertEqual((challenge.state, challenge.sendings), ("sent", 0))

    def test_not_renewed_elsewhere(self):
        path = self.make()
        self.last_link().sudo().expires_on = fields.Datetime.now() - timedelta(days=1)
        self.contact.email = "moved@example.com"
        self.env.flush_all()
        self.assertNotIn("Send me a new link", self.open(path).text)
        self.assertEqual(self.post_form(f"{path}/renew", page=f"/p/{ALIAS}").status_code, 410)
        self.assertFalse(self.run_sender())

    def test_open_link_is_not_renewed(self):
        path = self.make()
        self.assertEqual(self.post_form(f"{path}/renew", page=f"/p/{ALIAS}").status_code, 410)
        self.assertFalse(self.run_sender())

    def test_revoked(self):
        path = self.make()
        self.open(path)
        self.last_link().sudo()._revoke()
        self.env.flush_all()
        self.assert_opens(False)
        page = self.open(path)
        self.assertEqual(page.status_code, 410)
        self.assertNotIn("Send me a new link", page.text)

    def test_dies_with_the_customers_access(self):
        path = self.make()
        lonely = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        without_user = self.make(contact=lonely)
        for each in (path, without_user):
            self.open(each)
            self.assert_opens(True)
            self.new_browser()
        self.open(path)
        self.alfa.portal_access = False
        self.env.flush_all()
        self.assert_opens(False)
        self.assertEqual(self.open(path).status_code, 410)
        self.alfa.portal_access = True
        self.env.flush_all()
        self.assertEqual(self.open(path).status_code, 410, "it does not come back")
        self.assertEqual(self.open(without_user).status_code, 410)
        self.assert_opens(False)

    def test_dies_with_the_contacts_access(self):
        path = self.make()
        self.open(path)
        self.user_full.active = False
        self.env.flush_all()
        self.assert_opens(False)
        self.assertEqual(self.open(path).status_code, 410)

    def test_document_gone(self):
        quote = self._create_order(self.alfa, state="draft")
        path = self.make(quote)
        quote.unlink()
        self.env.flush_all()
        self.assertEqual(self.open(path).status_code, 410)
        self.assertIs(self.last_link().document_name, False)

    def test_bad_links(self):
        other = self.env["res.company"].create({"name": "Melón SpA"})
        path = self.make()
        for bad in (
            path.replace(ALIAS, other.portal_alias), path + "x", f"/p/{ALIAS}/d/x",
            f"/p/{ALIAS}/d/" + "a" * 5000,
        ):  # fmt: skip
            self.assertEqual(self.open(bad).status_code, 410, bad[:60])
            self.assert_opens(False)

    def test_signed_in(self):
        path = self.make()
        for user, status in (
            (self.user_full, 200), (self.user_stranger, 403), (self.user_colleague, 403),
            (self.user_branch, 403),
        ):  # fmt: skip
            self.sign_in(user)
            page = self.open(path)
            self.assertEqual(page.status_code, status, user.login)
            self.assertEqual(self.invoice.name in page.text, status == 200)
            if status == 403:
                self.assert_opens(False)
                # Signing out leads back to the link, which then opens.
                sign_out = re.search(r'href="(/web/session/logout[^"]+)"', page.text).group(1)
                self.assertIn(self.invoice.name, self.url_open(sign_out).text)

    def test_plays_no_part_for_who_is_signed_in(self):
        """Whatever its session remembers of a guest."""
        self.make()
        self.sign_in(self.user_stranger)
        session = self.get_session()
        session[SESSION_KEY] = {f"account.move,{self.invoice.id}": self.last_link().id}
        root.session_store.save(session)
        self.assert_opens(False)

    def test_leads_on_by_a_mailed_code(self):
        self.open(self.make())
        answer = self.post_form(
            f"/p/{ALIAS}/lead_on",
            {"model": "account.move", "res_id": self.invoice.id},
            page=self.url,
            allow_redirects=False,
        )
        self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}/code"))
        to, code, _link = self.read_mail(self.run_sender()[0])
        self.assertIn("full@example.com", to)
        self.assert_signed_in(None)
        self.type_code(code)
        self.assert_signed_in(self.user_full)
        self.assertNotIn("portal_links", self.get_session())

    def test_lead_on_asks_for_a_link(self):
        for values in (
            {"model": "account.move", "res_id": self.invoice.id}, {"model": "x", "res_id": "y"},
            {"model": "res.partner", "res_id": self.contact.id}, {},
            {"model": "account.move", "res_id": "9" * 300},
        ):  # fmt: skip
            answer = self.post("/lead_on", values)
            self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}"))
        self.assertFalse(self.run_sender())

    def test_chatter(self):
        """The contact of the link reads and writes in its own name."""
        self.quote.message_post(
            body="Visible", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.open(self.make(self.quote))
        page = self.url_open(f"/my/orders/{self.quote.id}").text
        token = re.search(r'data-token="([^"]+)"', page).group(1)
        self.assertNotEqual(token, self.quote.access_token)
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={"params": {"thread_model": "sale.order", "thread_id": self.quote.id}},
        ).json()
        self.assertIn("Visible", str(answer["result"]))
        self.quote.invalidate_recordset()
        self.assertNotIn(self.quote.access_token, str(answer))
        post = {
            "thread_model": "sale.order",
            "thread_id": self.quote.id,
            "post_data": {
                "body": "From the link",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                # Whom it claims to be counts for nothing.
                "author_id": self.user_sales.partner_id.id,
            },
        }
        bare = self.url_open("/mail/message/post", json={"params": post}).json()
        self.assertIn("error", bare, "the link alone does not write: the page's token does")
        self.url_open("/mail/message/post", json={"params": {**post, "token": token}}).json()
        message = self.quote.message_ids.filtered(lambda message: "From the link" in message.body)
        self.assertEqual(message.author_id, self.contact)
        self.new_browser()
        for values in (post, {**post, "token": token}):
            answer = self.url_open("/mail/message/post", json={"params": values}).json()
            self.assertIn("error", answer, "another browser has no link")
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={"params": {"thread_model": "sale.order", "thread_id": self.quote.id}},
        ).json()
        self.assertNotIn("Visible", str(answer))

    def test_staff_see_and_revoke(self):
        path = self.make(self.quote)
        self.open(path)
        self.assert_opens(True, self.quote.access_url)
        link = self.last_link().with_user(self.user_sales)
        for record in (self.contact, self.alfa, self.quote):
            self.assertEqual(record.portal_link_count, 1)
            action = record.with_user(self.user_sales).action_portal_links()
            self.assertEqual(link.search(action["domain"]), link)
        self.assertFalse(self.beta.portal_link_count)
        self.assertEqual((link.state, link.document_name), ("open", self.quote.display_name))
        auditor = new_test_user(
            self.env, "portal_test_auditor", "base.group_user,account.group_account_readonly"
        )
        plain = new_test_user(self.env, "portal_test_plain", "base.group_user")
        self.assertEqual(link.with_user(auditor).state, "open")
        for user in (auditor, plain, self.user_full, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                link.with_user(user).action_revoke()
            if user != auditor:
                with self.assertRaises(AccessError):
                    self.contact.with_user(user).action_portal_links()
        link.action_revoke()
        self.env.flush_all()
        self.assertEqual(link.state, "revoked")
        self.assert_opens(False, self.quote.access_url)
        self.assertEqual(self.open(path).status_code, 410)
        event = self.env["customer.portal.event"].search([], limit=1)
        self.assertEqual(
            (event.kind, event.res_name, event.partner_id, event.user_id),
            ("rights", self.quote.display_name, self.contact, self.user_sales),
        )
        link.action_revoke()
        self.assertEqual(self.env["customer.portal.event"].search([], limit=1), event, "once")
        administrator = new_test_user(
            self.env, "portal_test_administrator", "base.group_user,base.group_system"
        )
        biller = new_test_user(
            self.env, "portal_test_biller", "base.group_user,account.group_account_invoice"
        )
        for user in (administrator, biller):
            self.make(self.quote)
            link = self.last_link().with_user(user)
            link.action_revoke()
            self.assertEqual(link.state, "revoked", user.login)

    def test_views_of_staff(self):
        """The lists open, with who may see them."""
        self.make()
        for view_type in ("list", "search"):
            self.env["customer.portal.link"].with_user(self.user_sales).get_view(
                view_type=view_type
            )
        for record, user in (
            (self.contact, self.user_sales), (self.quote, self.user_sales),
            (self.invoice, self.user_accountant),
        ):  # fmt: skip
            view = record.with_user(user).get_view(view_type="form")
            self.assertIn("action_portal_links", view["arch"])
        action = self.last_link().action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", self.invoice.id))
        self.assertEqual(action["views"], [(False, "form")])

    def test_dies_when_the_contact_is_archived(self):
        lonely = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        path = self.make(contact=lonely)
        self.open(path)
        self.assert_opens(True)
        lonely.active = False
        self.env.flush_all()
        self.assert_opens(False)
        lonely.active = True
        self.env.flush_all()
        self.assertEqual(self.open(path).status_code, 410, "it does not come back")

    def test_access_of_others_is_none_of_its_business(self):
        """Nor is a change of the contact that takes no access away."""
        self.make()
        link = self.last_link()
        self.beta.portal_access = False
        self.alfa_norte.portal_access = False
        self.contact.write({"parent_id": self.alfa.id, "active": True, "portal_access": True})
        self.user_stranger.partner_id.active = True
        self.user_colleague.active = False
        self.user_colleague.partner_id.active = False
        self.env.flush_all()
        self.assertTrue(link._is_open())
        self.assertFalse(link.revoked_on)
        self.assertFalse(self.user_full.portal_epoch)

    def test_access_is_looked_at_whenever_it_is_used(self):
        """Whatever revoked nothing: each condition alone shuts the link."""
        lonely = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        self.make(contact=lonely)
        link = self.last_link()
        self.assertTrue(link._is_open())
        for record, name in (
            (lonely, "active"), (self.alfa, "active"), (self.alfa, "portal_access"),
        ):  # fmt: skip
            # As an import or another module would: past what revokes links.
            for value, is_open in ((False, False), (True, True)):
                self.env.cr.execute(
                    SQL(
                        "UPDATE res_partner SET %s = %s WHERE id = %s",
                        SQL.identifier(name),
                        value,
                        record.id,
                    )
                )
                self.env.invalidate_all()
                self.assertEqual(link._is_open(), is_open, (record.name, name, value))

    def test_who_changes_to_another_customer_takes_no_link_along(self):
        """But who was no contact of the document's customer had it by staff's choice."""
        adviser = self.env["res.partner"].create(
            {"name": "Asesoría", "parent_id": self.alfa.id, "email": "asesoria@example.com"}
        )
        self.make(contact=adviser)
        link = self.last_link()
        self.assertTrue(link.as_contact and link._is_open())
        adviser.parent_id = self.beta
        self.env.flush_all()
        self.assertFalse(link._contact_has_access())
        self.assertFalse(link._is_open())
        self.make(contact=adviser)
        link = self.last_link()
        self.assertFalse(link.as_contact)
        self.assertTrue(link._is_open())

    def test_how_many_a_browser_remembers(self):
        """Thirty: the one that was opened longest ago is forgotten, and opens again."""
        documents = [self._create_order(self.alfa) for _number in range(31)]
        first, *others, last = paths = [self.make(document) for document in documents]
        for path in paths[:30]:
            self.open(path, allow_redirects=False)
        self.assert_opens(True, documents[0].access_url)
        self.open(last, allow_redirects=False)
        self.assert_opens(False, documents[0].access_url)
        for document in (documents[1], documents[-1]):
            self.assert_opens(True, document.access_url)
        self.open(first, allow_redirects=False)
        self.assert_opens(True, documents[0].access_url)

    def test_links_are_kept_for_a_year(self):
        """After they expired, for staff to look at."""
        self.make()
        link = self.last_link()
        now = fields.Datetime.now()
        with freeze_time(now):
            link.expires_on = now - timedelta(days=365)
            link._gc_links()
            self.assertTrue(link.exists())
            link.expires_on = now - timedelta(days=365, seconds=1)
            link._gc_links()
        self.assertFalse(link.exists())

    def test_links_of_one_document(self):
        """Neither those of others of its kind, nor those of another kind with its number."""
        self.make()
        own = self.last_link()
        self.make(self._create_invoice(self.alfa))
        self.make(self.quote)
        self.last_link().res_id = self.invoice.id
        self.assertEqual(self.invoice.portal_link_count, 1)
        action = self.invoice.with_user(self.user_accountant).action_portal_links()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), own)

    def test_merged_contact(self):
        """The link of a contact that was merged into another one is the other one's."""
        twin = self.env["res.partner"].create(
            {"name": "Gerencia dos", "parent_id": self.alfa.id, "email": "full@example.com"}
        )
        path = self.make(contact=twin)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (twin | self.contact).ids, self.contact
        )
        self.env.flush_all()
        self.assertEqual(self.last_link().partner_id, self.contact)
        self.open(path)
        self.assert_opens(True)

    def test_pages_are_kept_by_nobody(self):
        path = self.make()
        for url, cache in (
            (path, "no-store"),
            (self.url, "private, no-store"),
            (f"/p/{ALIAS}/d/x", "no-store"),
        ):
            answer = self.url_open(url, allow_redirects=False)
            self.assertEqual(answer.headers["Cache-Control"], cache, url)
            self.assertIn(answer.headers["Referrer-Policy"], ("no-referrer", "same-origin"), url)

    def test_looking_changes_nothing(self):
        """A scanner that follows the link of a mail uses nothing up and answers nothing."""
        path = self.make(self.quote)
        self.env.flush_all()
        links = self.env["customer.portal.link"]
        before = links.search_read([], ["write_date", "revoked_on", "expires_on"])
        for method in ("head", "get"):
            self.opener.request(method, self.base_url() + path, timeout=12)
        self.env.invalidate_all()
        self.assertEqual(links.search_read([], ["write_date", "revoked_on", "expires_on"]), before)
        self.assertEqual(self.quote.state, "sent")
        self.new_browser()
        self.assertEqual(
            self.opener.post(self.base_url() + path, timeout=12).status_code, 405,
            "there is nothing to post",
        )  # fmt: skip
        for address in (f"{path}/renew", f"/p/{ALIAS}/lead_on"):
            answer = self.opener.post(self.base_url() + address, timeout=12)
            self.assertEqual(answer.status_code, 400, "no CSRF token")

    def test_answers_the_quote(self):
        self.open(self.make(self.quote))
        page = f"/my/orders/{self.quote.id}"
        version = re.search(r'name="version" value="([^"]+)"', self.url_open(page).text)
        self.post_form(
            f"{page}/answer/accept",
            {"version": version.group(1)} if version else {},
            page=page,
        )
        self.quote.invalidate_recordset()
        self.assertEqual(self.quote.state, "sale")

    def test_signing_asks_for_a_code(self):
        quote = self._create_order(self.alfa, require_signature=True)
        self.open(self.make(quote))
        page = f"/my/orders/{quote.id}"
        answer = self.post_form(f"{page}/sign", page=page, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"{page}/sign/who"))
        shown = self.url_open(f"{page}/sign/who").text
        self.assertNotIn("full@example.com", shown)
        self.assertEqual(shown.count('name="choice"'), 1, "the link's contact, nobody else")

    def test_lead_on_of_who_can_t_sign_in(self):
        """Whoever needs an invitation is told so, and not to wait for a mail."""
        self.company.portal_allow_self_registration = False
        lonely = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        self.open(self.make(contact=lonely))
        answer = self.post_form(
            f"/p/{ALIAS}/lead_on",
            {"model": "account.move", "res_id": self.invoice.id},
            page=self.url,
        )
        self.assertIn("Not set up for the portal yet", answer.text)
        self.assertFalse(self.run_sender())

    def test_visit_is_known_as_one_by_a_link(self):
        self.open(self.make())
        self.assertEqual(self.get_session()["portal_opened_by"], "document_link")
        self.assertFalse(self.get_session().get("uid"))

    def test_link_of_one_document_on_every_way_to_another(self):
        """Beside the pages: what hangs on documents, and what is done to them."""
        other = self._create_order(self.alfa)
        bill = self._create_invoice(self.alfa)
        self.open(self.make(self.quote))
        message = other.message_post(
            body="Hidden words",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("plan.txt", b"Hidden plan")],
        )
        file = message.attachment_ids
        page = f"/my/orders/{self.quote.id}"
        for url in (
            f"/my/orders/{other.id}", f"/my/orders/{other.id}?report_type=pdf&download=true",
            f"/my/orders/{other.id}/answer", f"/my/invoices/{bill.id}",
            f"/my/invoices/{bill.id}?report_type=pdf&download=true",
            f"/web/content/{file.id}?download=true", f"/web/image/{file.id}",
            f"/web/content/sale.order/{other.id}/name",
        ):  # fmt: skip
            answer = self.url_open(url)
            for word in (other.name, bill.name, "Hidden plan"):
                self.assertNotIn(word, answer.text, url)
            self.assertFalse(answer.content.startswith(b"%PDF"), url)
        for act in ("answer/accept", "answer/reject", "sign"):
            self.post_form(f"/my/orders/{other.id}/{act}", page=page)
        for route, params in {
            f"/my/orders/{other.id}/transaction": {"provider_id": 1},
            f"/invoice/transaction/{bill.id}": {"provider_id": 1},
            "/mail/chatter_fetch": {"thread_model": "sale.order", "thread_id": other.id},
            "/mail/message/post": {
                "thread_model": "sale.order",
                "thread_id": other.id,
                "post_data": {"body": "Here", "message_type": "comment"},
            },
        }.items():
            answer = self.url_open(route, json={"params": params})
            for word in (other.name, bill.name, "Hidden words"):
                self.assertNotIn(word, answer.text, route)
        self.env.invalidate_all()
        self.assertEqual(other.state, "sent")
        self.assertFalse(bill.transaction_ids | other.transaction_ids)
        self.assertFalse(other.message_ids.filtered(lambda message: "Here" in message.body))

    def test_staff_read_links_but_no_secrets(self):
        self.make()
        links = self.env["customer.portal.link"].with_user(self.user_sales)
        self.assertEqual(links.search([], limit=1).partner_id, self.contact)
        with self.assertRaises(AccessError):
            links.search([("token_digest", "!=", False)])
        with self.assertRaises(AccessError):
            links.search([], limit=1).revoked_on = fields.Datetime.now()
        with self.assertRaises(AccessError):
            links.with_user(self.user_full).search([])


@tagged("post_install", "-at_install")
class TestPayingByLink(PaymentProviderData, LinkCase):
    def pay(self, invoice, **values):
        return self.url_open(
            f"/invoice/transaction/{invoice.id}",
            json={"params": self.transaction_values(invoice.amount_residual, **values)},
        ).json()

    def test_pays_its_invoice_and_no_other(self):
        other = self._create_invoice(self.alfa)
        self.open(self.make())
        self.assertIn(f"/invoice/transaction/{self.invoice.id}", self.url_open(self.url).text)
        with mute_logger("odoo.http"):
            self.assertIn("error", self.pay(other))
        self.assertFalse(other.transaction_ids)
        answer = self.pay(self.invoice)
        self.assertIn("result", answer, answer)
        self.assertNotIn("access_token", answer["result"].get("landing_route", ""))
        self.simulate(answer["result"])
        self.env.invalidate_all()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(self.invoice.transaction_ids.partner_id, self.invoice.partner_id)

    def test_who_may_not_pay(self):
        reader = self._create_contact_user("Lector", "reader", self.alfa, self.profile_read_only)
        self.open(self.make(contact=reader.partner_id))
        self.assert_opens(True)
        with mute_logger("odoo.http"):
            self.assertIn("error", self.pay(self.invoice))
        self.assertFalse(self.invoice.transaction_ids)


@tagged("post_install", "-at_install")
class TestLinksInMails(LinkCase):
    def _outgoing(self, mails):
        """Return what would leave for each receiver of these mails."""
        return [
            (email["partner_id"], email["body"])
            for mail in mails
            for email in mail._prepare_outgoing_list()
        ]

    def _post(self, document, partners, body="Look here"):
        with (
            patch.object(self.registry["mail.mail"], "send"),
            patch.object(self.registry["mail.mail"], "send_after_commit"),
        ):
            document.message_post(
                body=body,
                partner_ids=partners.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            )
        return self.env["mail.mail"].search(
            [("model", "=", document._name), ("res_id", "=", document.id)]
        )

    def test_button_of_a_notification(self):
        for document in (self.invoice, self.quote):
            mails = self._post(document, self.contact)
            self.assertTrue(mails)
            for mail in mails:
                for key in KEYS:
                    self.assertNotIn(key, mail.body_html or "")
                self.assertNotIn("/d/", mail.body_html or "")
            (body,) = [body for partner, body in self._outgoing(mails) if partner == self.contact]
            path = re.search(rf"/p/{ALIAS}/d/[\w-]+", body).group(0)
            for key in KEYS:
                self.assertNotIn(key, body)
            self.env.flush_all()
            self.new_browser()
            self.open(path)
            self.assert_opens(True, document.access_url)

    def test_each_receiver_has_its_own(self):
        mails = self._post(self.quote, self.contact | self.user_colleague.partner_id)
        links = {
            partner: re.search(r"/d/([\w-]+)", body).group(1)
            for partner, body in self._outgoing(mails)
            if partner and partner.partner_share
        }
        self.assertEqual(len(links), 2)
        self.assertEqual(len(set(links.values())), 2)

    def test_employees_keep_core_s_link(self):
        mails = self._post(self.quote, self.user_sales.partner_id | self.contact)
        bodies = dict(self._outgoing(mails))
        self.assertNotIn("/d/", bodies[self.user_sales.partner_id])
        self.assertIn("/mail/view?", bodies[self.user_sales.partner_id])

    def test_stored_message_has_no_keys(self):
        token = self.quote._portal_ensure_token()
        url = f"{self.quote.get_base_url()}{self.quote.get_portal_url()}"
        body = f'<p><a href="{url}">Your quote</a></p>'
        from markupsafe import Markup

        mails = self._post(self.quote, self.contact, Markup(body))
        message = self.quote.message_ids[0]
        self.assertNotIn(token, message.body)
        self.assertIn(f"/my/orders/{self.quote.id}", message.body)
        for _partner, outgoing in self._outgoing(mails):
            self.assertNotIn(token, outgoing)
        self.env.flush_all()
        self.cr.execute("SELECT count(*) FROM mail_message WHERE strpos(body, %s) > 0", [token])
        self.assertEqual(self.cr.fetchone()[0], 0)

    def test_who_may_not_see_it_gets_no_link(self):
        for contact in (self.user_stranger.partner_id, self.user_branch.partner_id):
            mails = self._post(self.quote, contact)
            self.assertNotIn("/d/", dict(self._outgoing(mails))[contact])

    def test_links_mailed_before_keep_working(self):
        token = self.invoice._portal_ensure_token()
        self.env.flush_all()
        self.assert_opens(True, f"{self.url}?access_token={token}")

    def test_what_is_recognised(self):
        host = "shop.example.com"
        for url, expected in {
            "/my/invoices/5?access_token=x": ("account.move", 5, "", True),
            f"https://{host}/my/orders/7/document/3?access_token=x&pid=1&hash=y": (
                "sale.order", 7, "/document/3", True,
            ),
            f"https://{host}/es_419/my/orders/7?a=1&access_token=x#b": (
                "sale.order", 7, "?a=1#b", True,
            ),
            f"https://{host}/mail/view?model=sale.order&res_id=7&access_token=x&auth_login=z": (
                "sale.order", 7, "", True,
            ),
            "/my/invoices/5": ("account.move", 5, "", False),
        }.items():  # fmt: skip
            link = parse_document_link(url, host)
            self.assertEqual((link.model, link.res_id, link.rest, link.has_secrets), expected, url)
            for key in KEYS:
                self.assertNotIn(key, link.without_keys())
        for url in (
            "https://other.example.com/my/invoices/5?access_token=x", "/my/projects/5",
            "/mail/view?model=project.task&res_id=5", "/mail/view?model=sale.order&res_id=x",
            "https://[bad", "", "mailto:a@example.com", "/my/invoices/" + "9" * 50,
        ):  # fmt: skip
            self.assertIsNone(parse_document_link(url, host), url)

    def test_replacing(self):
        html = '<a href="/a?x=1&amp;y=2">A</a><a class="b" HREF=\'/b\'>B</a><p>href="/c</p>'
        self.assertEqual(
            replace_links(html, lambda url: "/n?p=1&q=2" if url == "/a?x=1&y=2" else None),
            '<a href="/n?p=1&amp;q=2">A</a><a class="b" HREF=\'/b\'>B</a><p>href="/c</p>',
        )
