"""Mails that the mail server did not take: what is tried again, how long, and who is told."""

import smtplib
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..models.messages.mail_mail_retry import RETRY_MINUTES
from ..tools.mail_failures import is_refused_for_now
from .common.message import MessageCase


class _Session:
    """A connection to a mail server that takes mails, or fails as told."""

    def __init__(self):
        self.taken = []
        self.failures = {}

    def send_message(self, message, _smtp_from, addresses):
        for address in addresses:
            if address in self.failures:
                raise self.failures[address]
        self.taken += addresses

    def quit(self):
        pass


@tagged("post_install", "-at_install")
class TestMailRetry(MessageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.user_colleague.partner_id
        cls.conversation = cls.begin()
        cls.env["mail.mail"].search([]).unlink()

    @contextmanager
    def _server(self, is_up=True):
        """Have a mail server, or one that is down."""
        session = _Session()

        def connect(*args, **kwargs):
            if not is_up:
                raise ConnectionRefusedError("Connection refused")
            return session

        with (
            patch.object(IrMail_Server, "_disable_send", lambda *args: False),
            patch.object(IrMail_Server, "_connect__", connect),
            patch.object(
                IrMail_Server,
                "_prepare_email_message__",
                lambda server, message, session: ("from@example.com", [message["To"]], message),
            ),
            mute_logger("odoo.addons.mail.models.mail_mail"),
            mute_logger("odoo.addons.base.models.ir_mail_server"),
        ):
            yield session

    def _answer_while_down(self):
        with self._server(is_up=False):
            return self.answer(self.conversation)

    def _mail(self, message):
        return self.env["mail.mail"].search([("mail_message_id", "=", message.id)])

    def _run_queue(self, mail=None):
        """Have the queue run, when the mail is due."""
        self.env["mail.mail"].flush_model()
        if mail:
            mail.scheduled_date = fields.Datetime.now() - timedelta(seconds=1)
        self.env["mail.mail"].process_email_queue()

    def _told(self, record):
        record.invalidate_recordset()
        return record.activity_ids.filtered(lambda one: "was not sent" in (one.summary or ""))

    def test_while_the_server_is_down(self):
        message = self._answer_while_down()
        mail = self._mail(message)
        self.assertEqual((mail.state, mail.portal_failures), ("outgoing", 1))
        wait = mail.scheduled_date - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds() / 60, RETRY_MINUTES[0], delta=1)
        notice = message.notification_ids.filtered(lambda n: n.res_partner_id == self.contact)
        self.assertEqual(notice.notification_status, "exception", "it has not left yet")
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("mail.ir_cron_mail_scheduler_action").id)]
        )
        self.assertIn(mail.scheduled_date, triggers.mapped("call_at"))
        with self._server() as session:
            self._run_queue()
            self.assertFalse(session.taken, "it is not due yet")
            self._run_queue(mail)
            self.assertEqual(len(session.taken), 1)
            self.assertIn(self.contact.email, session.taken[0])
            self.assertEqual(notice.notification_status, "sent")
            self._run_queue(mail.exists())
            mail.exists().send()
            self.assertEqual(len(session.taken), 1, "never twice")
        self.assertFalse(self._told(self.conversation))

    def test_in_the_end(self):
        message = self._answer_while_down()
        mail = self._mail(message)
        waits = []
        with self._server(is_up=False):
            while mail.state == "outgoing" and len(waits) < 20:
                waits.append((mail.scheduled_date - fields.Datetime.now()).total_seconds() / 60)
                self._run_queue(mail)
        self.assertEqual(mail.state, "exception")
        self.assertEqual([round(wait) for wait in waits], list(RETRY_MINUTES))
        self.assertEqual(waits, sorted(waits))
        notice = message.notification_ids.filtered(lambda n: n.res_partner_id == self.contact)
        self.assertEqual(notice.notification_status, "exception")
        activity = self._told(self.conversation)
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertIn(self.contact.display_name, activity.summary)
        note = self.last(self.conversation)
        self.assertTrue(note._portal_is_internal())
        self.assertIn("Connection refused", note.body)
        self.assertNotIn(note, self.said(self.conversation))
        # Staff see to the server and try again by the button of Odoo.
        with self._server() as session:
            mail.action_retry()
            self._run_queue(mail)
        self.assertEqual(len(session.taken), 1)

    def test_what_others_got_they_do_not_get_again(self):
        self.conversation.message_subscribe(self.colleague.ids)
        address = self.colleague.email_formatted
        with self._server() as session:
            session.failures[address] = smtplib.SMTPRecipientsRefused(
                {address: (450, b"Greylisted, come back later")}
            )
            message = self.answer(self.conversation)
            mails = self._mail(message)
            self.assertEqual(set(mails.mapped("state")), {"outgoing"})
            self.assertEqual(mails.recipient_ids, self.colleague)
            session.failures.clear()
            self._run_queue(mails)
        self.assertEqual(len(session.taken), len(set(session.taken)), session.taken)
        self.assertIn(address, session.taken)
        statuses = message.notification_ids.mapped("notification_status")
        self.assertEqual(set(statuses), {"sent"})

    def test_what_is_refused_for_good(self):
        address = self.contact.email_formatted
        with self._server() as session:
            session.failures[address] = smtplib.SMTPDataError(550, b"No such mailbox")
            message = self.answer(self.conversation)
        mail = self._mail(message)
        self.assertEqual((mail.state, mail.portal_failures), ("exception", 0))
        self.assertEqual(len(self._told(self.conversation)), 1)
        self.assertIn("No such mailbox", self.last(self.conversation).body)

    def test_what_was_sent_is_not_tried_again(self):
        """Core marks whatever it is given as failed while the server is down."""
        with self._server():
            message = self.answer(self.conversation)
        sent = self.env["mail.mail"].create(
            {
                "mail_message_id": message.id,
                "recipient_ids": [(4, self.contact.id)],
                "state": "sent",
            }
        )
        with self._server(is_up=False):
            sent.send()
        self.assertEqual(sent.state, "sent")

    def test_what_the_queue_has_deleted_meanwhile(self):
        """Who sends at once after its commit finds nothing, and does not stumble."""
        with self._server():
            message = self.answer(self.conversation)
        gone = self.env["mail.mail"].create({"mail_message_id": message.id})
        other = self.env["mail.mail"].browse(gone.ids)
        gone.unlink()
        with self._server() as session:
            other.send()
        self.assertFalse(session.taken)

    def test_mails_of_others(self):
        mail = self.env["mail.mail"].create(
            {"model": "res.users", "res_id": self.user_sales.id, "email_to": "x@example.com"}
        )
        with self._server(is_up=False):
            mail.send()
        self.assertEqual((mail.state, mail.portal_failures), ("exception", 0))

    def test_mail_about_a_contact(self):
        """Invitations, and what staff are told of changes, are on the contact."""
        with self._server(is_up=False):
            self.alfa._portal_tell_staff("The address was changed", self.contact)
        mail = self._mail(self.last(self.alfa))
        self.assertEqual((mail.state, mail.portal_failures), ("outgoing", 1))
        mail.portal_failures = len(RETRY_MINUTES)
        with self._server(is_up=False):
            self._run_queue(mail)
        self.assertEqual(mail.state, "exception")
        self.assertEqual(self._told(self.alfa).user_id, self.user_sales)

    def test_meaning_of_refusals(self):
        refused = smtplib.SMTPRecipientsRefused
        for error, expected in (
            (smtplib.SMTPDataError(451, b""), True),
            (smtplib.SMTPSenderRefused(421, b"", "x@example.com"), True),
            (smtplib.SMTPDataError(554, b""), False),
            (refused({"a": (450, b"")}), True),
            (refused({"a": (450, b""), "b": (550, b"")}), False),
            (smtplib.SMTPServerDisconnected("gone"), False),
            (ValueError(), False),
            (None, False),
        ):
            with self.subTest(error=error):
                self.assertEqual(is_refused_for_now(error), expected)
