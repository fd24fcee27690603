"""What the tests of getting in share: the page's forms, the mails, and what is in them."""

import re
from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, fields
from odoo.sql_db import Cursor
from odoo.tools import SQL

from . import PortalHttpCase

ALIAS = "pepino-tech"


def within_one_hour():
    """Stop the clock: limits count within a full hour, and a test may meet its end.

    :return: a context manager
    """
    return freeze_time(fields.Datetime.now())


class SignInCase(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "name": "Pepino Tech SpA",
                "portal_alias": ALIAS,
                "email": "hola@example.com",
                "portal_allow_email_code": True,
                "portal_allow_tax_id": True,
                "portal_allow_self_registration": True,
                "country_id": cls.env.ref("base.es").id,
            }
        )
        cls.alfa.vat = "ESB85738045"
        cls.beta.vat = "ESA28015865"
        cls.Challenge = cls.env["customer.portal.challenge"]

    def setUp(self):
        super().setUp()
        self.outbox = []
        self.authenticate(None, None)

    # === MAILS === #

    def run_sender(self, down=False, refuse=None):
        """Send what is queued, as the scheduled action does.

        :param bool down: whether the mail server can't be reached
        :param Exception refuse: what it answers to every mail
        :return: the mails, also appended to ``outbox``
        """
        sent = []

        def connect(server, *args, **kwargs):
            if down:
                raise ConnectionRefusedError("down")

        def send_email(server, message, *args, **kwargs):
            if refuse:
                raise refuse
            sent.append(message)
            return message["Message-Id"]

        MailServer = self.registry["ir.mail_server"]
        with (
            patch.object(MailServer, "_disable_send", lambda *args: False),
            patch.object(MailServer, "_connect__", connect),
            patch.object(MailServer, "send_email", send_email),
            self.registry.cursor() as cr,
        ):
            api.Environment(cr, SUPERUSER_ID, {})[self.Challenge._name]._cron_send()
        self.env.invalidate_all()
        self.outbox += sent
        return sent

    def read_mail(self, message):
        """Return address, code and path of the link of a sign-in mail."""
        text = message.get_body(("html",)).get_content()
        code = re.search(r">\s*(\d{6})\s*<", text)
        link = re.search(r'href="[^"]*?(/p/[^"]+/in/[^"]+)"', text)
        return message["To"], code and code.group(1), link and link.group(1)

    def last_challenge(self):
        return self.Challenge.search([], order="id DESC", limit=1)

    def assert_in_no_table(self, tokens=(), codes=()):
        """Assert that no column of any table of the database has one of these secrets.

        :param tokens: of links
        :param codes: mailed codes: six digits that are not part of a longer number or of a time
        """
        self.assertTrue(tokens or codes)
        self.env.flush_all()
        self.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [row[0] for row in self.cr.fetchall()]
        for known in (
            "customer_portal_challenge",
            "customer_portal_link",
            "mail_mail",
            "ir_logging",
        ):
            self.assertIn(known, tables)
        patterns = [re.escape(token) for token in tokens]
        if codes:
            patterns.append(rf"(^|[^0-9a-f.])({'|'.join(codes)})([^0-9a-f]|$)")
        for table in tables:
            # Table names come from the catalogue.
            self.cr.execute(
                f'SELECT left(t::text, 300) FROM "{table}" t WHERE t::text ~ %s LIMIT 1',
                ["|".join(patterns)],
            )
            self.assertFalse(self.cr.fetchall(), table)

    # === PAGES === #

    def page(self, path="", **kwargs):
        return self.url_open(f"/p/{ALIAS}{path}", **kwargs)

    def post(self, path, data=None, page=None, **kwargs):
        """Post one of the forms below ``/p/<alias>``, from the page that shows it."""
        kwargs.setdefault("allow_redirects", False)
        return self.post_form(
            f"/p/{ALIAS}{path}", data, page=f"/p/{ALIAS}" if page is None else page, **kwargs
        )

    @contextmanager
    def recorded(self):
        """Record the statements of the requests inside the block, without their values."""
        statements = []
        execute = Cursor.execute

        def record(cursor, query, params=None, log_exceptions=True):
            statements.append(query.code if isinstance(query, SQL) else query)
            return execute(cursor, query, params, log_exceptions)

        with patch.object(Cursor, "execute", record):
            yield statements

    def ask_by_email(self, address, **kwargs):
        return self.post("/email", {"email": address, **kwargs})

    def ask_by_tax_id(self, tax_id):
        """Type a tax ID; return the page with the addresses and their keys, by what is shown."""
        self.post("/tax_id", {"tax_id": tax_id})
        page = self.page("/address")
        choices = re.findall(
            r'name="choice"[^>]*? id="(\w+)"[^>]*>.*?<label[^>]*>([^<]*)</label>', page.text, re.S
        )
        return page, {shown.strip(): key for key, shown in choices}

    def get_code(self, address):
        """Ask for a code as ``address``, and return it from the mail."""
        answer = self.ask_by_email(address)
        self.assertEqual(answer.status_code, 303)
        (message,) = self.run_sender()
        return self.read_mail(message)[1]

    def type_code(self, code, **kwargs):
        return self.post("/code", {"code": code, **kwargs}, page=f"/p/{ALIAS}/code")

    def new_browser(self):
        """Go on as another browser: without cookies."""
        self.authenticate(None, None)

    def assert_signed_in(self, user):
        """Assert that the browser has the session of ``user``, or of nobody."""
        response = self.url_open("/my", allow_redirects=False)
        if not user:
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])
        else:
            self.assertEqual(response.status_code, 200)
            self.assertEqual(self.session_uid(), user.id)

    def session_uid(self):
        return self.get_session().get("uid")

    def get_session(self):
        from odoo.http import root

        return root.session_store.get(self.opener.cookies["session_id"])
