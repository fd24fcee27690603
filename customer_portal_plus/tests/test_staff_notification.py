"""Which mails contacts get, and how staff are told what customers do."""

from odoo.tests import tagged

from .common import PortalHttpCase
from .common.document import make_image

FIELDS = {
    "document": "portal_mail_document",
    "message": "portal_mail_message",
    "reminder": "portal_mail_reminder",
    "payment": "portal_mail_payment",
    "statement": "portal_mail_statement",
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


@tagged("post_install", "-at_install")
class TestNoticesToStaff(PortalHttpCase):
    """Each event in each of the ways that the company can choose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "info@example.com"
        cls.alfa.user_id = cls.user_sales
        cls.contact = cls.user_full.partner_id

    def _accept(self):
        quote = self._create_order(self.alfa)
        quote._portal_accept_quote(self.contact)
        return quote

    def _reject(self):
        quote = self._create_order(self.alfa)
        quote._portal_reject_quote(self.contact, "Too dear")
        return quote

    def _message(self):
        return (
            self.env["customer.portal.conversation"]
            .with_user(self.user_full)
            ._portal_begin(self.contact, self.company, "Delivery", "When?", [])
        )

    def _document(self):
        document = self.env["customer.portal.document"].create(
            {
                "name": "Agreement",
                "partner_id": self.alfa.id,
                "user_id": self.user_sales.id,
                "file": b"eA==",
            }
        )
        document._portal_tell_responsible("document", "Agreement was signed")
        return document

    def _changes(self):
        quote = self._create_order(self.alfa)
        quote._portal_ask_changes(self.contact, "Deliver it earlier, please", {})
        return quote

    def _payment(self):
        invoice = self._create_invoice(self.alfa, invoice_user_id=self.user_sales.id)
        basket = self.env["customer.portal.basket"]._build(self.contact, invoice, online=False)
        return self.env["customer.portal.payment.report"]._declare(
            self.contact, basket, self.today, "transfer", invoice.name, ""
        )

    def _upload(self):
        request = self.env["customer.portal.document.request"].create(
            {"name": "Certificate", "partner_id": self.alfa.id, "user_id": self.user_sales.id}
        )
        request.action_send()
        request._portal_upload(self.contact, [("certificate.png", make_image())])
        return request

    def _change(self):
        return self.env["customer.portal.change.request"]._portal_request(
            self.contact,
            {"kind": "invitation", "contact_name": "Caja", "contact_email": "caja@example.com",
             "profile_id": self.profile_full.id},
        )  # fmt: skip

    def _mails_to_staff(self):
        return (
            self.env["mail.mail"]
            .sudo()
            .search_count([("recipient_ids", "in", self.user_sales.partner_id.ids)])
        )

    def test_ways(self):
        events = {
            "quote_accepted": self._accept,
            "quote_rejected": self._reject,
            "quote_changes": self._changes,
            "payment": self._payment,
            "upload": self._upload,
            "message": self._message,
            "document": self._document,
            "change": self._change,
        }
        ways = {"both": (1, 1), "activity": (1, 0), "mail": (0, 1), "none": (0, 0)}
        offered = {
            name
            for name, field in self.company._fields.items()
            # Bridges offer more, which their own tests try.
            if name.startswith("portal_tell_") and "customer_portal_plus" in field._modules
        }
        self.assertEqual({f"portal_tell_{event}" for event in events}, offered)
        for event, happen in events.items():
            for way, (activities, mails) in ways.items():
                with self.subTest(event=event, way=way):
                    self.company[f"portal_tell_{event}"] = way
                    before = self._mails_to_staff()
                    record = happen().with_env(self.env)
                    found = record.activity_ids.filtered(lambda a: a.user_id == self.user_sales)
                    self.assertEqual(len(found), activities)
                    if event != "change":  # Its mail is that of the note on the customer.
                        self.assertEqual(self._mails_to_staff() - before, mails)

    def test_data_changed(self):
        for way, told in (("mail", True), ("both", True), ("activity", False), ("none", False)):
            self.company.portal_tell_change = way
            before = self._mails_to_staff()
            self.alfa._portal_tell_staff("The address was changed", self.contact)
            self.assertEqual(self._mails_to_staff() - before, int(told), way)
            self.assertIn("The address was changed", self.alfa.message_ids[0].body)

    def test_an_answer_ends_the_activity(self):
        self.company.portal_tell_message = "activity"
        conversation = self._message().with_env(self.env)
        self.assertEqual(conversation.activity_ids.user_id, self.user_sales)
        conversation.with_user(self.user_sales).message_post(
            body="On Monday", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(conversation.activity_ids)

    def test_message_on_a_document(self):
        self.company.portal_tell_message = "none"
        quote = self._create_order(self.alfa)
        quote.message_subscribe(self.user_sales.partner_id.ids)
        before = self._mails_to_staff()
        quote.with_user(self.user_full)._portal_post_of(self.contact, "How much?", [])
        self.assertEqual(self._mails_to_staff(), before)
        self.company.portal_tell_message = "mail"
        quote.with_user(self.user_full)._portal_post_of(self.contact, "How much?", [])
        self.assertEqual(self._mails_to_staff(), before + 1)
