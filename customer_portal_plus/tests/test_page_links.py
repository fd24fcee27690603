"""Links in mails to pages of the portal: who has not signed in is led on by a mailed code."""

import re

from odoo.tests import tagged

from ..tools.mask import mask_address
from .common.sign_in import ALIAS
from .test_personal_link import LinkCase

PAGE_LINK = re.compile(rf"/p/{ALIAS}/to/[^\s\"']+")


@tagged("post_install", "-at_install")
class TestPageLinks(LinkCase):
    def _share(self):
        document = self.env["customer.portal.document"].create(
            {
                "name": "Manual",
                "audience": "customer",
                "partner_id": self.contact.id,
                "file": "JVBERi0=",
                "file_name": "manual.pdf",
            }
        )
        with self.leaving() as sent:
            document.action_send()
        return document, sent

    def _link(self, page="/my/pay", contact=None):
        path = self.env["customer.portal.link"]._page_link(
            page, contact or self.contact, self.company, {}
        )
        return path and path.removeprefix(self.env["customer.portal.link"].get_base_url())

    def test_mail_leads_to_the_page_by_a_code(self):
        document, sent = self._share()
        links = {link for text in self.texts(sent[0]) for link in PAGE_LINK.findall(text)}
        (found,) = {link for link in links if document.access_url in link}
        page = self.open(found)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("full@example.com", page.text)
        self.assertIn(mask_address("full@example.com"), page.text)
        self.assertFalse(self.env["customer.portal.challenge"].search([]), "looking sends nothing")
        with self.leaving():
            self.post_form(found)
        challenge = self.env["customer.portal.challenge"].search([])
        self.assertEqual(challenge.redirect, document.access_url)
        self.assertEqual(challenge.contacts, self.contact.ids)
        (message,) = self.run_sender()
        to, code, _link = self.read_mail(message)
        self.assertIn("full@example.com", to)
        answer = self.type_code(code)
        self.assertTrue(answer.headers["Location"].endswith(document.access_url))
        self.assert_signed_in(self.user_full)

    def test_who_is_signed_in_goes_on(self):
        link = self._link("/my/messages")
        for user in (self.user_full, self.user_stranger):
            self.sign_in(user)
            answer = self.open(link, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
            self.assertTrue(answer.headers["Location"].endswith("/my/messages"))

    def test_what_is_not_genuine_or_has_no_access_any_more(self):
        """All look the same: the ways in, and the page to go to afterwards."""
        link = self._link()
        number, signature = re.search(r"/to/(\d+)-(\w+)", link).groups()
        stranger = self.user_stranger.partner_id.id
        tampered = [
            link.replace(f"{number}-", f"{stranger}-"),
            link.replace(signature, signature[::-1]),
            link.replace(signature, "%D9%A3"),
            link.replace(f"{number}-{signature}", "x"),
            link.replace(f"{number}-", f"{'9' * 30}-"),
        ]
        answers = [self.open(path, allow_redirects=False) for path in tampered]
        self.alfa.portal_access = False
        self.env.flush_all()
        answers.append(self.open(link, allow_redirects=False))
        for answer in answers:
            self.assertEqual(answer.status_code, 303)
            self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}?redirect=%2Fmy%2Fpay"))
        for path in (*tampered, link):
            self.post_form(path)
        self.assertFalse(self.env["customer.portal.challenge"].search([]))

    def test_leads_nowhere_else(self):
        link = self._link()
        for page in ("https://example.com", "//example.com", "/web", "/my/../web", "/my\\x"):
            self.post_form(f"{link.partition('page=')[0]}page={page}")
            challenge = self.env["customer.portal.challenge"].search([], limit=1)
            self.assertEqual(challenge.redirect, "/my", page)
            challenge.unlink()
            self.env["customer.portal.throttle"].search([]).unlink()

    def test_contact_who_can_t_sign_in_keeps_the_plain_address(self):
        contact = self.env["res.partner"].create({"name": "Sin correo", "parent_id": self.alfa.id})
        self.assertIsNone(self._link(contact=contact))

    def test_nothing_of_it_is_kept(self):
        _document, sent = self._share()
        links = {link for text in self.texts(sent[0]) for link in PAGE_LINK.findall(text)}
        self.assertTrue(links)
        self.env.cr.execute("SELECT body FROM mail_message WHERE body LIKE '%/to/%'")
        self.assertFalse(self.env.cr.fetchall())
