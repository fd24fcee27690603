"""What settles invoices is new: off until a company switches it on, and then for who pays."""


def migrate(cr, version):
    """Give the new capabilities to the profiles that pay.

    :param cr: cursor of the migration
    :param str version: the version that was installed
    """
    cr.execute(
        "UPDATE customer_portal_profile SET can_dispute = can_pay, can_promise = can_pay,"
        " can_plan = can_pay, can_check_347 = can_pay,"
        " can_confirm_balance = can_pay AND can_see_statement"
    )
