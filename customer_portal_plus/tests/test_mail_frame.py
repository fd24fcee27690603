"""What is around the mails that customers get, and what they say first."""

import runpy
from datetime import timedelta

from odoo.tests import TransactionCase, tagged
from odoo.tools import format_date
from odoo.tools.misc import file_path

from ..tools.mail_text import first_words, shorten, to_text
from .common import PortalCase
from .common.mail import LeavingMails
from .common.sign_in import SignInCase

FRAME = 'class="cpp_page"'


@tagged("post_install", "-at_install")
class TestMailText(TransactionCase):
    def test_text_reads_as_the_mail_does(self):
        body = """<html><head><style>.a { color: red }</style><title>T</title></head><body>
            <div style="display: none;">Preheader</div><p>Hello Ana,</p>
            <p>Two invoices&nbsp;are <b>due</b>:<br/>today</p>
            <table><tr><td>INV/1</td><td>1.361,31 €</td></tr>
            <tr><td>INV/2</td><td>5 €</td></tr></table>
            <ul><li>One</li><li>Two</li></ul><p style="white-space: pre-line">a
            b</p><a href="https://example.com/my?a=1&amp;b=2">Pay now</a>
            <a href="mailto:x@y.z">x@y.z</a>
            </body></html>"""
        self.assertEqual(
            to_text(body),
            "Hello Ana,\n\nTwo invoices are due:\ntoday\n\nINV/1 1.361,31 €\nINV/2 5 €\n\n"
            "- One\n- Two\n\na\nb\n\nPay now: https://example.com/my?a=1&b=2 x@y.z",
        )

    def test_text_of_anything(self):
        for body in ("", None, "plain", "<p>open", "&lt;b&gt;", "<!-- x -->", "\x00 a"):
            with self.subTest(body):
                self.assertNotIn("<p", to_text(body))

    def test_first_words_pass_over_the_greeting(self):
        body = "<p>Hello Ana,</p><p>your file is here: <a href='https://example.com'>See</a></p>"
        self.assertEqual(first_words(body), "your file is here: See")
        self.assertEqual(first_words("<p>Hello,</p>"), "Hello,")
        self.assertLessEqual(len(first_words(f"<p>{'word ' * 90}</p>")), 121)

    def test_what_is_cut_off_is_marked(self):
        for words, shown in (
            ("one two", "one two"),
            ("one two three", "one two…"),
            ("one, another", "one…"),
            ("onetwothree", "onetwoth…"),
        ):
            with self.subTest(words):
                self.assertEqual(shorten(words, 8), shown)


