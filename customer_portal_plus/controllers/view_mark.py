from odoo.http import Controller, request, route

from ..tools.parsing import parse_number

MAX_SECONDS = 86400.0


class ViewMark(Controller):
    """Views of documents, for the log.

    A view is told by the page itself, some seconds after it was shown: by then it is known
    whether somebody looked at it, and the page is served without a write.
    """

    @route(
        "/my/beacon", type="http", auth="public", methods=["POST"], csrf=False, save_session=False,
        sitemap=False,
    )  # fmt: skip
    def portal_beacon(self, token="", seconds="0", moved="", automated="", **kwargs):
        """Note that a page was shown.

        The token is signed and names document and contact, so there is nothing to forge: no
        CSRF token is needed, and the answer is always the same.
        """
        request.env["customer.portal.event"]._log_beacon(
            token,
            seconds=parse_number(seconds, MAX_SECONDS),
            moved=moved == "1",
            automated=automated == "1",
        )
        return request.make_response("", status=204)
