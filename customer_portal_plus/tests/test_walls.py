"""What core leaves open and this addon closes, one test each."""

import re
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.http import Request
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import limited_field_access_token

from odoo.addons.mail.models.mail_message import MailMessage as CoreMessage

from .common import PortalCase, PortalHttpCase


@tagged("post_install", "-at_install")
class TestWalls(PortalCase):
    """Through the record rules, as RPC goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.quote = cls._create_order(cls.alfa)

    def test_cost_lines_are_not_the_customers(self):
        """Cost lines stand between the others in the same table; payment terms stay readable,
        pages compute instalments from them."""
        cost = self.env["account.move.line"].create(
            [
                {
                    "move_id": self.invoice.id,
                    "display_type": "cogs",
                    "account_id": self.invoice.invoice_line_ids.account_id.id,
                    "balance": balance,
                }
                for balance in (60.0, -60.0)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.env["account.move.line"].with_user(self.user_full)
        found = lines.search([("move_id", "=", self.invoice.id)])
        self.assertIn("payment_term", found.mapped("display_type"))
        self.assertFalse(cost & found.with_env(self.env))
        with self.assertRaises(AccessError):
            cost.with_user(self.user_full).read(["name"])

    def _refused(self, model, method, *args, **kwargs):
        """Say whether a contact is refused a call; flushed before, so that nothing is cached."""
        return self._refused_on(self.env[model].with_user(self.user_full), method, *args, **kwargs)

    def _refused_on(self, records, method, *args, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                getattr(records, method)(*args, **kwargs)
        except AccessError:
            return True
        return False

    def test_no_search_by_what_may_not_be_read(self):
        """How many are found tells what a column holds, one bisection after the other."""
        balance = [("credit", ">", 0)]
        for model, domain in (
            ("res.partner", balance),
            ("res.partner", ["!", ("credit", "<=", 0)]),
            ("res.partner", [("total_due", ">", 0)]),
            ("res.partner", [("vat", "!=", False)]),
            ("res.partner", [("parent_id.credit", ">", 0)]),
            ("res.partner", [("child_ids", "any", balance)]),
            ("res.partner", [("parent_id", "any", [("parent_id", "any", balance)])]),
            ("account.move", [("partner_id.credit", ">", 0)]),
            ("account.move", [("commercial_partner_id", "any", balance)]),
            ("account.move", [("partner_id", "not any", balance)]),
            ("account.move", [("partner_id", "ilike", "alfa@")]),
            ("account.move", [("invoice_user_id", "!=", False)]),
            ("account.move", [("line_ids.account_type", "=", "income")]),
            ("account.move.line", [("account_type", "=", "income")]),
            ("account.move.line", [("account_id.code", "like", "4")]),
            ("sale.order", [("partner_id.commercial_partner_id.credit", ">", 0)]),
            ("sale.order", [("order_line", "any", [("salesman_id", "!=", False)])]),
            ("sale.order", [("user_id", "!=", False)]),
            # Models that have no list of columns lead to those that have one.
            ("res.company", [("partner_id.credit", ">", 0)]),
            ("res.company", [("partner_id", "any", balance)]),
            ("mail.message", [("author_id.credit", ">", 0)]),
            ("res.country", [("user_ids.partner_id.credit", ">", 0)]),
        ):
            first = domain[-1][0].partition(".")[0]
            if first not in self.env[model]._fields:
                continue
            for method in ("search_count", "search", "search_read"):
                with self.subTest(model=model, domain=domain, method=method):
                    self.assertTrue(self._refused(model, method, domain))
        for model, domain in (
            ("res.partner", [("name", "ilike", "a"), ("parent_id.name", "!=", False)]),
            ("account.move", [("partner_id", "any", [("name", "!=", False)])]),
            ("account.move", [("invoice_date.month_number", "=", 1)]),
            ("sale.order", [("order_line.name", "!=", False)]),
            ("sale.order", [("order_line", "any", [("name", "!=", False)])]),
            # Whoever asks for no value is told nothing.
            ("res.partner", [("email", "in", [])]),
            ("res.partner", [("email", "not in", [])]),
        ):
            with self.subTest(model=model, domain=domain):
                self.assertFalse(self._refused(model, "search_count", domain))

    def test_no_group_order_or_sum_by_what_may_not_be_read(self):
        groups = (
            ("account.move.line", ["account_code", "account_type", "account_id", "tax_tag_ids"]),
            ("account.move.line", ["account_id.code", "move_id.invoice_user_id"]),
            ("account.move", ["invoice_user_id", "journal_id", "team_id", "tag_ids"]),
            ("account.move", ["partner_id.credit", "partner_id.user_id"]),
            ("sale.order", ["user_id", "team_id", "tag_ids", "partner_id.vat"]),
            ("res.partner", ["category_id", "user_id", "vat", "parent_id.email"]),
        )
        for model, names in groups:
            for name in names:
                if name.partition(".")[0] not in self.env[model]._fields:
                    continue
                with self.subTest(model=model, groupby=name):
                    self.assertTrue(
                        self._refused(model, "formatted_read_group", [], [name], ["__count"])
                    )
        for model, order in (
            ("account.move.line", "account_type"),
            ("account.move.line", "id, account_code desc"),
            ("account.move", "invoice_user_id"),
            ("sale.order", "user_id"),
            ("res.partner", "email"),
        ):
            with self.subTest(model=model, order=order):
                self.assertTrue(self._refused(model, "search", [], order=order))
        for model, aggregate in (
            ("account.move.line", "balance:sum"),
            ("account.move.line", "account_id:array_agg"),
            ("account.move.line", "account_type:array_agg"),
            ("account.move", "invoice_user_id:count_distinct"),
            ("res.partner", "email:array_agg"),
        ):
            with self.subTest(model=model, aggregate=aggregate):
                self.assertTrue(self._refused(model, "formatted_read_group", [], [], [aggregate]))
        for name in ("partner_id", "invoice_date:month", "partner_id.name"):
            self.assertFalse(
                self._refused("account.move", "formatted_read_group", [], [name], ["__count"])
            )
        for order in ("invoice_date desc, partner_id", "company_id, id"):
            self.assertFalse(self._refused("account.move", "search", [], order=order))

    def test_users_are_read_as_far_as_colleagues_need(self):
        colleague = self.user_colleague.with_user(self.user_full)
        self.assertEqual(colleague.name, "Compras (Alfa Suministros SL)")
        self.assertEqual(colleague.read(["name", "active", "share"])[0]["share"], True)
        private = (
            "login", "login_date", "email", "phone", "street", "vat", "credit", "totp_enabled",
            "group_ids", "company_ids", "notification_type", "signature", "portal_profile_id",
        )  # fmt: skip
        for name in private:
            with self.subTest(name=name):
                self.assertTrue(self._refused_on(colleague, "read", [name]))
                self.assertTrue(self._refused("res.users", "search_count", [(name, "!=", False)]))
        self.assertTrue(self._refused("res.users", "search", [], order="login"))
        self.assertTrue(
            self._refused("res.users", "formatted_read_group", [], ["login"], ["__count"])
        )
        users = self.env["res.users"].with_user(self.user_full)
        self.assertIn(colleague, users.search([("name", "!=", False)]))
        self.assertEqual(colleague.partner_id.user_ids, colleague)
        own = users.browse(self.user_full.id)
        self.assertEqual(own.read(["login", "email", "lang"])[0]["login"], self.user_full.login)

    def test_own_data_are_changed_by_the_pages_alone(self):
        """A sole trader's name stands on its invoices; an address is where codes are mailed."""
        own = self.user_full.with_user(self.user_full)
        for name, value in (
            ("name", "x" * 20000),
            ("email", "other@example.com"),
            ("phone", "1"),
            ("signature", "<p>x</p>"),
            ("image_1920", False),
            ("company_id", self.company.id),
            ("login", "other"),
            ("partner_id", self.user_colleague.partner_id.id),
            ("active", False),
        ):
            for values in ({name: value}, {"lang": "en_US", name: value}):
                with self.subTest(values=sorted(values)):
                    self.assertTrue(self._refused_on(own, "write", values))
                    self.assertTrue(self._refused_on(own, "web_save", values, {"name": {}}))
        self.assertEqual(self.user_full.name, "Gerencia (Alfa Suministros SL)")
        own.write({"lang": "en_US", "tz": "Europe/Madrid"})
        self.assertEqual(self.user_full.tz, "Europe/Madrid")

    def test_lines_follow_their_document(self):
        for document, line in (
            (self.invoice, self.invoice.invoice_line_ids),
            (self.quote, self.quote.order_line),
        ):
            line = line.with_user(self.user_full)
            self.assertTrue(line.has_access("read"))
            document.portal_visible = False
            self.env.flush_all()
            self.assertFalse(line.has_access("read"))

    def test_a_contact_that_moves_takes_nothing_along(self):
        """Rule domains are cached by user; the customer is part of the cache's key."""
        contact = self.user_full.partner_id
        for document in (self.invoice, self.quote):
            self.assertTrue(document.with_user(self.user_full).has_access("read"))
        contact.parent_id = self.beta
        self.env.flush_all()
        for document in (self.invoice, self.quote):
            self.assertFalse(document.with_user(self.user_full).has_access("read"))
        self.assertNotIn(self.alfa, self.env["res.partner"].with_user(self.user_full).search([]))

    def test_links_over_rpc_carry_no_token(self):
        """A link with a token would outlive the right to see the document."""
        for document in (self.invoice, self.quote):
            url = document.with_user(self.user_full).get_portal_url()
            self.assertEqual(url, document.access_url)
            self.assertIn("access_token=", document.get_portal_url())

    def test_who_needs_no_token_in_links(self):
        """Who asks with its own rights; not staff, nor what is sent by mail in sudo."""
        public = self.env.ref("base.public_user")
        bill = self._create_invoice(self.alfa, move_type="in_invoice")
        for document in (self.invoice, self.quote):
            for user in (self.user_full, self.user_stranger, public):
                self.assertTrue(document.with_user(user)._portal_needs_no_token(), user.login)
                self.assertFalse(document.with_user(user).sudo()._portal_needs_no_token())
            for user in (self.user_sales, self.user_accountant):
                self.assertFalse(document.with_user(user)._portal_needs_no_token(), user.login)
            for user, needs_none in (
                (self.user_full, True), (self.user_stranger, False), (self.user_sales, False),
            ):  # fmt: skip
                page = document.with_context(portal_page_uid=user.id)
                self.assertEqual(page._portal_needs_no_token(), needs_none, user.login)
        self.assertFalse(bill.with_user(self.user_full)._portal_needs_no_token())
        own = self.invoice.with_user(self.user_full)
        self.assertEqual(
            own.get_portal_url(
                suffix="/x", report_type="pdf", download=True, query_string="&a=1", anchor="b"
            ),
            f"{self.invoice.access_url}/x?report_type=pdf&download=true&a=1#b",
        )
        # Over a call they may be no texts at all.
        self.assertEqual(
            own.get_portal_url(suffix=7, query_string=[1]), f"{self.invoice.access_url}7?[1]"
        )
        self.assertEqual(own._get_share_url(), self.invoice.access_url)
        self.assertNotEqual(self.invoice._get_share_url(), self.invoice.access_url)

    def test_what_can_be_no_token_however_deep(self):
        """A wrong one takes its place; the rest of what was sent stays as it is."""
        kept = {"access_token": "wrong", "token": None, "pid": "7", "x": 3, "y": "٣", "z": [None]}
        sent = {
            **kept,
            "hash": "٣",
            "_hash": 3,
            "payment_token": ["x"],
            "list": [{"access_token": True, "list": [{"pid": "x"}]}],
            "dict": {"token": {"a": 1}, "pid": 3},
        }
        self.env["ir.http"]._portal_drop_tokens(sent)
        self.assertEqual(
            sent,
            {
                **kept,
                "hash": "-",
                "_hash": "-",
                "payment_token": "-",
                "list": [{"access_token": "-", "list": [{"pid": ""}]}],
                "dict": {"token": "-", "pid": 3},
            },
        )

    def test_signatures_of_documents_without_token_differ(self):
        """Core signs token and recipient: without a token, one mail's link would open all."""
        other = self._create_invoice(self.alfa)
        documents = (self.invoice, other, self.quote)
        for document in documents:
            document.access_token = False
        signatures = {document._sign_token(self.alfa.id) for document in documents}
        self.assertEqual(len(signatures), 3)
        # With a token it is core's, so that links already mailed go on working.
        self.invoice._portal_ensure_token()
        mailed = self.invoice._sign_token(self.alfa.id)
        self.assertNotIn(mailed, signatures)
        self.assertEqual(mailed, self.invoice.with_user(self.user_full)._sign_token(self.alfa.id))

    def test_messages_go_with_their_document(self):
        """Who wrote or received a message reads it in core for ever."""
        contact = self.user_full.partner_id
        message = self.invoice.message_post(
            body="Recibido",
            author_id=contact.id,
            partner_ids=contact.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        as_contact = message.with_user(self.user_full)
        found = [("id", "=", message.id)]
        self.assertTrue(as_contact.has_access("read"))
        self.assertTrue(as_contact.search(found))
        self.invoice.portal_visible = False
        self.env.flush_all()
        self.assertFalse(as_contact.has_access("read"))
        self.assertFalse(as_contact.search(found))
        self.invoice.portal_visible = True
        self.alfa.portal_access = False
        self.env.flush_all()
        self.assertFalse(as_contact.has_access("read"))

    def test_messages_are_not_written_over_rpc(self):
        contact = self.user_full.partner_id
        message = self.invoice.message_post(
            body="Recibido", author_id=contact.id, subtype_xmlid="mail.mt_comment"
        )
        for operation in ("write", "unlink", "create"):
            self.assertFalse(message.with_user(self.user_full).has_access(operation), operation)

    def _let_customers_read_attachments(self):
        """As another module may."""
        self.env["ir.model.access"].create(
            {
                "name": "portal",
                "model_id": self.env["ir.model"]._get("ir.attachment").id,
                "group_id": self.env.ref("base.group_portal").id,
                "perm_read": True,
            }
        )

    def test_files_of_internal_notes(self):
        """Also if another module lets portal users read attachments at all."""
        self._let_customers_read_attachments()
        sent = self.invoice.message_post(
            attachments=[("sent.pdf", b"%PDF")], subtype_xmlid="mail.mt_comment"
        ).attachment_ids
        note = self.invoice.message_post(
            attachments=[("note.pdf", b"%PDF")], subtype_xmlid="mail.mt_note"
        ).attachment_ids
        hung = self.env["ir.attachment"].create(
            {"name": "hung.pdf", "raw": b"%PDF", "res_model": "account.move",
             "res_id": self.invoice.id}
        )  # fmt: skip
        own = self.env["ir.attachment"].with_user(self.user_full)
        self.assertTrue(own.browse(sent.id).has_access("read"))
        self.assertFalse(own.browse(sent.id).has_access("write"))
        self.assertFalse(own.browse(note.id).has_access("read"))
        self.assertFalse(own.browse(hung.id).has_access("read"))
        stranger = self.env["ir.attachment"].with_user(self.user_stranger)
        self.assertFalse(stranger.browse(sent.id).has_access("read"))

    def test_files_asked_for_together(self):
        """Each by its own place, as if it were asked for alone."""
        self._let_customers_read_attachments()
        hidden = self._create_invoice(self.alfa)

        def post(document, subtype="mail.mt_comment", count=1):
            files = [(f"{number}.pdf", b"%PDF") for number in range(count)]
            message = document.message_post(attachments=files, subtype_xmlid=subtype)
            return message.attachment_ids

        sent, more = post(self.invoice), post(self.quote, count=2)
        kept = post(self.invoice, "mail.mt_note") | post(hidden) | post(self.quote, "mail.mt_note")
        hidden.portal_visible = False
        # Of no document: Odoo's own rules decide.
        public = self.env["ir.attachment"].create(
            {"name": "p.pdf", "raw": b"%PDF", "public": True, "res_model": "res.partner",
             "res_id": self.alfa.id}
        )  # fmt: skip
        loose = self.env["ir.attachment"].create({"name": "l.pdf", "raw": b"%PDF", "public": True})
        self.env.flush_all()
        every = (sent | more | kept | public | loose).with_user(self.user_full)
        self.assertEqual(every._filtered_access("read").ids, (sent | more | public | loose).ids)
        self.assertEqual(more[:1].with_user(self.user_full)._filtered_access("read").ids,
                         more[:1].ids)  # fmt: skip
        for file in kept:
            with self.assertRaises(AccessError):
                file.with_user(self.user_full).check_access("read")
        self.assertFalse((sent | kept).with_user(self.user_full)._filtered_access("write"))

    def test_tokens_of_files_and_records(self):
        """They open nothing of a document whose gates are shut; to staff they do."""
        hidden = self._create_invoice(self.alfa)
        found = []
        for document in (self.invoice, hidden):
            message = document.message_post(
                attachments=[("a.pdf", b"%PDF")], subtype_xmlid="mail.mt_comment"
            )
            found.append(
                [
                    (
                        record._name,
                        record.id,
                        limited_field_access_token(record, "id", scope="binary"),
                    )
                    for record in (message.attachment_ids, message, document)
                ]
            )
        hidden.portal_visible = False
        self.env.flush_all()
        binary, public = self.env["ir.binary"], self.env.ref("base.public_user")
        for shown, kept in zip(*found, strict=True):
            for user in (self.user_full, self.user_stranger, public, self.user_accountant):
                record = binary.with_user(user)._find_record(None, *shown, "id")
                self.assertEqual((record._name, record.id), shown[:2])
            for user in (self.user_full, self.user_stranger, public):
                with self.assertRaises(MissingError):
                    binary.with_user(user)._find_record(None, *kept, "id")
            record = binary.with_user(self.user_accountant)._find_record(None, *kept, "id")
            self.assertEqual(record.id, kept[1])
        avatar = binary.with_user(self.user_full)._find_record(
            None, "res.partner", self.user_full.partner_id.id, None, "avatar_128"
        )
        self.assertEqual(avatar.id, self.user_full.partner_id.id)

    def test_messages_asked_for_together(self):
        """Each by its own document and marks; those that are on no document, by Odoo's rules."""
        contact = self.user_full.partner_id
        hidden = self._create_invoice(self.alfa)

        def post(record, subtype="mail.mt_comment"):
            return record.message_post(
                body="x", author_id=contact.id, subtype_xmlid=subtype, message_type="comment"
            )

        shown = post(self.invoice) | post(self.quote) | post(contact)
        kept = post(hidden) | post(self.invoice, "mail.mt_note")
        hidden.portal_visible = False
        self.env.flush_all()
        every = (shown | kept).with_user(self.user_full)
        self.assertEqual(set(every._filtered_access("read").ids), set(shown.ids))
        found = every.search([("id", "in", every.ids)])
        self.assertEqual(set(found.ids) & set(post(hidden).ids), set())
        self.assertTrue(set(shown.ids) <= set(found.ids))
        on_documents = shown.filtered(lambda message: message.model != "res.partner")
        self.assertFalse(on_documents.with_user(self.user_full)._filtered_access("write"))

    def test_only_staff_are_told_of_mails_that_failed(self):
        message = self.invoice.message_post(body="x", subtype_xmlid="mail.mt_comment")
        with patch.object(CoreMessage, "_message_notifications_to_store") as told:
            message.with_user(self.user_full)._message_notifications_to_store(None)
            told.assert_not_called()
            message.with_user(self.user_sales)._message_notifications_to_store(None)
            told.assert_called_once()

    def test_notes_of_the_system_are_internal_too(self):
        """Core keeps internal comments from customers who read them by id, not notifications."""
        note = self.invoice.message_post(body="Margen bajo", subtype_xmlid="mail.mt_note")
        self.assertEqual(note.message_type, "notification")
        self.assertFalse(note.with_user(self.user_full).has_access("read"))

    def test_messages_that_are_internal_by_any_mark(self):
        """The mark on the message, a subtype for staff, or none: each of them alone is enough."""
        comment, note = self.env.ref("mail.mt_comment"), self.env.ref("mail.mt_note")
        for document in (self.invoice, self.quote):
            message = document.message_post(
                body="Margen bajo", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            as_contact = message.with_user(self.user_full)
            for values, is_read in (
                ({"subtype_id": comment.id, "is_internal": False}, True),
                ({"subtype_id": comment.id, "is_internal": True}, False),
                ({"subtype_id": note.id, "is_internal": False}, False),
                ({"subtype_id": False, "is_internal": False}, False),
            ):
                message.write(values)
                self.env.flush_all()
                self.assertEqual(as_contact.has_access("read"), is_read, values)
                self.assertEqual(message._portal_is_internal(), not is_read, values)

    def test_a_missing_document_looks_like_a_foreign_one(self):
        foreign = self._create_invoice(self.beta).with_user(self.user_full)
        missing = foreign.browse(2_000_000_000)
        self.env.flush_all()
        self.env.invalidate_all()
        words = []
        for document in (foreign, missing):
            with self.assertRaises(AccessError) as refusal:
                document.read(["name"])
            words.append(str(refusal.exception))
        self.assertEqual(words[0], words[1])
        # Staff are told by Odoo, which says what they lack.
        plain = new_test_user(self.env, login="portal_test_plain", groups="base.group_user")
        with self.assertRaises(AccessError) as refusal:
            self.quote.with_user(plain).read(["name"])
        self.assertNotEqual(str(refusal.exception), words[0])

    def test_addresses_of_a_subsidiary_are_its_own(self):
        address = self.env["res.partner"].create(
            {"name": "Almacén", "type": "delivery", "parent_id": self.alfa_norte.id}
        )
        own = self.env["res.partner"].create(
            {"name": "Almacén", "type": "delivery", "parent_id": self.alfa.id}
        )
        as_contact = self.env["res.partner"].with_user(self.user_full).sudo()
        self.assertFalse(as_contact.browse(address.id)._can_be_edited_by_current_customer())
        self.assertTrue(as_contact.browse(own.id)._can_be_edited_by_current_customer())

    def test_wizard_takes_access_away_and_gives_the_default_again(self):
        """Core's wizard keeps groups; the profile must not survive."""
        user = self.user_colleague
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [Command.set(user.partner_id.ids)]}
        )
        wizard.user_ids.action_revoke_access()
        self.assertFalse(user.active)
        self.assertFalse(user.partner_id.portal_profile_id)
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [Command.set(user.partner_id.ids)]}
        )
        wizard.user_ids.action_grant_access()
        self.assertTrue(user.active)
        self.assertEqual(user.partner_id.portal_profile_id, self.company.portal_default_profile_id)


