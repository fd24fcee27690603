"""Mails that come in: whose word they are, and what staff see of those that are nobody's."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.message import MessageCase

LARGE = 50 * 1024 * 1024


@tagged("post_install", "-at_install")
class TestIncomingMail(MessageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.conversation = cls.begin()
        cls.quote = cls._create_order(cls.alfa)
        cls.sender = cls.contact.email_formatted

    def _receive(self, *args, **kwargs):
        with mute_logger(
            "odoo.addons.customer_portal_plus.models.messages.customer_portal_access_mixin_gateway"
        ):
            return self.receive(*args, **kwargs)

    def _assert_unverified(self, record, before):
        """Staff read it as a note that says so; the customer does not see it anywhere."""
        self.assertEqual(self.said(record), before)
        note = self.last(record)
        self.assertIn("Unverified mail", note.body)
        self.assertTrue(note._portal_is_internal())
        self.assertNotEqual(note.author_id.commercial_partner_id, self.alfa)
        self.assertNotIn(self.contact, self.mailed(note) + note.notified_partner_ids)
        return note

    # === GENUINE === #

    def test_each_gets_its_own_address(self):
        self.conversation.message_subscribe(self.user_colleague.partner_id.ids)
        with self.mock_mail_gateway():
            self.answer(self.conversation)
            self.env.cr.postcommit.run()
        replies = {
            mail["email_to"][0]: mail["reply_to"]
            for mail in self._mails
            if "example.com" in mail["email_to"][0]
        }
        addresses = [
            self.address(self.conversation, user.partner_id)
            for user in (self.user_full, self.user_colleague)
        ]
        self.assertEqual(len(set(addresses)), 2)
        for address in addresses:
            self.assertIn(address, replies.values())
            self.assertIn("catchall+p", address)

    def test_answer_of_the_customer(self):
        self.answer(self.conversation)
        self.conversation.action_close()
        self._receive(self.sender, self.address(self.conversation, self.contact))
        message = self.said(self.conversation)[0]
        self.assertEqual(message.author_id, self.contact)
        self.assertIn("Thank you", message.body)
        self.assertEqual(self.conversation.state, "open")
        self.assertTrue(self.conversation.unanswered_since)
        self.assertIn(self.user_sales.partner_id, self.mailed(message))
        self.assertNotIn("catchall", message.incoming_email_to or "")
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/messages/{self.conversation.id}").text
        self.assertIn("Thank you", page)

    def test_answer_about_a_document(self):
        self._receive(
            self.sender.upper(), self.address(self.quote, self.contact).upper(), "We agree"
        )
        message = self.said(self.quote)
        self.assertEqual(message.author_id, self.contact)
        conversation = self.Conversation._get_for(self.quote)
        self.assertEqual(conversation.state, "new")
        self.assertEqual(conversation.last_preview, "We agree")

    def test_answer_of_staff(self):
        partner = self.user_sales.partner_id
        self._receive("ventas@example.com", self.address(self.conversation, partner), "On Monday")
        message = self.said(self.conversation)[0]
        self.assertEqual(message.author_id, partner)
        self.assertEqual(self.conversation.state, "waiting")
        self.assertIn(self.contact, self.mailed(message))

    def test_the_same_mail_twice(self):
        address = self.address(self.conversation, self.contact)
        self._receive(self.sender, address)
        self.number = 0
        self._receive(self.sender, address)
        self.assertEqual(len(self.said(self.conversation)), 2)

    # === NOT GENUINE === #

    def test_unregistered_address(self):
        before = self.said(self.conversation)
        address = self.address(self.conversation, self.contact)
        self._receive("somebody@elsewhere.example.com", address, "Send it elsewhere")
        note = self._assert_unverified(self.conversation, before)
        self.assertIn("somebody@elsewhere.example.com", note.body)
        self.assertIn(self.user_sales.partner_id, note.notified_partner_ids)
        self.assertEqual(self.conversation.state, "new")

    def test_another_customer(self):
        before = self.said(self.conversation)
        stranger = self.user_stranger.partner_id
        self._receive(stranger.email_formatted, self.address(self.conversation, self.contact))
        self._assert_unverified(self.conversation, before)
        # An address of its own, made for another customer's conversation, is no key either.
        self._receive(stranger.email_formatted, self.address(self.conversation, stranger))
        self._assert_unverified(self.conversation, before)

    def test_a_colleague_with_the_address_of_another(self):
        before = self.said(self.conversation)
        colleague = self.user_colleague.partner_id
        self._receive(colleague.email_formatted, self.address(self.conversation, self.contact))
        self._assert_unverified(self.conversation, before)

    def test_reference_without_the_address(self):
        """The sender's name and the number of a message can be copied by anybody."""
        before = self.said(self.conversation)
        for sender in (self.sender, "ventas@example.com"):
            self._receive(sender, "catchall@portal.example.com", References=before.message_id)
            self._assert_unverified(self.conversation, before)
        quoted = self.answer(self.quote)
        self._receive(self.sender, "catchall@portal.example.com", In_Reply_To=quoted.message_id)
        self._assert_unverified(self.quote, quoted)

    def test_changed_reference(self):
        """The address decides, whatever message the mail says that it answers."""
        theirs = self.begin(self.user_stranger, subject="Secret", words="Theirs")
        note = theirs.message_post(body="Note", subtype_xmlid="mail.mt_note")
        before = self.said(theirs)
        for number in (before.message_id, note.message_id):
            self._receive(
                self.sender,
                self.address(self.conversation, self.contact),
                References=number,
                In_Reply_To=number,
            )
            message = self.said(self.conversation)[0]
            self.assertEqual(message.author_id, self.contact)
            self.assertNotEqual(message.parent_id.res_id, theirs.id)
        self.assertEqual(self.said(theirs), before)
        self.assertEqual(self.last(theirs), note)

    def test_changed_address(self):
        """An address that was tampered with opens nothing; staff find the mail all the same."""
        theirs = self.begin(self.user_stranger, subject="Secret", words="Theirs")
        before = self.said(theirs)
        address = self.address(self.conversation, self.contact)
        changed = address.replace(f"-{self.conversation.id}-", f"-{theirs.id}-")
        self.assertNotEqual(changed, address)
        number = self._receive(self.sender, changed, "Let me in")
        self.assertEqual(self.said(theirs), before)
        self.assertFalse(self.last(theirs) - before)
        held = self.Conversation.browse(number)
        self.assertTrue(held.unverified)
        self.assertFalse(held.commercial_partner_id)
        self.assertIn("Let me in", self.last(held).body)
        self.assertFalse(self.said(held))
        for user in (self.user_full, self.user_stranger):
            self.sign_in(user)
            self.assertEqual(self.url_open(f"/my/messages/{held.id}").status_code, 404)
            self.assertNotIn(f"/my/messages/{held.id}", self.url_open("/my/messages").text)

    def test_customer_that_lost_access(self):
        before = self.said(self.conversation)
        address = self.address(self.conversation, self.contact)
        self.alfa.portal_access = False
        self._receive(self.sender, address, "Are you still there?")
        note = self._assert_unverified(self.conversation, before)
        self.assertIn("no access", note.body)
        self.alfa.portal_access = True
        self.contact.portal_profile_id = self.profile_read_only
        self._receive(self.sender, address)
        self._assert_unverified(self.conversation, before)

    # === PROGRAMS === #

    def test_automatic_answers(self):
        self.answer(self.conversation)
        before = self.said(self.conversation)
        address = self.address(self.conversation, self.contact)
        for headers in (
            {"Auto-Submitted": "auto-replied"},
            {"Precedence": "bulk"},
            {"X-Autoreply": "yes"},
        ):
            mails = self.env["mail.mail"].sudo().search_count([])
            self._receive(self.sender, address, "I am on holiday", **headers)
            self.assertEqual(self.said(self.conversation), before)
            self.assertEqual(self.conversation.state, "waiting", "nobody has to answer it")
            note = self.last(self.conversation)
            self.assertIn("Automatic answer", note.body)
            self.assertFalse(note.notified_partner_ids)
            self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)

    def test_loop(self):
        """A program that answers each mail, and says nothing of being one, is stopped."""
        address = self.address(self.conversation, self.contact)
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 5)
        for _number in range(12):
            with mute_logger("odoo.addons.mail.models.mail_thread"):
                self._receive(self.sender, address, "Got it")
        self.assertEqual(len(self.said(self.conversation)), 1 + 5)

    def test_bounce(self):
        before = self.last(self.conversation)
        address = self.address(self.conversation, self.contact)
        self._receive("MAILER-DAEMON@example.com", address, "Undeliverable")
        self.assertEqual(self.last(self.conversation), before)

    # === CONTENT === #

    def test_html_and_scripts(self):
        self._receive(
            self.sender,
            self.address(self.conversation, self.contact),
            html='<p onclick="evil()">Hello<script>evil()</script>'
            '<a href="javascript:evil()">x</a><img src="x" onerror="evil()"></p>',
            files=[('"><script>evil()</script>.html', b"<script>evil()</script>")],
            Subject="<script>evil()</script>",
        )
        message = self.said(self.conversation)[0]
        self.assertIn("Hello", message.body)
        self.assertNotIn("evil", message.body)
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/messages/{self.conversation.id}").text
        self.assertIn("Hello", page)
        self.assertNotIn("<script>evil", page)
        self.assertNotIn('evil()"', page)

    def test_a_file_of_50_megabytes(self):
        self._receive(
            self.sender,
            self.address(self.conversation, self.contact),
            "The plans",
            files=[("plans.zip", b"0" * LARGE), ("list.txt", b"list")],
        )
        message = self.said(self.conversation)[0]
        self.assertEqual(message.author_id, self.contact)
        self.assertIn("The plans", message.body)
        self.assertIn("“plans.zip” was left out: it is larger than 20 MB", message.body)
        self.assertEqual(message.attachment_ids.mapped("name"), ["list.txt"])

    # === THE REST OF ODOO === #

    def test_what_is_no_customers_document_is_routed_as_ever(self):
        partner = self.env["res.partner"].create({"name": "Proveedor"})
        message = partner.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._receive(
            "supplier@example.com", "catchall@portal.example.com", References=message.message_id
        )
        self.assertIn("Thank you", self.last(partner).body)
        self.assertNotIn("Unverified", self.last(partner).body)