@tagged("post_install", "-at_install")
class TestMailFrame(LeavingMails, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.company.write({"primary_color": "#ffd500", "phone": "+34 911 234 567"})
        cls.invoice = cls._create_invoice(cls.contact, 1361.31)
        register = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=cls.invoice.ids
        )
        register.create({"amount": 544.52})._create_payments()
        cls.left = cls.invoice.currency_id.format(816.79)

    def _assert_frame(self, message):
        """Assert that a mail has the one look; return its HTML and its text."""
        html, _files = self._read(message)
        for words in (FRAME, "prefers-color-scheme: dark", "#ffd500", self.company.name):
            self.assertIn(words, html)
        self.assertEqual(html.count("<html"), 1)
        self.assertNotIn("Powered by", html)
        self.assertLessEqual(
            html.count("display: inline-block; padding: 12px 24px"), 1, "one button"
        )
        text = message.get_body(("plain",)).get_content()
        self.assertNotIn("{", text, "no style sheet")
        self.assertNotIn("<", text)
        return html, text

    def _send_invoice(self):
        wizard = self.env["account.move.send.wizard"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        with self.leaving() as messages:
            wizard.create({"sending_methods": ["email"]}).action_send_and_print(
                allow_fallback_pdf=True
            )
        return self._find_mail(messages, self.contact)

    def test_invoice_says_what_is_left(self):
        html, text = self._assert_frame(self._send_invoice())
        head = html.partition("</table>")[0].partition('class="cpp_cell cpp_text cpp_core"')[0]
        self.assertIn(self.left, head)
        self.assertIn("Left to pay", head)
        self.assertNotIn("1,361.31", head)
        self.assertIn(f"Left to pay\n{self.left}".replace("\xa0", " "), text.replace("\xa0", " "))

    def test_staff_are_told_what_is_left_in_core_s_look(self):
        values = self.invoice._notify_by_email_prepare_rendering_context(
            self.invoice.message_ids[:1]
        )
        self.assertIn(self.left, values["subtitles"][1])
        self.assertNotIn("1,361.31", " ".join(values["subtitles"]))

    def test_overdue_invoice_says_so(self):
        self.invoice.line_ids.filtered("date_maturity").date_maturity = "2020-01-31"
        summary = self.invoice._portal_mail_summary()
        self.assertEqual(summary["note"], "Overdue since 01/31/2020")

    def test_invoice_of_which_a_part_is_overdue_says_how_much(self):
        since = self.today - timedelta(days=45)
        parts = self._create_in_parts(self.contact, 1000.0, (60, 0), (40, 90), days=-45)
        summary = parts._portal_mail_summary()
        left, overdue = (parts.currency_id.format(amount) for amount in (1000.0, 600.0))
        self.assertEqual(summary["amount"], left)
        self.assertEqual(
            summary["note"], f"{overdue} of it overdue since {format_date(self.env, since)}"
        )

    def test_quotes_sent_one_by_one_and_in_bulk(self):
        quotes = self._create_order(self.contact)
        quotes |= self._create_order(self.user_stranger.partner_id)
        total = quotes[0].currency_id.format(quotes[0].amount_total)
        for some in (quotes[0], quotes):
            action = some.action_quotation_send()
            composer = self.env["mail.compose.message"].with_context(**action["context"])
            template = self.env.ref("sale.email_template_edi_sale")
            with self.leaving() as messages:
                composer.create({"template_id": template.id})._action_send_mail()
            html, _text = self._assert_frame(self._find_mail(messages, self.contact))
            self.assertIn(total, html)

    def test_subjects_say_what_counts(self):
        due = format_date(self.env, self.invoice.invoice_date_due)
        self.assertEqual(
            self._send_invoice()["Subject"],
            f"Invoice {self.invoice.name} · Due on {due} – {self.company.name}",
        )
        other = self.env["res.company"].create({"name": "Otra casa"})
        quote = self._create_order(self.contact)
        payment = self.invoice._get_reconciled_payments()
        refund = self._create_invoice(self.contact, move_type="out_refund")
        quote.company_id.name = "Pepino Tech"
        valid = format_date(self.env, quote.validity_date)
        for xmlid, record, subject in (
            (
                "sale.email_template_edi_sale",
                quote,
                f"Quote {quote.name} · Valid until {valid} – Pepino Tech",
            ),
            (
                "account.mail_template_data_payment_receipt",
                payment,
                f"Received: {payment.currency_id.format(544.52)} – Pepino Tech",
            ),
        ):
            template = self.env.ref(xmlid).with_company(other)
            self.assertEqual(
                template._render_field("subject", record.ids, compute_lang=True)[record.id], subject
            )
        template = self.env.ref("account.email_template_edi_credit_note")
        subject = template._render_field("subject", refund.ids)[refund.id]
        self.assertTrue(subject.startswith(f"Credit note {refund.name}"), subject)
        self.assertTrue(subject.endswith(" – Pepino Tech"), subject)
        self.assertEqual(template._render_field("subject", []), {})

    def test_subjects_are_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.contact.lang = "es_ES"
        quotes = self._create_order(self.contact)
        quotes |= self._create_order(self.user_stranger.partner_id)
        template = self.env.ref("sale.email_template_edi_sale")
        subjects = template._render_field("subject", quotes.ids, compute_lang=True)
        self.assertTrue(subjects[quotes[0].id].startswith("Presupuesto "), subjects)
        self.assertTrue(subjects[quotes[1].id].startswith("Quote "), subjects)
        for options in ({"set_lang": "es_ES"}, {"res_ids_lang": {quotes[1].id: "es_ES"}}):
            subjects = template._render_field("subject", quotes[1].ids, **options)
            self.assertTrue(subjects[quotes[1].id].startswith("Presupuesto "), subjects)

    def test_subjects_of_mails_about_an_account(self):
        """Those of customers' users say from whom; staff get core's own."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.user_full.lang = "es_ES"
        self.company.name = "Pepino Tech"
        for xmlid in (
            "auth_signup.portal_set_password_email",
            "auth_signup.mail_template_user_signup_account_created",
        ):
            template = self.env.ref(xmlid)
            users = self.user_stranger | self.user_full
            subjects = template._render_field("subject", users.ids, compute_lang=True)
            self.assertEqual(
                subjects[self.user_stranger.id], "Your access to the customer portal – Pepino Tech"
            )
            self.assertTrue(subjects[self.user_full.id].endswith(" – Pepino Tech"), subjects)
            of_staff = template._render_field("subject", self.user_sales.ids)
            self.assertNotIn(" – ", of_staff[self.user_sales.id])
            template.subject = "Come in"
            subjects = template._render_field("subject", users.ids)
            self.assertEqual(set(subjects.values()), {"Come in"})

    def test_subject_of_the_mail_with_a_new_password(self):
        self.company.name = "Pepino Tech"
        users = self.user_full | self.user_stranger | self.user_sales
        with self.leaving() as messages:
            users.action_reset_password()
        subjects = [message["Subject"] for message in messages]
        self.assertEqual(subjects.count("Set a new password – Pepino Tech"), 2)
        self.assertEqual(subjects.count("Password reset"), 1)
        self.company.portal_enabled = False
        with self.leaving() as messages:
            self.user_full.action_reset_password()
        self.assertEqual(messages[0]["Subject"], "Password reset")

    def test_subjects_of_the_company_s_own_stay(self):
        template = self.env.ref("sale.email_template_edi_sale")
        quote = self._create_order(self.contact)
        core_s = template.subject
        template.subject = "Offer {{ object.name }}"
        rendered = template._render_field("subject", quote.ids)
        self.assertEqual(rendered, {quote.id: f"Offer {quote.name}"})
        template.with_user(self.env.ref("base.user_admin")).subject = core_s
        self.env.flush_all()
        rendered = template._render_field("subject", quote.ids)
        self.assertIn("(Ref ", rendered[quote.id])
        vendor = self._create_invoice(self.beta, move_type="in_invoice", post=False)
        self.assertEqual(vendor._portal_mail_subject(), "")
        self.assertEqual(self.contact._portal_mail_subject(), "")

    def test_message_of_staff_to_the_customer(self):
        quote = self._create_order(self.contact)
        with self.leaving() as messages:
            quote.with_user(self.user_sales).message_post(
                body="Is Tuesday right?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.contact.ids,
            )
        html, text = self._assert_frame(self._find_mail(messages, self.contact))
        self.assertIn("Is Tuesday right?", text)
        self.assertIn(quote.name, html)

    def test_staff_keep_core_s_look(self):
        quote = self._create_order(self.contact)
        with self.leaving() as messages:
            quote.message_post(
                body="Look",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.user_sales.partner_id.ids,
            )
        html, _files = self._read(self._find_mail(messages, self.user_sales.partner_id))
        self.assertNotIn(FRAME, html)

    def test_other_records_keep_core_s_look(self):
        with self.leaving() as messages:
            self.contact.message_post(
                body="Look",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.contact.ids,
            )
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertNotIn(FRAME, html)

    def test_colours_can_be_read(self):
        for color in ("#ffd500", "#111111", "#ffffff"):
            with self.subTest(color):
                self.company.primary_color = color
                colors = self.company._portal_mail_colors()
                self.assertEqual(colors["brand"], color)
                self.assertEqual(colors["text"], "#ffffff" if color == "#111111" else "#000000")
        self.company.email_secondary_color = "#0b6e4f"
        self.assertEqual(self.company._portal_mail_colors()["brand"], "#0b6e4f")

    def test_texts_that_nobody_changed_are_renewed(self):
        ours = self.env.ref("customer_portal_plus.mail_template_pack")
        theirs = self.env.ref("customer_portal_plus.mail_template_statement")
        wanted = ours.subject
        ours.subject = "As it was"
        theirs.with_user(self.env.ref("base.user_admin")).subject = "As we like it"
        self.env.flush_all()
        path = file_path("customer_portal_plus/migrations/19.0.2.4.0/post-migrate.py")
        runpy.run_path(path)["migrate"](self.env.cr, "19.0.2.3.0")
        self.env.invalidate_all()
        self.assertEqual(ours.subject, wanted)
        self.assertEqual(theirs.subject, "As we like it")

    def test_company_without_logo_phone_or_website(self):
        self.company.write({"phone": False, "email": False, "website": "javascript:alert(1)"})
        self.company.portal_show_phone = False
        frame = self.company._portal_mail_frame("es_ES", "<p>Hola</p>")
        self.assertEqual((frame["phone"], frame["email"]), ("", ""))
        self.assertEqual(frame["website"], "http://javascript:alert(1)")
        self.assertEqual(frame["lang"], "es-ES")
        self.company.website = False
        self.assertEqual(self.company._portal_mail_frame("es_ES", "")["website"], "")

    def test_company_that_shows_how_it_is_reached(self):
        self.company.write({"email": "hola@example.com", "website": "HTTPS://example.com"})
        self.env["res.lang"]._activate_lang("he_IL")
        body = "<p>Hello Ana,</p><p>your file is here</p>"
        frame = self.company._portal_mail_frame("he_IL", body)
        self.assertEqual((frame["phone"], frame["email"]), ("+34 911 234 567", "hola@example.com"))
        self.assertEqual(frame["website"], "HTTPS://example.com")
        self.assertEqual((frame["lang"], frame["dir"]), ("he-IL", "rtl"))
        self.assertEqual(frame["preheader"], "your file is here")
        of_nobody = self.company.with_context(lang="he_IL")._portal_mail_frame(None, None)
        self.assertEqual((of_nobody["lang"], of_nobody["dir"]), (None, "rtl"))
        self.assertEqual(of_nobody["preheader"], "")
        self.company.portal_show_phone = False
        frame = self.company._portal_mail_frame("en_US", body)
        self.assertEqual((frame["phone"], frame["email"], frame["dir"]), ("", "", "ltr"))


@tagged("post_install", "-at_install")
class TestSignInMail(SignInCase):
    def test_says_who_asks_for_what_and_how_long(self):
        self.ask_by_email("full@example.com")
        (message,) = self.run_sender()
        _to, code, link = self.read_mail(message)
        self.assertEqual(message["Subject"], f"{code[:3]} {code[3:]}: your code – Pepino Tech SpA")
        html = message.get_body(("html",)).get_content()
        text = message.get_body(("plain",)).get_content()
        host = self.company.get_base_url().partition("//")[2]
        for words in ("Pepino Tech SpA", "10 minutes", host, code):
            self.assertIn(words, text)
        self.assertIn(link, text)
        self.assertIn(FRAME, html)
        self.assertNotIn('src="/', html, "pictures are found from the mail program")
        hosts = {part.partition("/")[0] for part in html.split('href="http://')[1:]}
        self.assertEqual(hosts, {host}, "no link leads anywhere else")
