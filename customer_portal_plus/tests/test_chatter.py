"""Writing on a document's page, and what comes back from staff."""

import json

from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, PortalHttpCase


@tagged("post_install", "-at_install")
class TestChatter(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa)
        cls.invoice = cls._create_invoice(cls.alfa, invoice_user_id=cls.user_accountant.id)
        cls.urls = {
            cls.quote: f"/my/orders/{cls.quote.id}",
            cls.invoice: f"/my/invoices/{cls.invoice.id}",
        }

    def _chatter(self, document, query=""):
        """Return the attributes that the page gives to its chatter."""
        from lxml import html

        page = html.fromstring(self.url_open(self.urls[document] + query).content)
        (chatter,) = page.xpath("//div[@id='discussion']")
        return {name: value for name, value in chatter.attrib.items() if name.startswith("data-")}

    def _post(self, document, body="When will it come?", **kwargs):
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": document._name,
                "thread_id": document.id,
                "post_data": {
                    "body": body,
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    **kwargs.pop("post_data", {}),
                },
                **kwargs,
            },
        )

    def _fetch(self, document, **kwargs):
        result = self.make_jsonrpc_request(
            "/mail/chatter_fetch",
            {"thread_model": document._name, "thread_id": document.id, **kwargs},
        )
        return [message["body"] for message in result["data"]["mail.message"]]

    def _comments(self, document):
        return document.message_ids.filtered(lambda message: message.message_type == "comment")

    def _assert_cannot_post(self, document, **kwargs):
        before = self._comments(document)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._post(document, **kwargs)
        document.invalidate_recordset()
        self.assertEqual(self._comments(document), before)

    def test_what_is_no_model(self):
        """It is not there, whatever it is."""
        self.sign_in(self.user_full)
        for name in ("no.model", "_", 3.5, None, ["account.move"]):
            with (
                self.subTest(name),
                self.assertRaisesRegex(JsonRpcException, "NotFound"),
                mute_logger("odoo.http"),
            ):
                self.make_jsonrpc_request(
                    "/mail/chatter_fetch", {"thread_model": name, "thread_id": self.invoice.id}
                )

    # === WRITING === #

    def test_write_and_read(self):
        self.sign_in(self.user_full)
        for document in self.urls:
            chatter = self._chatter(document)
            self.assertEqual(chatter["data-allow_composer"], "1")
            token = chatter["data-token"]
            self._post(document, token=token)
            self.assertEqual(self._comments(document).author_id, self.user_full.partner_id)
            self.assertIn("When will it come?", str(self._fetch(document, token=token)))

    def test_the_page_starts_its_chatter(self):
        self.sign_in(self.user_full)
        token = self._chatter(self.quote)["data-token"]
        result = self.make_jsonrpc_request(
            "/portal/chatter_init",
            {"thread_model": "sale.order", "thread_id": self.quote.id, "token": token},
        )
        (thread,) = result["mail.thread"]
        self.assertTrue(thread["hasReadAccess"])

    def test_writing_is_offered_to_who_may(self):
        self.sign_in(self.user_full)
        for document in (self.quote, self.invoice):
            self.assertIn('href="#discussion"', self.url_open(document.access_url).text)
        self.profile_full.can_message = False
        for document in (self.quote, self.invoice):
            self.assertNotIn('href="#discussion"', self.url_open(document.access_url).text)
        self.profile_full.can_message = True
        self.company.portal_allow_messages = False
        for document in (self.quote, self.invoice):
            self.assertNotIn('href="#discussion"', self.url_open(document.access_url).text)

    def test_staff_are_told(self):
        self.sign_in(self.user_full)
        for document, user in ((self.quote, self.user_sales), (self.invoice, self.user_accountant)):
            document.message_unsubscribe(user.partner_id.ids)
            self._post(document, token=self._chatter(document)["data-token"])
            message = self._comments(document)
            self.assertIn(user.partner_id, message.notified_partner_ids)
            mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
            self.assertIn(user.partner_id, mail.recipient_ids)

    def test_without_anybody_responsible_the_company_is_told(self):
        self.company.email = "info@example.com"
        self.invoice.invoice_user_id = False
        self.invoice.team_id = False
        self.sign_in(self.user_full)
        self._post(self.invoice, token=self._chatter(self.invoice)["data-token"])
        self.assertIn(self.company.partner_id, self._comments(self.invoice).notified_partner_ids)

    def test_the_answer_of_staff_reaches_who_asked(self):
        self.sign_in(self.user_full)
        for document, user in ((self.quote, self.user_sales), (self.invoice, self.user_accountant)):
            self._post(document, token=self._chatter(document)["data-token"])
            answer = document.with_user(user).message_post(
                body="On Monday", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertIn(self.user_full.partner_id, answer.notified_partner_ids)
            mail = self.env["mail.mail"].search([("mail_message_id", "=", answer.id)])
            self.assertIn(self.user_full.partner_id, mail.recipient_ids)
            token = self._chatter(document)["data-token"]
            self.assertIn("On Monday", str(self._fetch(document, token=token)))

    def test_internal_notes_stay_internal(self):
        self.quote.message_post(body="They always pay late", subtype_xmlid="mail.mt_note")
        self.sign_in(self.user_full)
        token = self._chatter(self.quote)["data-token"]
        self.assertNotIn("pay late", str(self._fetch(self.quote, token=token)))
        self.assertNotIn("pay late", str(self._fetch(self.quote)))

    def test_attachment(self):
        self.sign_in(self.user_full)
        token = self._chatter(self.quote)["data-token"]
        response = self._upload(self.quote, token)
        uploaded = json.loads(response.text)["data"]
        attachment = uploaded["store_data"]["ir.attachment"][0]
        self._post(
            self.quote,
            token=token,
            post_data={
                "attachment_ids": [uploaded["attachment_id"]],
                "attachment_tokens": [attachment["ownership_token"]],
            },
        )
        self.assertEqual(self._comments(self.quote).attachment_ids.name, "plan.txt")

    def _upload(self, document, token):
        page = self.url_open("/my")
        csrf_token = page.text.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(
            "/mail/attachment/upload",
            data={
                "csrf_token": csrf_token,
                "thread_id": document.id,
                "thread_model": document._name,
                "is_pending": "true",
                **({"token": token} if token else {}),
            },
            files={"ufile": ("plan.txt", b"plan", "text/plain")},
        )

    def test_the_button_of_a_mail_opens_the_document(self):
        """Signed in, without a token; as a guest, with the token of the mail."""
        for document, url in self.urls.items():
            self.sign_in(self.user_full)
            link = f"/mail/view?model={document._name}&res_id={document.id}"
            self.assertTrue(self.url_open(link).url.endswith(url))
            self.assertFalse(document.access_token)
            token = document._portal_ensure_token()
            contact = self.user_colleague.partner_id
            query = (
                f"&access_token={token}&pid={contact.id}&hash={document._sign_token(contact.id)}"
            )
            response = self.url_open(link + query)
            self.assertTrue(response.url.endswith(url))
            self.assertNotIn(token, response.text)
            self.sign_in(None)
            response = self.url_open(link + query)
            self.assertIn(f"{url}?", response.url)
            self.assertIn(document.name, response.text)
            self.sign_in(self.user_stranger)
            self.assertFalse(self.url_open(link).url.endswith(url))

    def test_rpc_gives_no_token(self):
        """Core's public method answers with the address alone."""
        quote = self.quote.with_user(self.user_full)
        self.assertEqual(quote.get_portal_url(), self.urls[self.quote])
        self.assertFalse(self.quote.access_token)

    # === NOT WRITING === #

    def test_without_the_capability(self):
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self.sign_in(self.user_full)
        for document in self.urls:
            chatter = self._chatter(document)
            self.assertEqual(chatter["data-allow_composer"], "0")
            self.assertNotIn("data-token", chatter)
            self._assert_cannot_post(document)
            self.assertEqual(self._fetch(document), [])

    def test_switched_off(self):
        self.sign_in(self.user_full)
        token = self._chatter(self.quote)["data-token"]
        self.company.portal_allow_messages = False
        self.assertEqual(self._chatter(self.quote)["data-allow_composer"], "0")
        self._assert_cannot_post(self.quote, token=token)

    def test_token_of_something_else(self):
        self.sign_in(self.user_full)
        token = self._chatter(self.quote)["data-token"]
        other = self._create_order(self.alfa)
        for document in (self.invoice, other):
            self._assert_cannot_post(document, token=token)
        self.assertEqual(self._upload(other, token).status_code, 404)
        self.assertEqual(self._upload(self.quote, None).status_code, 404)

    def test_token_of_somebody_else(self):
        self.sign_in(self.user_full)
        token = self._chatter(self.quote)["data-token"]
        for user in (self.user_colleague, self.user_stranger, None):
            self.sign_in(user)
            self._assert_cannot_post(self.quote, token=token)

    def test_bare_link_reads_but_does_not_write(self):
        self.quote.message_post(
            body="Welcome", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        token = self.quote._portal_ensure_token()
        self.sign_in(None)
        chatter = self._chatter(self.quote, f"?access_token={token}")
        self.assertEqual(chatter["data-allow_composer"], "0")
        self.assertIn("Welcome", str(self._fetch(self.quote, token=token)))
        self._assert_cannot_post(self.quote, token=token)
        self.assertEqual(self._upload(self.quote, token).status_code, 404)

    def test_mailed_link_writes_in_its_recipients_name(self):
        token = self.quote._portal_ensure_token()
        contact = self.user_colleague.partner_id
        signed = {"hash": self.quote._sign_token(contact.id), "pid": contact.id}
        self.sign_in(None)
        query = f"?access_token={token}&pid={contact.id}&hash={signed['hash']}"
        self.assertEqual(self._chatter(self.quote, query)["data-allow_composer"], "1")
        self._post(self.quote, token=token, **signed)
        self.assertEqual(self._comments(self.quote).author_id, contact)
        self.assertIn(contact, self.quote.message_partner_ids)
        contact.portal_profile_id = self.profile_read_only
        self.assertEqual(self._chatter(self.quote, query)["data-allow_composer"], "0")
        self._assert_cannot_post(self.quote, token=token, **signed)

    def test_nobody_is_told_the_recipients_of_what_it_can_not_read(self):
        """Who may not read a document gets an empty answer, the same as for one that is gone;
        customers are refused for those that they see."""
        hidden = self._create_invoice(self.alfa)
        clerk = new_test_user(
            self.env, "portal_test_clerk", "base.group_user", password=PASSWORD, name="Almacén"
        )
        gone = self._create_order(self.alfa, state="draft")
        gone_id = gone.id
        gone.unlink()
        for route in ("recipients", "recipients/get_suggested_recipients"):
            for user, model, number in (
                (clerk, "account.move", hidden.id),
                (clerk, "sale.order", self.quote.id),
                (self.user_sales, "sale.order", gone_id),
                (self.user_accountant, "account.move", 2**31 - 1),
                (self.user_stranger, "account.move", hidden.id),
                (self.user_stranger, "account.move", 2**31 - 1),
                (self.user_stranger, "sale.order", self.quote.id),
                (self.user_stranger, "sale.order", gone_id),
                (self.user_colleague, "account.move", hidden.id),
            ):
                self.sign_in(user)
                params = {"thread_model": model, "thread_id": number}
                found = self.make_jsonrpc_request(f"/mail/thread/{route}", params)
                self.assertEqual(found, [], (route, user.login, model))
            self.sign_in(self.user_full)
            for document in (hidden, self.quote):
                params = {"thread_model": document._name, "thread_id": document.id}
                with self.assertRaises(JsonRpcException) as refused, mute_logger("odoo.http"):
                    self.make_jsonrpc_request(f"/mail/thread/{route}", params)
                self.assertIn("AccessError", str(refused.exception))

    def test_rpc_does_not_post(self):
        """The page's token opens the page's route, not the method behind it."""
        with self.assertRaises(AccessError):
            self.quote.with_user(self.user_full).message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
