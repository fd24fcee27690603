"""Which mails contacts get, and how staff are told what customers do."""

from odoo.tests import tagged

from .common import PortalHttpCase

FIELDS = {
    "document": "portal_mail_document",
    "message": "portal_mail_message",
    "reminder": "portal_mail_reminder",
    "payment": "portal_mail_payment",
}


@tagged("post_install", "-at_install")
class TestMailsOfContacts(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.quote = cls._create_order(cls.alfa)

    def _mailed(self, message):
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        return mails.recipient_ids

    def _write_on(self, document):
        document.message_subscribe(self.contact.ids)
        return document.with_user(self.user_sales).message_post(
            body="On Monday", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def test_all_are_wanted_until_said_otherwise(self):
        for kind in FIELDS:
            self.assertTrue(self.contact._portal_wants_mail(kind))
        with self.assertRaises(KeyError):
            self.contact._portal_wants_mail("weather")

    def test_the_contact_chooses(self):
        self.sign_in(self.user_full)
        page = self.url_open("/my/account").text
        for name in FIELDS.values():
            self.assertIn(f'name="{name}"', page)
        wanted = {FIELDS["payment"]: "1", "portal_access": "", "name": "Nobody"}
        name = self.contact.name
        self.post_form("/my/account/mails", wanted, page="/my/account")
        self.assertEqual(
            {kind for kind in FIELDS if self.contact._portal_wants_mail(kind)}, {"payment"}
        )
        self.assertTrue(self.alfa.portal_access)
        self.assertEqual(self.contact.name, name)
        for other in (self.user_colleague, self.user_stranger):
            self.assertTrue(other.partner_id._portal_wants_mail("message"))

    def test_staff_have_no_choice_here(self):
        self.sign_in(self.user_sales)
        self.post_form("/my/account/mails", page="/my/account")
        self.assertTrue(self.user_sales.partner_id._portal_wants_mail("message"))

    def test_guests_choose_nothing(self):
        self.sign_in(None)
        self.assertIn("/web/login", self.url_open("/my/account/mails", data={"x": "1"}).url)

    def test_message(self):
        self.assertIn(self.contact, self._mailed(self._write_on(self.quote)))
        self.contact.portal_mail_message = False
        message = self._write_on(self.quote)
        self.assertNotIn(self.contact, self._mailed(message))
        self.assertIn(message, self.quote.message_ids)

    def test_what_staff_send_by_hand_arrives(self):
        self.contact.portal_mail_message = False
        message = self.quote.with_context(mark_so_as_sent=True).message_post(
            body="Our quote",
            partner_ids=self.contact.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn(self.contact, self._mailed(message))
