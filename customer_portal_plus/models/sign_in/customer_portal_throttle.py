from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import hmac

from ...tools.transactions import own_transaction


class TooManyTries(UserError):
    """Somebody asks more often than people do. Nothing was done."""


class CustomerPortalThrottle(models.Model):
    """How often something was tried in the current hour: a counter for each kind of thing.

    In the database, so that all workers count together; in transactions of their own, so that
    failed tries count, too. What is counted is kept as a digest only.
    """

    _name = "customer.portal.throttle"
    _description = "Counter of Tries in the Customer Portal"
    _log_access = False

    scope = fields.Char(required=True, readonly=True, help="What was tried.")
    digest = fields.Char(required=True, readonly=True, help="By whom, or for whom.")
    hour = fields.Datetime(required=True, readonly=True)
    tries = fields.Integer(required=True, readonly=True)

    _counter_idx = models.UniqueIndex("(scope, digest, hour)")

    @api.model
    def _count(self, limits, soft=None):
        """Count one try of each, and refuse it if one of the limits is passed.

        The first one is who tries, a network: it is counted also if another limit refuses. A try
        that is refused uses up none of the others: nobody is kept out by what a stranger was
        refused.

        :param dict limits: for each pair of scope and value (an address, a number), how many
            tries an hour are let through
        :param dict soft: limits that many people share. Passing one refuses nobody; from then on
            the limit counts, too, that stands beside it here (None for none): a pair like those of
            ``limits`` and how many tries are let through
        :return: which of ``soft`` are passed
        :rtype: set[tuple[str, str]]
        :raise TooManyTries: if there were more
        """
        hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0, tzinfo=None)
        soft = soft or {}
        passed = set()
        # All in the order in which they are given: two requests lock the rows in the same one.
        first, *others = limits.items()
        with own_transaction(self.env) as cr:
            is_let_through = self._count_one(cr, hour, *first)
            if is_let_through:
                # Core's savepoints have names drawn at random; known and unknown addresses must
                # not differ in a single query, and a test compares them.
                cr.execute("SAVEPOINT portal_throttle")
                for key, limit in others:
                    if not self._count_one(cr, hour, key, limit):
                        passed.add(key)
                        is_let_through = key in soft and (
                            not soft[key] or self._count_one(cr, hour, *soft[key])
                        )
                    if not is_let_through:
                        cr.execute("ROLLBACK TO SAVEPOINT portal_throttle")
                        break
        if not is_let_through:
            raise TooManyTries(
                self.env._("That was tried too often. Please wait a while, up to one hour.")
            )
        return passed

    @api.model
    def _count_at_company(self, company, scope, network, limits, **others):
        """Count one try of a stranger at a company, and refuse it if a limit is passed. The
        company's own is shared by all strangers: it refuses nobody, but slows down each network.
        So is that of another value which strangers share, where ``limits`` say how much slower.

        :param res.company company: whose customers are asked for
        :param str scope: what is tried
        :param str network: who tries; see ``customer.portal.challenge._network``
        :param dict limits: see ``_count``; by scope, a dot and ``network``, ``company``, ``busy``
            (of a network, once the company's is passed) and the names of ``others``; of these
            with ``_busy``, too: of a network and that value, once the value's own is passed
        :param others: more values that have a limit each
        :raise TooManyTries: if there were more
        """
        counted = {"network": network, **others, "company": company.id}
        soft = {
            (f"{scope}.company", company.id): ((f"{scope}.busy", network), limits[f"{scope}.busy"])
        }
        for name, value in others.items():
            busy = f"{scope}.{name}_busy"
            if busy in limits:
                soft[f"{scope}.{name}", value] = ((busy, f"{network} {value}"), limits[busy])
        self._count(
            {(f"{scope}.{name}", one): limits[f"{scope}.{name}"] for name, one in counted.items()},
            soft=soft,
        )

    @api.model
    def _count_one(self, cr, hour, key, limit):
        """Count one try, unless its limit is reached.

        :return: whether it was counted
        :rtype: bool
        """
        scope, value = key
        cr.execute(
            SQL(
                """
                INSERT INTO customer_portal_throttle AS t (scope, digest, hour, tries)
                VALUES (%s, %s, %s, 1)
                ON CONFLICT (scope, digest, hour) DO UPDATE SET tries = t.tries + 1
                      WHERE t.tries < %s
                  RETURNING tries
                """,
                scope,
                self._digest(scope, value),
                hour,
                limit,
            )
        )
        return bool(cr.fetchone())

    @api.model
    def _digest(self, scope, value):
        return hmac(self.sudo().env, f"customer_portal_plus.throttle.{scope}", str(value))

    @api.autovacuum
    def _gc_throttle(self):
        limit = fields.Datetime.now() - timedelta(hours=3)
        self.env.cr.execute(SQL("DELETE FROM customer_portal_throttle WHERE hour < %s", limit))
