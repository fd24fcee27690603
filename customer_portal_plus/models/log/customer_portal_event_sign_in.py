"""Sessions that were opened, and tries that failed."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

# How many failed tries are noted of one network address, or for one contact, in an hour. Rows
# can't be removed, so a flood of tries must not become a flood of rows.
FAILURES_PER_ADDRESS = 30
FAILURES_PER_CONTACT = 100


class CustomerPortalEvent(models.Model):
    _inherit = "customer.portal.event"

    @api.model
    def _log_sign_in(self, user):
        """Note that a session was opened.

        :param res.users user: whose session it is
        """
        values = self._prepare_event_values(
            "sign_in",
            record=None,
            contact=user.partner_id,
            customer=None,
            user=user,
            company=user.company_id,
            detail=None,
            viewer=None,
        )
        way = request.session.get("portal_opened_by") or getattr(request, "portal_way_in", None)
        values["session_way"] = way or False
        if self.env.cr.readonly:
            self._insert_in_own_transaction(values)
        else:
            self.sudo().create(values)

    @api.model
    def _log_failed_sign_in(self, contact=None, detail=None, way=None):
        """Note a failed try to get in, in a transaction of its own; no more than a bounded
        number an hour.

        The same is done whether the contact exists or not, so that time tells nothing.

        :param res.partner contact: whose door it was; empty if nobody's
        :param str detail: plain words; never what was typed
        :param str way: the way in that was tried
        """
        since = fields.Datetime.now() - timedelta(hours=1)
        address = request.httprequest.remote_addr if request else None
        contact_id = contact.id if contact else 0
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*) FILTER (WHERE ip_address = %(address)s) >= %(per_address)s
                    OR count(*) FILTER (WHERE partner_id = %(contact)s) >= %(per_contact)s
                  FROM customer_portal_event
                 WHERE kind = 'sign_in_failed' AND date > %(since)s
                """,
                address=address,
                contact=contact_id,
                since=since,
                per_address=FAILURES_PER_ADDRESS,
                per_contact=FAILURES_PER_CONTACT,
            )
        )
        if self.env.cr.fetchone()[0]:
            return
        values = self._prepare_event_values(
            "sign_in_failed",
            record=None,
            contact=self.env["res.partner"],
            customer=None,
            user=self.env["res.users"],
            company=None,
            detail=detail,
            viewer=None,
        )
        values.update(self._prepare_contact_values(contact_id))
        self._insert_in_own_transaction({**values, "session_way": way or False})
