"""Views and downloads, told by the page after it was shown."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import hash_sign
from odoo.tools.misc import verify_hash_signed

BEACON_SCOPE = "customer_portal_plus.beacon"
BEACON_HOURS = 12
# A page that was in sight for this long was read by somebody, even without a movement.
READ_SECONDS = 4
# Within so many minutes, the same page shown to the same contact is one view.
SAME_VIEW_MINUTES = 10
# Words in the name of a program that fetches pages by itself: link scanners of mail servers,
# previews of messengers, crawlers, command lines.
SCANNER_WORDS = (
    "bot", "crawl", "spider", "slurp", "scan", "preview", "prefetch", "headless", "phantom",
    "curl", "wget", "python-", "java/", "go-http", "okhttp", "libwww", "httpclient", "urllib",
    "safelinks", "proofpoint", "mimecast", "barracuda", "facebookexternalhit", "whatsapp",
)  # fmt: skip


class CustomerPortalEvent(models.Model):
    _inherit = "customer.portal.event"

    # === BEACONS === #

    @api.model
    def _beacon_token(self, record, contact=None):
        """Return the signed word with which a page tells that it was shown.

        :param models.Model record: the document that the page shows
        :param res.partner contact: who sees it; empty for a guest
        :rtype: str
        """
        return hash_sign(
            self.sudo().env,
            BEACON_SCOPE,
            [record._name, record.id, contact.id if contact else False],
            expiration_hours=BEACON_HOURS,
        )

    @api.model
    def _page_token(self, document):
        """Return the beacon of a document's page; empty for documents without gates.

        :param models.Model document: as controllers have it, in sudo or not
        :rtype: str | bool
        """
        if not isinstance(document, self.env.registry["customer.portal.access.mixin"]):
            return False
        record = self.env[document._name].browse(document.id)
        return self._beacon_token(record, record._get_access_contact())

    @api.model
    def _log_beacon(self, token, seconds=0, moved=False, automated=False):
        """Note that a page was shown, as told by the page itself.

        :param str token: what ``_beacon_token`` gave to the page
        :param float seconds: for how long it was in sight
        :param bool moved: whether somebody moved, scrolled, touched or typed
        :param bool automated: whether the browser says that a program drives it
        :return: the entry; empty if the token is not genuine or the document is gone
        :rtype: customer.portal.event
        """
        events = self.sudo().browse()
        try:
            signed = token and verify_hash_signed(self.sudo().env, BEACON_SCOPE, token)
        except (ValueError, TypeError):
            return events
        if not signed:
            return events
        model_name, record_id, contact_id = signed
        record = self.env[model_name].browse(record_id).exists()
        contact = self.env["res.partner"].browse(contact_id or []).exists()
        if not record:
            return events
        seen = moved or seconds >= READ_SECONDS
        viewer = "human" if seen and not automated and not self._is_scanner() else "scanner"
        if self.env.user._is_internal():
            viewer = "staff"
        if self._was_noted_lately("view", record, contact, viewer):
            return events
        event = self._log("view", record=record, contact=contact, viewer=viewer)
        if event and viewer == "human":
            record._portal_was_seen(event)
        return event

    @api.model
    def _was_noted_lately(self, kind, record, contact, viewer):
        """Return whether the same was noted a moment ago: a page loaded again is one view.

        :rtype: bool
        """
        return bool(
            self.sudo().search_count(
                [
                    ("kind", "=", kind),
                    ("res_model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("partner_ref", "=", contact.id if contact else 0),
                    ("viewer", "=", viewer),
                    ("date", ">", fields.Datetime.now() - timedelta(minutes=SAME_VIEW_MINUTES)),
                ],
                limit=1,
            )
        )

    @api.model
    def _is_scanner(self):
        """Return whether the program that asks is likely none that a person looks at.

        :rtype: bool
        """
        if not request:
            return False
        agent = request.httprequest.user_agent.string.lower()
        return not agent or any(word in agent for word in SCANNER_WORDS)

    @api.model
    def _log_document(self, kind, model_name, record_id):
        """Note in a transaction of its own what was done with a document, after it was done.

        :param str kind: see ``_log``
        :param str model_name: model of the document
        :param int record_id: its number
        """
        record = self.env[model_name].browse(record_id)
        signed_in = not self.env.user._is_public()
        viewer = "human"
        if not signed_in and (self._is_scanner() or not request.httprequest.accept_languages):
            viewer = "scanner"
        elif self.env.user._is_internal():
            viewer = "staff"
        self._log(
            kind,
            record=record,
            contact=record._get_access_contact(),
            viewer=viewer,
            own_transaction=True,
        )

    @api.model
    def _log_downloads(self, documents, origins):
        """Note that the current user was given the files of documents, after its request: of that,
        nothing is left to look at by then.

        :param models.Model documents: of one model behind the gates, in sudo
        :param dict origins: id of the company -> ``_prepare_origin_values`` of the request
        """
        viewer = "staff" if self.env.user._is_internal() else "human"
        values = [
            {
                **self._prepare_event_values(
                    "download", document, None, None, None, None, None, viewer
                ),
                **origins.get(document.company_id.id, {}),
            }
            for document in documents
        ]
        # Sudo: nobody has the right to create, not even those who cause it.
        self.sudo().create(values)
