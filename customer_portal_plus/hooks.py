"""What runs around installation: fast in databases full of data, traceless afterwards."""

import time

from psycopg2.errors import LockNotAvailable
from psycopg2.extras import execute_values

from odoo.exceptions import UserError
from odoo.tools import SQL

from .models.access.account_move import CUSTOMER_MOVE_TYPES
from .models.people.res_partner_mail_preferences import MAIL_KINDS
from .models.preview.customer_portal_preview import DROP_PREVIEW_FUNCTION
from .models.signing.customer_portal_write_once_mixin import DROP_WRITE_ONCE_FUNCTION
from .tools.tax_id import stored_tax_id_key
from .tools.text_search import CREATE_FOLD_FUNCTION, DROP_FOLD_FUNCTION

# Tables of others that get columns or triggers, and those that get indexes or are referred to.
ALTERED_TABLES = (
    "account_move",
    "account_move_line",
    "mail_mail",
    "payment_token",
    "payment_transaction",
    "res_company",
    "res_partner",
    "res_users",
    "sale_order",
)
REFERENCED_TABLES = (
    "account_bank_statement_line",
    "account_journal",
    "account_partial_reconcile",
    "account_payment",
    "ir_attachment",
    "mail_alias",
    "mail_message",
    "mail_template",
    "payment_method",
    "product_product",
    "res_country",
    "res_currency",
    "res_partner_bank",
    "sale_order_line",
)
LOCK_SECONDS = 10


def pre_init_hook(env):
    """Create the stored columns in SQL, before the ORM would fill them row by row.

    On 150,000 invoices this is seconds instead of minutes: a column that is added with a
    constant default is not rewritten, and the customer of all orders is one UPDATE.
    """
    cr = env.cr
    _lock_tables(env)
    cr.execute(CREATE_FOLD_FUNCTION)
    for table, column in (
        ("res_partner", "portal_access"),
        *(("res_partner", name) for name in MAIL_KINDS.values()),
        ("account_move", "portal_visible"),
        ("sale_order", "portal_visible"),
    ):
        names = {"table": SQL.identifier(table), "column": SQL.identifier(column)}
        cr.execute(
            SQL(
                "ALTER TABLE %(table)s ADD COLUMN IF NOT EXISTS %(column)s bool DEFAULT true",
                **names,
            )
        )
        cr.execute(SQL("ALTER TABLE %(table)s ALTER COLUMN %(column)s DROP DEFAULT", **names))
    cr.execute(
        """
        ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS portal_commercial_partner_id int4;
        UPDATE sale_order so
           SET portal_commercial_partner_id = p.commercial_partner_id
          FROM res_partner p
         WHERE p.id = so.partner_id
        """
    )
    _fill_tax_id_keys(cr)


def _lock_tables(env):
    """Take the locks on all that is altered, before anything is.

    All or none, and without waiting for one while others are held: whoever works in Odoo is not
    kept from it, and there is no deadlock of which the server would end either side.

    :raise UserError: if others use these tables all the time; nothing is changed then
    """
    deadline = time.monotonic() + LOCK_SECONDS
    statements = [
        SQL("LOCK TABLE %s IN %s MODE NOWAIT", SQL(", ").join(map(SQL.identifier, tables)), mode)
        for tables, mode in (
            (ALTERED_TABLES, SQL("ACCESS EXCLUSIVE")),
            (REFERENCED_TABLES, SQL("SHARE ROW EXCLUSIVE")),
        )
    ]
    while True:
        try:
            with env.cr.savepoint(flush=False):
                for statement in statements:
                    env.cr.execute(statement, log_exceptions=False)
            return
        except LockNotAvailable:
            if time.monotonic() > deadline:
                raise UserError(
                    env._(
                        "The addon was not installed, and nothing was changed: Odoo is"
                        " in use, and it has to alter tables that others are using. Stop Odoo, or"
                        " choose a time when nobody works, and install it with: odoo -d DATABASE"
                        " -i customer_portal_plus --stop-after-init"
                    )
                ) from None
        time.sleep(0.2)


def _fill_tax_id_keys(cr):
    """Make the column by which a typed tax ID finds its customer, and fill it in batches."""
    cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS portal_tax_id_key varchar")
    cr.execute(
        """
        SELECT p.id, p.vat, coalesce(c.code, '')
          FROM res_partner p LEFT JOIN res_country c ON c.id = p.country_id
         WHERE p.vat <> ''
        """
    )
    rows = [(id_, stored_tax_id_key(vat, code)) for id_, vat, code in cr.fetchall()]
    rows = [row for row in rows if row[1]]
    execute_values(
        cr._obj,
        "UPDATE res_partner p SET portal_tax_id_key = v.key FROM (VALUES %s) AS v(id, key)"
        " WHERE p.id = v.id",
        rows,
        page_size=5000,
    )


