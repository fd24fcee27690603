"""What customers read in the mails of the portal: the company's own look, a button that says where
it leads, their own language."""

import base64

from odoo.tests import tagged

from .common.mail import LeavingMails
from .common.message import MessageCase
from .common.payment import PaymentCase
from .common.signature import make_pdf

# How the portal's own layouts begin, and what core's say.
OWN_LOOK = "max-width: 600px"
CORE_LOOK = "Powered by"


@tagged("post_install", "-at_install")
class TestMails(LeavingMails, PaymentCase, MessageCase):
    def _assert_look(self, messages, partner, *words):
        html, _files = self._read(self._find_mail(messages, partner))
        self.assertIn(OWN_LOOK, html)
        self.assertNotIn(CORE_LOOK, html)
        for text in words:
            self.assertIn(text, html)
        return html

    def _share(self, **values):
        return self.env["customer.portal.document"].create(
            {
                "name": "Manual",
                "audience": "customer",
                "partner_id": self.contact.id,
                "file": base64.b64encode(make_pdf("Manual")),
                "file_name": "manual.pdf",
                **values,
            }
        )

    def test_shared_document(self):
        document = self._share()
        with self.leaving() as messages:
            document.action_send()
        html = self._assert_look(messages, self.contact, "See the document", document.access_url)
        self.assertNotIn(document._description, html)
        self.assertNotIn("simply answer this mail", html)

    def test_document_to_sign(self):
        with self.leaving() as messages:
            self._share(to_sign=True).action_send()
        self._assert_look(messages, self.contact, "Read and sign")

    def test_file_asked_for_and_asked_for_again(self):
        request = self.env["customer.portal.document.request"].create(
            {"name": "Tax certificate", "partner_id": self.contact.id}
        )
        with self.leaving() as messages:
            request.action_send()
        self._assert_look(messages, self.contact, "Send the file", request.access_url)
        request.state = "received"
        with self.leaving() as messages:
            request._ask_again("The second page is missing.")
        self._assert_look(messages, self.contact, "Send the file", "The second page is missing.")

    def test_reported_payment(self):
        invoice = self._create_invoice(self.alfa)
        basket = self.env["customer.portal.basket"]._build(self.contact, invoice, online=False)
        report = self.env["customer.portal.payment.report"]._declare(
            self.contact, basket, self.today, "transfer", "X-1", ""
        )
        report.message_subscribe(self.user_sales.partner_id.ids)
        with self.leaving() as messages:
            report._refuse("It did not arrive.")
        self.assertEqual(len(messages), 1, "no mail to staff in the customer's words")
        html = self._assert_look(messages, self.contact, "It did not arrive.")
        self.assertNotIn(report._description, html)

    def test_new_message_is_one_mail_to_staff(self):
        """Not one more that says, in the customer's name, that it is assigned."""
        Conversation = self.Conversation.with_user(self.user_full)
        with self.leaving() as messages:
            Conversation.with_context(tracking_disable=False)._portal_begin(
                self.contact, self.company, "Delivery times", "When do you deliver?", []
            )
        self._assert_look(messages, self.user_sales.partner_id, "When do you deliver?")

    def test_answer_to_a_message(self):
        conversation = self.begin()
        with self.leaving() as messages:
            self.answer(conversation)
        self._assert_look(
            messages, self.contact, "Read and answer", "You can also simply answer this mail"
        )

    def test_new_address_is_told_to_the_old_one(self):
        old = self.contact.email
        with self.leaving() as messages, self.enter_registry_test_mode():
            self.contact.with_user(self.user_full)._portal_update_self(
                {"email": "nueva@example.com"}
            )
            self.env.cr.postcommit.run()
        message = next(message for message in messages if old in message["To"])
        html, _files = self._read(message)
        self.assertIn(OWN_LOOK, html)
        self.assertIn("If this was not you", html)
        # Whoever answers reaches people.
        self.assertIn(self.company.email, message["Reply-To"])

    def test_staff_are_told_of_a_quote_in_the_same_look(self):
        order = self._create_order(self.alfa)
        with self.leaving() as messages:
            order.sudo()._portal_reject_quote(self.contact, "Too dear")
        self._assert_look(messages, self.user_sales.partner_id, "Too dear", "Open the quote")

    def test_in_the_customers_language(self):
        """Whatever staff speak; the words come from the catalog that is shipped."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.env["ir.module.module"]._load_module_terms(
            ["customer_portal_plus"], ["es_ES"], overwrite=True
        )
        self.contact.lang = "es_ES"
        self.user_sales.lang = "en_US"
        self.env.flush_all()
        request = self.env["customer.portal.document.request"].with_user(self.user_sales)
        request = request.create({"name": "Certificado", "partner_id": self.contact.id})
        with self.leaving() as messages:
            request.action_send()
        html = self._assert_look(messages, self.contact, "Necesitamos")
        self.assertIn("envíenos", self._find_mail(messages, self.contact)["Subject"])
        self.assertNotIn("Hello", html)
        self.assertNotIn("Choose which mails", html)

    def test_answer_to_a_reminder_reaches_the_company(self):
        self.company.portal_send_reminders = True
        self.env["account.move"].search([("state", "=", "posted")]).no_followup = True
        invoice = self._create_invoice(self.alfa, days=-30, due_days=-5)
        level = self.env["customer.portal.reminder"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        reminder = self._remind(invoice)
        with self.leaving() as messages:
            reminder._send(level.template_id)
        mail = self._find_mail(messages, self.contact)
        self._assert_look(messages, self.contact, "Pay now", invoice.name)
        with self.leaving() as messages:
            self.receive(
                self.contact.email_formatted,
                mail["Reply-To"],
                "I paid yesterday",
                References=mail["Message-Id"],
            )
        html, _files = self._read(self._find_mail(messages, self.company.partner_id))
        self.assertIn("I paid yesterday", html)
