"""Quotes that two people of a customer must accept: the customer's own rules, the waiting, the
second person, and all that may happen in between."""

import re

from werkzeug.urls import url_encode

from odoo.tests import tagged

from odoo.addons.payment import utils as payment_utils

from .common.live_notices import LiveNotices
from .common.signature import SignatureCase


class ApprovalCase(SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.user_full, cls.user_colleague
        cls.big = cls._create_order(cls.alfa, amount=5000.0)
        cls.small = cls._create_order(cls.alfa, amount=500.0)
        cls.Rule = cls.env["customer.portal.approval.rule"]

    @classmethod
    def _create_rule(cls, amount=1000.0, customer=None, **values):
        return cls.Rule.create(
            {
                "customer_id": (customer or cls.alfa).id,
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "amount": amount,
                **values,
            }
        )

    def _post_answer(self, quote, path, **data):
        self.env.invalidate_all()
        return self.post_form(
            f"/my/orders/{quote.id}/{path}",
            {"version": quote._portal_version(), **data},
            page="/my",
        )

    def _accept(self, quote, **data):
        return self._post_answer(quote, "answer/accept", **data)

    def _undo(self, quote, **data):
        return self._post_answer(quote, "answer/approval", **data)

    def _acts(self, quote):
        return self._evidence(quote).sorted("id").mapped("act")

    def _set(self, amount, **data):
        return self.post_form(
            "/my/team/approval/set",
            {
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "amount": amount,
                **data,
            },
            page="/my",
        )


@tagged("post_install", "-at_install")
class TestApprovalRule(ApprovalCase):
    def test_set_and_remove(self):
        self.sign_in(self.first)
        self.assertIn("/my/team/approval", self.url_open("/my/team").text)
        self.assertIn("One person is enough", self.url_open("/my/team/approval").text)
        answer = self._set("1234,50")
        self.assertIn("The rule is saved", answer.text)
        self.assertIn("1,234.50", answer.text)
        rule = self.alfa.portal_approval_rule_ids
        self.assertEqual(rule.amount, 1234.5)
        note = self.alfa.message_ids[:1]
        self.assertIn("1,234.50", note.body)
        self.assertEqual(note.author_id, self.first.partner_id)
        # As written in Spain and elsewhere; thousands are no decimals.
        for typed, value in (("1.000", 1000.0), ("1.234,50", 1234.5), ("1,234.50", 1234.5)):
            self._set(typed)
            self.env.invalidate_all()
            self.assertEqual(self.alfa.portal_approval_rule_ids.amount, value, typed)
        # One rule for a currency: the new amount takes the old one's place.
        self._set("2000")
        self.env.invalidate_all()
        rule = self.alfa.portal_approval_rule_ids
        self.assertEqual(rule.amount, 2000.0)
        answer = self.post_form(f"/my/team/approval/{rule.id}/remove", page="/my")
        self.assertIn("The rule is removed", answer.text)
        self.assertFalse(rule.exists())

    def test_bad_input(self):
        self.sign_in(self.first)
        for data in (
            {"amount": ""},
            {"amount": "x"},
            {"amount": "-1"},
            {"amount": "nan"},
            {"amount": "1e400"},
            {"amount": "9" * 30},
            {"amount": "10", "company_id": "x"},
            {"amount": "10", "company_id": "99999999999999"},
            {"amount": "10", "currency_id": "999999"},
            {"amount": "10", "currency_id": ""},
        ):
            answer = self._set(data.pop("amount"), **data)
            self.assertEqual(answer.status_code, 422, data)
            self.assertIn('role="alert"', answer.text)
        self.assertFalse(self.Rule.search([("customer_id", "=", self.alfa.id)]))
        answer = self.post_form("/my/team/approval/999999/remove", page="/my")
        self.assertEqual(answer.status_code, 404)

    def test_strangers(self):
        """Who does not manage the team, other customers, staff and guests reach no rule."""
        rule = self._create_rule()
        for user in (self.second, self.user_sales, None):
            self.sign_in(user)
            answer = self.url_open("/my/team/approval", allow_redirects=False)
            self.assertEqual(answer.status_code, 404 if user else 303, user)
            page = "/web/login" if not user else "/my"
            for url in ("/my/team/approval/set", f"/my/team/approval/{rule.id}/remove"):
                self.post_form(url, {"amount": "1"}, page=page)
        self.sign_in(self.user_stranger)
        self.assertNotIn("1,000.00", self.url_open("/my/team/approval").text)
        answer = self.post_form(f"/my/team/approval/{rule.id}/remove", page="/my")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(rule.amount, 1000.0)
        self.assertEqual(self.Rule.search([("customer_id", "=", self.alfa.id)]), rule)

    def test_switches(self):
        self.sign_in(self.first)
        for switch in ("portal_allow_team", "portal_allow_quote_acceptance"):
            self.company[switch] = False
            answer = self.url_open("/my/team/approval", allow_redirects=False)
            self.assertEqual(answer.status_code, 404, switch)
            self.company[switch] = True

    def test_warns_where_nobody_could_approve(self):
        self._create_rule()
        self.sign_in(self.first)
        self.assertNotIn("Only one person", self.url_open("/my/team/approval").text)
        (self.second | self.user_own).partner_id.portal_profile_id = self.profile_read_only
        self.assertIn("Only one person", self.url_open("/my/team/approval").text)

    def test_table_is_shut(self):
        self._create_rule()
        self.sign_in(self.first)
        answer = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {
                    "model": "customer.portal.approval.rule",
                    "method": "search_read",
                    "args": [[]],
                    "kwargs": {},
                }
            },
        ).json()
        self.assertIn("AccessError", answer["error"]["data"]["name"])

    def test_merged_customers_keep_the_stricter_rule(self):
        other = self._create_customer("Alfa Duplicada SL")
        self._create_rule(3000.0)
        self._create_rule(200.0, other)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.alfa.id, other.id], self.alfa)
        self.env.invalidate_all()
        self.assertEqual(self.small._portal_approval_stage(), "first")


