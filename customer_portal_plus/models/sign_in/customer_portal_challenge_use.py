"""What a link or a code opens: compared, used once, turned into a session."""

import secrets
import string

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request
from odoo.tools import SQL, consteq

from ...tools.transactions import own_transaction
from .customer_portal_challenge import LIMITS

CREDENTIAL_TYPE = "customer_portal_challenge"
MAX_TRIES = 5


class CustomerPortalChallenge(models.Model):
    _inherit = "customer.portal.challenge"

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
        digits = "".join(char for char in (code or "")[:40] if char in string.digits)
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
            user_sudo = contact_sudo._portal_user() or contact_sudo._portal_make_user(
                company=self.company_id
            )
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
