"""Signing in by mail: who may, how often, and what a link or a code is good for.

A *challenge* is one request for a mail with a link and a code. What holds for all of them:

* Anybody may ask, for any address or tax ID. For one that is unknown (or blocked, archived, an
  employee's) a decoy challenge is made: same queries, same page, same answers; only the mail is
  not sent. So nobody learns who is a customer.
* Asking only puts the challenge in a queue. The secrets are drawn when the mail is about to
  leave, their digests are stored, and they exist in clear nowhere but in that mail.
* The link works in the browser that asked; in another one the code is needed, too. A page that
  is only looked at changes nothing, since mail scanners open links: the button of the page does.
* Five tries for a code, counted in a transaction of their own before the code is compared.
* Ten minutes, once. Requests are limited per address, contact, network and company.

The way in is core's own: ``res.users._login`` and ``_check_credentials`` with a credential of the
type below. So the session's id changes, and a second factor is asked for as with a password.
"""

import hashlib
import ipaddress
import logging
import secrets
import smtplib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request
from odoo.tools import SQL, consteq, email_normalize, formataddr
from odoo.tools.misc import hmac

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ...tools.mask import decoy_addresses, mask_addresses
from ...tools.tax_id import typed_tax_id_keys
from ...tools.transactions import own_transaction

_logger = logging.getLogger(__name__)

CREDENTIAL_TYPE = "customer_portal_challenge"
VALID_MINUTES = 10
MAX_TRIES = 5
# How soon another mail can be asked for, and how often one is tried to be sent.
RESEND_SECONDS = 30
RETRY_SECONDS = 30
MAX_SENDINGS = 20

# Per hour. Generous for people (an office shares one network address), useless for guessing:
# a code is found by one in 200,000 of those who use all their tries.
LIMITS = {
    "mail.address": 6,
    "mail.contact": 12,
    "mail.network": 30,
    "mail.company": 600,
    "code.network": 60,
    "tax_id.network": 40,
    "tax_id.number": 20,
    "tax_id.company": 2000,
}


