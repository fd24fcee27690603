"""The mails as they leave: what their buttons open, for whom, and what they carry no more."""

import re

from markupsafe import Markup

from odoo import Command
from odoo.tests import tagged

from .common.sign_in import ALIAS
from .test_personal_link import KEYS, LinkCase


@tagged("post_install", "-at_install")
class TestLinksSent(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.email = "hola@example.com"
        cls.quote = cls._create_order(cls.contact)
        cls.invoice = cls._create_invoice(cls.contact)
        # Core makes its keys before: they are there to be left out.
        cls.quote._portal_ensure_token()
        cls.invoice._portal_ensure_token()

    # === HELPERS === #

    def assert_personal(self, sent, documents=None, to=None):
        """Assert that the mails carry none of core's keys, and that the one to the contact has a
        personal link which opens the document.

        :param list sent: the mails
        :param documents: what the link opens, by address of the receiver
        :return: the tokens, by address of the receiver
        """
        self.assertTrue(sent)
        found = {}
        for message in sent:
            for text in self.texts(message):
                # Followers can end these mails by a link that does only that.
                text = re.sub(r"/mail/unfollow\?[^\s\"\])]*", "", text)
                for key in KEYS:
                    self.assertNotIn(key, text, message["To"])
            found[message["To"]] = self.tokens_of(message)
        by_address = {
            address: tokens
            for to_, tokens in found.items()
            for address in re.findall(r"[\w.]+@[\w.]+", to_ or "")
        }
        for address, document in (documents or {}).items():
            (token,) = by_address[address]
            self.new_browser()
            self.open(f"/p/{ALIAS}/d/{token}")
            self.assert_opens(True, document.access_url)
        every = [token for tokens in found.values() for token in tokens]
        self.assertEqual(len(every), len(set(every)), "each receiver has its own")
        return by_address

    def compose(self, action, **values):
        """Send what the window that an action opens would send."""
        composer = self.env["mail.compose.message"].with_context(**action["context"])
        composer.create(values)._action_send_mail()

    # === MAILS OF CORE === #

    def test_quote(self):
        with self.leaving() as sent:
            self.compose(self.quote.with_user(self.user_sales).action_quotation_send())
        found = self.assert_personal(sent, {"full@example.com": self.quote})
        self.assert_in_no_table(found["full@example.com"])

    def test_quotes_in_bulk(self):
        other = self._create_order(self.user_stranger.partner_id)
        orders = self.quote | other
        action = orders.with_user(self.user_sales).action_quotation_send()
        with self.leaving() as sent:
            self.compose(action, template_id=self.env.ref("sale.email_template_edi_sale").id)
        self.assert_personal(sent, {"full@example.com": self.quote, "stranger@example.com": other})

    def test_invoice(self):
        wizard = self.env["account.move.send.wizard"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        with self.leaving() as sent:
            wizard.create({"sending_methods": ["email"]}).action_send_and_print(
                allow_fallback_pdf=True
            )
        self.assert_personal(sent, {"full@example.com": self.invoice})

    def test_invoices_in_bulk(self):
        other = self._create_invoice(self.user_stranger.partner_id)
        wizard = self.env["account.move.send.batch.wizard"].with_context(
            active_model="account.move", active_ids=(self.invoice | other).ids
        )
        with self.leaving() as sent:
            wizard.create({}).action_send_and_print(force_synchronous=True, allow_fallback_pdf=True)
        self.assert_personal(
            sent, {"full@example.com": self.invoice, "stranger@example.com": other}
        )

    def test_order_confirmation(self):
        with self.leaving() as sent:
            self.quote.with_context(send_email=True).action_confirm()
        self.assert_personal(sent, {"full@example.com": self.quote})

    def test_payment_of_an_order(self):
        with self.leaving() as sent:
            self.quote._send_payment_succeeded_for_order_mail()
        self.assert_personal(sent, {"full@example.com": self.quote})

    def test_payment_receipt(self):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        payment = register.create({})._create_payments()
        template = self.env.ref("account.mail_template_data_payment_receipt")
        with self.leaving() as sent:
            self.compose(
                {
                    "context": {
                        "default_model": "account.payment",
                        "default_res_ids": payment.ids,
                        "default_template_id": template.id,
                        "default_email_layout_xmlid": "mail.mail_notification_light",
                    }
                }
            )
        self.assert_personal(sent)

    def test_notification_of_followers(self):
        self.quote.message_subscribe((self.contact | self.user_colleague.partner_id).ids)
        with self.leaving() as sent:
            self.quote.with_user(self.user_sales).message_post(
                body="Look here", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        # Core gives only the one to whom the quote is addressed a button.
        self.assert_personal(sent, {"full@example.com": self.quote})

    def test_share_window(self):
        outsider = self.env["res.partner"].create(
            {"name": "Gestoría Uno", "email": "gestoria@example.com"}
        )
        share = self.env["portal.share"].with_context(
            active_model="sale.order", active_id=self.quote.id
        )
        with self.leaving() as sent:
            share.create(
                {"partner_ids": [Command.set((self.contact | outsider).ids)]}
            ).action_send_mail()
        found = self.assert_personal(
            sent, {"full@example.com": self.quote, "gestoria@example.com": self.quote}
        )
        # Whoever is no contact sees it as with the document's key, but is not given that.
        page = self.url_open(self.quote.access_url)
        for key in KEYS:
            self.assertNotIn(key, page.text)
        self.assertNotIn(self.quote.access_token, page.text)
        self.last_link().search([("partner_id", "=", outsider.id)])._revoke()
        self.env.flush_all()
        self.assert_opens(False, self.quote.access_url)
        self.assert_in_no_table(found["gestoria@example.com"])

    def test_share_window_with_sign_up(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        contact = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        quote = self._create_order(self.alfa)
        share = self.env["portal.share"].with_context(active_model="sale.order", active_id=quote.id)
        with self.leaving() as sent:
            share.create({"partner_ids": [Command.set(contact.ids)]}).action_send_mail()
        self.assert_personal(sent, {"almacen@example.com": quote})
        for text in self.texts(sent[0]):
            self.assertNotIn("/web/signup", text)

    def test_bare_addresses(self):
        url = f"{self.quote.get_base_url()}{self.quote.get_portal_url()}"
        body = Markup('<p><a href="{}">Your quote</a></p>').format(url)
        for to, cc, has_link in (
            ("full@example.com", False, True),
            ("nobody@example.com", False, False),
            ("stranger@example.com", False, False),
            ("full@example.com, nobody@example.com", False, False),
            ("full@example.com", "nobody@example.com", False),
        ):
            with self.subTest(to=to, cc=cc), self.leaving() as sent:
                self.env["mail.mail"].create(
                    {"subject": "Quote", "body_html": body, "email_to": to, "email_cc": cc}
                ).send()
            self.assert_personal(sent)
            self.assertEqual([bool(self.tokens_of(message)) for message in sent], [has_link])

    def test_employees_get_no_personal_link(self):
        with self.leaving() as sent:
            self.quote.message_post(
                body="Look here",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.user_sales.partner_id.ids,
            )
        self.assertTrue(sent)
        for message in sent:
            self.assertFalse(self.tokens_of(message))

    # === WALLS === #

    def test_customer_can_t_get_a_link_made_to_another_s_document(self):
        """A link that somebody writes into a message opens nothing for who is mailed it."""
        other = self._create_order(self.beta)
        other._portal_ensure_token()
        base = self.quote.get_base_url()
        for query in ("?access_token=x", "?portal_access=1", "?portal_access=%C3%B1", "", "?pid=1"):
            urls = (
                f"{base}/my/orders/{other.id}{query}",
                f"{base}/mail/view?model=sale.order&res_id={other.id}&{query[1:]}",
            )
            body = Markup("").join(Markup('<a href="{}">x</a>').format(url) for url in urls)
            with self.leaving() as sent:
                self.quote.message_post(
                    body=body,
                    author_id=self.contact.id,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=self.user_colleague.partner_id.ids,
                )
            self.assertTrue(sent)
            links = self.env["customer.portal.link"].search([("res_id", "=", other.id)])
            self.assertFalse(links, query)

    def test_links_of_who_moves_to_another_customer(self):
        path = self.make(self.quote)
        self.open(path)
        self.assert_opens(True, self.quote.access_url)
        self.contact.parent_id = self.beta
        self.env.flush_all()
        self.assert_opens(False, self.quote.access_url)
        self.assertEqual(self.open(path).status_code, 410)

    def test_answer_that_quotes_the_mail(self):
        """A customer answers by mail, and the program quotes all of it: what the message keeps is
        read by others."""
        with self.leaving() as sent:
            self.compose(self.quote.with_user(self.user_sales).action_quotation_send())
        (message,) = (message for message in sent if "full@example.com" in message["To"])
        (token,) = self.tokens_of(message)
        quoted = message.get_body(("html",)).get_content()
        plain = f"{self.quote.get_base_url()}/p/{ALIAS}/d/{token}"
        self.quote.message_post(
            body=Markup("<p>Thanks {}</p><blockquote>{}</blockquote>").format(
                plain, Markup(quoted)
            ),
            message_type="email",
            author_id=self.contact.id,
        )
        self.assert_in_no_table([token])
        self.assertIn("Thanks", self.quote.message_ids[0].body)
