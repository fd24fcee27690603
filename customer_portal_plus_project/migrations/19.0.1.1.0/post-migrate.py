"""How projects are going is new: it is off until the company switches it on."""


def migrate(cr, version):
    """Switch it off where this addon was before.

    :param cr: database cursor
    :param str version: the version that was installed
    """
    cr.execute("UPDATE res_company SET portal_show_project_state = false")
