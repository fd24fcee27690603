"""The mails with links and codes, and the job that sends them."""

import secrets
import smtplib
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formataddr

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ...tools.mail_text import to_text
from .customer_portal_challenge import _logger

VALID_MINUTES = 10
RETRY_SECONDS = 30
MAX_SENDINGS = 20


class CustomerPortalChallenge(models.Model):
    _inherit = "customer.portal.challenge"

    # === SENDING === #

    @api.model
    def _cron_send(self):
        """Send the mails in the queue; decoys take the same way up to the last step.

        The secrets are committed before the mail leaves, so that it can be used when it arrives.
        """
        commit = self.env["ir.cron"]._commit_progress
        servers = {}
        try:
            while challenge := self._next_queued():
                server = challenge._connect_mail_server(servers)
                if server is None:
                    challenge._requeue()
                    commit(1)
                    continue
                secrets_drawn = challenge._draw_secrets()
                commit(1)
                if not challenge._deliver(server, *secrets_drawn):
                    servers.clear()
                    challenge._requeue()
                    commit()
        finally:
            for server in servers.values():
                if server["session"]:
                    try:
                        server["session"].quit()
                    except (OSError, smtplib.SMTPException):
                        _logger.debug("The mail server closed the connection first")

    @api.model
    def _next_queued(self):
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM customer_portal_challenge
                 WHERE state = 'queued' AND send_on <= %s
                 ORDER BY send_on, id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.sudo().browse(row[0] for row in self.env.cr.fetchall())

    def _connect_mail_server(self, servers):
        """Return the server for the mail of this challenge, connected; None if it is down.

        :param dict servers: what was connected in this run, by address of the sender
        :return: ``id``, ``session``, ``email_from``, and ``context`` for sending
        :rtype: dict | None
        """
        company = self.company_id
        sender = company.email_formatted or self.env.user.email_formatted
        if sender in servers:
            return servers[sender]
        context = {"domain_notifications_email": company.alias_domain_id.default_from_email}
        MailServer = self.env["ir.mail_server"].sudo().with_context(**context)
        mail_server, email_from = MailServer._find_mail_server(sender)
        mail_server_id = mail_server.id if mail_server else None
        try:
            session = MailServer._connect__(mail_server_id=mail_server_id, smtp_from=email_from)
        except (OSError, smtplib.SMTPException, UserError) as error:
            _logger.warning("The mail server for sign-in mails can't be reached: %s", error)
            return None
        servers[sender] = {
            "id": mail_server_id, "session": session, "email_from": sender, "context": context,
        }  # fmt: skip
        return servers[sender]

    def _requeue(self):
        """Try again later what could not be sent; end it when that took too long."""
        self.ensure_one()
        sendings = self.sendings + 1
        send_on = fields.Datetime.now() + timedelta(seconds=RETRY_SECONDS)
        self.write(
            {
                "state": "queued" if sendings < MAX_SENDINGS else "ended",
                "sendings": sendings,
                "send_on": send_on,
                **dict.fromkeys(("expires_on", "code_hash", "token_digest"), False),
            }
        )
        if self.state == "queued":
            self._wake_sender(at=send_on)

    def _draw_secrets(self):
        """Draw a code and the token of a link, and store what they are checked by.

        :return: code and token, for the mail alone
        :rtype: tuple[str, str]
        """
        self.ensure_one()
        code, token = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(32)
        self.write(
            {
                "state": "sent",
                "expires_on": fields.Datetime.now() + timedelta(minutes=VALID_MINUTES),
                # Salted and slow: a million codes are soon tried.
                "code_hash": self.env["res.users"]._crypt_context().hash(code),
                "token_digest": self._token_digest(token),
            }
        )
        return code, token

    def _deliver(self, server, code, token):
        """Send the mail of this challenge, if it is no decoy.

        :param dict server: see ``_connect_mail_server``
        :return: False if the server failed and the mail should be tried again
        :rtype: bool
        """
        if self.purpose == "password":
            contacts_sudo = self.env["res.partner"].sudo().browse(self.contacts or [])
            contacts_sudo.user_ids.filtered("active")._portal_send_password_links()
            return True
        allowed = self._get_allowed_contacts()
        if not allowed:
            # Noted here, not when it is asked for: that must take as long as for a known one.
            env = self._company_env()
            self._log_failure(env._("Mail asked for by somebody who is not registered"))
            return True
        url = self._prepare_url(token)
        if not url:
            return True
        _contact_id, address, name, _customer = allowed[0]
        if len(allowed) > 1:
            name = ""
        MailServer = self.env["ir.mail_server"].sudo().with_context(**server["context"])
        try:
            MailServer.send_email(
                self._prepare_mail(server["email_from"], address, name, code, url),
                mail_server_id=server["id"],
                smtp_session=server["session"],
            )
        except (MailDeliveryException, AssertionError) as error:
            # This address is the problem. The page must not tell that it is a real one.
            _logger.warning(
                "The sign-in mail of challenge %s was refused: %s", self.id, error.args[-1]
            )
        except (OSError, smtplib.SMTPException) as error:
            _logger.warning("The mail server failed with challenge %s: %s", self.id, error)
            return False
        return True

    def _prepare_url(self, token):
        """Return the address behind the button of the mail; empty if there is nothing to send.

        For a new link to a document, that is this link: it is made as the mail leaves.
        """
        if self.purpose != "document":
            return self.company_id._portal_page_url(f"/in/{token}")
        link = self.env["customer.portal.link"].sudo().browse(self.link).exists()
        if not link or not link._can_renew():
            return ""
        path = link._make(link._get_document(), link.partner_id)
        return f"{self.company_id.get_base_url()}{path}"

    def _prepare_mail(self, email_from, address, name, code, url):
        """Return the mail with link and code. It is stored nowhere.

        :rtype: email.message.EmailMessage
        """
        contact = self.env["res.partner"].sudo().browse(self.contacts[0])
        template = self.env.ref("customer_portal_plus.mail_template_sign_in").sudo()
        template = template.with_context(
            lang=contact.lang or self.lang,
            portal_code=code,
            portal_link=url,
            portal_name=name,
            portal_minutes=VALID_MINUTES,
            portal_host=urlsplit(url).netloc,
        )
        rendered = {
            field_name: template._render_field(field_name, self.ids)[self.id]
            for field_name in ("subject", "body_html")
        }
        body = template._render_encapsulate(
            "customer_portal_plus.mail_layout",
            rendered["body_html"],
            add_context={"company": self.company_id, "lang": template.env.lang},
        )
        return self.env["ir.mail_server"]._build_email__(
            email_from=email_from,
            email_to=[formataddr((name, address))],
            subject=rendered["subject"],
            body=body,
            body_alternative=to_text(body),
            subtype="html",
            headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        )
