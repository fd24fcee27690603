from odoo.tests import tagged

from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestLists(PortalHttpCase):
    """The lists of invoices, quotes and orders, as contacts of two customers ask for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pending = cls._create_invoice(cls.alfa, ref="Pedido Ñandú 7")
        cls.overdue = cls._create_invoice(cls.alfa, amount=1234.5, days=-60, due_days=-30)
        cls.credit_note = cls._create_invoice(cls.alfa, move_type="out_refund", amount=30)
        cls.foreign = cls._create_invoice(cls.beta, ref="Pedido Ñandú 8")
        cls.quote = cls._create_order(cls.alfa)
        cls.order = cls._create_order(cls.alfa, state="sale")

    def assertListed(self, url, listed, missing=()):
        """Check which documents a list names; the page must be there in any case."""
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, 200, url)
        for document in listed:
            self.assertIn(document.name, response.text, f"{document.name} on {url}")
        for document in missing:
            self.assertNotIn(document.name, response.text, f"{document.name} on {url}")
        return response

    def test_one_sees_the_documents_of_ones_own_customer(self):
        self.sign_in(self.user_full)
        mine = self.pending, self.overdue, self.credit_note
        self.assertListed("/my/invoices", mine, [self.foreign])
        self.assertListed("/my/quotes?filterby=all", [self.quote, self.order])
        self.assertListed("/my/orders", [self.order], [self.quote])
        self.sign_in(self.user_stranger)
        self.assertListed("/my/invoices", [self.foreign], mine)
        self.assertListed("/my/quotes", [], [self.quote, self.order])
        self.assertListed("/my/orders", [], [self.quote, self.order])
