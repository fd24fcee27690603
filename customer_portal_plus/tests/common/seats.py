"""An accountant with a sign-in of its own, and a seat at Alfa."""

from odoo.http import root

from . import PortalHttpCase


class SeatCase(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_allow_seats": True, "email": "empresa@example.com"})
        cls.firm = cls._create_customer("Gestoría López SL")
        cls.user_holder = cls._create_contact_user("Ana Pérez", "ana", cls.firm)
        cls.user_holder.partner_id.name = "Ana Pérez"
        cls.seat = cls._create_seat(cls.user_holder, cls.alfa, cls.profile_accounting)

    def _enter(self, seat=None, **data):
        """Change over, as a browser does that has a page of the holder's open."""
        seat = seat or self.seat
        response = self.post_form(f"/my/seats/{seat.id}/enter", data, page="/my/seats")
        self._keep_session()
        return response

    def _keep_session(self):
        """Go on with the session that the browser has got in place of its first one."""
        self.session = root.session_store.get(self.opener.cookies["session_id"])
        return self.session

    def _act(self, seat=None):
        """Sign in as the holder and change over."""
        self.sign_in(self.user_holder)
        self._enter(seat)

    def _acts_as(self):
        """Return the user that this browser acts as; empty if it is signed out."""
        self.url_open("/my", allow_redirects=False)
        session = self._keep_session()
        return self.env["res.users"].browse(session.uid or ())
