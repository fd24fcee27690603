"""Why quotes and contracts are rejected: chosen by the customer, counted by staff; and the notice
that staff see at once."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PortalHttpCase
from .common.live_notices import LiveNotices
from .common.signature import SignatureCase


@tagged("post_install", "-at_install")
class TestRejectionReason(LiveNotices, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa, amount=1234.5)
        cls.price = cls.env.ref("customer_portal_plus.rejection_reason_price")

    def _reject(self, reason=None, words="", quote=None, **data):
        quote = quote or self.quote
        answer = self.post_form(
            f"/my/orders/{quote.id}/decline",
            {
                "version": quote._portal_version(),
                "rejection_reason": self.price.id if reason is None else reason,
                "decline_message": words,
                **data,
            },
            page="/my" if self.session.uid else "/web/login",
        )
        quote.invalidate_recordset()
        return answer

    def test_choose_a_reason(self):
        self.sign_in(self.user_full)
        for address in (self.quote.access_url, f"{self.quote.access_url}/answer"):
            page = self.url_open(address).text
            self.assertIn(f'<option value="{self.price.id}">The price</option>', page)
        page = self._reject()
        self.assertIn("The quote is rejected", page.text)
        self.assertEqual(self.quote.state, "cancel")
        self.assertEqual(self.quote.portal_rejection_reason_id, self.price)
        self.assertFalse(self.quote.portal_rejection_note)
        answer = self.quote.message_ids.filtered(lambda m: "I reject" in (m.body or ""))
        self.assertIn("The price", answer.body)
        self.assertIn("The price", self.quote.activity_ids.note)

    def test_reason_and_words(self):
        self.sign_in(self.user_full)
        self._reject(words=" <b>10 %</b> too much ")
        self.assertEqual(self.quote.portal_rejection_reason_id, self.price)
        self.assertEqual(self.quote.portal_rejection_note, "<b>10 %</b> too much")
        answer = self.quote.message_ids.filtered(lambda m: "I reject" in (m.body or ""))
        self.assertIn("The price<br>&lt;b&gt;10 %", answer.body)

    def test_words_alone(self):
        self.sign_in(self.user_full)
        self._reject("", "Cambio de planes")
        self.assertEqual(self.quote.state, "cancel")
        self.assertFalse(self.quote.portal_rejection_reason_id)
        self.assertEqual(self.quote.portal_rejection_note, "Cambio de planes")

    def test_bad_reasons(self):
        archived = self.price.copy({"active": False})
        self.sign_in(self.user_full)
        self.assertNotIn(f'<option value="{archived.id}"', self.url_open("/my").text)
        for reason in (archived.id, 0, "999999999", "9" * 40, "-1", "1 or 1=1", "³", "[1]"):
            self.assertIn("not offered any more", self._reject(reason).text, reason)
            self.assertEqual(self.quote.state, "sent")
        for words in ("", " \n "):
            self.assertIn("choose a reason or write", self._reject("", words).text)
        self.assertIn("too long", self._reject(words="x" * 2001).text)
        self.assertEqual(self.quote.state, "sent")
        self.assertFalse(self.quote.portal_rejection_reason_id)
        self.assertFalse(self.quote.activity_ids)

    def test_strangers(self):
        self.user_colleague.partner_id.portal_profile_id = self.profile_read_only
        other_token = self._create_order(self.alfa)._portal_ensure_token()
        for user, data in (
            (self.user_stranger, {}),
            (self.user_colleague, {}),
            (self.env["res.users"], {}),
            (self.env["res.users"], {"access_token": other_token}),
        ):
            self.sign_in(user)
            self._reject(**data)
            self.assertEqual(self.quote.state, "sent", user.login)
            self.assertFalse(self.quote.portal_rejection_reason_id)
        self.sign_in(self.env["res.users"])
        self._reject(access_token=self.quote._portal_ensure_token())
        self.assertEqual(self.quote.portal_rejection_reason_id, self.price)

    def test_working_on_it_again(self):
        self.quote._portal_reject_quote(self.user_full.partner_id, "No", reason_id=self.price.id)
        self.quote.action_draft()
        self.assertFalse(self.quote.portal_rejection_reason_id)
        self.assertFalse(self.quote.portal_rejection_note)

    def test_list_of_staff(self):
        manager_group = self.env.ref("sales_team.group_sale_manager")
        for user in (self.user_sales, self.user_full):
            with self.assertRaises(AccessError):
                self.price.with_user(user).name = "Otro"
        with self.assertRaises(AccessError):
            self.price.with_user(self.user_full).read(["name"])
        self.user_sales.group_ids += manager_group
        self.price.with_user(self.user_sales).name = "Precio"
        self.assertEqual(self.price.name, "Precio")

    def test_report(self):
        """Staff count quotes and amounts by reason."""
        contact = self.user_full.partner_id
        for _count in range(2):
            self._create_order(self.alfa, amount=50)._portal_reject_quote(
                contact, "", reason_id=str(self.price.id)
            )
        action = self.env.ref("customer_portal_plus.sale_order_action_portal_rejected")
        views = [view_mode for _view, view_mode in action.views]
        self.assertEqual(views, ["graph", "pivot", "list", "form"])
        groups = (
            self.env["sale.order"]
            .with_user(self.user_sales)
            .formatted_read_group(
                [
                    ("portal_rejected_on", "!=", False),
                    ("portal_rejection_reason_id", "=", self.price.id),
                    ("user_id", "=", self.user_sales.id),
                ],
                ["portal_rejection_reason_id"],
                ["__count", "amount_untaxed:sum"],
            )
        )
        self.assertEqual(
            [(group["__count"], group["amount_untaxed:sum"]) for group in groups], [(2, 100.0)]
        )
        self.assertGreaterEqual(self.price.order_count, 2)
        self.assertIn(
            ("portal_rejection_reason_id", "=", self.price.id),
            self.price.action_portal_open_orders()["domain"],
        )

    def test_live_notices(self):
        accepted = self._create_order(self.alfa)
        self.env["bus.bus"].sudo().search([]).unlink()
        self.sign_in(self.user_full)
        self._reject()
        rejected = self.live_notices(self.user_sales)
        self.assertEqual(len(rejected), 1)
        self.assertEqual(rejected[0]["type"], "warning")
        self.assertIn("rejected", rejected[0]["title"])
        self.assertIn(self.quote.name, rejected[0]["message"])
        self.post_form(
            f"{accepted.access_url}/answer/accept",
            {"version": accepted._portal_version()},
            page="/my",
        )
        self.assertEqual(
            [notice["type"] for notice in self.live_notices(self.user_sales)],
            ["warning", "success"],
        )
        self.assertFalse(self.live_notices(self.user_accountant))


@tagged("post_install", "-at_install")
class TestContractRejectionReason(SignatureCase):
    def test_choose_a_reason(self):
        price = self.env.ref("customer_portal_plus.rejection_reason_price")
        page = self.contract.access_url
        self.sign_in(self.user_full)
        self.assertIn(f'<option value="{price.id}">', self.url_open(page).text)
        answer = self.post_form(f"{page}/reject", {"rejection_reason": "x"}, page=page)
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.contract.state, "sent")
        self.post_form(f"{page}/reject", {"rejection_reason": price.id}, page=page)
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.state, "rejected")
        self.assertEqual(self.contract.rejection_reason_id, price)
        self.assertIn("The price", "".join(self.contract.message_ids.mapped("body")))
