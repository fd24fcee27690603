"""What an administrator set of the job that sends sign-in mails stays, as with all other jobs."""


def migrate(cr, version):
    """Keep updates from the job's settings.

    :param cr: database cursor
    :param str version: the version that was installed
    """
    cr.execute(
        "UPDATE ir_model_data SET noupdate = true"
        " WHERE module = 'customer_portal_plus' AND name = 'ir_cron_send_sign_in'"
    )
