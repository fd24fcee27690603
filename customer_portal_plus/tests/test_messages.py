"""The page of messages and the staff's inbox."""

import errno
import os
import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..hooks import _list_earlier_conversations
from .common.message import MessageCase

LARGE = 50 * 1024 * 1024
STORE = "odoo.addons.customer_portal_plus.models.access.ir_attachment_store"


class _FullDisk:
    """A file on a disk with room for two bytes."""

    def __init__(self, path, mode="r"):
        self.path, self.file = path, open(path, mode)

    def __enter__(self):
        return self if self.file.mode == "wb" else self.file

    def __exit__(self, *exception):
        self.file.close()

    def write(self, content):  # pylint: disable=method-required-super
        self.file.write(content[:2])
        self.file.flush()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.path)


@tagged("post_install", "-at_install")
class TestMessagePages(MessageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa)
        cls.invoice = cls._create_invoice(cls.alfa)

    def _write(self, url="/my/messages/new", files=(), **form):
        page = "/my/messages/new" if url.endswith("new") else url
        return self.post_form(
            url,
            form,
            page=page,
            files=[("files", (name, content)) for name, content in files] or [("files", ("", b""))],
        )

    def _rows(self, query=""):
        html = self.url_open(f"/my/messages{query}").text
        return re.findall(r'href="/my/messages/(\d+)"', html)

    def test_what_was_written_before_the_installation_is_listed(self):
        self.quote.message_post(
            body="Is this the old price?",
            author_id=self.contact.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.Conversation.search([]).unlink()
        # The second time, as with demo data, it is there already.
        for _number in range(2):
            self.env.flush_all()
            _list_earlier_conversations(self.env)
        conversation = self.Conversation.search([("sale_order_id", "=", self.quote.id)])
        self.assertEqual(
            (conversation.state, conversation.last_preview, conversation.commercial_partner_id),
            ("closed", "Is this the old price?", self.alfa),
        )
        self.sign_in(self.user_full)
        self.assertEqual(self._rows(), [str(conversation.id)])

    # === WRITING === #

    def test_a_contact_writes(self):
        self.sign_in(self.user_full)
        response = self._write(
            subject="  Delivery\n times ",
            body="When do you\ndeliver <b>it</b>?",
            files=[("plan <i>.txt", b"plan")],
        )
        self.assertEqual(response.status_code, 200)
        conversation = self.Conversation.search([], limit=1, order="id desc")
        self.assertTrue(response.url.split("?")[0].endswith(f"/my/messages/{conversation.id}"))
        self.assertEqual(conversation.name, "Delivery times")
        self.assertEqual(conversation.state, "new")
        self.assertEqual(conversation.commercial_partner_id, self.alfa)
        self.assertEqual(conversation.user_id, self.user_sales)
        self.assertTrue(conversation.unanswered_since)
        message = self.said(conversation)
        self.assertEqual(message.author_id, self.contact)
        self.assertEqual(message.attachment_ids.raw, b"plan")
        self.assertIn("&lt;b&gt;it&lt;/b&gt;", message.body)
        self.assertIn("plan &lt;i&gt;.txt", response.text)
        self.assertNotIn("<b>it", response.text)
        self.assertIn(self.user_sales.partner_id, self.mailed(message))

    def test_without_salesperson_the_chosen_one_is_assigned(self):
        self.alfa.user_id = False
        self.company.portal_message_user_id = self.user_accountant
        self.assertEqual(self.begin().user_id, self.user_accountant)

    def test_without_anybody_the_company_is_told(self):
        self.alfa.user_id = False
        conversation = self.begin()
        self.assertFalse(conversation.user_id)
        self.assertIn(self.company.partner_id, self.said(conversation).notified_partner_ids)

    def test_the_mail_to_the_company_leads_to_the_back_office(self):
        """Whoever reads it is staff: no page of the portal, and no mails to choose."""
        self.company.email = "info@example.com"
        self.alfa.user_id = False
        self.invoice.write({"invoice_user_id": False, "team_id": False})
        conversation = self.begin()
        self.sign_in(self.user_full)
        self._write(about=f"invoice-{self.invoice.id}", body="About this one")
        for record in (conversation, self.invoice):
            [mail] = self.env["mail.mail"].search(
                [
                    ("mail_message_id", "=", self.said(record).id),
                    ("recipient_ids", "=", self.company.partner_id.id),
                ]
            )
            self.assertIn(f"/odoo/{record._name}/{record.id}", mail.body_html)
            self.assertNotIn("/my/", mail.body_html)
            self.assertNotIn("Choose which mails", mail.body_html)
            self.assertNotIn("Pay here", mail.body_html)
            self.assertNotIn("access_token", mail.body_html)

    def test_what_is_internal_by_any_mark_is_not_shown(self):
        """Staff mark a message as internal by its subtype, by its own mark, or leave it without a
        subtype; none of them reaches the customer: page, list, unread mark, file."""
        conversation = self.begin()
        note = self.env.ref("mail.mt_note")
        comment = self.env.ref("mail.mt_comment")
        self.sign_in(self.user_full)
        self.url_open(f"/my/messages/{conversation.id}")
        for number, values in enumerate(
            (
                {"subtype_id": note.id},
                {"subtype_id": comment.id, "is_internal": True},
                {"subtype_id": False},
                {"subtype_id": comment.id, "message_type": "notification"},
                {"subtype_id": comment.id, "message_type": "user_notification"},
            )
        ):
            with self.subTest(number):
                message = conversation.with_user(self.user_sales).message_post(
                    body=f"Nur intern {number}",
                    message_type="comment",
                    subtype_xmlid="mail.mt_note",
                    attachments=[(f"intern{number}.txt", b"intern")],
                )
                message.sudo().write({"message_type": "comment", **values})
                self.env.flush_all()
                page = self.url_open(f"/my/messages/{conversation.id}").text
                self.assertNotIn("Nur intern", page)
                self.assertNotIn("intern0.txt", page)
                self.assertNotIn(message, conversation._portal_messages())
                file = self.url_open(
                    f"/my/messages/{conversation.id}/file/{message.attachment_ids.id}"
                )
                self.assertEqual(file.status_code, 404)
                self.assertFalse(conversation._portal_is_message_to_customer(message))
        self.assertNotIn("Nur intern", self.url_open("/my/messages").text)
        self.assertFalse(conversation._portal_is_unread(self.contact))

    def test_posted_as_internal_tells_the_customer_nothing(self):
        """A comment that is marked as internal when it is posted changes nothing for it."""
        conversation = self.begin()
        before = conversation.last_preview
        conversation.with_user(self.user_sales).message_post(
            body="Nur intern",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            is_internal=True,
        )
        self.assertEqual(conversation.last_preview, before)
        self.assertFalse(conversation.portal_answered_on)
        self.assertTrue(conversation.unanswered_since)

    def test_about_a_document_it_is_written_there(self):
        self.sign_in(self.user_full)
        for key, document in (
            (f"order-{self.quote.id}", self.quote),
            (f"invoice-{self.invoice.id}", self.invoice),
        ):
            response = self._write(about=key, body="About this one")
            message = self.said(document)
            self.assertEqual(message.author_id, self.contact)
            self.assertIn("About this one", response.text)
            self.assertIn(document.name, response.text)
            again = self._write(url=response.url.split("?")[0], body="One more thing")
            self.assertEqual(again.status_code, 200)
            self.assertEqual(len(self.said(document)), 2)
            self.assertEqual(len(self.Conversation.search([("partner_id", "=", self.alfa.id)])), 1)
            self.Conversation.search([("partner_id", "=", self.alfa.id)]).unlink()

    def test_about_a_document_of_somebody_else(self):
        other = self._create_order(self.beta)
        draft = self._create_order(self.alfa, state="draft")
        self.sign_in(self.user_full)
        for key in (
            f"order-{other.id}", f"order-{draft.id}", "order-999999999", "order-x", "x-1", "order",
            "order-99999999999999",
        ):  # fmt: skip
            response = self._write(about=key, body="Let me in", subject="x")
            self.assertEqual(response.status_code, 422, key)
            self.assertIn("not yours to see", response.text)
        self.assertFalse(self.said(other) + self.said(draft))
        self.assertFalse(self.Conversation.search([]))

    def test_what_can_not_be_sent(self):
        self.sign_in(self.user_full)
        for form, words in (
            ({"subject": "x", "body": "  "}, "write your message"),
            ({"subject": " ", "body": "Hello"}, "what it is about"),
            ({"subject": "x" * 151, "body": "Hello"}, "subject is too long"),
            ({"subject": "x", "body": "y" * 20001}, "message is too long"),
        ):
            response = self._write(**form)
            self.assertEqual(response.status_code, 422)
            self.assertIn(words, response.text)
        many = [(f"{number}.txt", b"x") for number in range(11)]
        self.assertIn("At most 10 files", self._write(subject="x", body="y", files=many).text)
        self.assertFalse(self.Conversation.search([]))

    def test_a_file_of_50_megabytes(self):
        self.sign_in(self.user_full)
        response = self._write(
            subject="Plans", body="Here they are", files=[("plans.zip", b"0" * LARGE)]
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("“plans.zip” is too large: 20 MB at most. Nothing was sent.", response.text)
        self.assertIn("Here they are", response.text, "what was typed is still there")
        self.assertFalse(self.Conversation.search([]))

    def _disk_is_full(self):
        return patch("odoo.addons.base.models.ir_attachment.open", _FullDisk, create=True)

    def test_a_file_that_the_disk_has_no_room_for(self):
        """Whoever sends it is told, and sends the same file again when there is room."""
        self.sign_in(self.user_full)
        sent = {"subject": "Plans", "body": "Here", "files": [("plans.txt", os.urandom(2000))]}
        with self._disk_is_full(), self.assertLogs(STORE, "ERROR") as log:
            response = self._write(**sent)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Your file could not be stored. Nothing was sent", response.text)
        self.assertIn("The portal could not store a file (2000 bytes)", log.output[0])
        self.assertFalse(self.Conversation.search([]))
        self.assertEqual(self._write(**sent).status_code, 200)
        self.assertTrue(self.Conversation.search([]))

    def test_a_full_disk_is_no_refusal_of_staff(self):
        """What staff and scheduled actions do fails as it does without the portal."""
        values = {"name": "plans.txt", "raw": os.urandom(2000)}
        with self._disk_is_full(), self.assertRaises(OSError):
            self.env["ir.attachment"].create(values)
        self.assertEqual(self.env["ir.attachment"].create(values).file_size, 2000)

    def test_too_many_messages_within_an_hour(self):
        conversation = self.begin()
        for _number in range(59):
            conversation.message_post(
                author_id=self.contact.id,
                body="x",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.sign_in(self.user_full)
        response = self._write(url=f"/my/messages/{conversation.id}", body="And another one")
        self.assertEqual(response.status_code, 422)
        self.assertIn("wait a little", response.text)

    # === READING === #

    def test_list_newest_first_with_what_is_unread(self):
        first = self.begin(subject="First")
        second = self.begin(subject="Second")
        on_quote = self.begin(
            words="About the quote", document=self.quote.with_user(self.user_full)
        )
        self.assertEqual(on_quote.sale_order_id, self.quote)
        self.sign_in(self.user_full)
        expected = [str(c.id) for c in (on_quote, second, first)]
        self.assertEqual(self._rows(), expected)
        self.assertEqual(self._rows("?filterby=unread"), [])
        self.env.cr.execute(
            "UPDATE customer_portal_conversation SET last_message_on = last_message_on - interval"
            " '1 hour'"
        )
        self.env.invalidate_all()
        self.answer(first)
        self.assertEqual(self._rows()[0], str(first.id))
        self.assertEqual(self._rows("?filterby=unread"), [str(first.id)])
        page = self.url_open("/my").text
        self.assertIn("1 conversation with new messages", page)
        self.assertIn("On Monday", self.url_open(f"/my/messages/{first.id}").text)
        self.assertEqual(self._rows("?filterby=unread"), [])
        self.assertNotIn("with new messages", self.url_open("/my").text)
        self.answer(self.quote)
        self.assertEqual(self._rows("?filterby=unread"), [str(on_quote.id)])
        self.url_open(f"/my/messages/{on_quote.id}")
        self.assertEqual(self._rows("?filterby=unread"), [])

    def test_staff_who_write_on_a_document_begin_a_conversation(self):
        self.quote.message_subscribe(self.contact.ids)
        self.answer(self.quote, "We have a question")
        self.sign_in(self.user_full)
        (number,) = self._rows("?filterby=unread")
        self.assertIn("We have a question", self.url_open(f"/my/messages/{number}").text)

    def test_a_sent_document_is_no_conversation(self):
        self.answer(self.quote.with_context(mark_so_as_sent=True), "Here is our quote")
        self.assertFalse(self.Conversation.search([]))

    def test_long_history(self):
        conversation = self.begin(words="The very first")
        for number in range(60):
            self.answer(conversation, f"Number {number}.")
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/messages/{conversation.id}").text
        self.assertIn("Number 59.", page)
        self.assertNotIn("The very first", page)
        older = re.search(r"\?before=\d+", page).group()
        page = self.url_open(f"/my/messages/{conversation.id}{older}").text
        self.assertIn("The very first", page)
        self.assertNotIn("Number 59.", page)
        self.assertEqual(
            self.url_open(f"/my/messages/{conversation.id}?before=nonsense").status_code, 200
        )

    def test_nonsense_in_addresses(self):
        self.sign_in(self.user_full)
        for query in ("?page=x", "?page=-1", "?page=99999999999999", "?filterby=%00"):
            self.assertEqual(self.url_open(f"/my/messages{query}").status_code, 200)
        for path in ("0", "999999999", "99999999999999999999"):
            self.assertEqual(self.url_open(f"/my/messages/{path}").status_code, 404)

    # === WALLS === #

    def test_who_sees_a_conversation(self):
        conversation = self.begin(files=[("plan.txt", b"plan")])
        file_id = self.said(conversation).attachment_ids.id
        url = f"/my/messages/{conversation.id}"
        seen = {
            self.user_full: True,
            self.user_colleague: True,  # whole scope, may write
            self.user_own: False,
            self.user_stranger: False,
            self.user_branch: False,
        }
        for user, sees in seen.items():
            self.sign_in(user)
            status = 200 if sees else 404
            self.assertEqual(self.url_open(url).status_code, status, user.login)
            self.assertEqual(self.url_open(f"{url}/file/{file_id}").status_code, status)
            self.assertEqual(str(conversation.id) in self._rows(), sees)
            if not sees:
                response = self.post_form(url, {"body": "Me too"}, page="/my/account")
                self.assertEqual(response.status_code, 404)
        self.assertEqual(len(self.said(conversation)), 1)
        self.sign_in(None)
        for path in ("", f"/file/{file_id}"):
            self.assertIn("/web/login", self.url_open(url + path).url)
        token = conversation._portal_ensure_token()
        self.assertIn("/web/login", self.url_open(f"{url}?access_token={token}").url)

    def test_customer_that_lost_access(self):
        """Whoever was reading when the access was taken away reads and writes no more."""
        conversation = self.begin(files=[("plan.txt", b"plan")])
        self.answer(conversation, "Only for friends")
        file_id = self.said(conversation)[-1:].attachment_ids.id
        url = f"/my/messages/{conversation.id}"
        self.sign_in(self.user_full)
        page = self.url_open(url).text
        self.assertIn("Only for friends", page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        before = self.said(conversation)
        self.alfa.portal_access = False
        for response in (
            self.url_open("/my/messages"),
            self.url_open(url),
            self.url_open(f"{url}/file/{file_id}"),
            self.url_open(url, data={"csrf_token": token, "body": "Hello?"}),
        ):
            self.assertNotIn("Only for friends", response.text)
            self.assertNotEqual(response.content, b"plan")
            self.assertLess(response.status_code, 500)
        self.assertEqual(self.said(conversation), before)
        with self.assertRaises(AccessError):
            conversation.with_user(self.user_full).read(["name"])

    def test_own_scope_sees_its_own(self):
        conversation = self.begin(self.user_own)
        self.sign_in(self.user_own)
        self.assertEqual(self._rows(), [str(conversation.id)])
        own_quote = self._create_order(self.user_own.partner_id)
        self.answer(own_quote)
        self.answer(self.quote)
        self.assertEqual(
            set(self._rows()),
            {str(conversation.id), str(self.Conversation._get_for(own_quote).id)},
        )

    def test_document_that_is_hidden(self):
        self.answer(self.quote)
        conversation = self.Conversation._get_for(self.quote)
        self.sign_in(self.user_full)
        self.assertEqual(self._rows(), [str(conversation.id)])
        self.quote.portal_visible = False
        self.assertEqual(self._rows(), [])
        self.assertEqual(self.url_open(f"/my/messages/{conversation.id}").status_code, 404)

    def test_without_the_right_to_write(self):
        conversation = self.begin()
        self.contact.portal_profile_id = self.profile_read_only
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open("/my/messages").status_code, 404)
        self.assertEqual(self.url_open("/my/messages/new").status_code, 404)
        self.assertEqual(self.url_open(f"/my/messages/{conversation.id}").status_code, 404)
        self.assertNotIn('data-portal-menu="messages"', self.url_open("/my").text)

    def test_switched_off(self):
        conversation = self.begin()
        self.company.portal_allow_messages = False
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open("/my/messages").status_code, 404)
        self.assertEqual(self.url_open(f"/my/messages/{conversation.id}").status_code, 404)
        response = self.post_form(
            "/my/messages/new", {"subject": "x", "body": "y"}, page="/my/account"
        )
        self.assertEqual(response.status_code, 404)
        self.assertEqual(len(self.Conversation.search([])), 1)

    def test_documents_without_messages(self):
        """A model may say that what is said of its documents is elsewhere."""
        self.assertTrue(self.invoice._portal_can_message(self.contact))
        with patch.object(type(self.invoice), "_portal_has_messages", False):
            self.assertFalse(self.invoice._portal_can_message(self.contact))

    def test_file_of_another_conversation(self):
        mine = self.begin()
        theirs = self.begin(self.user_stranger, files=[("secret.txt", b"secret")])
        file_id = self.said(theirs).attachment_ids.id
        note = mine.message_post(body="Note", attachments=[("note.txt", b"internal")])
        hanging = self.env["ir.attachment"].create(
            {"name": "x.txt", "raw": b"x", "res_model": mine._name, "res_id": mine.id}
        )
        self.sign_in(self.user_full)
        for number in (file_id, note.attachment_ids.id, hanging.id, 0, 999999999, 2**40):
            response = self.url_open(f"/my/messages/{mine.id}/file/{number}")
            self.assertEqual(response.status_code, 404, number)
        for number in (file_id, note.attachment_ids.id):
            self.assertEqual(self.url_open(f"/web/content/{number}").status_code, 404)

    def test_a_file_is_saved_and_never_run(self):
        conversation = self.begin(files=[("page.html", b"<script>alert(1)</script>")])
        self.sign_in(self.user_full)
        number = self.said(conversation).attachment_ids.id
        response = self.url_open(f"/my/messages/{conversation.id}/file/{number}")
        self.assertEqual(response.content, b"<script>alert(1)</script>")
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertIn("attachment", response.headers["Content-Disposition"])

    # === INTERNAL NOTES === #

    def test_internal_notes_on_the_page(self):
        conversation = self.begin()
        conversation.message_post(body="They always pay late", subtype_xmlid="mail.mt_note")
        conversation.with_context(tracking_disable=False).action_close()
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/messages/{conversation.id}").text
        self.assertNotIn("pay late", page)
        self.assertNotIn("pay late", self.url_open("/my/messages").text)

    def test_internal_notes_by_mail(self):
        conversation = self.begin()
        self.assertIn(self.contact, conversation.message_partner_ids)
        note = conversation.message_post(body="They always pay late", subtype_xmlid="mail.mt_note")
        self.assertNotIn(self.contact, self.mailed(note))
        self.assertNotIn(self.contact, note.notified_partner_ids)
        self.assertFalse(conversation.portal_answered_on)

    def test_internal_notes_by_rpc(self):
        conversation = self.begin()
        note = conversation.message_post(body="They always pay late", subtype_xmlid="mail.mt_note")
        note.sudo().partner_ids = self.contact
        for user in (self.user_full, self.user_stranger):
            with self.assertRaises(AccessError):
                note.with_user(user).read(["body"])
            found = self.env["mail.message"].with_user(user).search([("id", "=", note.id)])
            self.assertFalse(found.filtered(lambda message: message.has_access("read")))
            with self.assertRaises(AccessError):
                conversation.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.Conversation.with_user(user).search([])
        self.sign_in(self.user_full)
        result = self.make_jsonrpc_request(
            "/mail/chatter_fetch",
            {"thread_model": conversation._name, "thread_id": conversation.id},
        )
        self.assertNotIn("pay late", str(result))
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(
                "/mail/message/post",
                {
                    "thread_model": conversation._name,
                    "thread_id": conversation.id,
                    "post_data": {"body": "x", "message_type": "comment"},
                },
            )

    # === STAFF === #

    def test_staff_answer_and_the_customer_writes_again(self):
        conversation = self.begin()
        answer = self.answer(conversation)
        self.assertEqual(conversation.state, "waiting")
        self.assertFalse(conversation.unanswered_since)
        self.assertIn(self.contact, self.mailed(answer))
        conversation.with_user(self.user_sales).action_close()
        self.assertEqual(conversation.state, "closed")
        self.sign_in(self.user_full)
        self._write(url=f"/my/messages/{conversation.id}", body="One more thing")
        self.assertEqual(conversation.state, "open")
        self.assertTrue(conversation.unanswered_since)
        conversation.action_close()
        conversation.action_reopen()
        self.assertEqual(conversation.state, "open")

    def test_staff_take_a_conversation(self):
        conversation = self.begin()
        conversation.user_id = False
        conversation.with_user(self.user_sales).action_take()
        self.assertEqual(conversation.user_id, self.user_sales)
        self.assertEqual(conversation.state, "open")

    def test_closed_on_the_board(self):
        """A card that is moved among the closed ones is closed as by the button."""
        self.company.portal_tell_message = "activity"
        conversation = self.begin()
        self.assertTrue(conversation.unanswered_since and conversation.activity_ids)
        conversation.with_user(self.user_sales).write({"state": "closed"})
        self.assertFalse(conversation.unanswered_since or conversation.activity_ids)
        conversation.with_user(self.user_full)._portal_post_of(self.contact, "One more thing", [])
        self.assertEqual(conversation.state, "open")
        self.assertTrue(conversation.unanswered_since)

    def test_staff_answer_a_document_in_the_inbox(self):
        conversation = self.begin(words="How much?", document=self.quote.with_user(self.user_full))
        self.assertIn("How much?", conversation.with_user(self.user_sales).history_html)
        message = self.answer(conversation, "Ten euros")
        self.assertEqual((message.model, message.res_id), ("sale.order", self.quote.id))
        self.assertIn(self.contact, self.mailed(message))
        self.assertEqual(conversation.state, "waiting")
        note = conversation.message_post(body="Remember", subtype_xmlid="mail.mt_note")
        self.assertEqual(note.model, "customer.portal.conversation")

    def test_staff_begin_a_conversation(self):
        conversation = self.Conversation.with_user(self.user_sales).create(
            {"name": "Your order", "partner_id": self.contact.id}
        )
        message = self.answer(conversation, "May we call you?")
        self.assertIn(self.contact, self.mailed(message))
        self.assertEqual(conversation.state, "waiting")
        self.sign_in(self.user_full)
        self.assertEqual(self._rows("?filterby=unread"), [str(conversation.id)])
        with self.assertRaises(UserError):
            self.Conversation.create({"name": "To nobody"})

    def test_a_deleted_document_takes_its_conversation_along(self):
        draft = self._create_order(self.alfa, state="draft")
        self.answer(draft)
        self.assertTrue(self.Conversation._get_for(draft))
        draft.unlink()
        self.assertFalse(self.Conversation.search([]))
