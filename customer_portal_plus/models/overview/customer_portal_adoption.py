from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Who was in the portal within so many days is active.
ACTIVE_DAYS = 90


class CustomerPortalAdoption(models.Model):
    """One contact that has access to the portal: invited, has signed in, is active."""

    _name = "customer.portal.adoption"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Use of the Customer Portal"
    _auto = False
    _order = "signed_in_on DESC NULLS LAST, id"
    _rec_name = "contact_id"
    _depends = {
        "res.users": ["active", "company_id", "partner_id", "share"],
        "res.users.log": ["create_date"],
        "res.partner": ["commercial_partner_id", "portal_access", "portal_invited_on", "user_id"],
    }

    contact_id = fields.Many2one("res.partner", "Contact", readonly=True)
    access_on = fields.Datetime(
        "Access since", readonly=True, help="When the contact was invited, else got its user."
    )
    signed_in_on = fields.Datetime("Last sign-in", readonly=True)
    stage = fields.Selection(
        [
            ("invited", "Never came"),
            ("came", "Came once"),
            ("active", "Active"),
            ("blocked", "Switched off"),
        ],
        readonly=True,
        help="Active: signed in during the last 90 days. Switched off: the access of its customer"
        " is off.",
    )

    @api.model
    def _rows_query(self):
        """Override: the users of the portal, of the companies of the current user."""
        contacts = self._columns_of(
            self.env["res.partner"],
            Domain.TRUE,
            "id", "commercial_partner_id", "portal_invited_on",
        )  # fmt: skip
        return SQL(
            """
            SELECT account.id, contact.id AS contact_id,
                   contact.commercial_partner_id AS customer_id, customer.user_id,
                   account.company_id,
                   COALESCE(contact.portal_invited_on, account.create_date) AS access_on,
                   visit.signed_in_on,
                   CASE
                       WHEN customer.portal_access IS NOT TRUE THEN 'blocked'
                       WHEN visit.signed_in_on IS NULL THEN 'invited'
                       WHEN visit.signed_in_on >= %(since)s THEN 'active'
                       ELSE 'came'
                   END AS stage
              FROM res_users account
              JOIN %(contacts)s contact ON contact.id = account.partner_id
              JOIN res_partner customer ON customer.id = contact.commercial_partner_id
              LEFT JOIN (
                    SELECT create_uid, MAX(create_date) AS signed_in_on
                      FROM res_users_log
                     GROUP BY create_uid
                   ) visit ON visit.create_uid = account.id
             WHERE account.active AND account.share
               AND account.company_id IN %(companies)s
               AND EXISTS (
                    SELECT 1 FROM res_groups_users_rel member
                     WHERE member.uid = account.id AND member.gid = %(portal)s
                   )
            """,
            contacts=contacts,
            since=fields.Datetime.subtract(fields.Datetime.now(), days=ACTIVE_DAYS),
            companies=tuple(self.env.companies.ids) or (0,),
            portal=self.env.ref("base.group_portal").id,
        )

    def _get_record(self):
        return self.contact_id
