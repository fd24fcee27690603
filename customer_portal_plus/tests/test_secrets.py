"""What opens a door is in the mail that brought it, and nowhere else."""

import re
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.sign_in import customer_portal_challenge_sending
from .common.sign_in import ALIAS
from .test_personal_link import LinkCase

NEW_PASSWORD = "gato-verde-7-lunas"


@tagged("post_install", "-at_install")
class TestSecrets(LinkCase):
    def setUp(self):
        super().setUp()
        self.tokens, self.codes = set(), []
        # Six digits may stand somewhere by chance: codes are drawn that stand nowhere.
        self.drawn = iter(self.free_codes(8))
        draw = patch.object(
            customer_portal_challenge_sending.secrets,
            "randbelow",
            lambda limit: int(next(self.drawn)),
        )
        self.startPatcher(draw)

    def free_codes(self, number):
        """Return codes that stand in no table now."""
        found = []
        for code in range(730158, 999999, 9871):
            try:
                self.assert_in_no_table(codes=[str(code)])
            except AssertionError:
                continue
            found.append(str(code))
            if len(found) == number:
                return found
        return self.fail("The database is full of numbers.")

    def keep(self, message):
        """Keep the secrets of a mail, and return them."""
        to, code, link = self.read_mail(message)
        self.codes += [code] if code else []
        text = message.get_body(("html",)).get_content()
        tokens = re.findall(rf"/p/{ALIAS}/(?:in|d)/([\w-]+)|/my/invitation/([^\"<\s]+)", text)
        self.tokens |= {one or other for one, other in tokens}
        return to, code, link

    def test_nothing_stands_in_clear_in_any_table(self):
        """All ways in are used, then all columns of all tables are read."""
        # A code; a link in the same browser; a link in another one, with its code.
        for way in ("code", "link", "elsewhere"):
            self.new_browser()
            self.ask_by_email("full@example.com")
            _to, code, link = self.keep(*self.run_sender())
            if way == "code":
                self.type_code(code)
            else:
                if way == "elsewhere":
                    self.new_browser()
                data = {"code": code} if way == "elsewhere" else {}
                self.post(link.removeprefix(f"/p/{ALIAS}"), data, page=link)
            self.assert_signed_in(self.user_full)
        # A tax ID, then a link.
        self.new_browser()
        _page, choices = self.ask_by_tax_id("ESB85738045")
        self.post("/address", {"choice": next(iter(choices.values()))}, page=f"/p/{ALIAS}/address")
        self.keep(*self.run_sender())
        # A code for something important.
        self.Challenge._ask(
            self.company, "full@example.com", self.contact.ids, "n", "10.0.0.1", purpose="step_up"
        )
        self.env.flush_all()
        self.keep(*self.run_sender())
        # An invitation, used.
        invited = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        with self.leaving() as sent:
            invited._portal_give_access()
        self.assertTrue(sent)
        self.keep(*sent)
        (token,) = (token for token in self.tokens if len(token) != 43)
        self.new_browser()
        self.post_form(
            f"/my/invitation/{token}",
            {"password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD},
        )
        self.assertEqual(invited.portal_status, "active")
        # A personal link, opened; expired, and replaced by a new one; from there, a code.
        with self.leaving() as sent:
            self.invoice.message_post(
                body="Look here",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.contact.ids,
            )
        (message,) = (message for message in sent if "full@example.com" in message["To"])
        self.keep(message)
        (token,) = self.tokens_of(message)
        path = f"/p/{ALIAS}/d/{token}"
        self.new_browser()
        self.open(path)
        self.assert_opens(True)
        self.last_link().sudo().expires_on = fields.Datetime.now()
        self.env.flush_all()
        self.post_form(f"{path}/renew", page=f"/p/{ALIAS}")
        (message,) = self.run_sender()
        self.keep(message)
        (token,) = self.tokens_of(message)
        self.open(f"/p/{ALIAS}/d/{token}")
        self.assert_opens(True)
        self.post_form(
            f"/p/{ALIAS}/lead_on",
            {"model": "account.move", "res_id": self.invoice.id},
            page=self.url,
        )
        _to, code, _link = self.keep(*self.run_sender())
        self.type_code(code)
        self.assert_signed_in(self.user_full)

        self.assertEqual(len(self.codes), 6, "one for each challenge")
        self.assertEqual(len(self.tokens), 8, "five to sign in, an invitation, two to a document")
        self.assert_in_no_table(self.tokens, self.codes)

    def test_the_search_finds_what_is_there(self):
        """A search that could find nothing would prove nothing."""
        for words in ({"tokens": ["x" * 43]}, {"codes": ["730158"]}):
            (value,) = next(iter(words.values()))
            self.contact.comment = f"<p>{value}</p>"
            with self.assertRaises(AssertionError):
                self.assert_in_no_table(**words)
