"""An order leads to its invoices, an invoice to its orders, and nobody further than it may go."""

from odoo.tests import tagged

from .test_personal_link import LinkCase


@tagged("post_install", "-at_install")
class TestDocumentLinks(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "order"
        cls.order = cls._create_order(cls.alfa, state="sale")
        cls.bill = cls.order._create_invoices()
        cls.bill.action_post()
        cls.pages = {
            cls.order: f"/my/orders/{cls.order.id}",
            cls.bill: f"/my/invoices/{cls.bill.id}",
        }

    def links(self, document, query=""):
        """Return whether the page of a document names and links the other one."""
        (other,) = self.pages.keys() - {document}
        response = self.url_open(self.pages[document] + query, allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        address = f'href="{self.pages[other]}'
        if address in response.text:
            # Without a key: what opens the other one is the visitor's own right.
            self.assertIn(f'{address}"', response.text)
            self.assertEqual(
                self.url_open(self.pages[other], allow_redirects=False).status_code, 200
            )
        return address in response.text

    def assert_leads(self, from_order, from_bill, order_query="", bill_query=""):
        self.assertEqual(self.links(self.order, order_query), from_order)
        self.assertEqual(self.links(self.bill, bill_query), from_bill)

    def test_contact(self):
        self.sign_in(self.user_full)
        self.assert_leads(True, True)

    def test_all_invoices_of_an_order(self):
        for _turn in range(3):
            line = self.order.order_line[:1].copy({"order_id": self.order.id})
            self.assertTrue(line)
            self.order._create_invoices().action_post()
        self.sign_in(self.user_full)
        page = self.url_open(self.pages[self.order]).text
        self.assertEqual(len(self.order.invoice_ids), 4)
        for invoice in self.order.invoice_ids:
            self.assertIn(f'href="/my/invoices/{invoice.id}"', page)

    def test_part_paid_ahead(self):
        order = self._create_order(self.alfa, state="sale")
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        bill = wizard.create(
            {"advance_payment_method": "percentage", "amount": 30}
        )._create_invoices(order)
        bill.action_post()
        self.sign_in(self.user_full)
        self.assertIn(
            f'href="/my/orders/{order.id}"', self.url_open(f"/my/invoices/{bill.id}").text
        )

    def test_hidden_invoice(self):
        self.bill.portal_visible = False
        self.sign_in(self.user_full)
        self.assertFalse(self.links(self.order))

    def test_hidden_order(self):
        self.order.portal_visible = False
        self.sign_in(self.user_full)
        self.assertFalse(self.links(self.bill))

    def test_draft_and_cancelled_invoice(self):
        self.sign_in(self.user_full)
        self.bill.button_draft()
        self.assertFalse(self.links(self.order))
        self.bill.button_cancel()
        self.assertFalse(self.links(self.order))

    def test_contact_without_the_other_right(self):
        """Purchasing sees orders and no invoices; accounting the other way round."""
        self.sign_in(self.user_colleague)
        self.assertFalse(self.links(self.order))
        self.profile_accounting.can_see_quotes = False
        self.user_full.partner_id.portal_profile_id = self.profile_accounting
        self.sign_in(self.user_full)
        self.assertFalse(self.links(self.bill))

    def test_functions_switched_off(self):
        self.sign_in(self.user_full)
        self.company.portal_show_invoices = False
        self.assertFalse(self.links(self.order))
        self.company.write({"portal_show_invoices": True, "portal_show_orders": False})
        self.assertFalse(self.links(self.bill))

    def test_invoice_of_another_customer(self):
        """An order's invoice may be addressed to somebody else."""
        self.env.cr.execute(
            "UPDATE account_move SET commercial_partner_id = %s, partner_id = %s WHERE id = %s",
            [self.beta.id, self.beta.id, self.bill.id],
        )
        self.env.invalidate_all()
        self.sign_in(self.user_full)
        self.assertFalse(self.links(self.order))
        self.sign_in(self.user_stranger)
        self.assertFalse(self.links(self.bill))

    def test_other_customer_with_the_links(self):
        self.sign_in(self.user_stranger)
        self.assert_leads(
            False,
            False,
            f"?access_token={self.order._portal_ensure_token()}",
            f"?access_token={self.bill._portal_ensure_token()}",
        )

    def test_guest_with_the_links(self):
        """The token of one document opens that one, and gives away none of another."""
        bill_token = self.bill._portal_ensure_token()
        order_token = self.order._portal_ensure_token()
        page = self.url_open(f"{self.pages[self.order]}?access_token={order_token}").text
        self.assertNotIn(bill_token, page)
        page = self.url_open(f"{self.pages[self.bill]}?access_token={bill_token}").text
        self.assertNotIn(order_token, page)
        self.assert_leads(
            False, False, f"?access_token={order_token}", f"?access_token={bill_token}"
        )

    def test_guest_with_a_personal_link(self):
        """It opens one of the two; who has both, goes from one to the other."""
        self.open(self.make(self.order))
        self.assertFalse(self.links(self.order))
        self.open(self.make(self.bill))
        self.assert_leads(True, True)

    def test_staff(self):
        self.authenticate(self.user_accountant.login, "portal-Test-2026")
        self.assertTrue(self.links(self.bill))
