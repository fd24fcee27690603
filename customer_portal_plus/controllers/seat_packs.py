"""`/my/seats/download`: the invoices of all customers for which a person acts, in one archive."""

from werkzeug.urls import url_encode

from odoo.http import request, route

from ..models.payment import customer_portal_pack
from ..tools.parsing import parse_date
from .packs import PortalPacks
from .seats import PortalSeats
from .step_up_session import needs_step_up, step_up_url


class SeatPacks(PortalSeats, PortalPacks):
    """For the person's own account, as paying for several is: see ``seat_payment.py``."""

    @route("/my/seats/download", type="http", auth="user", website=True, methods=["POST"])
    def portal_seats_download(self, date_begin="", date_end="", **kwargs):
        """Give the files of all customers' invoices of a period in an archive, at once or once it
        is made."""
        if not self._get_portal_seat_holder():
            return self._render_portal_unavailable()
        if needs_step_up():
            return request.redirect(step_up_url("/my/seats"), 303)
        begin, end = parse_date(date_begin), parse_date(date_end)
        if begin and end and begin > end:
            begin, end = end, begin
        url_args = {
            **({"date_begin": begin.isoformat()} if begin else {}),
            **({"date_end": end.isoformat()} if end else {}),
        }
        most = customer_portal_pack.MAX_CHOSEN
        Pack = request.env["customer.portal.pack"]
        period = request.env["account.move"]._portal_date_domain(begin, end)
        documents = Pack._documents_of_seats(period, limit=most + 1)
        if not documents or len(documents) > most:
            problem = {"problem": "too_many" if documents else "nothing"}
            return self._redirect_portal_to_seats({**url_args, **problem})
        named = [[document.id, document.name] for document in documents]
        if Pack._is_quick(documents.ids):
            return self._answer_portal_with_pack(
                named, request.env._("invoices.zip"), by_seats=True
            )
        pack_id = Pack._ask(named, by_seats=True)
        if not pack_id:
            return self._redirect_portal_to_seats({**url_args, "problem": "too_busy"})
        return request.redirect(f"/my/invoices/packs/{pack_id}", 303)

    def _redirect_portal_to_seats(self, url_args):
        return request.redirect(f"/my/seats?{url_encode(url_args)}", 303)

    def _prepare_portal_seats_values(self, holder):
        """Override of `PortalSeats` to say why no archive was made."""
        problem = request.params.get("problem")
        return {
            **super()._prepare_portal_seats_values(holder),
            "too_many": customer_portal_pack.MAX_CHOSEN if problem == "too_many" else 0,
            "too_busy": problem == "too_busy",
            "nothing": problem == "nothing",
        }
