"""Who sees a subscription, by the pages, by the engine's addresses and over RPC: our matrix."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import AccessOfAddon

from ..hooks import post_init_hook
from .common import MODEL, REQUEST, ContractCase

READING_ROUTES = (
    "/my/contracts/{id}",
    "/my/contracts/{id}/pdf",
    "/my/contracts/{id}?report_type=pdf",
)
FORM_ROUTE = "/my/contracts/{id}/request/stop"
# What each act changes is looked at, too; see ``_facts``.
ACTING_ROUTES = (
    "/my/contracts/{id}/request/stop",
    "/my/contracts/{id}/request/quantity",
    "/my/contracts/{id}/request/{request}/withdraw",
)
HIDDEN_FIELDS = (
    "access_token",
    "note",
    "user_id",
    "tag_ids",
    "journal_id",
    "message_ids",
    "group_id",
    "portal_request_ids",
    "invoice_generation_error",
    "manual_currency_id",
)


@tagged("post_install", "-at_install")
class TestContractAccess(AccessOfAddon, ContractCase):
    addon = "customer_portal_plus_contract"
    routes = frozenset(
        [
            "/my/contracts",
            "/my/contracts/page/<page>",
            "/my/contracts/<int:contract_contract_id>",
            "/my/contracts/<int:contract_contract_id>/pdf",
            "/my/contracts/<int:contract_id>/request/<kind>",
            "/my/contracts/<int:contract_id>/request/<int:request_id>/withdraw",
        ]
    )
    list_url = "/my/contracts"
    list_mark = "data-contract"
    reading_routes = (*READING_ROUTES, FORM_ROUTE)
    acting_routes = ACTING_ROUTES
    switch = "portal_show_subscriptions"
    capability = "can_see_subscriptions"
    foreign_rule = "contract.rule_contract_contract_portal"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.contract

    def _act(self, route, document_id, request_id=1, **data):
        line = self.env[MODEL].browse(document_id).exists().contract_line_ids
        return self.url_open(
            route.format(id=document_id, request=request_id),
            data={
                "csrf_token": self._csrf(),
                "date": self._day(days=60).isoformat(),
                "words": "Motivo",
                "line": line.id,
                "quantity": "7",
                **data,
            },
            allow_redirects=False,
        )

    def _facts(self, document):
        document.invalidate_recordset()
        return document.portal_request_ids.mapped("state"), document.date_end

    def _assert_nothing_done(self, document, users, **data):
        """Override: what is taken back is the request that there is."""
        request = document.portal_request_ids
        super()._assert_nothing_done(document, users, request_id=request.id or 1, **data)

    # === GATES === #

    def test_scope_own_by_invoice_contact(self):
        contract = self._subscribe(
            self.alfa,
            "Facturada al delegado",
            invoice_partner_id=self.user_own.partner_id.id,
        )
        self.assertEqual(self._seen_by(contract, ("own", "stranger")), {"own"})

    def test_acts_on_what_is_not_one_s_own(self):
        self._ask(kind="plan")
        self._ask(self.foreign, "plan", self.user_stranger)
        self._assert_nothing_done(self.contract, ("own", "stranger", "branch"))
        self._assert_nothing_done(self.foreign, ("full",))
        self.contract.portal_visible = False
        self._assert_nothing_done(self.contract, ("full",))

    def test_acts_with_the_link_of_one_s_own(self):
        token = self.foreign.sudo()._portal_ensure_token()
        own = self.contract.sudo()._portal_ensure_token()
        for value in (token, own):
            self._assert_nothing_done(self.contract, ("stranger",), access_token=value)
        self.sign_in(self.user_stranger)
        for url in READING_ROUTES:
            url = url.format(id=self.contract.id)
            mark = "&" if "?" in url else "?"
            response = self.url_open(f"{url}{mark}access_token={token}", allow_redirects=False)
            self.assertFalse(self._is_inside(response, self.contract), url)

    def test_to_followers_alone(self):
        """As in the engine, where the company has not opened them wider."""
        self.company.portal_subscriptions_by_profile = False
        self.assertEqual(self._seen_by(self.contract, ("full", "colleague")), set())
        colleague = self.user_colleague.partner_id
        self.contract.message_subscribe((colleague | self.user_stranger.partner_id).ids)
        self.assertEqual(
            self._seen_by(self.contract, ("full", "colleague", "stranger")), {"colleague"}
        )

    def test_archived(self):
        self.contract.active = False
        self.assertEqual(self._refusal(self.contract), "document")
        self.assertEqual(self._seen_by(self.contract, ("full",)), set())

    # === GUESTS === #

    def test_guests(self):
        """The link of a subscription opens its page and paper, and nothing else."""
        self.sign_in(None)
        token = self.contract.sudo()._portal_ensure_token()
        others = (
            self.foreign.sudo()._portal_ensure_token(),
            self._create_invoice(self.alfa)._portal_ensure_token(),
            "ñ",
            "",
        )
        for url in READING_ROUTES:
            url = url.format(id=self.contract.id)
            mark = "&" if "?" in url else "?"
            opened = self.url_open(f"{url}{mark}access_token={token}", allow_redirects=False)
            self.assertTrue(self._is_inside(opened, self.contract), url)
            for other in others:
                shut = self.url_open(f"{url}{mark}access_token={other}", allow_redirects=False)
                self.assertFalse(self._is_inside(shut, self.contract), (url, other))
        page = self.url_open(f"/my/contracts/{self.contract.id}?access_token={token}").text
        for word in ("/request/", 'name="portal_payment"', 'name="portal_requests"'):
            self.assertNotIn(word, page)
        for url in ("/my/contracts", FORM_ROUTE.format(id=self.contract.id)):
            response = self.url_open(f"{url}?access_token={token}", allow_redirects=False)
            self.assertIn("/web/login", response.headers.get("Location", ""), url)
        self.company.portal_show_subscriptions = False
        for url in READING_ROUTES[:2]:
            url = url.format(id=self.contract.id)
            shut = self.url_open(f"{url}?access_token={token}", allow_redirects=False)
            self.assertFalse(self._is_inside(shut, self.contract), url)

    def test_guests_ask_for_nothing(self):
        self.sign_in(None)
        token = self.contract.sudo()._portal_ensure_token()
        csrf = self.form_token("/web/login")
        for url in ACTING_ROUTES:
            response = self.url_open(
                url.format(id=self.contract.id, request=1),
                data={"csrf_token": csrf, "access_token": token, "words": "x"},
                allow_redirects=False,
            )
            self.assertIn("/web/login", response.headers.get("Location", ""), url)
        self.assertFalse(self.contract.portal_request_ids)

    # === RPC === #

    def test_read_over_rpc(self):
        """The gates and the engine's rule, both: followers of the same customer."""
        for contract, user in (
            (self.contract, self.user_full),
            (self.foreign, self.user_full),
            (self.of_own, self.user_own),
        ):
            contract.message_subscribe(user.partner_id.ids)
        for key, found in (
            ("full", self.contract),
            ("colleague", self.env[MODEL]),
            ("own", self.of_own),
            ("stranger", self.env[MODEL]),
        ):
            mine = self.env[MODEL].with_user(getattr(self, f"user_{key}")).search([])
            self.assertEqual(mine.sudo(), found.sudo(), key)
        own = self.contract.with_user(self.user_full)
        self.assertEqual(own.read(["name"])[0]["name"], self.contract.name)
        for name in HIDDEN_FIELDS:
            with self.assertRaises(AccessError, msg=name):
                own.read([name])
        self.company.portal_show_subscriptions = False
        self.assertFalse(self.env[MODEL].with_user(self.user_full).search([]))

    def test_parts_over_rpc(self):
        """The engine lets any portal user read the lines and changes of all contracts."""
        lines = self.env["contract.line"]
        changes = self.env["contract.modification"]
        for key, contracts in (
            ("full", self.contract | self.of_own),
            ("own", self.of_own),
            ("stranger", self.foreign),
            ("branch", self.env[MODEL]),
        ):
            user = getattr(self, f"user_{key}")
            found = lines.with_user(user).search([]).sudo()
            self.assertEqual(found, contracts.contract_line_ids.sorted(), key)
            found = changes.with_user(user).search([]).sudo()
            self.assertEqual(set(found), set(contracts.modification_ids), key)
        line = self.line.with_user(self.user_full)
        self.assertEqual(line.read(["quantity"])[0]["quantity"], 2)
        for name in ("analytic_distribution", "last_date_invoiced", "monthly_recurring"):
            with self.assertRaises(AccessError, msg=name):
                line.read([name])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.line.with_user(self.user_stranger).read(["price_unit"])

    def test_contracts_of_suppliers(self):
        """They stay as the engine has them: for those who follow them."""
        purchase = self._subscribe(self.alfa, "Alfa nos suministra", contract_type="purchase")
        hidden = self._subscribe(self.beta, "Beta nos suministra", contract_type="purchase")
        purchase.message_subscribe(self.contact.ids)
        self.sign_in(self.user_full)
        page = self.url_open("/my/contracts").text
        self.assertNotIn(purchase.name, page)
        self.assertIn("/my/contracts?supplier=1", page)
        page = self.url_open("/my/contracts?supplier=1").text
        self.assertIn(purchase.name, page)
        for other in (hidden, self.contract):
            self.assertNotIn(other.name, page)
        self.assertIn(purchase.name, self.url_open(f"/my/contracts/{purchase.id}").text)
        self.assertNotIn(hidden.name, self.url_open(f"/my/contracts/{hidden.id}").text)
        lines = self.env["contract.line"].with_user(self.user_full).search([]).sudo()
        self.assertIn(purchase.contract_line_ids, lines)
        self.assertNotIn(hidden.contract_line_ids, lines)
        self.assertFalse(purchase.with_user(self.user_accountant)._portal_needs_no_token())
        self.assertIn("no subscription of yours", purchase._portal_request_obstacle(self.contact))
        self.company.portal_show_subscriptions = False
        self.assertIn(purchase.name, self.url_open("/my/contracts").text)
        self.assertIn("/my/contracts", self.url_open("/my").text)
        self.sign_in(self.user_colleague)
        self.assertNotIn(purchase.name, self.url_open("/my/contracts?supplier=1").text)

    def test_nothing_is_written_over_rpc(self):
        self.contract.message_subscribe(self.contact.ids)
        request = self._ask()
        self.sign_in(self.user_full)
        before = self._facts(self.contract)
        calls = (
            (MODEL, "write", [self.contract.id], {"date_end": "2030-01-01"}),
            (MODEL, "create", [{"name": "x", "partner_id": self.alfa.id}]),
            (MODEL, "copy", [self.contract.id]),
            (MODEL, "unlink", [self.contract.id]),
            (MODEL, "message_post", [self.contract.id]),
            (MODEL, "message_subscribe", [self.contract.id], self.contact.ids),
            (MODEL, "action_portal_hide", [self.contract.id]),
            (MODEL, "action_portal_requests", [self.contract.id]),
            (MODEL, "recurring_create_invoice", [self.contract.id]),
            (MODEL, "portal_part_rule_domain", [self.user_full.id]),
            (MODEL, "_portal_stop", [self.contract.id], "2030-01-01"),
            ("contract.line", "write", [self.line.id], {"quantity": 1}),
            (REQUEST, "read", [request.id], ["state"]),
            (REQUEST, "write", [request.id], {"state": "accepted"}),
            (REQUEST, "create", [{"contract_id": self.contract.id, "kind": "plan"}]),
            (REQUEST, "action_accept", [request.id]),
            (REQUEST, "action_refuse", [request.id]),
            (REQUEST, "action_open_contract", [request.id]),
        )
        self._assert_refused_over_rpc(calls)
        self.assertEqual(self._facts(self.contract), before)
        self.assertEqual(self.line.quantity, 2)

    # === STAFF === #

    def test_why(self):
        self.company.portal_show_subscriptions = False
        why = self.contract._portal_why(self.contact)
        self.assertEqual((why["gate"], why["mend"]), ("company", "settings"))
        self.assertIn("subscriptions", why["sentence"])
        self.company.write(
            {"portal_show_subscriptions": True, "portal_subscriptions_by_profile": False}
        )
        why = self.contract._portal_why(self.contact)
        self.assertIn("followers alone", why["sentence"])
        self.profile_purchasing.can_see_subscriptions = False
        why = self.contract._portal_why(self.user_colleague.partner_id)
        self.assertIn("See subscriptions", why["sentence"])
        why = self.contract._portal_why(self.user_stranger.partner_id)
        self.assertIn("no contact of", why["sentence"])
        self.company.portal_subscriptions_by_profile = True
        why = self.contract._portal_why(self.user_own.partner_id)
        self.assertIn("own documents only", why["sentence"])
        self.contract.portal_visible = False
        self.assertEqual(self.contract._portal_why(self.contact)["mend"], "show")
        self.contract.write({"portal_visible": True, "active": False})
        self.assertIn("archived", self.contract._portal_why(self.contact)["sentence"])

    def test_mails_of_what_is_not_shown_have_no_button(self):
        self._assert_no_button_of_what_is_hidden()
        self.company.portal_show_subscriptions = False
        purchase = self._subscribe(self.alfa, "Alfa nos suministra", contract_type="purchase")
        self.assertIn("portal_customer", self._mail_groups(purchase))

    def test_what_is_written_on_a_contract_is_no_conversation(self):
        self.assertFalse(self.contract._portal_can_message(self.contact))
        message = self.answer(self.contract, user=self.user_accountant)
        self.assertFalse(self.contract._portal_is_conversation(message))

    def test_companies_that_were_there(self):
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_subscriptions_by_profile)
        self.assertTrue(new.portal_allow_subscription_requests)
        post_init_hook(self.env)
        self.assertTrue(self.company.portal_show_subscriptions, "the engine shows them by itself")
        self.assertFalse(self.company.portal_subscriptions_by_profile)
        self.assertFalse(self.company.portal_allow_subscription_requests)
