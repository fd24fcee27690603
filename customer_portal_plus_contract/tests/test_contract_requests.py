"""What a customer asks for, and what is refused."""

from unittest.mock import patch

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import NOTICE, REQUEST, ContractCase

QUANTITIES = (
    "-1",
    "0",
    "",
    "abc",
    "1e9",
    "1000001",
    "9" * 30,
    "NaN",
    "Infinity",
    "٣",
    "<b>5</b>",
)
DAYS = ("", "x", "2020-01-01", "9999-12-31", "0000-00-00", "2026-02-30", "9" * 40)
KINDS = ("quantity", "plan", "pause", "stop")
NO_KINDS = ("x", "__class__", "STOP", "0", "9" * 40)


@tagged("post_install", "-at_install")
class TestContractRequests(ContractCase):
    def _send(self, kind="stop", contract=None, user=None, **data):
        """Post the form, by default with a day that will do; return the answer."""
        contract = contract or self.contract
        user = user or self.user_full
        if getattr(self, "signed_in", None) != user:
            self.signed_in = user
            self.sign_in(user)
            self.csrf = self.form_token()
        return self.url_open(
            f"/my/contracts/{contract.id}/request/{kind}",
            data={
                "csrf_token": self.csrf,
                "date": contract._portal_earliest("stop").isoformat(),
                "words": "Un motivo",
                **data,
            },
        )

    def _assert_refused(self, sentence, kind, **data):
        response = self._send(kind, **data)
        self.assertEqual(response.status_code, 422, data)
        self.assertIn(sentence, response.text, data)
        self.assertFalse(self.env[REQUEST].search([]), data)

    # === ASKING === #

    def test_stop(self):
        self.sign_in(self.user_full)
        url = f"/my/contracts/{self.contract.id}"
        self.assertIn(f"{url}/request/stop", self.url_open(url).text)
        self.assertEqual(self.url_open(f"{url}/request/stop").status_code, 200)
        response = self._send("stop", words="Cerramos el taller")
        self.assertIn("we have got it", response.text)
        self.assertIn("Cerramos el taller", response.text)
        self.assertIn("Waiting for us", response.text)
        request = self.contract.portal_request_ids
        self.assertEqual(
            (request.kind, request.state, request.contact_id), ("stop", "open", self.contact)
        )
        self.assertEqual(request.date, self._day(days=NOTICE))
        self.assertEqual(request.customer_id, self.alfa)
        self.assertFalse(self.contract.date_end, "nothing of it holds before it is accepted")

    def test_each_kind(self):
        for kind, data in (
            ("quantity", {"line": self.line.id, "quantity": "5"}),
            ("plan", {"words": "El grande"}),
            ("pause", {"until": self._day(days=120).isoformat()}),
            ("stop", {}),
        ):
            response = self._send(kind, **data)
            self.assertIn("we have got it", response.text, kind)
        requests = self.contract.portal_request_ids
        self.assertEqual(set(requests.mapped("kind")), {*KINDS})
        quantity = requests.filtered(lambda one: one.kind == "quantity")
        self.assertEqual((quantity.old_quantity, quantity.quantity), (2, 5))
        self.assertEqual(quantity.line_id, self.line)
        self.assertIn("5", quantity.text)
        pause = requests.filtered(lambda one: one.kind == "pause")
        self.assertEqual(pause.date_until, self._day(days=120))
        self.assertEqual(self.line.quantity, 2)
        self.assertEqual(self.contract.portal_open_request_count, 4)
        self.assertEqual(self.foreign.portal_open_request_count, 0)
        self.assertEqual(self.contract._portal_request_kinds(self.contact), [])

    def test_quantity_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.contact.lang = "es_ES"
        self._send("quantity", line=self.line.id, quantity="1.234")
        self.assertEqual(self.contract.portal_request_ids.quantity, 1234)

    def test_staff_are_told(self):
        request = self._ask(words="Cerramos")
        activity = request.activity_ids
        self.assertEqual(activity.user_id, self.user_accountant)
        self.assertIn("Mantenimiento de Alfa", activity.summary)
        self.assertIn("Cerramos", activity.note)
        conversation = request.conversation_id
        self.assertIn("Cerramos", self.said(conversation)[:1].body)
        self.assertEqual(conversation.partner_id, self.contact)
        self.sign_in(self.user_full)
        self.assertIn(conversation.access_url, self.url_open(self.contract.access_url).text)

    def test_long_name(self):
        self.contract.name = "Mantenimiento " * 20
        self.assertTrue(self._ask().conversation_id)

    def test_nobody_is_responsible(self):
        self.contract.user_id = False
        self.alfa.user_id = False
        self.company.portal_message_user_id = False
        self.assertEqual(self._ask().activity_ids.user_id, self.env.ref("base.user_admin"))
        self.company.portal_message_user_id = self.user_accountant
        self.assertEqual(self._ask(kind="plan").activity_ids.user_id, self.user_accountant)

    def test_without_messages(self):
        self.company.portal_allow_messages = False
        self.assertFalse(self._ask().conversation_id)
        self.company.portal_allow_messages = True
        self.profile_purchasing.can_message = False
        request = self._ask(self.of_own, user=self.user_colleague)
        self.assertFalse(request.conversation_id)
        self.sign_in(self.user_colleague)
        self.assertIn("Waiting for us", self.url_open(self.of_own.access_url).text)

    def test_company_that_wants_no_activity(self):
        self.company.portal_tell_subscription = "none"
        self.assertFalse(self._ask().activity_ids)

    # === DAYS === #

    def test_days_that_will_not_do(self):
        for day in DAYS:
            response = self._send("stop", date=day)
            self.assertEqual(response.status_code, 422, day)
            self.assertIn("portal_request_error", response.text)
        self._assert_refused("Please choose a day.", "stop", date="")
        self._assert_refused("The earliest day is", "stop", date=self._day(days=NOTICE - 1))
        self._assert_refused("The latest day is", "plan", date=self._day(years=4))
        first = self._day(days=NOTICE)
        for until in DAYS:
            response = self._send("pause", date=first, until=until)
            self.assertEqual(response.status_code, 422, until)
        self._assert_refused("until when", "pause", date=first, until="")
        self._assert_refused("after it has begun", "pause", date=first, until=first)
        self._assert_refused("The latest day is", "pause", date=first, until="9999-12-31")

    def test_notice(self):
        self.assertEqual(self.contract._portal_earliest("plan"), self._day(days=NOTICE))
        self.company.portal_subscription_notice_days = 0
        self.assertEqual(self.contract._portal_earliest("plan"), self.today)
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
        ):
            self.company.portal_subscription_notice_days = -1
            self.env.flush_all()

    def test_stop_not_before_what_is_billed(self):
        for _time in range(4):
            self._bill(self.contract)
        billed = self.line.last_date_invoiced
        self.assertEqual(billed, self.begin_on + relativedelta(months=4, days=-1))
        self.assertEqual(self.contract._portal_earliest("stop"), billed)
        self.assertEqual(self.contract._portal_earliest("pause"), self._day(days=NOTICE))
        day = billed - relativedelta(days=1)
        self._assert_refused("The earliest day is", "stop", date=day)

    def test_not_after_its_end(self):
        self.line.date_end = self._day(days=90)
        self._assert_refused("The latest day is", "plan", date=self._day(days=91))
        self.assertIn("we have got it", self._send("plan", date=self._day(days=90)).text)

    def test_ends_before_anything_can_be_changed(self):
        self.line.date_end = self._day(days=NOTICE - 1)
        self._assert_refused("ends before anything", "plan")
        self.assertEqual(self.contract._portal_request_kinds(self.contact), [])
        self.line.date_end = self._day(days=NOTICE)
        self.assertEqual(len(self.contract._portal_request_kinds(self.contact)), 3)

    # === QUANTITIES AND WORDS === #

    def test_quantities_that_will_not_do(self):
        for quantity in QUANTITIES:
            response = self._send("quantity", line=self.line.id, quantity=quantity)
            self.assertEqual(response.status_code, 422, quantity)
        line = self.line.id
        self._assert_refused("how much of it", "quantity", line=line, quantity="-3")
        self._assert_refused("more than can be", "quantity", line=line, quantity="1000001")
        self._assert_refused("have already", "quantity", line=line, quantity="2")
        response = self._send("quantity", line=line, quantity="1000000")
        self.assertIn("we have got it", response.text)

    def test_lines_that_will_not_do(self):
        ended = self.line.copy({"contract_id": self.contract.id})
        ended.date_end = self.today
        cancelled = self.line.copy({"contract_id": self.contract.id, "is_canceled": True})
        foreign = self.foreign.contract_line_ids
        for line in (ended.id, cancelled.id, foreign.id, "", "x", "0", "-1", "9" * 30):
            self._assert_refused("one of the lines", "quantity", line=line, quantity="5")
        self.line.write({"is_canceled": True})
        obstacle = self.contract._portal_kind_obstacle(self.contact, "quantity")
        self.assertIn("nothing of which", obstacle)

    def test_words(self):
        self._assert_refused("why you stop", "stop", words="  ")
        self._assert_refused("which plan", "plan", words="")
        self._assert_refused("characters at most", "plan", words="x" * 1001)
        response = self._send("stop", words="<script>alert(1)</script>")
        self.assertIn("we have got it", response.text)
        self.assertNotIn("<script>alert(1)", response.text)

    def test_what_was_typed_is_kept(self):
        response = self._send("quantity", line=self.line.id, quantity="muchos", words="Por favor")
        self.assertIn('value="muchos"', response.text)
        self.assertRegex(response.text, r'name="quantity"[^>]* aria-invalid="true"')
        self.assertIn("Por favor", response.text)

    # === TWICE === #

    def test_one_open_request_of_a_kind(self):
        self._ask()
        response = self._send("stop")
        self.assertEqual(response.status_code, 422)
        self.assertIn("You have asked to stop it already", response.text)
        self._ask(kind="plan")
        with self.assertRaisesRegex(PortalRefusal, "asked for this already"):
            self._ask(kind="plan")
        self.assertEqual(len(self.contract.portal_request_ids), 2)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
        ):
            self.contract.portal_request_ids[0].copy()
            self.env.flush_all()

    def test_stopped_twice(self):
        self.line.date_end = self._day(days=60)
        response = self._send("stop")
        self.assertEqual(response.status_code, 422)
        self.assertIn("This subscription is stopped: it ends on", response.text)
        self.assertFalse(self.contract.portal_request_ids)
        kinds = dict(self.contract._portal_request_kinds(self.contact))
        self.assertEqual(set(kinds), {"quantity", "plan", "pause"})

    def test_ended(self):
        contract = self._subscribe(self.alfa, "Vieja", date_start=self._day(years=-1))
        contract.contract_line_ids.date_end = self._day(days=-1)
        for kind in KINDS:
            response = self._send(kind, contract=contract)
            self.assertEqual(response.status_code, 422, kind)
            self.assertIn("This subscription ended on", response.text)
        self.assertEqual(contract._portal_request_kinds(self.contact), [])

    def test_asked_and_taken_back_again_and_again(self):
        for _time in range(10):
            request = self._ask(kind="plan")
            self.contract._portal_withdraw_request(self.contact, request.id)
        with self.assertRaisesRegex(PortalRefusal, "a lot today"):
            self._ask(kind="plan")
        self.assertEqual(self.contract._portal_request_kinds(self.contact), [])
        self.env.cr.execute(
            "UPDATE customer_portal_contract_request SET create_date = %s",
            [self._day(days=-2)],
        )
        self.env.invalidate_all()
        self.assertTrue(self._ask(kind="plan"))

    def test_row_is_locked_first(self):
        path = "odoo.addons.customer_portal_plus_contract.models.contract_contract_request"
        with patch(f"{path}.lock_rows_or_retry") as lock:
            request = self._ask()
            self.contract._portal_withdraw_request(self.contact, request.id)
        self.assertEqual(lock.call_count, 2)
        self.assertEqual(lock.call_args.args[0], self.contract)

    # === WHO === #

    def test_kinds_that_are_none(self):
        for kind in NO_KINDS:
            response = self._send(kind)
            self.assertEqual(response.status_code, 422, kind)
            self.assertIn("be asked for", response.text)
            page = self.url_open(f"/my/contracts/{self.contract.id}/request/{kind}")
            self.assertTrue(page.url.endswith(f"/my/contracts/{self.contract.id}"))
        self.assertFalse(self.env[REQUEST].search([]))

    def test_capability_and_switch(self):
        self.profile_purchasing.can_change_subscriptions = False
        self.sign_in(self.user_colleague)
        self.assertNotIn("/request/", self.url_open(self.contract.access_url).text)
        response = self._send("stop", user=self.user_colleague)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Your profile does not let you", response.text)
        self.company.portal_allow_subscription_requests = False
        self.sign_in(self.user_full)
        self.assertNotIn("/request/", self.url_open(self.contract.access_url).text)
        response = self._send("stop")
        self.assertIn("not asked for here at present", response.text)
        form = self.url_open(f"/my/contracts/{self.contract.id}/request/stop")
        self.assertTrue(form.url.endswith(self.contract.access_url))
        self.assertFalse(self.env[REQUEST].search([]))

    def test_model_asks_the_gates_itself(self):
        for user in (self.user_stranger, self.user_branch, self.user_own):
            with self.assertRaises(PortalRefusal):
                self._ask(user=user)

    @mute_logger("odoo.http")
    def test_without_the_token_of_the_page(self):
        self.sign_in(self.user_full)
        url = f"/my/contracts/{self.contract.id}"
        for act in ("request/stop", "request/1/withdraw"):
            answer = self.url_open(f"{url}/{act}", data={"words": "x"})
            self.assertEqual(answer.status_code, 400)
        answer = self.url_open(f"{url}/request/1/withdraw")
        self.assertIn(answer.status_code, (404, 405))

    # === TAKING BACK === #

    def test_taken_back(self):
        request = self._ask()
        self.sign_in(self.user_full)
        url = f"/my/contracts/{self.contract.id}/request/{request.id}/withdraw"
        response = self.post_form(url, page=self.contract.access_url)
        self.assertIn("It is taken back", response.text)
        request.invalidate_recordset()
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(request.activity_ids)
        response = self.post_form(url, page=self.contract.access_url)
        self.assertEqual(response.status_code, 422)
        self.assertIn("decided already", response.text)
        self.assertIn("stop", dict(self.contract._portal_request_kinds(self.contact)))

    def test_only_what_belongs_to_it_is_taken_back(self):
        foreign = self._ask(self.foreign, user=self.user_stranger)
        other = self._ask(self.of_own)
        own = self._ask()
        for request in (foreign, other):
            with self.assertRaises(PortalRefusal):
                self.contract._portal_withdraw_request(self.contact, request.id)
            self.assertEqual((request | own).mapped("state"), ["open", "open"])
        self.profile_full.can_change_subscriptions = False
        with self.assertRaises(PortalRefusal):
            self.of_own._portal_withdraw_request(self.contact, other.id)