@tagged("post_install", "-at_install")
class TestWallsOfPages(PortalHttpCase):
    """Through the pages."""

    def _submit(self, user, partner, **values):
        self.sign_in(user)
        return self.url_open(
            "/my/address/submit",
            data={
                "csrf_token": Request.csrf_token(self),
                "partner_id": partner.id if partner else "",
                "name": partner.name if partner else "Almacén",
                "email": "full@example.com",
                "phone": "+34 600000000",
                "street": "Calle Nueva 2",
                "city": "Madrid",
                "zip": "28002",
                "country_id": self.env.ref("base.es").id,
                "state_id": self.env.ref("base.state_es_m").id,
                "required_fields": "",
                **values,
            },
        )

    def test_a_contact_does_not_rename_its_company(self):
        contact = self.user_full.partner_id
        for partner in (contact, self.env["res.partner"]):
            response = self._submit(self.user_full, partner, company_name="Robado SL")
            self.assertIn("redirectUrl", response.text)
            self.env.invalidate_all()
            self.assertEqual(self.alfa.name, "Alfa Suministros SL")
        self.assertEqual(contact.phone, "+34 600000000")

    def test_a_contact_does_not_change_a_subsidiary(self):
        address = self.env["res.partner"].create(
            {"name": "Almacén", "type": "delivery", "parent_id": self.alfa_norte.id}
        )
        with mute_logger("odoo.http"):
            self.assertEqual(self._submit(self.user_full, address).status_code, 403)
            self.assertEqual(self._submit(self.user_full, self.alfa_norte).status_code, 403)
        page = self.url_open("/my/addresses").text
        self.assertNotIn(f"partner_id={address.id}", page)
        self.assertNotIn(self.alfa_norte.name, page)

    def test_overdue_is_what_the_contact_sees(self):
        """Core counts only what is addressed to the contact itself."""
        provider = self._create_provider()
        whole = self._create_invoice(self.alfa, days=-60, due_days=-30)
        own = self._create_invoice(self.user_own.partner_id, days=-60, due_days=-30)
        self._create_invoice(self.beta, days=-60, due_days=-30)
        values = {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids.id,
            "token_id": None,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my",
            "payment_reference": "BATCH",
        }
        for user, paid in (
            (self.user_full, whole + own),
            (self.user_own, own),
            (self.user_colleague, self.env["account.move"]),
            (self.user_branch, self.env["account.move"]),
        ):
            self.sign_in(user)
            with mute_logger("odoo.http"):
                answer = self.url_open(
                    "/invoice/transaction/overdue",
                    json={"params": {**values, "amount": 1.0}},
                ).json()
            if not paid:
                self.assertIn("error", answer)
                continue
            self.assertNotIn("error", answer)
            transaction = self.env["payment.transaction"].search(
                [("reference", "=", answer["result"]["reference"])]
            )
            self.assertEqual(transaction.invoice_ids, paid)
            # The amount is the server's, whatever the browser sends.
            self.assertEqual(transaction.amount, sum(paid.mapped("amount_residual")))
        self.sign_in(self.user_own)
        self.assertIn(own.name, self.url_open("/my/invoices/overdue").text)
        self.sign_in(self.user_full)
        page = self.url_open("/my/invoices/overdue")
        self.assertTrue(page.url.endswith("/my/pay?select=overdue"), page.url)
        self.assertIn(whole.name, page.text)
        self.sign_in(self.user_colleague)
        page = self.url_open("/my/invoices/overdue")
        self.assertNotIn(whole.name, page.text)

    def test_documents_of_a_contact_that_moved_stay_with_the_customer(self):
        """In the list and on the page alike, though core's rule looks for the contact's present
        company."""
        invoice = self._create_invoice(self.user_own.partner_id)
        self.user_own.partner_id.parent_id = self.beta
        self.env.flush_all()
        self.sign_in(self.user_full)
        self.assertEqual(invoice.commercial_partner_id, self.alfa)
        page = self.url_open(f"/my/invoices/{invoice.id}", allow_redirects=False)
        self.assertEqual(page.status_code, 200)
        for user in (self.user_own, self.user_stranger):
            self.sign_in(user)
            page = self.url_open(f"/my/invoices/{invoice.id}", allow_redirects=False)
            self.assertEqual(page.status_code, 404)
            self.assertNotIn(invoice.name, page.text)

    def test_what_can_be_no_token_tells_nothing(self):
        """Whether there is a document or not, the answer is that to a wrong token."""
        hidden = self._create_invoice(self.alfa)
        hidden.portal_visible = False
        documents = [
            self._create_invoice(self.alfa),
            hidden,
            self._create_invoice(self.alfa, post=False),
            self._create_order(self.alfa),
            self._create_order(self.alfa, state="draft"),
        ]
        for document in documents:
            document._portal_ensure_token()
        file = self.env["ir.attachment"].create(
            {"name": "x.pdf", "raw": b"%PDF", "access_token": "token"}
        )
        self.env.flush_all()
        missing = 2_000_000_000
        places = [(document._name, document.id) for document in documents]
        for user in (None, self.user_stranger):
            self.sign_in(user) if user else self.authenticate(None, None)
            for model, document_id in places:
                page = "invoices" if model == "account.move" else "orders"
                for query in (
                    "?access_token=%s",
                    "?report_type=pdf&access_token=%s",
                    "?hash=%s&pid=1",
                    "?hash=x&pid=%s",
                ):
                    answers = {
                        self._answer(f"/my/{page}/{number}{query % token}", number)
                        for number in (document_id, missing)
                        for token in ("%D9%A3", "wrong")
                    }
                    self.assertEqual(len(answers), 1, (user, model, query, answers))
                for route, names in (
                    ("/portal/chatter_init", ("token",)),
                    ("/portal/chatter_init", ("hash", "pid")),
                    ("/mail/chatter_fetch", ("token",)),
                    ("/mail/chatter_fetch", ("hash", "pid")),
                    (f"/invoice/transaction/{document_id}", ("access_token",)),
                    (f"/my/orders/{document_id}/transaction", ("access_token",)),
                    (f"/my/orders/{document_id}/accept", ("access_token",)),
                ):
                    answers = {}
                    for token in ("٣", 3, ["x"], {"x": "y"}, True, "wrong"):
                        for number in (document_id, missing):
                            answers[str(token), number == missing] = self._call_answer(
                                route.replace(str(document_id), str(number)),
                                {"thread_model": model, "thread_id": number}
                                | dict.fromkeys(names, token),
                                number,
                            )
                    self.assertEqual(len(set(answers.values())), 1, (user, route, answers))
            for number in (file.id, missing):
                self.assertEqual(
                    self.url_open(f"/web/content/{number}?access_token=%D9%A3").status_code, 404
                )

    def _answer(self, url, number):
        with mute_logger("odoo.http"):
            answer = self.url_open(url, allow_redirects=False)
        return answer.status_code, re.sub(rf"\b{number}\b", "N", answer.headers.get("Location", ""))

    def _call_answer(self, route, params, number):
        with mute_logger("odoo.http"):
            answer = self.url_open(route, json={"params": params}).json()
        error = answer.get("error", {}).get("data", {})
        # A message begins with the status, which a document may have as its number.
        message = re.sub(rf"(?!\A)\b{number}\b", "N", error.get("message") or "")
        return error.get("name"), message

    def test_pages_and_files_stay_out_of_frames_and_caches(self):
        invoice = self._create_invoice(self.alfa)
        order = self._create_order(self.alfa)
        message = invoice.message_post(
            attachments=[("sent.pdf", b"%PDF-1.4")], subtype_xmlid="mail.mt_comment"
        )
        file = message.attachment_ids
        token = order._portal_ensure_token()
        paths = (
            "/my",
            "/my/invoices",
            "/my/account",
            invoice.access_url,
            order.access_url,
            "/my/invoices/2000000000",
            f"/web/content/{file.id}?access_token={file.generate_access_token()[0]}",
            f"/web/image/res.partner/{self.user_full.partner_id.id}/avatar_128",
        )
        self.sign_in(self.user_full)
        for path in paths:
            with self.subTest(path=path):
                answer = self.url_open(path, allow_redirects=False)
                self._check_shielded(answer)
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"], "a picture")
        asset = self.url_open("/my").text.split('href="/web/assets/')[1].split('"')[0]
        headers = self.url_open(f"/web/assets/{asset}").headers
        self.assertNotIn("no-store", headers["Cache-Control"], "it is the same for everybody")
        self.authenticate(None, None)
        self._check_shielded(self.url_open(f"{order.access_url}?access_token={token}"))
        self._check_shielded(self.url_open(paths[-2]))
        # Of staff, the pages of the portal alone; what is public, of nobody.
        self.assertNotEqual(
            self.url_open("/web/login").headers.get("Cache-Control"), "private, no-store"
        )
        self.sign_in(self.user_sales)
        self._check_shielded(self.url_open("/my"))
        self.assertNotEqual(
            self.url_open("/logo.png").headers.get("Cache-Control"), "private, no-store"
        )

    def test_addresses_of_the_back_office(self):
        """To a customer its own document is not there either; to staff it is."""
        invoice = self._create_invoice(self.alfa)
        path = "/account/download_invoice_documents/{}/pdf"
        for user in (self.user_full, self.user_stranger):
            self.sign_in(user)
            for number in (invoice.id, 2_000_000_000):
                answer = self.url_open(path.format(number), allow_redirects=False)
                self.assertEqual(answer.status_code, 404, (user.login, number))
        self.sign_in(self.user_accountant)
        self.assertEqual(self.url_open(path.format(invoice.id)).status_code, 200)

    def _check_shielded(self, answer):
        self.assertLess(answer.status_code, 500)
        self.assertEqual(answer.headers.get("X-Frame-Options"), "SAMEORIGIN")
        self.assertIn("frame-ancestors 'self'", answer.headers.get("Content-Security-Policy", ""))
        self.assertEqual(answer.headers.get("Cache-Control"), "private, no-store")
        self.assertIn(
            answer.headers.get("Referrer-Policy"),
            ("strict-origin-when-cross-origin", "no-referrer"),
        )

    def test_pages_of_core_work_with_narrow_columns(self):
        """The allow-lists of columns starve none of core's pages."""
        self._create_invoice(self.alfa)
        order = self._create_order(self.alfa, state="sale")
        for user in (self.user_full, self.user_colleague, self.user_own, self.user_branch):
            self.sign_in(user)
            for url in (
                "/my",
                "/my/home",
                "/my/account",
                "/my/addresses",
                "/my/address",
                "/my/security",
                "/my/payment_method",
                "/my/invoices",
                "/my/quotes",
                "/my/orders",
            ):
                response = self.url_open(url)
                # Closed to a profile that neither sees invoices nor pays.
                closed = ("/my/payment_method", "/my/invoices")
                shut = user == self.user_colleague and url in closed
                self.assertEqual(response.status_code, 404 if shut else 200, f"{user.login} {url}")
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open(f"/my/orders/{order.id}").status_code, 200)
