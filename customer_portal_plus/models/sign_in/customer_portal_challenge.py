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
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import hmac

from ...tools.mask import MAX_SHOWN, decoy_addresses, decoy_name, mask_addresses, mask_name
from ...tools.tax_id import is_tax_id, typed_tax_id_keys
from ..access.res_users import SEAT_LOGIN

_logger = logging.getLogger(__name__)

# How soon another mail can be asked for, and how soon one leaves after the last one to an address
# that is asked for too often.
RESEND_SECONDS = 30
PAUSE_SECONDS = 60

# Per hour. Generous for people (an office shares one network address), useless for guessing:
# a code is found by one in 200,000 of those who use all their tries. What a whole company's
# customers use up together shuts nobody out: each network is given less then (``busy``).
LIMITS = {
    "mail.address": 6,
    "mail.contact": 12,
    "mail.network": 30,
    "mail.company": 600,
    "mail.busy": 5,
    "code.network": 60,
    "tax_id.network": 40,
    "tax_id.number": 20,
    "tax_id.company": 2000,
    "tax_id.busy": 5,
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
            ("password", "Set a new password"),
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
        [
            ("queued", "To be sent"),
            ("sent", "Sent"),
            ("replaced", "Another one was asked for"),
            ("ended", "Ended"),
        ],
        required=True,
        default="queued",
        readonly=True,
    )
    sendings = fields.Integer(readonly=True, help="How often it was tried to send the mail.")
    send_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    needs_link = fields.Boolean(
        readonly=True,
        help="So many mails were asked for this address that its code is taken only beside the"
        " link: nobody can go on guessing codes of one address.",
    )
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
        off; no employee, nobody with an employee's address, no contact of a seat; with a user of
        the portal, or without any if the company needs no invitations. The same query for all.

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
                   AND NOT (%(sign_in)s AND EXISTS (
                           SELECT FROM res_users seat WHERE seat.partner_id = p.id AND seat.active
                              AND starts_with(seat.login, %(seat_login)s)))
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
                sign_in=is_sign_in,
                seat_login=SEAT_LOGIN,
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
        :return: for each address a ``key`` that stays the same, how it is shown (``masked``),
            the first letters of the ``name`` of the person who has it, the ``address`` itself,
            and the ``contacts`` behind it (none for a decoy)
        :rtype: list[dict]
        """
        by_address, names = {}, {}
        for contact_id, address, name, customer in self._find_contacts(company, tax_id=tax_id):
            by_address.setdefault(address, []).append(contact_id)
            # Whoever knows the tax ID may know whose it is: that name would tell a real one.
            names[address] = "" if address in names or name == customer else name
        number = next(iter(typed_tax_id_keys(tax_id)), "")
        seed = bytes.fromhex(self._digest("decoy", f"{company.id} {number}"))
        decoys = decoy_addresses(seed, company.sudo().country_id.code)
        names = names or {address: decoy_name(seed, address) for address in decoys}
        masked = mask_addresses(sorted(by_address)[:MAX_SHOWN] or decoys)
        return [
            {
                "key": self._digest("choice", f"{company.id} {address}")[:16],
                "masked": shown,
                "name": mask_name(names[address]),
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
        if not is_tax_id(tax_id):
            raise UserError(
                self.env._("This can't be a tax ID: it is too short. Please type all of it.")
            )
        who = self._network(network)
        self.env["customer.portal.throttle"]._count_at_company(
            company,
            "tax_id",
            who,
            LIMITS,
            # Of one network: a number is not kept from its owner by others who type it.
            number=f"{company.id} {number} {who}",
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
        digest = self._digest("address", address)
        timing = self._count_mail(company, digest, contact_ids, network, purpose)
        challenge_sudo = self.sudo().create(  # Sudo: a guest asks.
            {
                "company_id": company.id,
                "purpose": purpose,
                "contacts": sorted(contact_ids),
                "address_digest": digest,
                "browser_digest": self._browser_digest(nonce),
                "lang": self.env.lang,
                "redirect": redirect,
                "link": link.id if link else 0,
                **timing,
            }
        )
        self._wake_sender(at=challenge_sudo.send_on)
        return challenge_sudo

    @api.model
    def _count_mail(self, company, address_digest, contact_ids, network, purpose):
        """Count one more mail, and say when it may leave.

        Anybody may ask for a mail to sign in, or to set a password, for any address. So who is
        asked for too often is not kept out: the mail leaves, in place of those that still wait,
        but not sooner than a minute after the last one, which can be used as well. Whoever asks
        for other mails holds a link, or is signed in: it is refused.

        :param res.company company: whose portal it is
        :param str address_digest: of the address
        :param list contact_ids: whose address it is
        :param str network: network address of who asks
        :param str purpose: see the field
        :return: values of the challenge
        :rtype: dict
        :raise TooManyTries: if that is done too often
        """
        who = self._network(network)
        # Whoever is signed in, or is not, uses up only its own.
        kind = f"{company.id} {purpose} {self.env.user._is_public()}"
        contacts = ",".join(map(str, sorted(contact_ids))) or address_digest
        by_address = ("mail.address", f"{kind} {address_digest}")
        by_contact = ("mail.contact", f"{kind} {contacts}")
        everybody = ("mail.company", company.id)
        soft = {everybody: (("mail.busy", who), LIMITS["mail.busy"])}
        if purpose in ("sign_in", "password"):
            soft.update({by_address: None, by_contact: None})
        passed = self.env["customer.portal.throttle"]._count(
            {
                ("mail.network", who): LIMITS["mail.network"],
                by_address: LIMITS["mail.address"],
                by_contact: LIMITS["mail.contact"],
                everybody: LIMITS["mail.company"],
            },
            soft,
        )
        if passed <= {everybody}:
            return {"send_on": fields.Datetime.now()}
        return {"send_on": self._take_turn(company, address_digest, purpose), "needs_link": True}

    @api.model
    def _take_turn(self, company, address_digest, purpose):
        """Take the place of the mails to an address that still wait for their turn.

        :return: when the next mail may leave
        :rtype: datetime
        """
        mails_sudo = self.sudo().search(  # Sudo: a guest asks.
            [
                ("company_id", "=", company.id),
                ("purpose", "=", purpose),
                ("address_digest", "=", address_digest),
                ("state", "in", ("queued", "sent")),
            ]
        )
        waiting = mails_sudo.filtered(lambda mail: mail.state == "queued" and mail.needs_link)
        waiting.state = "replaced"
        last = max((mails_sudo - waiting).mapped("send_on"), default=fields.Datetime.now())
        return max(fields.Datetime.now(), last + timedelta(seconds=PAUSE_SECONDS))

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
        timing = self._count_mail(
            self.company_id, self.address_digest, self.contacts or [], network, self.purpose
        )
        again = self.copy(
            {
                "browser_digest": self._browser_digest(nonce),
                "state": "queued",
                "sendings": 0,
                "needs_link": False,
                **timing,
                **dict.fromkeys(
                    ("expires_on", "used_on", "code_hash", "token_digest", "ticket_digest"), False
                ),
                "tries": 0,
            }
        )
        self.state = "ended"
        self._wake_sender(at=again.send_on)
        return again

    @api.model
    def _wake_sender(self, at=None):
        # Sudo: guests wake it.
        self.env.ref("customer_portal_plus.ir_cron_send_sign_in").sudo()._trigger(at=at)

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
        """Note a failed try, with the contact if the address has only one."""
        _logger.info("Failed try on sign-in challenge %s: %s", self.id, detail)
        contact_ids = self.contacts or []
        contact = self.env["res.partner"].browse(contact_ids if len(contact_ids) == 1 else [])
        # The same is done for a decoy, which has no contact.
        self.env["customer.portal.event"]._log_failed_sign_in(
            contact, detail=detail, way="mailed_code"
        )

    @api.autovacuum
    def _gc_challenges(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.env.cr.execute(
            SQL("DELETE FROM customer_portal_challenge WHERE create_date < %s", limit)
        )
