"""What runs around installation: fast in databases full of data, traceless afterwards."""

from odoo.tools import SQL

from .models.customer_portal_preview import DROP_PREVIEW_FUNCTION
from .models.portal_search import CREATE_FOLD_FUNCTION, DROP_FOLD_FUNCTION
from .models.portal_write_once import DROP_WRITE_ONCE_FUNCTION


def pre_init_hook(env):
    """Create the stored columns in SQL, before the ORM would fill them row by row.

    On 150,000 invoices this is seconds instead of minutes: a column that is added with a
    constant default is not rewritten, and the customer of all orders is one UPDATE.
    """
    cr = env.cr
    cr.execute(CREATE_FOLD_FUNCTION)
    for table, column in (
        ("res_partner", "portal_access"),
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


def post_init_hook(env):
    """Leave everybody who already signs in with the rights they had: Full access."""
    env = env(context=dict(env.context, tracking_disable=True))  # thousands may sign in
    full_access = env.ref("customer_portal_plus.profile_full")
    env["res.company"].search([]).portal_default_profile_id = full_access
    portal_users = env["res.users"].with_context(active_test=False).search([("share", "=", True)])
    portal_users.filtered(lambda user: user._is_portal()).partner_id.filtered(
        lambda partner: not partner.portal_profile_id
    ).portal_profile_id = full_access


def uninstall_hook(env):
    """Remove what the ORM does not know of: functions, and the indexes and triggers on them.

    Profiles are released first: Odoo deletes their records before the columns that refer to them.
    """
    env.cr.execute("UPDATE res_partner SET portal_profile_id = NULL")
    env.cr.execute("UPDATE res_company SET portal_default_profile_id = NULL")
    env.invalidate_all()
    for statement in (DROP_FOLD_FUNCTION, DROP_WRITE_ONCE_FUNCTION, DROP_PREVIEW_FUNCTION):
        env.cr.execute(statement)
