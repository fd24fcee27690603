"""Short notices to the browsers of contacts, and how they leave."""

import json
import logging
from datetime import timedelta

import requests

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.mail.tools.web_push import DeviceUnreachableError, push_to_end_point

from ...tools.push_service import PushSession

_logger = logging.getLogger(__name__)

BATCH = 50
# What is older is no news.
HOURS = 24


class CustomerPortalPushNotice(models.Model):
    """A notice that waits to be sent: what it is about, and where it leads; never what was written
    or how much it is."""

    _name = "customer.portal.push.notice"
    _description = "Notice to a Browser"
    _order = "id"
    _rec_name = "payload"

    device_id = fields.Many2one(
        "customer.portal.push.device", required=True, index=True, ondelete="cascade"
    )
    payload = fields.Char(required=True)

    @api.model
    def _queue(self, record, message, contact_ids):
        """Have those who get a mail told in their browsers, too, once this is committed.

        :param record: what the mail is about
        :param mail.message message: the mail
        :param list contact_ids: who gets it
        """
        company = record._portal_push_company()
        if not contact_ids or not (company.portal_enabled and company.portal_allow_push):
            return
        # Sudo: who writes knows nothing of the others' browsers.
        devices = self.env["customer.portal.push.device"].sudo()
        devices = devices.search([("user_id.partner_id", "in", contact_ids)])
        values = []
        for contact, browsers in devices.grouped(lambda one: one.user_id.partner_id).items():
            notice = record.with_context(lang=contact.lang)._portal_push_notice(message, contact)
            if notice:
                title, path = notice
                payload = json.dumps({"title": title, "path": path})
                values += [{"device_id": one.id, "payload": payload} for one in browsers]
        if values:
            self.sudo().create(values)
            self.env.ref("customer_portal_plus.ir_cron_push").sudo()._trigger()

    @api.model
    def _cron_send(self):
        """Send what waits; what does not arrive is not tried again."""
        parameters = self.env["ir.config_parameter"]
        private_key = parameters.get_param("mail.web_push_vapid_private_key")
        public_key = parameters.get_param("mail.web_push_vapid_public_key")
        since = fields.Datetime.now() - timedelta(hours=HOURS)
        self.search(Domain("create_date", "<", since)).unlink()
        if not private_key or not public_key:
            return
        cron, session = self.env["ir.cron"], PushSession()
        waiting = self.search([], limit=BATCH)
        cron._commit_progress(remaining=self.search_count([]))
        for notice in waiting:
            if not notice.exists():
                continue  # It went with its browser.
            device, payload = notice.device_id, notice.payload
            # Gone before it is sent: rather none than twice.
            notice.unlink()
            if device._is_over() or not self._send(session, device, payload, private_key):
                device.unlink()
            if not cron._commit_progress(1):
                return

    def _send(self, session, device, payload, private_key):
        """Send a notice to a browser.

        :return: whether there is such a browser still
        :rtype: bool
        """
        try:
            push_to_end_point(
                base_url=self.get_base_url(),
                device={"endpoint": device.endpoint, "keys": device.keys},
                payload=payload,
                vapid_private_key=private_key,
                vapid_public_key=device._public_key(),
                session=session,
            )
        except DeviceUnreachableError:
            return False
        except (requests.RequestException, ValueError) as error:
            _logger.info("A notice did not reach a push service: %s", error)
        return True
