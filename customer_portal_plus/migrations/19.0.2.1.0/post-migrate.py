"""The account statement is new: off until the company switches it on, and then for those who see
invoices."""


def migrate(cr, version):
    """Set the switch and the capability of what was there before.

    :param cr: database cursor
    :param str version: the version that was installed
    """
    cr.execute("UPDATE res_company SET portal_show_statement = false")
    cr.execute("UPDATE customer_portal_profile SET can_see_statement = can_see_invoices")
