"""Mails that begin a conversation, and answers whose address lost what it was signed with."""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.message import MessageCase

GATEWAY = "odoo.addons.customer_portal_plus.models.messages.customer_portal_access_mixin_gateway"
ADDRESS = "clientes@portal.example.com"
CATCHALL = "catchall@portal.example.com"


@tagged("post_install", "-at_install")
class TestNewMail(MessageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_mail_alias_name = "clientes"
        cls.company.portal_message_user_id = cls.user_sales
        cls.sender = cls.contact.email_formatted
        cls.colleague = cls.user_colleague.partner_id
        cls.quote = cls._create_order(cls.alfa)

    def _receive(self, sender, to=ADDRESS, *args, **headers):
        before = self.Conversation.search([])
        headers.setdefault("Subject", "A new matter")
        with mute_logger(GATEWAY, "odoo.addons.mail.models.mail_thread"):
            self.receive(sender, to, *args, **headers)
        return self.Conversation.search([]) - before

    def _assert_shows(self, conversation, user, expected):
        self.sign_in(user)
        status = self.url_open(f"/my/messages/{conversation.id}").status_code
        self.assertEqual(status, 200 if expected else 404, user.login)

    def _assert_for_staff_alone(self, conversation):
        self.assertEqual(len(conversation), 1)
        self.assertTrue(conversation.unverified)
        self.assertFalse(conversation.partner_id or conversation.commercial_partner_id)
        self.assertFalse(self.said(conversation))
        note = self.last(conversation)
        self.assertIn("Unverified mail", note.body)
        self.assertIn(self.user_sales.partner_id, note.notified_partner_ids)
        self.assertFalse(note.notified_partner_ids.filtered("partner_share"))

    # === A NEW CONVERSATION === #

    def test_a_contact(self):
        conversation = self._receive(self.sender.upper(), ADDRESS, "Do you deliver on Sundays?")
        self.assertEqual(conversation.partner_id, self.contact)
        self.assertEqual(conversation.commercial_partner_id, self.alfa)
        self.assertEqual(conversation.company_id, self.company)
        self.assertEqual((conversation.name, conversation.state), ("A new matter", "new"))
        self.assertTrue(conversation.is_by_mail and not conversation.unverified)
        self.assertEqual(conversation.user_id, self.user_sales)
        message = self.said(conversation)
        self.assertEqual(message.author_id, self.contact)
        self.assertIn("on Sundays", message.body)
        self.assertIn(self.user_sales.partner_id, self.mailed(message))
        self.assertNotIn(self.contact, self.mailed(message))
        self._assert_shows(conversation, self.user_full, True)
        # Anybody can write the contact's address: its colleagues see it when staff take it so.
        self._assert_shows(conversation, self.user_colleague, False)
        self._assert_shows(conversation, self.user_stranger, False)
        answer = self.answer(conversation)
        self.assertIn(self.contact, self.mailed(answer))
        self._assert_shows(conversation, self.user_colleague, True)

    def test_catchall(self):
        conversation = self._receive(self.sender, CATCHALL)
        self.assertEqual(conversation.partner_id, self.contact)
        self.company.portal_mail_alias_name = False
        self.assertFalse(self._receive(self.sender, CATCHALL), "Odoo sends it back, as before")

    def test_nobody_known(self):
        conversation = self._receive("somebody@elsewhere.example.com", ADDRESS, "Hello")
        self._assert_for_staff_alone(conversation)
        self.assertIn("Hello", self.last(conversation).body)
        for user in (self.user_full, self.user_stranger):
            self._assert_shows(conversation, user, False)

    def test_gates(self):
        self.company.portal_allow_messages = False
        self._assert_for_staff_alone(self._receive(self.sender))
        self.company.portal_allow_messages = True
        self.alfa.portal_access = False
        self._assert_for_staff_alone(self._receive(self.sender))
        self.alfa.portal_access = True
        self.contact.portal_profile_id = self.profile_read_only
        self._assert_for_staff_alone(self._receive(self.sender))

    def test_an_address_of_two_customers(self):
        self.user_stranger.partner_id.email = self.contact.email
        self._assert_for_staff_alone(self._receive(self.sender))

    def test_staff_are_no_customers(self):
        self._assert_for_staff_alone(self._receive(self.user_sales.partner_id.email_formatted))

    def test_programs(self):
        mails = self.env["mail.mail"].search_count([])
        for sender, headers in (
            (self.sender, {"Auto-Submitted": "auto-replied"}),
            (self.sender, {"Precedence": "bulk"}),
            ("somebody@elsewhere.example.com", {"X-Autoreply": "yes"}),
            ("MAILER-DAEMON@example.com", {}),
            (CATCHALL, {}),
            (ADDRESS, {}),
        ):
            with self.subTest(sender=sender, headers=headers):
                self.assertFalse(self._receive(sender, ADDRESS, "I am on holiday", **headers))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_loop(self):
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 3)
        begun = [len(self._receive(self.sender)) for _number in range(6)]
        self.assertEqual(begun, [1, 1, 1, 0, 0, 0])
        begun = [len(self._receive("machine@elsewhere.example.com")) for _number in range(6)]
        self.assertEqual(begun, [1, 1, 1, 0, 0, 0])

    def test_files(self):
        files = [(f"{number}.txt", b"text") for number in range(12)]
        conversation = self._receive(self.sender, ADDRESS, "Many", files)
        message = self.said(conversation)
        self.assertEqual(len(message.attachment_ids), 10)
        self.assertIn("“11.txt” was left out", message.body)

    def test_hostile_subject(self):
        conversation = self._receive(
            self.sender, ADDRESS, Subject="<script>evil()</script>" + "x" * 500
        )
        self.assertEqual(len(conversation.name), 150)
        self.sign_in(self.user_full)
        for page in ("/my/messages", f"/my/messages/{conversation.id}"):
            self.assertNotIn("<script>evil", self.url_open(page).text)

    def test_each_company(self):
        other = self.env["res.company"].create(
            {"name": "Otra SA", "alias_domain_id": self.domain.id}
        )
        other.portal_mail_alias_name = "otra"
        self.assertEqual(self.company.portal_mail_alias_name, "clientes")
        # Its contact is not in that company's portal.
        conversation = self._receive(self.sender, "otra@portal.example.com")
        self.assertEqual(conversation.company_id, other)
        self.assertTrue(conversation.unverified)
        other.portal_mail_alias_name = "otros"
        self.assertEqual(other.portal_mail_alias_id.alias_full_name, "otros@portal.example.com")

    def test_settings(self):
        settings = self.env["res.config.settings"].create({"portal_mail_alias_name": "ventas"})
        settings.execute()
        alias = self.company.portal_mail_alias_id
        self.assertEqual(alias.alias_full_name, "ventas@portal.example.com")
        self.assertEqual(settings.portal_mail_alias_domain, "portal.example.com")
        domain = self.domain.copy({"name": "new.example.com"})
        self.company.alias_domain_id = domain
        self.assertEqual(alias.alias_full_name, "ventas@new.example.com")
        self.company.portal_mail_alias_name = False
        self.assertFalse(alias.exists())

    # === AN ANSWER WITHOUT ITS SIGNED PART === #

    def _assert_kept_unverified(self, record, before, sender_name):
        """It is with the thread, for staff, who are told; it does nothing."""
        self.assertEqual(self.said(record), before)
        note = self.last(record)
        self.assertIn("Unverified mail", note.body)
        self.assertIn(sender_name, note.body)
        self.assertTrue(note._portal_is_internal())
        self.assertNotIn(self.contact, note.author_id + note.notified_partner_ids)
        self.assertIn(self.user_sales.partner_id, note.notified_partner_ids)
        conversation = self.Conversation._get_for(record)
        self.assertTrue(conversation.unverified_on)
        return conversation

    def test_answers_to_a_cut_off_address(self):
        self.company.portal_tell_message = "activity"
        conversation = self.begin()
        conversation.action_close()
        conversation.activity_unlink(["customer_portal_plus.mail_activity_type_message"])
        before = self.said(conversation)
        signed = re.search("<(.*)>", self.address(conversation, self.contact)).group(1)
        for address in (
            CATCHALL,
            ADDRESS,
            signed.replace("@", "0@"),
            signed[:-30] + "@" + signed.split("@")[1],
        ):
            with self.subTest(address=address):
                conversation.unverified_on = False
                new = self._receive(
                    self.sender, address, "Pay to this account", References=before.message_id
                )
                self.assertFalse(new)
                self._assert_kept_unverified(conversation, before, self.contact.display_name)
                self.assertEqual(conversation.state, "closed", "it does nothing by itself")
                self.assertFalse(conversation.unanswered_since)
        self.assertEqual(conversation.activity_ids.summary, "Unverified mail")
        for user in (self.user_full, self.user_colleague):
            self.sign_in(user)
            self.assertNotIn(
                "Pay to this account", self.url_open(f"/my/messages/{conversation.id}").text
            )
        self.answer(conversation)
        self.assertFalse(conversation.unverified_on, "staff have seen it")
        self.assertFalse(conversation.activity_ids)

    def test_tampered_address_with_a_reference(self):
        conversation = self.begin()
        before = self.said(conversation)
        address = self.address(conversation, self.contact)
        changed = re.sub("-([0-9a-f])([0-9a-f]{19})@", r"-\2f@", address)
        self.assertNotEqual(changed, address)
        new = self._receive(self.sender, changed, References=before.message_id)
        self.assertFalse(new)
        self._assert_kept_unverified(conversation, before, self.contact.display_name)
        # Of nobody known it stays apart.
        new = self._receive("x@elsewhere.example.com", changed, References=before.message_id)
        self._assert_for_staff_alone(new)
        stranger = self.user_stranger.partner_id.email_formatted
        self._assert_for_staff_alone(self._receive(stranger, changed, References=before.message_id))

    def test_answers_about_a_document(self):
        asked = self.answer(self.quote, "Shall we deliver?")
        self.quote._portal_conversation()
        for address in (CATCHALL, ADDRESS):
            new = self._receive(self.sender, address, "Accepted!", References=asked.message_id)
            self.assertFalse(new)
            self._assert_kept_unverified(self.quote, asked, self.contact.display_name)
        self.assertEqual(self.quote.state, "sent")