@tagged("post_install", "-at_install")
class TestApproval(LiveNotices, ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule()

    # === ACCEPTING === #

    def test_small_quotes_need_one_person(self):
        self.sign_in(self.first)
        self._accept(self.small)
        self.assertEqual(self.small.state, "sale")
        exact = self._create_order(self.alfa, amount=1000.0)
        self._accept(exact)
        self.assertEqual(exact.state, "sale")

    def test_other_companies_and_currencies_need_one_person(self):
        other = self.env["res.currency"].search(
            [("active", "in", (True, False)), ("id", "!=", self.company.currency_id.id)], limit=1
        )
        other.active = True
        self.rule.currency_id = other
        self.sign_in(self.first)
        self._accept(self.big)
        self.assertEqual(self.big.state, "sale")

    def test_approvers_are_asked_whatever_mails_they_want(self):
        self.second.partner_id.portal_mail_message = False
        self.sign_in(self.first)
        self._accept(self.big)
        self.assertIn(self.second.partner_id, self.big.message_ids[:1].notified_partner_ids)

    def test_two_people(self):
        self.sign_in(self.first)
        page = self.url_open(f"/my/orders/{self.big.id}").text
        self.assertIn("wants two people to approve", page)
        answer = self._accept(self.big, order_ref="PO-77")
        self.assertIn("asked your colleagues", answer.text)
        self.assertEqual(self.big.state, "sent")
        self.assertEqual(self.big.portal_approval_contact_id, self.first.partner_id)
        self.assertEqual(self.big.portal_signature_state, "approval")
        self.assertEqual(self.big.client_order_ref, "PO-77")
        self.assertEqual(self._acts(self.big), ["approved"])
        self.assertFalse(self.big.activity_ids, "staff have nothing to do yet")
        # Who may approve is asked by mail, nobody else.
        message = self.big.message_ids[:1]
        self.assertIn("Please approve", message.subject)
        self.assertIn(self.second.partner_id, message.notified_partner_ids)
        for user in (self.user_own, self.user_stranger, self.user_branch):
            self.assertNotIn(user.partner_id, message.notified_partner_ids)

        # The first one can't do it for the second.
        self.assertFalse(self.big.with_user(self.first).portal_can_accept)
        answer = self._accept(self.big)
        self.assertIn("when a colleague of yours approves it", answer.text)
        self.assertEqual(self.big.state, "sent")

        self.sign_in(self.second)
        page = self.url_open(f"/my/orders/{self.big.id}").text
        self.assertIn("Approve quote", page)
        self.assertIn(self.first.name, page)
        answer = self._accept(self.big)
        self.assertIn("Your order is confirmed", answer.text)
        self.assertEqual(self.big.state, "sale")
        self.assertEqual(self._acts(self.big), ["approved", "accepted"])
        self.assertEqual(
            self._evidence(self.big).sorted("id").contact_id.ids,
            [self.first.partner_id.id, self.second.partner_id.id],
        )
        self.assertEqual(len(self.big.activity_ids), 1)
        self.assertEqual(self.big.portal_signature_state, "valid")
        self.assertFalse(self.big.portal_awaits_approval)

    def test_staff_get_one_live_notice_when_both_have_accepted(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.assertFalse(self.live_notices(self.user_sales))
        self.sign_in(self.second)
        self._accept(self.big)
        (notice,) = self.live_notices(self.user_sales)
        self.assertEqual(notice["type"], "success")
        self.assertEqual(notice["title"], "Quote accepted in the portal")
        self.assertIn(self.big.name, notice["message"])
        self._post_answer(self.small, "decline", decline_message="No")
        notice = self.live_notices(self.user_sales)[-1]
        self.assertEqual(notice["type"], "warning")
        self.assertEqual(notice["title"], "Quote rejected in the portal")

    def test_both_sign(self):
        quote = self._create_order(self.alfa, amount=5000.0, require_signature=True)
        self.sign_in(self.first)
        answer = self._sign(quote, signer_name="Primera")
        self.assertIn("when a second person of your company approves it", answer.text)
        self.assertEqual(quote.state, "sent")
        self.assertFalse(quote.signature)
        answer = self.post_form(f"/my/orders/{quote.id}/sign", page="/my", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith(f"/my/orders/{quote.id}"))
        self.sign_in(self.second)
        self._sign(quote, signer_name="Segundo")
        self.assertEqual(quote.state, "sale")
        self.assertEqual(quote.signed_by, "Segundo")
        self.assertEqual(self._acts(quote), ["approved", "signed"])
        self._deliver()
        for evidence in self._evidence(quote):
            self.assertTrue(evidence._attachment(evidence.delivered_sha256))

    def test_frozen_before_the_rule(self):
        """A rule that is made while somebody signs holds for that signature, too."""
        self.rule.unlink()
        quote = self._create_order(self.alfa, amount=5000.0, require_signature=True)
        self.sign_in(self.first)
        page, _html = self._open_signing(quote)
        self._create_rule()
        self._sign(quote, signing_url=page)
        self.assertEqual(quote.state, "sent")
        self.assertEqual(self._acts(quote), ["approved"])

    def test_paid_after_both(self):
        quote = self._create_order(
            self.alfa, amount=5000.0, require_payment=True, prepayment_percent=1.0
        )
        contact = self.first.partner_id
        self.first.partner_id.portal_profile_id = self.profile_full
        self.assertEqual(quote._portal_next_act(contact), "accept")
        self.assertEqual(quote._portal_payment_obstacle(contact), "to_approve")
        self.sign_in(self.first)
        self._accept(quote)
        self.assertEqual(quote._portal_payment_obstacle(self.second.partner_id), "to_approve")
        self.sign_in(self.second)
        answer = self._accept(quote)
        self.assertIn("The quote is approved", answer.text)
        self.assertEqual(quote.state, "sent")
        self.assertEqual(quote._portal_next_act(contact), "pay")
        self.assertFalse(quote._portal_payment_obstacle(contact))

    def test_payment_link_waits_for_both(self):
        self.sign_in(self.first)
        partner = self.first.partner_id
        amount = self.big.amount_total
        token = payment_utils.generate_access_token(
            partner.id, amount, self.big.currency_id.id, env=self.env
        )
        link = "/payment/pay?" + url_encode(
            {
                "sale_order_id": self.big.id,
                "amount": amount,
                "currency_id": self.big.currency_id.id,
                "partner_id": partner.id,
                "company_id": self.company.id,
                "access_token": token,
            }
        )
        self.assertNotEqual(self.url_open(link).status_code, 200)
        self.rule.unlink()
        self.assertEqual(self.url_open(link).status_code, 200)

    # === WHO === #

    def test_guest_with_the_token(self):
        token = self.big._portal_ensure_token()
        self.sign_in(None)
        url = f"/my/orders/{self.big.id}"
        self.assertIn(
            "Please sign in to answer it", self.url_open(f"{url}?access_token={token}").text
        )
        data = {"version": self.big._portal_version(), "access_token": token}
        answer = self.post_form(f"{url}/answer/accept", data, page="/web/login")
        self.assertIn("Please sign in to answer it", answer.text)
        answer = self.post_form(f"{url}/answer/approval", data, page="/web/login")
        self.assertEqual(self.big.state, "sent")
        self.assertFalse(self._evidence(self.big))

    def test_who_may_not(self):
        """Contacts without the right or the scope, other customers: nothing is changed."""
        self.sign_in(self.first)
        self._accept(self.big)
        reader = self._create_contact_user("Lectura", "reader", self.alfa, self.profile_read_only)
        for user in (reader, self.user_own, self.user_stranger, self.user_branch, self.user_sales):
            self.sign_in(user)
            self._accept(self.big)
            self._undo(self.big)
            self.assertEqual(self.big.state, "sent", user.login)
            self.assertTrue(self.big.portal_awaits_approval, user.login)
        self.assertEqual(self._acts(self.big), ["approved"])

    def test_same_mailbox_is_the_same_person(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.second.partner_id.email = f"Compras <{self.first.partner_id.email.upper()}>"
        self.sign_in(self.second)
        answer = self._accept(self.big)
        self.assertIn("when a colleague of yours approves it", answer.text)
        self.assertEqual(self.big.state, "sent")

    def test_whom_the_first_invited_is_no_second_person(self):
        """Until somebody else confirms that it is one: it may be a second address."""
        self._create_rule()
        second = self.second.partner_id
        second._portal_introduce(self.first.partner_id)
        self.user_own.partner_id.portal_profile_id = self.profile_read_only
        self.sign_in(self.first)
        self.assertFalse(self.alfa._portal_can_be_approved())
        self._accept(self.big)
        self.assertEqual((self.big.state, self.big.portal_approval_on), ("sent", False))
        second._portal_vouch()
        self.assertTrue(self.alfa._portal_can_be_approved())
        self._accept(self.big)
        self.assertTrue(self.big.portal_approval_on)
        second._portal_introduce(self.first.partner_id)
        self.sign_in(self.second)
        self._accept(self.big)
        self.assertEqual(self.big.state, "sent")
        second._portal_vouch()
        self._accept(self.big)
        self.assertEqual(self.big.state, "sale")

    def test_nor_is_who_invited_the_first(self):
        self._create_rule()
        self.first.partner_id._portal_introduce(self.second.partner_id)
        self.assertFalse(self.big._portal_approvers(self.first.partner_id))

    def test_nobody_else_could_approve(self):
        self.second.partner_id.portal_profile_id = self.profile_read_only
        self.sign_in(self.first)
        self.assertIn(
            "nobody else of your team can", self.url_open(f"/my/orders/{self.big.id}").text
        )
        answer = self._accept(self.big)
        self.assertIn("nobody else of your team can", answer.text)
        self.assertFalse(self.big.portal_approval_on)
        self.assertFalse(self._evidence(self.big))

    # === ENDING === #

    def test_withdraw(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.assertIn("Take back", self.url_open(f"/my/orders/{self.big.id}").text)
        answer = self._undo(self.big, note="<b>Error</b>")
        self.assertIn("taken your acceptance back", answer.text)
        self.assertFalse(self.big.portal_approval_on)
        self.assertEqual(self.big.portal_signature_state, "none")
        self.assertIn("&lt;b&gt;Error", self.big.message_ids[:1].body)
        answer = self._undo(self.big)
        self.assertIn("does not wait for an approval any more", answer.text)
        self.sign_in(self.second)
        self._accept(self.big)
        self.assertEqual(self.big.portal_approval_contact_id, self.second.partner_id)
        self.assertEqual(self._acts(self.big), ["approved", "approved"])

    def test_refuse(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.sign_in(self.second)
        self.assertIn("Do not approve", self.url_open(f"/my/orders/{self.big.id}").text)
        answer = self._undo(self.big, note="x" * 1001)
        self.assertIn("too long", answer.text)
        self.assertTrue(self.big.portal_awaits_approval)
        answer = self._undo(self.big, note="Muy caro")
        self.assertIn("You have not approved it", answer.text)
        self.assertFalse(self.big.portal_approval_on)
        message = self.big.message_ids[:1]
        self.assertIn("Muy caro", message.body)
        self.assertIn(self.first.partner_id, message.notified_partner_ids)
        self.assertEqual(self.big.state, "sent")

    def test_reject_while_it_waits(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.sign_in(self.second)
        self._post_answer(self.big, "decline", decline_message="No")
        self.assertEqual(self.big.state, "cancel")
        self.big.action_draft()
        self.assertFalse(self.big.portal_approval_on)

    def test_quote_changes_while_it_waits(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.big.order_line.price_unit = 6000.0
        page = self.url_open(f"/my/orders/{self.big.id}").text
        self.assertIn("the quote was changed since then", page)
        self.assertEqual(self.big._portal_approval_stage(), "first")
        self.sign_in(self.second)
        self._accept(self.big)
        self.assertEqual(self.big.state, "sent", "the second is the first one now")
        self.assertEqual(self.big.portal_approval_contact_id, self.second.partner_id)

    def test_rule_changes_while_it_waits(self):
        """What waits keeps waiting; taken back, the quote follows the rule of now."""
        self.sign_in(self.first)
        self._accept(self.big)
        self.rule.unlink()
        self._accept(self.big)
        self.assertEqual(self.big.state, "sent")
        self._undo(self.big)
        self._accept(self.big)
        self.assertEqual(self.big.state, "sale")

    def test_first_one_loses_its_account(self):
        self.sign_in(self.first)
        self._accept(self.big)
        contact = self.first.partner_id
        self.first.unlink()
        contact.unlink()
        self.sign_in(self.second)
        self.assertIn("A colleague accepted it", self.url_open(f"/my/orders/{self.big.id}").text)
        self._accept(self.big)
        self.assertEqual(self.big.state, "sale")

    # === WHERE IT SHOWS === #

    def test_home_and_lists(self):
        self.sign_in(self.first)
        self._accept(self.big)
        home = self.url_open("/my").text
        self.assertIn("1 quote waiting for a colleague", home)
        self.assertIn("1 quote to answer", home)
        listed = self.url_open("/my/quotes?filterby=approval").text
        self.assertIn(self.big.name, listed)
        self.assertIn("Waiting for approval", listed)
        self.assertNotIn(self.small.name, listed)
        answer_button = rf'btn-primary[^>]*href="/my/orders/{self.big.id}"'
        self.assertFalse(re.search(answer_button, listed))
        self.sign_in(self.second)
        self.assertIn("1 quote waiting for your approval", self.url_open("/my").text)
        listed = self.url_open("/my/quotes?filterby=approval").text
        self.assertTrue(re.search(answer_button, listed))

    def test_log(self):
        self.sign_in(self.first)
        self._accept(self.big)
        self.sign_in(self.second)
        self._undo(self.big)
        events = self.env["customer.portal.event"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", self.big.id)]
        )
        self.assertIn("Waits for a second person", events.mapped("detail"))
        self.assertIn("Approval refused", events.mapped("detail"))
