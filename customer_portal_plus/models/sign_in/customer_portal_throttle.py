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
    def _count(self, limits):
        """Count one try of each, and refuse it if one of the limits is passed.

        :param dict limits: for each pair of scope and value (an address, a number), how many
            tries an hour are let through
        :raise TooManyTries: if there were more
        """
        hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0, tzinfo=None)
        counted = {
            (scope, self._digest(scope, value)): limit for (scope, value), limit in limits.items()
        }
        rows = SQL(", ").join(
            # Sorted, so that two requests lock the rows in the same order.
            SQL("(%s, %s, %s, 1)", scope, digest, hour)
            for scope, digest in sorted(counted)
        )
        with own_transaction(self.env) as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO customer_portal_throttle AS t (scope, digest, hour, tries)
                    VALUES %s
                    ON CONFLICT (scope, digest, hour) DO UPDATE SET tries = t.tries + 1
                    RETURNING scope, digest, tries
                    """,
                    rows,
                )
            )
            tries = cr.fetchall()
        if any(number > counted[scope, digest] for scope, digest, number in tries):
            raise TooManyTries(
                self.env._("That was tried too often. Please wait a while, up to one hour.")
            )

    @api.model
    def _digest(self, scope, value):
        return hmac(self.sudo().env, f"customer_portal_plus.throttle.{scope}", str(value))

    @api.autovacuum
    def _gc_throttle(self):
        limit = fields.Datetime.now() - timedelta(hours=3)
        self.env.cr.execute(SQL("DELETE FROM customer_portal_throttle WHERE hour < %s", limit))
