"""What buttons of the back office open: a list with some rows, one form, a file, or a notice."""


def list_action(env, xmlid, domain, **context):
    """Return the action that opens a list with those of its rows that are meant.

    :param str xmlid: of the list's action, whose own filters are left out
    :param domain: which rows
    :param context: what the list is opened with
    :rtype: dict
    """
    action = env["ir.actions.act_window"]._for_xml_id(xmlid)
    return {**action, "domain": list(domain), "context": context}


def form_action(record, **more):
    """Return the action that opens the form of a record.

    :param more: further keys, such as ``name`` and ``target``
    :rtype: dict
    """
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "view_mode": "form",
        "views": [(False, "form")],
        **more,
    }


def file_action(record, name):
    """Return the action that downloads what was just written to the field ``file`` of a record.

    :param str name: of the file
    :rtype: dict
    """
    return {
        "type": "ir.actions.act_url",
        "url": f"/web/content/{record._name}/{record.id}/file/{name}?download=true",
        "target": "self",
    }


def notice_action(message, kind, **more):
    """Return the action that tells staff something.

    :param str message: what is told
    :param str kind: ``success``, ``warning`` or ``danger``
    :param more: further parameters of the notice, such as ``sticky`` and ``next``
    :rtype: dict
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"message": message, "type": kind, **more},
    }
