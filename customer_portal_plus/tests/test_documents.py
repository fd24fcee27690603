"""Documents that staff share: who sees which, by the pages and beside them; what is new; what
staff see of it."""

import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged

from . import test_query_counts
from .common.document import DocumentCase


@tagged("post_install", "-at_install")
class TestDocuments(DocumentCase):
    # === WHO SEES WHAT === #

    def test_one_customer(self):
        document = self._share()
        self.assertEqual(self._seen_by(document), {"full", "colleague"})

    def test_one_contact_of_a_customer(self):
        document = self._share(partner_id=self.user_own.partner_id.id)
        self.assertEqual(self._seen_by(document), {"full", "colleague", "own"})

    def test_some_contacts(self):
        document = self._share(
            audience="contacts",
            contact_ids=[
                Command.set((self.user_own.partner_id | self.user_stranger.partner_id).ids)
            ],
        )
        self.assertEqual(self._seen_by(document), {"own", "stranger"})

    def test_all_customers(self):
        document = self._share(audience="all")
        self.assertEqual(
            self._seen_by(document), {"full", "colleague", "own", "stranger", "branch"}
        )

    def test_all_customers_of_another_company(self):
        other = self.env["res.company"].create({"name": "Otra casa"})
        document = self._share(audience="all", company_id=other.id, user_id=False)
        self.assertEqual(self._seen_by(document), set())
        self.user_stranger.company_ids |= other
        self.assertEqual(self._seen_by(document), {"stranger"})

    def test_nobody(self):
        """Drafts, withdrawn, hidden and expired documents, by whomever they are asked for."""
        yesterday = fields.Date.today() - timedelta(days=1)
        for audience in ("customer", "all"):
            for values in (
                {"state": "draft"},
                {"state": "cancel"},
                {"portal_visible": False},
                {"expires_on": yesterday},
            ):
                with self.subTest(audience=audience, **values):
                    document = self._share(audience=audience, **values)
                    self.assertEqual(self._seen_by(document), set())

    def test_last_day(self):
        document = self._share(audience="all", expires_on=fields.Date.today())
        self.assertIn("full", self._seen_by(document))

    def test_state_in_the_customer_s_words(self):
        self.assertEqual(self._share()._portal_state_text(), "Shared")
        document = self._share(to_sign=True)
        self.assertEqual(document._portal_state_text(), "To sign")
        document.expires_on = fields.Date.today() - timedelta(days=1)
        self.assertEqual(document._portal_state_text(), "Expired")
        for state, words in (
            ("signed", "Signed"),
            ("rejected", "Rejected"),
            ("draft", "Draft"),
            ("cancel", "Withdrawn"),
        ):
            document.state = state
            self.assertEqual(document._portal_state_text(), words)

    def test_what_is_not_to_be_signed(self):
        contact = self.user_full.partner_id
        shared, draft = self._share(), self._share(to_sign=True, state="draft")
        for document in (shared, draft):
            self.assertIn("not to be signed", document._portal_sign_refusal(contact))
        document = self._share(to_sign=True)
        self.assertFalse(document._portal_sign_refusal(contact))
        for state, words in (
            ("signed", "already been signed"),
            ("rejected", "already been rejected"),
            ("cancel", "not to be signed"),
        ):
            document.state = state
            self.assertIn(words, document._portal_sign_refusal(contact))
        self.sign_in(self.user_full)
        answer = self.post_form(f"{shared.access_url}/sign", page="/my/documents")
        self.assertEqual(answer.status_code, 422)

    def test_expiry_is_not_cached(self):
        """The rule's domain is cached for longer than a day."""
        document = self._share(audience="all", expires_on=fields.Date.today())
        mine = self.env[document._name].with_user(self.user_full)
        self.assertTrue(mine.search_count([("id", "=", document.id)]))
        document.expires_on = fields.Date.today() - timedelta(days=1)
        self.env.flush_all()
        self.assertFalse(mine.search_count([("id", "=", document.id)]))

    def test_gates_of_company_customer_and_contact(self):
        document = self._share(audience="all")
        mine = self.env[document._name].with_user(self.user_full)
        self.assertTrue(mine.search_count([("id", "=", document.id)]))
        self.alfa.portal_access = False
        self.assertFalse(mine.search_count([("id", "=", document.id)]))
        self.assertEqual(document._portal_refusal(self.user_full.partner_id), "customer")
        self.assertFalse(document._portal_refusal(self.user_stranger.partner_id))
        self.alfa.portal_access = True
        self.profile_full.can_see_documents = False
        self.assertFalse(mine.search_count([("id", "=", document.id)]))
        self.assertEqual(document._portal_refusal(self.user_full.partner_id), "contact")
        self.profile_full.can_see_documents = True
        self.company.write({"portal_show_documents": False, "portal_allow_uploads": False})
        self.assertFalse(mine.search_count([("id", "=", document.id)]))
        self.sign_in(self.user_full)
        response = self.url_open("/my/documents", allow_redirects=False)
        self.assertEqual(response.status_code, 404)
        for url in (document.access_url, f"{document.access_url}/file"):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 404, url)
            self.assertIn("This document is not available", response.text, url)
        self.assertNotIn("/my/documents", self.url_open("/my").text)

    def test_expiry_is_told_as_the_reader_writes_dates(self):
        day = fields.Date.today() - timedelta(days=3)
        document = self._share(to_sign=True, expires_on=day)
        for code, written in (("en_US", "%m/%d/%Y"), ("es_ES", "%d/%m/%Y")):
            self.env["res.lang"]._activate_lang(code)
            self.user_full.lang = code
            self.sign_in(self.user_full)
            page = self.url_open(document.access_url).text
            self.assertNotIn(day.isoformat(), page)
            self.assertIn(day.strftime(written), page)

    def test_loading_a_form_s_address_again_shows_its_page(self):
        """What a form answers with an error stands at the form's address; who loads that anew
        comes back to the page."""
        document = self._share(to_sign=True)
        self.sign_in(self.user_full)
        for url in (
            "/my/pay/choose",
            "/my/payments/report/send",
            f"{document.access_url}/sign",
            f"{document.access_url}/reject",
            "/my/documents/requests/5/upload",
            "/my/sign/5/confirm",
        ):
            answer = self.url_open(url, allow_redirects=False)
            self.assertEqual(answer.status_code, 303, url)
            page = url.rpartition("/")[0]
            self.assertEqual(answer.headers["Location"].partition("/my/")[2], page[4:])

    def test_guests(self):
        """No link opens what many see; not even with the document's own token."""
        document = self._share(audience="all")
        self.assertEqual(document._portal_refusal(self.env["res.partner"]), "customer")
        token = document._portal_ensure_token()
        self.sign_in(None)
        for url in (
            f"{document.access_url}?access_token={token}",
            f"{document.access_url}/file?access_token={token}",
            f"/mail/view?model={document._name}&res_id={document.id}&access_token={token}",
        ):
            text = self.url_open(url).text
            self.assertNotIn(document.name, text, url)

    def test_of_what_does_not_exist_nothing_is_told(self):
        document = self._share(partner_id=self.beta.id)
        self.sign_in(self.user_full)
        looks = set()
        for number in (document.id, document.id + 1000, 2**31 - 1):
            for suffix in ("", "/file"):
                response = self.url_open(f"/my/documents/{number}{suffix}", allow_redirects=False)
                looks.add((response.status_code, response.headers.get("Location")))
        self.assertEqual(len(looks), 1)

    def test_columns_over_rpc(self):
        """Whom else a document is for, and what staff write on it, is not for its readers."""
        document = self._share(
            audience="contacts",
            contact_ids=[
                Command.set((self.user_full.partner_id | self.user_stranger.partner_id).ids)
            ],
        )
        mine = document.with_user(self.user_full)
        for name in ("contact_ids", "user_id", "file", "portal_event_count", "access_token"):
            with self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            mine.name = "Changed"
        for model in ("customer.portal.document.category", "customer.portal.document.share"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.user_full).search([])

    # === WHAT IS WRITTEN ON IT === #

    def test_no_reader_sees_what_another_one_wrote(self):
        """A mail that answers the mail of a document for several contacts is for staff."""
        document = self._share(
            audience="contacts",
            contact_ids=[
                Command.set((self.user_full.partner_id | self.user_stranger.partner_id).ids)
            ],
        )
        document.message_post(
            body="Our own discount is 20%",
            author_id=self.user_stranger.partner_id.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.sign_in(self.user_full)
        self.assertNotIn('id="discussion"', self.url_open(document.access_url).text)
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"thread_model": document._name, "thread_id": document.id},
            },
        )
        self.assertNotIn("discount", answer.text)
        messages = self.env["mail.message"].with_user(self.user_full)
        self.assertFalse(
            messages.search([("model", "=", document._name), ("res_id", "=", document.id)])
        )
        self.assertFalse(document._portal_chatter_token(self.user_full.partner_id))

    # === NEW === #

    def test_new_until_opened(self):
        document = self._share()
        for opens in (document.access_url, f"{document.access_url}/file"):
            with self.subTest(opens=opens):
                self.env["customer.portal.reading"].search([]).unlink()
                self.sign_in(self.user_full)
                self.assertIn("1 new document", self.url_open("/my").text)
                self.assertIn("data-new", self.url_open("/my/documents").text)
                self.assertEqual(self._listed("/my/documents?filterby=unread"), {document.id})
                self.url_open(opens)
                self.assertNotIn("data-new", self.url_open("/my/documents").text)
                self.assertNotIn("new document", self.url_open("/my").text)
        # Of a colleague, nothing is known.
        self.sign_in(self.user_colleague)
        self.assertIn("data-new", self.url_open("/my/documents").text)

    def test_new_again_when_sent_again_or_written_on(self):
        document = self._share()
        contact = self.user_full.partner_id
        document._portal_mark_read(contact)
        self.env["customer.portal.reading"].search([]).read_on = fields.Datetime.subtract(
            fields.Datetime.now(), hours=1
        )
        self.assertEqual(document._portal_unread_ids(contact), {document.id})
        document._portal_mark_read(contact)
        self.assertFalse(document._portal_unread_ids(contact))
        document.portal_answered_on = fields.Datetime.add(fields.Datetime.now(), hours=1)
        unread = document._portal_unread_domain(contact)
        self.env.flush_all()
        self.assertEqual(document.search(unread & Domain("id", "=", document.id)), document)
        self.assertEqual(document.filtered_domain(unread), document)

    def test_staff_who_look_as_the_customer_leave_it_new(self):
        document = self._share()
        contact = self.user_full.partner_id
        self.sign_in(self.user_sales)
        result = self.make_jsonrpc_request(
            "/web/dataset/call_button/res.partner/action_portal_preview",
            {
                "model": "res.partner",
                "method": "action_portal_preview",
                "args": [contact.ids],
                "kwargs": {},
            },
        )
        self.assertEqual(self.url_open(result["url"]).status_code, 200)
        page = self.url_open(document.access_url)
        self.assertIn(document.name, page.text)
        self.assertFalse(self.env["customer.portal.reading"].search([]))

    def test_staff_see_it_as_the_customer(self):
        """The button of the document: to its page as the customer, and back to its form."""
        document = self._share(partner_id=self.user_full.partner_id.id)
        self.sign_in(self.user_sales)
        result = self.make_jsonrpc_request(
            "/web/dataset/call_button/customer.portal.document/action_portal_preview",
            {
                "model": document._name,
                "method": "action_portal_preview",
                "args": [document.ids],
                "kwargs": {},
            },
        )
        self.assertEqual(result["url"], document.access_url)
        page = self.url_open(result["url"])
        self.assertEqual(page.status_code, 200)
        self.assertIn("o_portal_preview", page.text)
        self.assertIn(document.name, page.text)
        self.assertEqual(self.url_open(f"{document.access_url}/file").content, self.pdf)
        self.assertFalse(self.env["customer.portal.reading"].search([]))
        noted = self.env["customer.portal.event"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )
        self.assertEqual(noted.filtered(lambda event: event.viewer).mapped("kind"), ["preview"])
        answer = self.post_form(
            "/my/preview/leave", page=document.access_url, allow_redirects=False
        )
        back = f"/odoo/customer.portal.document/{document.id}"
        self.assertTrue(answer.headers["Location"].endswith(back))

    # === LIST === #

    def test_categories_search_and_dates(self):
        contracts = self.env.ref("customer_portal_plus.document_category_contract")
        manuals = self.env.ref("customer_portal_plus.document_category_manual")
        contract = self._share("Contrato de mantenimiento", category_id=contracts.id)
        manual = self._share("Manual del taladro", audience="all", category_id=manuals.id)
        price = self._share("Precios 50%_2026")
        self._share("Contrato ajeno", partner_id=self.beta.id)
        self.sign_in(self.user_full)
        page = self.url_open("/my/documents").text
        self.assertIn(f'data-chip="category-{contracts.id}"', page)
        unused = self.env.ref("customer_portal_plus.document_category_certificate")
        self.assertNotIn(f'data-chip="category-{unused.id}"', page)
        for query, documents in (
            ("", contract | manual | price),
            (f"filterby=category-{contracts.id}", contract),
            (f"filterby=category-{unused.id}", contract | manual | price),
            ("filterby=nonsense&page=-3&sortby=x&date_begin=soon", contract | manual | price),
            ("search=MANTENIMIÉNTO", contract),
            ("search=precios.pdf", contract | manual | price),
            ("search=50%25_2026", price),
            ("search=%25", price),
            ("search=%00%27%3B--", price.browse()),
            ("date_begin=2001-01-01&date_end=2001-12-31", price.browse()),
            ("sortby=name", contract | manual | price),
        ):
            with self.subTest(query=query):
                self.assertEqual(self._listed(f"/my/documents?{query}"), set(documents.ids))

    # === STAFF === #

    def test_share_several_files(self):
        files = self.env["ir.attachment"].with_user(self.user_sales)
        files = files.create(
            [{"name": name, "raw": self.pdf} for name in ("Enero 2026.pdf", "Febrero 2026.pdf")]
        )
        Wizard = self.env["customer.portal.document.share"].with_user(self.user_sales)
        with Form(Wizard.with_context(default_partner_id=self.alfa.id)) as form:
            for file in files:
                form.attachment_ids.add(file)
        with patch.object(type(self.env["mail.mail"]), "unlink"):  # to look at what was sent
            action = form.save().action_share()
        documents = self.env["customer.portal.document"].search(action["domain"])
        self.assertEqual(set(documents.mapped("name")), {"Enero 2026", "Febrero 2026"})
        self.assertEqual(set(documents.mapped("state")), {"sent"})
        self.assertEqual(base64.b64decode(documents[0].file), self.pdf)
        self.assertFalse(files.exists())
        self.assertEqual(documents.mapped("user_id"), self.user_sales)
        mails = self.env["mail.mail"].search(
            [("model", "=", documents._name), ("res_id", "in", documents.ids)]
        )
        self.assertEqual(len(mails), 1, "one mail for all files")
        self.assertEqual(mails.recipient_ids, self.alfa)
        for document in documents:
            self.assertIn(document.name, mails.body_html)
        self.assertEqual(self.alfa.portal_document_count, 2)

    def test_share_without_a_file(self):
        wizard = self.env["customer.portal.document.share"].create({"partner_id": self.alfa.id})
        with self.assertRaisesRegex(Exception, "Choose a file"):
            wizard.action_share()

    def test_what_all_see_is_not_mailed(self):
        before = self.env["mail.mail"].search_count([])
        self._share(audience="all")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_audience_must_be_complete(self):
        for values in (
            {"audience": "customer", "partner_id": False},
            {"audience": "contacts"},
            {"audience": "all", "to_sign": True},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                self._share(**values)

    def test_former_audience_is_forgotten(self):
        document = self._share(state="draft")
        document.audience = "all"
        self.assertFalse(document.partner_id)
        self.assertFalse(document.commercial_partner_id)

    def test_staff_see_who_opened_it(self):
        document = self._share(audience="all")
        for user in (self.user_full, self.user_stranger):
            self.sign_in(user)
            self.url_open(f"{document.access_url}/file")
        page = self.url_open(document.access_url).text
        token = page.split('data-token="')[1].split('"')[0]
        self.url_open(
            "/my/beacon",
            data={"token": token, "seconds": "9", "moved": "1"},
            headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"},
        )
        self.env.invalidate_all()
        self.assertEqual(document.portal_opened_count, 2)
        self.assertTrue(document.portal_seen_on)
        action = document.with_user(self.user_sales).action_portal_openings()
        events = self.env["customer.portal.event"].with_user(self.user_sales)
        events = events.search(action["domain"])
        self.assertEqual(events.partner_id, (self.user_full | self.user_stranger).partner_id)
        self.assertEqual(events.customer_id, self.alfa | self.beta)
        self.assertEqual(set(events.mapped("kind")), {"view", "download"})

    def test_file_is_never_run_in_the_portal(self):
        document = self._share(
            file=base64.b64encode(b"<script>alert(1)</script>"), file_name='a"b\n<x>.html'
        )
        self.sign_in(self.user_full)
        response = self.url_open(f"{document.access_url}/file")
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")


@tagged("post_install", "-at_install")
class TestDocumentQueries(DocumentCase):
    count_served = test_query_counts.TestQueryCounts.count_served
    second_request = test_query_counts.TestQueryCounts.second_request
    ask_for = test_query_counts.TestQueryCounts.ask_for

    def test_cost_of_the_list_does_not_depend_on_the_number_of_documents(self):
        categories = self.env["customer.portal.document.category"].search([])

        def add(number):
            for index in range(number):
                self._share(
                    f"Documento {index}",
                    audience="customer" if index % 2 else "all",
                    category_id=categories[index % len(categories)].id,
                    state="draft",
                ).write({"state": "sent", "sent_on": fields.Datetime.now()})
            self.env.flush_all()

        urls = ("/my/documents", "/my/documents?search=documento&filterby=unread")
        add(10)
        self.sign_in(self.user_full)
        few = {url: self.second_request(lambda url=url: self.ask_for(url)) for url in urls}
        add(290)
        for url in urls:
            many = self.second_request(lambda url=url: self.ask_for(url))
            self.assertLessEqual(len(many), 30, "\n".join(many))
            self.assertEqual(len(many), len(few[url]), "\n".join(many))
