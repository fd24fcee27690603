"""Who has answered a quote gets it in writing, once, in its language."""

import re
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_personal_link import PERSONAL, LinkCase


@tagged("post_install", "-at_install")
class TestQuoteConfirmation(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.page = f"/my/orders/{cls.quote.id}"

    def reject(self, **data):
        version = self.quote._portal_version()
        return self.post_form(
            f"{self.page}/decline",
            {"decline_message": "Too <b>dear</b>", "version": version, **data},
            page="/web/login",
        )

    def ask_changes(self, **data):
        version = self.quote._portal_version()
        return self.post_form(
            f"{self.page}/answer/changes",
            {"message": "Only 5, please", "version": version, **data},
            page="/web/login",
        )

    def mails_to(self, messages, partner):
        return [one for one in messages if partner.email in (one["To"] or "")]

    def assert_told(self, messages, partner, subject, words):
        [mail] = self.mails_to(messages, partner)
        self.assertIn(subject, mail["Subject"])
        html, _files = self._read(mail)
        self.assertIn(words, html)
        self.assertIn(self.quote.name, html)
        self.assertNotIn("<b>dear", html)
        return html

    def test_rejected(self):
        self.sign_in(self.user_full)
        with self.leaving() as messages:
            self.reject()
            self.assertEqual(self.quote.state, "cancel")
        html = self.assert_told(messages, self.contact, "rejected", "Too &lt;b&gt;dear")
        self.assertFalse(self.mails_to(messages, self.user_colleague.partner_id))
        # It carries a personal link, which opens the quote without signing in.
        links = re.findall(r'href="https?://[^/"]+(/[^"]*)"', html)
        [link] = [link for link in links if PERSONAL.search(link)]
        self.authenticate(None, None)
        self.assertIn(self.quote.name, self.open(link).text)

    def test_changes(self):
        self.sign_in(self.user_full)
        with self.leaving() as messages:
            self.ask_changes()
            self.assertTrue(self.quote.portal_changes_asked_on)
        self.assert_told(messages, self.contact, "asked for changes", "Only 5, please")

    def test_language(self):
        self.contact.lang = "es_ES"
        template = self.env.ref("customer_portal_plus.mail_template_quote_rejected")
        template.with_context(lang="es_ES").subject = "Ha rechazado {{ object.name }}"
        self.sign_in(self.user_full)
        with self.leaving() as messages:
            self.reject()
        self.assert_told(messages, self.contact, "Ha rechazado", "dear")

    def test_guest_with_a_personal_link(self):
        self.open(self.make(self.quote))
        with self.leaving() as messages:
            self.reject()
            self.assertEqual(self.quote.state, "cancel")
        self.assert_told(messages, self.contact, "rejected", "dear")
        self.assertFalse(self.mails_to(messages, self.alfa))

    def test_guest_with_the_bare_link(self):
        """Nobody knows who that is: whom the quote is for learns of it."""
        with self.leaving() as messages:
            self.reject(access_token=self.quote._portal_ensure_token())
            self.assertEqual(self.quote.state, "cancel")
        self.assert_told(messages, self.alfa, "rejected", "dear")

    def test_who_wants_no_mails(self):
        self.contact.portal_mail_message = False
        self.sign_in(self.user_full)
        with self.leaving() as messages:
            self.reject()
            self.assertEqual(self.quote.state, "cancel")
        self.assertFalse(self.mails_to(messages, self.contact))

    def test_refused_answer(self):
        self.sign_in(self.user_full)
        with self.leaving() as messages:
            self.reject(version="0" * 64)
            self.ask_changes(message=" ")
            self.assertEqual(self.quote.state, "sent")
        self.assertFalse(self.mails_to(messages, self.contact))

    def test_mail_that_fails(self):
        """Staff may have spoilt its text: the answer counts all the same."""
        self.sign_in(self.user_full)
        logger = "odoo.addons.customer_portal_plus.models.quotes.sale_order_confirmation"
        broken = patch.object(
            type(self.env["sale.order"]), "message_notify", side_effect=UserError("Broken")
        )
        with self.leaving() as messages, self.assertLogs(logger, "ERROR"), broken:
            self.reject()
        self.assertEqual(self.quote.state, "cancel")
        self.assertFalse(self.mails_to(messages, self.contact))

    def test_accepted(self):
        """One mail, with the certificate of it: none of this kind besides."""
        self.sign_in(self.user_full)
        with self.leaving() as messages:
            version = self.quote._portal_version()
            self.post_form(f"{self.page}/answer/accept", {"version": version}, page="/web/login")
            self.assertEqual(self.quote.state, "sale")
            with self.enter_registry_test_mode():
                cron = self.env.ref("customer_portal_plus.ir_cron_deliver_signatures")
                cron.method_direct_trigger()
            self.env.invalidate_all()
        [mail] = self.mails_to(messages, self.contact)
        html, files = self._read(mail)
        self.assertIn("accepted", html)
        self.assertTrue(files)