class CustomerPortalChallenge(models.Model):
    _name = "customer.portal.challenge"
    _description = "Request for a Mailed Link and Code"
    _order = "id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    purpose = fields.Selection(
        [
            ("sign_in", "Sign in"),
            ("step_up", "Confirm who it is"),
            ("document", "A new link to a document"),
        ],
        required=True,
        readonly=True,
    )
    # Not a relation: merging and deleting contacts must not care, and a decoy has none.
    contacts = fields.Json(
        readonly=True, help="Numbers of the contacts that it can let in; none for a decoy."
    )
    address_digest = fields.Char(required=True, readonly=True)
    browser_digest = fields.Char(required=True, readonly=True)
    link = fields.Integer(
        readonly=True,
        help="Number of the personal link in whose place one is sent, or with which a sign-in"
        " began.",
    )
    lang = fields.Char(readonly=True)
    redirect = fields.Char(readonly=True, help="The portal page that was asked for.")
    state = fields.Selection(
        [("queued", "To be sent"), ("sent", "Sent"), ("ended", "Ended")],
        required=True,
        default="queued",
        readonly=True,
    )
    sendings = fields.Integer(readonly=True, help="How often it was tried to send the mail.")
    send_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    expires_on = fields.Datetime(readonly=True)
    used_on = fields.Datetime(readonly=True)
    tries = fields.Integer(readonly=True, groups=fields.NO_ACCESS)
    code_hash = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    token_digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    ticket_digest = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Of the proof that the right code was typed, given to the browser that did.",
    )

    _token_idx = models.Index("(token_digest) WHERE token_digest IS NOT NULL")
    _queue_idx = models.Index("(send_on) WHERE state = 'queued'")

    # === WHO MAY SIGN IN BY MAIL === #

    @api.model
    def _find_contacts(self, company, address=None, tax_id=None, contact_ids=None, is_sign_in=True):
        """Return who may sign in by mail at a company's portal.

        Registered contacts with an address, neither archived nor of a customer whose access is
        off; no employee, nobody with an employee's address; with a user of the portal, or
        without any if the company needs no invitations. The same single query whoever is asked
        for.

        :param res.company company: whose portal it is
        :param str address: only those with this normalised address
        :param str tax_id: only those of customers with this tax ID, in any spelling
        :param list contact_ids: only these
        :param bool is_sign_in: False for mails that do not sign in: they are for contacts without
            a user as well, even if the company invites
        :return: contact number, address, name, and name of its customer
        :rtype: list[tuple[int, str, str, str]]
        """
        if address is not None:
            wanted = SQL("p.email_normalized = %s", address)
        elif tax_id is not None:
            keys = typed_tax_id_keys(tax_id)
            wanted = SQL(
                "c.portal_tax_id_key IN %s AND c.portal_tax_id_key <> ''", tuple(keys) or ("",)
            )
        else:
            wanted = SQL("p.id IN %s", tuple(contact_ids or ()) or (0,))
        self.env["res.partner"].flush_model()
        self.env["res.users"].flush_model()
        company_sudo = company.sudo()  # Settings, asked for a guest.
        self.env.cr.execute(
            SQL(
                """
                SELECT p.id, p.email_normalized, p.name, c.name, c.portal_tax_id_key, country.code
                  FROM res_partner p
                  JOIN res_partner c ON c.id = p.commercial_partner_id
             LEFT JOIN res_country country ON country.id = c.country_id
                 WHERE %(wanted)s
                   AND p.active AND c.active AND c.portal_access
                   AND p.email_normalized IS NOT NULL
                   AND (p.is_company OR p.type IN ('contact', 'invoice', 'other'))
                   AND (p.company_id IS NULL OR p.company_id = %(company)s)
                   AND NOT EXISTS (
                           SELECT FROM res_company own WHERE own.partner_id = c.id)
                   AND NOT EXISTS (
                           SELECT FROM res_users staff
                             JOIN res_partner sp ON sp.id = staff.partner_id
                            WHERE NOT staff.share
                              AND (sp.id = p.id OR sp.email_normalized = p.email_normalized
                                   OR lower(staff.login) = p.email_normalized))
                   AND (EXISTS (
                           SELECT FROM res_users u
                             JOIN res_company_users_rel cu ON cu.user_id = u.id
                            WHERE u.partner_id = p.id AND u.active AND cu.cid = %(company)s)
                        OR %(open)s AND (
                               NOT EXISTS (SELECT FROM res_users u WHERE u.partner_id = p.id)
                               OR EXISTS (SELECT FROM res_users u
                                           WHERE u.partner_id = p.id AND u.active)))
                 ORDER BY p.id
                 LIMIT 50
                """,
                wanted=wanted,
                company=company.id,
                open=company_sudo.portal_allow_self_registration or not is_sign_in,
            )
        )
        rows = self.env.cr.fetchall()
        if tax_id is not None:
            home = company_sudo.country_id.code
            rows = [row for row in rows if keys[row[4]] in ("", row[5] or home)]
        return [row[:4] for row in rows]

    @api.model
    def _find_addresses(self, company, tax_id):
        """Return the addresses to choose from for a tax ID: those registered, or decoys.

        :param res.company company: whose portal it is
        :param str tax_id: as typed
        :return: for each address a key that stays the same, how it is shown, the address
            itself, and the contacts behind it (none for a decoy)
        :rtype: list[dict]
        """
        by_address = {}
        for contact_id, address, _name, _customer in self._find_contacts(company, tax_id=tax_id):
            by_address.setdefault(address, []).append(contact_id)
        number = next(iter(typed_tax_id_keys(tax_id)), "")
        seed = bytes.fromhex(self._digest("decoy", f"{company.id} {number}"))
        decoys = decoy_addresses(seed, company.sudo().country_id.code)
        masked = mask_addresses(sorted(by_address)[:10] or decoys)
        return [
            {
                "key": self._digest("choice", f"{company.id} {address}")[:16],
                "masked": shown,
                "address": address,
                "contacts": by_address.get(address, []),
            }
            for address, shown in masked.items()
        ]

    # === ASKING === #

    @api.model
    def _count_tax_id(self, company, tax_id, network):
        """Count that somebody asks about a tax ID.

        :raise UserError: if it can't be one
        :raise TooManyTries: if that is done too often
        """
        number = next(iter(typed_tax_id_keys(tax_id)), "")
        if not number:
            raise UserError(self.env._("Please type your tax ID, with its digits."))
        self.env["customer.portal.throttle"]._count(
            {
                ("tax_id.network", self._network(network)): LIMITS["tax_id.network"],
                ("tax_id.number", f"{company.id} {number}"): LIMITS["tax_id.number"],
                ("tax_id.company", company.id): LIMITS["tax_id.company"],
            }
        )

    @api.model
    def _ask(
        self,
        company,
        address,
        contact_ids,
        nonce,
        network,
        purpose="sign_in",
        redirect="",
        link=None,
    ):
        """Put a mail with a link and a code in the queue; or, for a decoy, seem to.

        :param res.company company: whose portal it is
        :param str address: normalised, registered or not
        :param list contact_ids: who can be let in with it; none for a decoy
        :param str nonce: secret of the browser that asks
        :param str network: its network address
        :param str purpose: see the field
        :param str redirect: portal page to show after signing in
        :param customer.portal.link link: for the purpose ``document``, the expired link; else
            the one that it began with, if any
        :rtype: customer.portal.challenge
        :raise TooManyTries: if that is done too often
        """
        contacts = ",".join(map(str, sorted(contact_ids))) or address
        self.env["customer.portal.throttle"]._count(
            {
                ("mail.address", f"{company.id} {address}"): LIMITS["mail.address"],
                ("mail.contact", contacts): LIMITS["mail.contact"],
                ("mail.network", self._network(network)): LIMITS["mail.network"],
                ("mail.company", company.id): LIMITS["mail.company"],
            }
        )
        challenge_sudo = self.sudo().create(  # Sudo: a guest asks.
            {
                "company_id": company.id,
                "purpose": purpose,
                "contacts": sorted(contact_ids),
                "address_digest": self._digest("address", address),
                "browser_digest": self._browser_digest(nonce),
                "lang": self.env.lang,
                "redirect": redirect,
                "link": link.id if link else 0,
            }
        )
        self._wake_sender()
        return challenge_sudo

    def _ask_again(self, nonce, network):
        """Replace this challenge by a new one for the same address; this one ends.

        :return: the new one
        :rtype: customer.portal.challenge
        :raise UserError: if it was asked for only just now
        :raise TooManyTries: if that is done too often
        """
        self.ensure_one()
        wait = RESEND_SECONDS - (fields.Datetime.now() - self.create_date).total_seconds()
        if wait > 0:
            raise UserError(
                self.env._("Please wait %s seconds before you ask again.", int(wait) + 1)
            )
        self.env["customer.portal.throttle"]._count(
            {
                ("mail.again", self.address_digest): LIMITS["mail.address"],
                ("mail.network", self._network(network)): LIMITS["mail.network"],
                ("mail.company", self.company_id.id): LIMITS["mail.company"],
            }
        )
        again = self.copy(
            {
                "browser_digest": self._browser_digest(nonce),
                "state": "queued",
                "sendings": 0,
                "send_on": fields.Datetime.now(),
                **dict.fromkeys(
                    ("expires_on", "used_on", "code_hash", "token_digest", "ticket_digest"), False
                ),
                "tries": 0,
            }
        )
        self.state = "ended"
        self._wake_sender()
        return again

    @api.model
    def _wake_sender(self, at=None):
        # Sudo: guests wake it.
        self.env.ref("customer_portal_plus.ir_cron_send_sign_in").sudo()._trigger(at=at)

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
        sender = company.email_formatted or self.env.user.email_formatted or ""
        if sender in servers:
            return servers[sender]
        domain = company.alias_domain_id
        context = {
            "domain_notifications_email": domain.default_from_email or False,
            "domain_bounce_address": domain.bounce_email or False,
        }
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
        )
        rendered = {
            field_name: template._render_field(field_name, self.ids)[self.id]
            for field_name in ("subject", "body_html")
        }
        return self.env["ir.mail_server"]._build_email__(
            email_from=email_from,
            email_to=[formataddr((name, address))],
            subject=rendered["subject"],
            body=rendered["body_html"],
            subtype="html",
            headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        )

    # === USING === #

    @api.model
    def _from_token(self, token):
        """Return the challenge whose link this is, if it still works.

        :param str token: from the address
        :return: the challenge in sudo; empty for a link that is wrong, used or expired
        :rtype: customer.portal.challenge
        """
        challenge_sudo = self.sudo().search(
            [("token_digest", "=", self._token_digest(token))], limit=1
        )
        return challenge_sudo.filtered(lambda challenge: challenge._is_open())

    def _is_open(self):
        """Return whether the mail was sent and its link and code were neither used nor expired.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.state == "sent"
            and not self.used_on
            and bool(self.expires_on and self.expires_on > fields.Datetime.now())
        )

    def _is_from_browser(self, nonce):
        """Return whether the browser with this secret has asked for the mail.

        :rtype: bool
        """
        return bool(nonce) and consteq(self.browser_digest, self._browser_digest(nonce))

    def _get_allowed_contacts(self):
        """Return whom this challenge can let in, as ``_find_contacts`` does: those who may sign
        in now and still have the address that the mail was sent to."""
        self.ensure_one()
        # What is no sign-in makes no user: it asks for none, and for no right to make one.
        rows = self._find_contacts(
            self.company_id, contact_ids=self.contacts, is_sign_in=self.purpose == "sign_in"
        )
        return [row for row in rows if self._digest("address", row[1]) == self.address_digest]

    def _try_code(self, code, network):
        """Return a ticket for the right code: the proof with which to sign in once.

        The try is counted and committed before the code is looked at, so that many tries at
        once are not more tries. Decoys have a code, too: comparing takes as long.

        :param str code: as typed
        :param str network: network address of who tries
        :rtype: str
        :raise UserError: in words, if the code is wrong or does not work any more
        :raise TooManyTries: if too many were tried from that network
        """
        self.ensure_one()
        digits = "".join(char for char in (code or "")[:40] if char.isdecimal() and char.isascii())
        self.env["customer.portal.throttle"]._count(
            {("code.network", self._network(network)): LIMITS["code.network"]}
        )
        with own_transaction(self.env) as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE customer_portal_challenge SET tries = COALESCE(tries, 0) + 1
                     WHERE id = %s AND COALESCE(tries, 0) < %s AND state = 'sent'
                       AND used_on IS NULL AND ticket_digest IS NULL AND expires_on > %s
                 RETURNING code_hash, tries
                    """,
                    self.id,
                    MAX_TRIES,
                    fields.Datetime.now(),
                )
            )
            counted = cr.fetchone()
        self.invalidate_recordset()
        if not counted:
            self._log_failure(self._company_env()._("Code that does not work any more"))
            raise UserError(
                self.env._("This code does not work any more. Please ask for a new one.")
            )
        code_hash, tries = counted
        if not self.env["res.users"].sudo()._crypt_context().verify(digits or "-", code_hash):
            self._log_failure(self._company_env()._("Wrong code"))
            if tries >= MAX_TRIES:
                raise UserError(self.env._("Too many wrong codes. Please ask for a new one."))
            raise UserError(
                self.env._("This code is not right. Tries left: %s.", MAX_TRIES - tries)
            )
        ticket = secrets.token_urlsafe(32)
        with own_transaction(self.env) as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE customer_portal_challenge SET ticket_digest = %s
                     WHERE id = %s AND ticket_digest IS NULL AND used_on IS NULL
                 RETURNING id
                    """,
                    self._token_digest(ticket),
                    self.id,
                )
            )
            is_first = bool(cr.fetchone())
        # The ticket was written beside this transaction, which does not see it and could not use
        # it up: go on in a new one. Nothing was done in this one yet.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.invalidate_recordset()
        if not is_first:
            raise UserError(
                self.env._("This code does not work any more. Please ask for a new one.")
            )
        return ticket

    def _consume(self, secret):
        """Use this challenge up.

        :param str secret: the token of its link, or the ticket for its code
        :return: numbers of the contacts whom it lets in
        :rtype: list[int]
        :raise AccessDenied: if the secret is wrong, was used, or has expired
        """
        self.ensure_one()
        digest = self._token_digest(secret)
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_portal_challenge SET used_on = %(now)s
                 WHERE id = %(id)s AND used_on IS NULL AND state = 'sent'
                   AND expires_on > %(now)s AND %(digest)s IN (token_digest, ticket_digest)
             RETURNING contacts
                """,
                now=fields.Datetime.now(),
                id=self.id,
                digest=digest,
            )
        )
        row = self.env.cr.fetchone()
        self.invalidate_recordset()
        if not row:
            raise AccessDenied()
        return row[0] or []

    def _open_session(self, secret, contact_id, way):
        """Sign in as a contact, in the current request; use the challenge up.

        The contact's first time makes its user, if the company needs no invitations.

        :param str secret: the token of the link, or the ticket for the code
        :param int contact_id: one of those whom the challenge lets in
        :param str way: ``mailed_link`` or ``mailed_code``
        :return: what core's ``authenticate`` returns; the session has no user yet if a second
            factor is asked for
        :rtype: dict
        :raise AccessDenied: if the secret or the contact is not right (any more); nothing is
            changed then
        """
        self.ensure_one()
        if contact_id not in [row[0] for row in self._get_allowed_contacts()]:
            raise AccessDenied()
        with self.env.cr.savepoint():
            contact_sudo = self.env["res.partner"].sudo().browse(contact_id)
            user_sudo = contact_sudo._portal_user() or self._make_user(contact_sudo)
            if self.company_id not in user_sudo.company_ids:
                user_sudo.company_ids += self.company_id
            return request.session.authenticate(
                request.env,
                {
                    "type": CREDENTIAL_TYPE,
                    "login": user_sudo.login,
                    "challenge": self.id,
                    "secret": secret,
                    "way": "document_link" if self.link else way,
                },
            )

    def _make_user(self, contact_sudo):
        """Return a new portal user of a contact that signs in for the first time.

        Its login is its address; where several contacts share one, a number makes it unique.
        """
        login = email_normalize(contact_sudo.email)
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        if Users.search_count([("login", "=", login)], limit=1):
            login = f"{login}/{contact_sudo.id}"
        return contact_sudo._portal_make_user(login=login, company=self.company_id)

    # === COMMON === #

    @api.model
    def _digest(self, scope, value):
        """Return a digest that only this database can make; same value, same digest."""
        return hmac(self.sudo().env, f"customer_portal_plus.sign_in.{scope}", value)

    @api.model
    def _token_digest(self, token):
        # 256 random bits need neither salt nor slowness.
        return hashlib.sha256((token or "").encode()).hexdigest()

    @api.model
    def _browser_digest(self, nonce):
        return hashlib.sha256(f"browser {nonce}".encode()).hexdigest()

    @api.model
    def _network(self, address):
        """Return what counts as one network: an IPv6 customer has a whole /64."""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return address or ""
        if parsed.version == 6 and not parsed.ipv4_mapped:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed.ipv4_mapped or parsed) if parsed.version == 6 else str(parsed)

    def _company_env(self):
        """Return an environment in the company's language, for the log."""
        return self.env["customer.portal.event"]._company_words(self.company_id)

    def _log_failure(self, detail):
        """Note a failed try, where staff find it; hook for the log."""
        _logger.info("Failed try on sign-in challenge %s: %s", self.id, detail)

    @api.autovacuum
    def _gc_challenges(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.env.cr.execute(
            SQL("DELETE FROM customer_portal_challenge WHERE create_date < %s", limit)
        )
