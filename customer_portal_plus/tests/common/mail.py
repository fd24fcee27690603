"""What is in the mails that leave."""

import contextlib
from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server


class LeavingMails:
    @contextlib.contextmanager
    def leaving(self):
        """Yield the list of the MIME messages that are handed to the mail server."""
        messages = []

        def send_email(server, message, *args, **kwargs):
            messages.append(message)
            return message["Message-Id"]

        self.env["mail.mail"].search([]).unlink()
        with (
            patch.object(IrMail_Server, "_disable_send", lambda *args: False),
            patch.object(IrMail_Server, "_connect__", lambda *args, **kwargs: None),
            patch.object(IrMail_Server, "send_email", send_email),
        ):
            yield messages
            self.env.flush_all()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    def _read(self, message):
        """Return the HTML of a message and the names of the files attached to it."""
        html = message.get_body(("html",)).get_content()
        return html, [part.get_filename() for part in message.iter_attachments()]

    def _find_mail(self, messages, partner=None):
        address = (partner or self.alfa).email
        found = [message for message in messages if address in (message["To"] or "")]
        self.assertEqual(len(found), 1, [message["To"] for message in messages])
        return found[0]
