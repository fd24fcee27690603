"""Files of a ticket: checked once, wherever they come from, and given to who may see it."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tests.common.signature import make_signature_png

from .common import MODEL, SVG, TicketCase

HUGE = b"\x89PNG" * (15 * 2**20)


@tagged("post_install", "-at_install")
class TestTicketFiles(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picture = make_signature_png()

    def _send(self, url, data, files, page="/my/account"):
        files = [("attachment", file) for file in files]
        return self.post_form(url, data, page=page, files=files)

    def test_photo_that_is_none_and_one_that_is_too_large(self):
        self.sign_in(self.user_full)
        self.ticket.stage_id = self.in_progress
        closed = self._open(self.user_full, "Cerrado")
        closed.stage_id = self.done
        count = self.env["ir.attachment"].search_count([("res_model", "=", MODEL)])
        for content, words in (
            (SVG, "Please send a PDF"),
            (HUGE, "too large"),
            (b"MZ\x90\x00", "Please send a PDF"),
            (b"", "empty"),
        ):
            file = ("foto.png", content, "image/png")
            forms = [
                ["/my/tickets/new", {"subject": "Con foto", "description": "x"}],
                [f"{self.ticket.access_url}/answer", {"body": "Con foto"}],
                [f"{closed.access_url}/reopen", {"body": "Con foto"}],
            ]
            # What is huge takes long to send: once will do.
            for url, data in forms[:1] if content == HUGE else forms:
                answer = self._send(url, data, [file])
                self.assertEqual(answer.status_code, 422, url)
                self.assertIn(words, answer.text, url)
        self.assertFalse(self.env[MODEL].search([("name", "=", "Con foto")]))
        self.assertFalse(self.said(self.ticket))
        self.assertTrue(closed.closed)
        found = self.env["ir.attachment"].search_count([("res_model", "=", MODEL)])
        self.assertEqual(found, count)

    def test_too_many(self):
        with self.assertRaises(PortalRefusal):
            self._open(self.user_full, "Muchas", files=[("a.png", self.picture)] * 6)

    def test_from_the_page_of_messages(self):
        """What the page of messages takes elsewhere, a ticket does not."""
        conversation = self.ticket.portal_conversation_ids
        self.sign_in(self.user_full)
        answer = self.post_form(
            f"/my/messages/{conversation.id}",
            {"body": "x"},
            page="/my/account",
            files=[("files", ("x.svg", SVG, "image/svg+xml"))],
        )
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.said(self.ticket))

    def test_sent_along_and_read_again(self):
        self.sign_in(self.user_full)
        name = "../../foto.svg"
        form = {"subject": "Con foto", "description": "x"}
        answer = self._send("/my/tickets/new", form, [(name, self.picture, "image/svg+xml")])
        ticket = self.env[MODEL].search([("name", "=", "Con foto")])
        file = ticket.portal_file_ids
        self.assertEqual((file.name, file.mimetype), ("foto.png", "image/png"))
        self.assertEqual((file.res_model, file.res_id, file.public), (MODEL, ticket.id, False))
        self.assertIn(file, ticket.attachment_ids, "the helpdesk finds it where it looks")
        url = f"{ticket.access_url}/file/{file.id}"
        self.assertIn(url, answer.text)
        response = self.url_open(url)
        self.assertEqual(response.content, self.picture)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self._send(f"{ticket.access_url}/answer", {"body": "Otra"}, [("b.png", self.picture)])
        other = self.said(ticket)[:1].attachment_ids
        other_url = f"{ticket.access_url}/file/{other.id}"
        self.assertEqual(self.url_open(other_url).content, self.picture)
        for user in (self.user_stranger, self.user_own, self.user_branch):
            self.sign_in(user)
            for address in (url, other_url, f"/web/content/{file.id}", f"/web/content/{other.id}"):
                self.assertEqual(self.url_open(address).status_code, 404, (user.login, address))

    def test_files_of_other_places(self):
        """By the number of one's own ticket: a file of another one, and one that staff hung up."""
        foreign = self._open(self.user_stranger, "De Beta", files=[("b.png", self.picture)])
        internal = self.env["ir.attachment"].create(
            {
                "name": "interno.txt",
                "raw": b"secreto",
                "res_model": MODEL,
                "res_id": self.ticket.id,
            }
        )
        noted = self.ticket.with_user(self.user_helpdesk).message_post(
            body="x", subtype_xmlid="mail.mt_note", attachments=[("nota.txt", b"secreto")]
        )
        self.sign_in(self.user_full)
        for file in (foreign.portal_file_ids, internal, noted.attachment_ids):
            url = f"{self.ticket.access_url}/file/{file.id}"
            self.assertEqual(self.url_open(url).status_code, 404, file.name)
        for number in ("0", "999999999", "9" * 30):
            answer = self.url_open(f"{self.ticket.access_url}/file/{number}")
            self.assertEqual(answer.status_code, 404, number)
