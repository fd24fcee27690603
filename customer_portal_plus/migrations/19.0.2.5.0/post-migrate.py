"""Disputes, promises and balances to confirm are new: off until a company switches them on, and
then for who pays."""


def migrate(cr, version):
    """Give the new capabilities to the profiles that may pay.

    :param cr: database cursor
    :param str version: the version that was installed
    """
    cr.execute(
        "UPDATE customer_portal_profile SET can_dispute = can_pay, can_promise = can_pay,"
        " can_confirm_balance = can_pay AND can_see_statement"
    )