def leave_switched_off(env, *switches):
    """Switch functions of a bridge off in the companies that are there already, but for the
    demo's own, which shows them: nothing more is shown to customers than before it was installed.

    :param str switches: fields of ``res.company``
    """
    companies = env["res.company"].with_context(active_test=False).search([])
    demo = env.ref("customer_portal_plus.demo_company", raise_if_not_found=False)
    (companies - (demo or companies.browse())).write(dict.fromkeys(switches, False))


def post_init_hook(env):
    """Leave everybody who already signs in with the rights they had: Full access."""
    env = env(context=dict(env.context, tracking_disable=True))  # thousands may sign in
    full_access = env.ref("customer_portal_plus.profile_full")
    companies = env["res.company"].with_context(active_test=False).search([])
    # Those that were there before have no address yet; the demo's own company has one.
    companies = companies.filtered(lambda company: not company.portal_alias)
    companies.write(
        {
            "portal_default_profile_id": full_access.id,
            # Nobody gets in who could not before, until the company says so.
            "portal_allow_self_registration": False,
        }
    )
    companies._portal_set_missing_alias()
    portal_users = env["res.users"].with_context(active_test=False).search([("share", "=", True)])
    portal_users.filtered(lambda user: user._is_portal()).partner_id.filtered(
        lambda partner: not partner.portal_profile_id
    ).portal_profile_id = full_access
    _list_earlier_conversations(env)


def _list_earlier_conversations(env):
    """List what customers wrote on documents before, among their conversations.

    They are closed: the inbox of staff begins empty. A mail that brought a document without an
    answer was no conversation.
    """
    invoices = SQL("document.move_type IN %s", CUSTOMER_MOVE_TYPES)
    for model, table, column, customer, scope in (
        ("sale.order", "sale_order", "sale_order_id", "portal_commercial_partner_id", SQL("true")),
        ("account.move", "account_move", "account_move_id", "commercial_partner_id", invoices),
    ):
        env.cr.execute(
            SQL(
                r"""
                INSERT INTO customer_portal_conversation (
                    %(column)s, name, company_id, partner_id, commercial_partner_id, state,
                    last_message_on, last_author_id, last_preview, create_date, write_date
                )
                SELECT document.id, document.name, document.company_id, document.partner_id,
                       document.%(customer)s, 'closed', last.date, last.author_id,
                       left(trim(regexp_replace(last.body, '(<[^>]*>|&\w+;|\s)+', ' ', 'g')), 120),
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM (
                    SELECT DISTINCT message.res_id
                      FROM mail_message message
                      JOIN res_partner author ON author.id = message.author_id
                     WHERE message.model = %(model)s AND author.partner_share
                       AND message.subtype_id = %(comment)s AND message.is_internal IS NOT TRUE
                       AND message.message_type IN ('comment', 'email')
                  ) written
                  JOIN %(table)s document ON document.id = written.res_id
                  JOIN LATERAL (
                    SELECT date, author_id, body
                      FROM mail_message
                     WHERE model = %(model)s AND res_id = document.id
                       AND subtype_id = %(comment)s AND is_internal IS NOT TRUE
                       AND message_type IN ('comment', 'email', 'email_outgoing')
                     ORDER BY id DESC LIMIT 1
                  ) last ON TRUE
                 WHERE %(scope)s
                   AND document.name IS NOT NULL AND document.company_id IS NOT NULL
                    -- The demo's own have theirs already.
                    ON CONFLICT DO NOTHING
                """,
                scope=scope,
                column=SQL.identifier(column),
                customer=SQL.identifier(customer),
                table=SQL.identifier(table),
                model=model,
                comment=env.ref("mail.mt_comment").id,
            )
        )


def uninstall_hook(env):
    """Remove what the ORM does not know of: functions, and the indexes and triggers on them.

    Profiles are released first: Odoo deletes their records before the columns that refer to them.
    Users of seats are archived: what keeps everybody from signing in with them goes, too.
    """
    _keep_signed_files(env)
    env["customer.portal.seat"].search([])._end()  # pylint: disable=no-search-all
    env.cr.execute("UPDATE res_partner SET portal_profile_id = NULL")
    env.cr.execute("UPDATE res_company SET portal_default_profile_id = NULL")
    env.invalidate_all()
    for statement in (DROP_FOLD_FUNCTION, DROP_WRITE_ONCE_FUNCTION, DROP_PREVIEW_FUNCTION):
        env.cr.execute(statement)


def _keep_signed_files(env):
    """Hang signed contracts and their certificates on the customer, before their own records go.

    Those of quotes are attachments of the quote, and stay.
    """
    env.flush_all()
    env.cr.execute(
        """
        UPDATE ir_attachment file
           SET res_model = 'res.partner', res_id = document.commercial_partner_id, res_field = NULL
          FROM customer_portal_document document
         WHERE file.res_model = 'customer.portal.document' AND file.res_id = document.id
           AND file.description = 'customer.portal.signature'
        """
    )
