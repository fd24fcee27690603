"""The page that says whether a file is genuine: it looks at the seals, too."""

from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.gate import GUEST_PAGE
from odoo.addons.customer_portal_plus.controllers.signature import Signature as BaseSignature
from odoo.addons.customer_portal_plus.models.sign_in.customer_portal_throttle import TooManyTries

from ..tools.digest import parse_sha256

# How often an hour one network may have a file compared, and looked into.
MAX_COMPARED = 120
MAX_LOOKED_INTO = 30
# ... and all of them together: reading a stranger's file takes this server's time.
MAX_LOOKED_INTO_BY_ALL = 600


class Signature(BaseSignature):
    def _count_portal_verified(self, scope, limit, limit_of_all=None):
        """Count that somebody has a file compared or looked into.

        :raise TooManyTries: if that was too often
        """
        network = request.env["customer.portal.challenge"]._network(request.httprequest.remote_addr)
        limits = {(scope, network): limit}
        if limit_of_all:
            limits[(f"{scope}.all", "all")] = limit_of_all
        request.env["customer.portal.throttle"].sudo()._count(limits)  # Sudo: nobody's to write.

    @route("/portal/verify/known", methods=["POST"], **GUEST_PAGE)
    def portal_verify_known(self, sha256="", **kwargs):
        """Tell whether a file with a digest is one that was delivered, before it is sent."""
        try:
            self._count_portal_verified("seal.compared", MAX_COMPARED)
        except TooManyTries as error:
            return request.make_json_response({"error": error.args[0]}, status=429)
        digest = parse_sha256(sha256)
        Evidence = request.env["customer.portal.signature"]
        return request.make_json_response(
            {"known": bool(digest and Evidence._find_by_digest(digest))},
            headers=[("Cache-Control", "no-store")],
        )

    @route()
    def portal_verify_file(self, file=None, sha256="", **kwargs):
        """Override of `customer_portal_plus`: a digest alone will do for a file that is known."""
        try:
            if digest := parse_sha256(sha256):
                self._count_portal_verified("seal.compared", MAX_COMPARED)
                Evidence = request.env["customer.portal.signature"]
                return self._render_portal_verification(Evidence._find_by_digest(digest))
            self._count_portal_verified("seal.looked", MAX_LOOKED_INTO, MAX_LOOKED_INTO_BY_ALL)
        except TooManyTries as error:
            return self._render_portal_verification(error=error.args[0], status=429)
        return super().portal_verify_file(file=file, **kwargs)

    def _prepare_portal_verified_file(self, data):
        """Override of `customer_portal_plus` to look at the seals."""
        values = super()._prepare_portal_verified_file(data)
        values["seal_report"] = request.env["customer.portal.seal"].sudo()._describe_file(data)
        return values
