import time

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import SQL

SESSION_KEY = "portal_preview"
PREVIEW_MINUTES = 30
# Who may start a preview: those who work with customers' documents anyway.
PREVIEW_GROUPS = (
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "account.group_account_readonly",
    "base.group_system",
)
PREVIEW_LOGIN = "portal.preview/"

# The database itself refuses to keep a user that was made for a preview, whatever the code
# around it does: such a row can be inserted, but not be committed.
CREATE_PREVIEW_TRIGGER = f"""
    CREATE OR REPLACE FUNCTION cpp_preview_user() RETURNS trigger LANGUAGE plpgsql AS $function$
    BEGIN
        RAISE restrict_violation USING
            MESSAGE = 'A user that was made for a preview is never kept.';
    END $function$;
    DROP TRIGGER IF EXISTS cpp_preview_user ON res_users;
    CREATE CONSTRAINT TRIGGER cpp_preview_user AFTER INSERT ON res_users
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (starts_with(NEW.login, '{PREVIEW_LOGIN}'))
        EXECUTE FUNCTION cpp_preview_user();
"""
DROP_PREVIEW_FUNCTION = "DROP FUNCTION IF EXISTS cpp_preview_user() CASCADE"


class PortalPreviewRefused(UserError):
    """Something was about to be written during a preview."""

    http_status = 403


class CustomerPortalPreview(models.AbstractModel):
    """See as customer: staff look at the portal as one contact sees it.

    The preview is a note in the session of staff, good for half an hour. While it is there,
    ``ir.http`` serves the addresses of the portal, and only these, as the contact and from a
    transaction that the database keeps read-only. The back office goes on as before.
    """

    _name = "customer.portal.preview"
    _description = "See the Portal as a Customer"

    def init(self):
        super().init()
        self.env.cr.execute(CREATE_PREVIEW_TRIGGER)

    # === RIGHTS === #

    @api.model
    def _refusal(self, contact):
        """Return in words why the current user may not see the portal as ``contact``.

        :param res.partner contact: a contact or a customer
        :return: a sentence; None if it may
        :rtype: str | None
        """
        user = self.env.user
        if not user._is_internal() or not contact.has_access("read"):
            return self.env._("You may not see the portal as this contact.")
        allowed = any(user.has_group(group) for group in PREVIEW_GROUPS)
        contact_sudo = contact.sudo().with_context(active_test=False)
        if not allowed and user.has_group("sales_team.group_sale_salesman"):
            salespeople = contact_sudo.user_id | contact_sudo.commercial_partner_id.user_id
            allowed = user in salespeople
        if not allowed:
            return self.env._(
                "Only sales and accounting see the portal as a customer; salespeople who see"
                " only their own documents do so for their own customers."
            )
        if not all(contact_sudo.user_ids.mapped("share")):
            return self.env._("%s is one of your own staff, not a customer.", contact.name)
        return None

    @api.model
    def _get_user(self, contact):
        """Return the user with whom a contact signs in; empty if it has none.

        :rtype: res.users
        """
        return contact._portal_user()

    # === START AND END === #

    @api.model
    def _start(self, contact, record=None):
        """Begin a preview in the session of the current request.

        :param res.partner contact: whose portal is shown
        :param models.Model record: the document to begin with, and to come back to
        :return: an action that opens the portal
        :rtype: dict
        :raise AccessError: if the current user may not
        """
        contact.ensure_one()
        if refusal := self._refusal(contact):
            raise AccessError(refusal)
        back = record or contact
        request.session[SESSION_KEY] = {
            "contact": contact.id,
            "staff": self.env.uid,
            "company": self.env.company.id,
            "until": time.time() + PREVIEW_MINUTES * 60,
            "lang": self._get_user(contact).lang or contact.lang or self.env.lang,
            "staff_lang": request.cookies.get("frontend_lang"),
            "back": f"/odoo/{back._name}/{back.id}",
        }
        self.env["customer.portal.event"]._log(
            "preview", record=record, contact=contact, viewer="staff"
        )
        url = record.access_url if record else "/my"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    # === THE CONTACT'S USER === #

    @api.model
    def _make_user(self, contact, company, uid=None):
        """Insert a portal user for a contact that has none, in a transaction to be rolled back.

        Not by the ORM: that would send mails, note rights, and have all workers drop their
        caches. The row is never committed (see ``CREATE_PREVIEW_TRIGGER``).

        :param res.partner contact: a contact without a user
        :param res.company company: whose portal it is
        :param int uid: number that the user had in an earlier transaction of this request
        :return: number of the user
        :rtype: int
        """
        cr = self.env.cr
        public = self.env.ref("base.public_user")
        portal = self.env.ref("base.group_portal")
        template = self.env.ref("base.template_portal_user_id", raise_if_not_found=False)
        cr.execute(
            SQL(
                """
                INSERT INTO res_users
                SELECT (jsonb_populate_record(
                           u,
                           jsonb_build_object(
                               'id', coalesce(%(uid)s, nextval('res_users_id_seq')),
                               'login', %(login)s || %(id)s,
                               'partner_id', %(id)s, 'company_id', %(company)s,
                               'active', true, 'share', true, 'password', NULL,
                               'signature', NULL, 'notification_type', 'email'
                           )
                       )).*
                  FROM res_users u
                 WHERE u.id = %(public)s
                RETURNING id
                """,
                uid=uid,
                login=PREVIEW_LOGIN,
                id=contact.id,
                company=company.id,
                public=public.id,
            )
        )
        uid = cr.fetchone()[0]
        cr.execute(
            SQL(
                """
                INSERT INTO res_groups_users_rel (uid, gid)
                SELECT %(uid)s, gid FROM res_groups_users_rel WHERE uid = %(template)s
                UNION
                SELECT %(uid)s, %(portal)s
                """,
                uid=uid,
                template=template.id if template else None,
                portal=portal.id,
            )
        )
        cr.execute(
            SQL(
                "INSERT INTO res_company_users_rel (user_id, cid) VALUES (%s, %s)",
                uid,
                company.id,
            )
        )
        return uid

    # === BANNER === #

    @api.model
    def _prepare_preview(self, contact, has_user):
        """Return what the pages of a preview need.

        :param res.partner contact: whose portal is shown
        :param bool has_user: whether it can sign in
        :return: ``banner``, HTML; ``refusal``, why nothing can be written
        :rtype: dict[str, str]
        """
        contact_sudo = contact.sudo()
        customer_sudo = contact_sudo.commercial_partner_id
        note = False
        if not customer_sudo.portal_access:
            note = self.env._("The customer's access is switched off: it can't get in.")
        elif not has_user:
            note = self.env._(
                "This contact has no user: this is what it would see with its profile, %s.",
                contact_sudo._portal_profile().display_name,
            )
        banner = self.env["ir.qweb"]._render(
            "customer_portal_plus.preview_banner",
            {
                "name": contact_sudo.name or customer_sudo.name,
                "customer": customer_sudo.name if customer_sudo != contact_sudo else False,
                "note": note,
                "csrf_token": request.csrf_token(),
            },
        )
        return {
            "banner": banner,
            "refusal": self.env._(
                "This is a preview: nothing can be sent, signed, paid or changed in it."
            ),
        }
