from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..access.account_move import CUSTOMER_MOVE_TYPES


class CustomerPortalOpening(models.Model):
    """One document that a customer can see, and when a person of it first did."""

    _name = "customer.portal.opening"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Opened Documents"
    _auto = False
    _order = "date DESC, id DESC"
    _rec_name = "name"
    _depends = {
        "account.move": ["invoice_date", "invoice_user_id", "name", "portal_visible", "state"],
        "sale.order": ["date_order", "name", "portal_visible", "state", "user_id"],
        "customer.portal.document": ["name", "portal_visible", "sent_on", "state", "user_id"],
        "customer.portal.event": ["date", "kind", "viewer"],
    }

    kind = fields.Selection(
        [("invoice", "Invoices"), ("order", "Quotes and orders"), ("document", "Shared documents")],
        readonly=True,
    )
    res_id = fields.Integer("Document number", readonly=True, aggregator=None)
    name = fields.Char("Document", readonly=True)
    date = fields.Date(readonly=True)
    opened_on = fields.Datetime("First opened on", readonly=True)
    is_opened = fields.Boolean("Opened", readonly=True)

    @api.model
    def _kinds(self):
        """Return the models of these documents.

        For a module's documents to be among them, it must extend this method, and the field
        ``kind``.

        :return: by kind: the model, the domain of what customers see, and the columns or
            expressions for customer, salesperson and date
        :rtype: dict[str, tuple]
        """
        return {
            "invoice": (
                "account.move",
                Domain("state", "=", "posted") & Domain("move_type", "in", CUSTOMER_MOVE_TYPES),
                ("commercial_partner_id", "invoice_user_id", "invoice_date"),
            ),
            "order": (
                "sale.order",
                Domain("state", "in", ("sent", "sale")),
                ("portal_commercial_partner_id", "user_id", "date_order"),
            ),
            "document": (
                "customer.portal.document",
                Domain("state", "in", ("sent", "signed", "rejected"))
                & Domain("audience", "=", "customer"),
                ("commercial_partner_id", "user_id", "sent_on"),
            ),
        }

    @api.model
    def _rows_query(self):
        """Override: the documents that the current user may read, each with its first opening."""
        parts = []
        kinds = self._kinds()
        for number, (kind, (model_name, domain, columns)) in enumerate(kinds.items()):
            model = self.env[model_name]
            if not model.has_access("read"):
                continue
            shown = (
                domain
                & Domain("portal_visible", "=", True)
                & Domain("company_id", "in", self.env.companies.ids)
            )
            customer, user, date = (SQL.identifier("document", column) for column in columns)
            parts.append(
                SQL(
                    """
                    SELECT document.id::bigint * %(step)s + %(number)s AS id, %(kind)s AS kind,
                           document.id AS res_id, document.name, document.company_id,
                           %(customer)s AS customer_id, %(user)s AS user_id, %(date)s::date AS date,
                           seen.opened_on, seen.opened_on IS NOT NULL AS is_opened
                      FROM %(documents)s document
                      LEFT JOIN (
                            SELECT res_id, MIN(date) AS opened_on
                              FROM customer_portal_event
                             WHERE res_model = %(model)s
                               AND kind IN ('view', 'download') AND viewer = 'human'
                             GROUP BY res_id
                           ) seen ON seen.res_id = document.id
                    """,
                    step=len(kinds),
                    number=number,
                    kind=kind,
                    model=model_name,
                    customer=customer,
                    user=user,
                    date=date,
                    documents=self._columns_of(model, shown, "id", "name", "company_id", *columns),
                )
            )
        if not parts:
            columns = ("id", "kind", "res_id", "name", "company_id", "customer_id", "user_id")
            return SQL(
                "SELECT %s, NULL::date AS date, NULL::timestamp AS opened_on,"
                " FALSE AS is_opened WHERE FALSE",
                SQL(", ").join(SQL("NULL::integer AS %s", SQL.identifier(one)) for one in columns),
            )
        return SQL(" UNION ALL ").join(parts)

    def _get_record(self):
        model_name = self._kinds()[self.kind][0]
        return self.env[model_name].browse(self.res_id)
