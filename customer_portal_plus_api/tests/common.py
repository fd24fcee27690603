"""Contacts with keys, and how their programs ask."""

from odoo.addons.customer_portal_plus.tests.common.document import DocumentCase

BASE = "/my/api/v1"


class ApiCase(DocumentCase):
    """The interface is on; Alfa has an invoice, a quote and a file, its contact with scope *own*
    one of each, and so has Beta."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_allow_api": True, "portal_show_statement": True})
        cls.documents = {
            customer: {
                "invoices": cls._create_invoice(partner, 121.5),
                "quotes": cls._create_order(partner),
            }
            for customer, partner in {
                "alfa": cls.alfa,
                "own": cls.user_own.partner_id,
                "beta": cls.beta,
            }.items()
        }
        cls.documents["alfa"]["files"] = cls._share()
        cls.documents["beta"]["files"] = cls._share(partner_id=cls.beta.id)

    def setUp(self):
        super().setUp()
        self.keys = {}

    def _key(self, name):
        """Return the key of a contact, made when it is asked for first."""
        if name not in self.keys:
            user = getattr(self, f"user_{name}")
            self.keys[name] = user.with_user(user)._portal_make_api_key("Programa", 30)
        return self.keys[name]

    def _ask(self, path, key="full", method="GET", header="Bearer {}"):
        """Ask as the program of a contact.

        :param str key: of whom, or empty for none
        """
        headers = {"Authorization": header.format(self._key(key))} if key else {}
        return self.url_open(f"{BASE}{path}", headers=headers, method=method, allow_redirects=False)

    def _ids(self, kind, key="full"):
        """Return the ids of the documents in a list; None if the list is refused."""
        answer = self._ask(f"/{kind}", key)
        if answer.status_code != 200:
            return None
        return {row["id"] for row in answer.json()["items"]}
