"""Several contacts of a customer sign a document, one after the other: whose turn it is, who is
asked and told, and all that can happen in the middle."""

import base64
import io
from datetime import timedelta

from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..report.certificate_pdf import read_evidence
from ..tools import evidence_chain
from .common.signature import SignatureCase, make_pdf


@tagged("post_install", "-at_install")
class TestDocumentSigners(SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.user_full | cls.user_own | cls.user_colleague
        cls.contract.action_withdraw()  # That one is signed by anybody.
        cls.contract = cls._create_signed_in_turn()

    @classmethod
    def _create_signed_in_turn(cls, people=None, send=True, **values):
        people = (people or cls.people).partner_id
        contract = cls._create_contract(
            state="draft",
            signer_ids=[
                Command.create({"partner_id": person.id, "sequence": 10 * place})
                for place, person in enumerate(people, 1)
            ],
            **values,
        )
        if send:
            contract.action_send()
        return contract

    def _states(self, contract=None):
        return (contract or self.contract).signer_ids.mapped("state")

    def _asked(self, contract=None):
        """Return the contacts who were asked by mail, in the order of the mails."""
        contract = contract or self.contract
        template = "It is your turn to read and sign"
        asked = contract.message_ids.filtered(lambda message: template in (message.body or ""))
        return [message.partner_ids for message in asked.sorted("id")]

    def _take_turn(self, user, contract=None, deliver=True):
        self.sign_in(user)
        answer = self._sign(contract or self.contract, signer_name=user.name)
        if deliver:
            self._deliver()
        return answer

    def _assert_refused(self, user, words, contract=None, status=200):
        """Assert that a user reads why it can't sign, on the page and where the form is sent."""
        contract = contract or self.contract
        before = len(self._evidence(contract))
        self.sign_in(user)
        page = self.url_open(contract.access_url)
        self.assertIn(words, page.text)
        self.assertNotIn(f"{contract.id}/sign", page.text)
        answer = self.post_form(f"{contract.access_url}/sign", page="/my/documents")
        self.assertEqual(answer.status_code, 422)
        self.assertIn(words, answer.text)
        answer = self.post_form(
            f"{contract.access_url}/reject", data={"reason": "No"}, page="/my/documents"
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn(words, answer.text)
        self.assertEqual(len(self._evidence(contract)), before)

    # === THE WAY THROUGH === #

    def test_one_after_the_other(self):
        first, second, third = (user.partner_id for user in self.people)
        self.assertEqual(self._asked(), [first])
        answer = self._take_turn(self.user_full)
        self.assertIn("Thank you, you have signed it", answer.text)
        self.assertEqual(self._states(), ["signed", "waiting", "waiting"])
        self.assertEqual((self.contract.state, self.contract.next_signer_id), ("sent", second))
        self.assertEqual(self.contract.portal_signature_state, "approval")
        self.assertFalse(self.contract.activity_ids)
        self.assertEqual(self._asked(), [first, second])
        self._take_turn(self.user_own)
        self.assertEqual(self._asked(), [first, second, third])
        answer = self._take_turn(self.user_colleague)
        self.assertIn("Thank you, it is signed", answer.text)
        self.assertEqual(self._states(), ["signed"] * 3)
        self.assertEqual(self.contract.state, "signed")
        self.assertFalse(self.contract.next_signer_id)
        self.assertEqual(self.contract.portal_signature_state, "valid")
        self.assertEqual(len(self.contract.activity_ids), 1)  # Staff are told at the end.
        self.assertEqual(len(self._asked()), 3)
        events = self.env["customer.portal.event"].search(
            [("res_model", "=", self.contract._name), ("res_id", "=", self.contract.id)]
        )
        self.assertEqual(
            events.filtered(lambda event: event.kind == "accept").partner_id, first | second | third
        )

    def test_each_signs_what_the_one_before_has_left(self):
        for user in self.people:
            self._take_turn(user)
        evidence = self._evidence().sorted("id")
        files = [self.pdf, *(one._delivered_file().raw for one in evidence)]
        for one, before, after in zip(evidence, files, files[1:], strict=False):
            self.assertEqual(one.document_sha256, evidence_chain.sha256(before))
            self.assertEqual(read_evidence(after)["hash"], one.hash)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files[-1])).pages)
        for user in self.people:
            self.assertIn(user.name.split()[0], text)
        self.assertFalse(self.env["customer.portal.signature"]._verify_chain(self.company))
        # The file between two signatures is that of the first one, to whoever has it.
        found = evidence._find_by_file(files[1])
        self.assertEqual(found, evidence[0])

    def test_all_get_the_complete_file(self):
        self._take_turn(self.user_full)
        sent = self._copies()
        self.assertEqual(sent[-1], self.user_full.partner_id)
        for user in (self.user_own, self.user_colleague):
            self._take_turn(user)
        self.assertEqual(self._copies()[-1], self.people.partner_id)

    def _copies(self):
        messages = self.contract.message_ids.filtered(
            lambda message: "certificate is attached" in (message.body or "")
        )
        return [message.partner_ids for message in messages.sorted("id")]

    def test_what_pages_tell(self):
        self._take_turn(self.user_full)
        rows = self.contract._portal_signer_rows(self.user_own.partner_id)
        self.assertEqual(
            [(row["state"], row["is_own"]) for row in rows],
            [("signed", False), ("next", True), ("later", False)],
        )
        shown = {}
        for user in (self.user_full, self.user_own, self.user_colleague):
            self.sign_in(user)
            page = self.url_open(self.contract.access_url).text
            for state in ("signed", "next", "later"):
                self.assertEqual(page.count(f'data-signer="{state}"'), 1, (user.login, state))
            self.assertEqual(page.count("(you)"), 1)
            listed = self.url_open("/my/documents").text
            shown[user] = (
                f"{self.contract.id}/sign" in page,
                "Waiting for others" in listed,
                user._portal_to_answer(),
                "filterby=to_sign" in listed,
            )
        waits = (False, True, 0, False)
        self.assertEqual(
            shown,
            {
                self.user_full: waits,
                self.user_own: (True, False, 1, True),
                self.user_colleague: waits,
            },
        )

    def test_mail_of_the_turn(self):
        self.contract.expires_on = fields.Date.today() + timedelta(days=5)
        self._take_turn(self.user_full)
        template = "It is your turn to read and sign"
        mail = self.contract.message_ids.filtered(lambda one: template in (one.body or ""))[:1]
        self.assertEqual(mail.partner_ids, self.user_own.partner_id)
        for words in ("signed on", "(now)", ", by", self.user_colleague.name.split()[0]):
            self.assertIn(words, mail.body)
        button = self.contract.with_context(portal_signers=[])._portal_mail_button()
        self.assertEqual(button, "Read and sign")
        self.assertEqual(self.contract._portal_mail_button(), "See the document")

    def test_who_is_named_sees_it(self):
        """Also who sees nothing but what is addressed to it."""
        contract = self._create_signed_in_turn(self.user_own)
        mine = contract.with_user(self.user_own).search([("id", "=", contract.id)])
        self.assertTrue(mine)
        other = self._create_signed_in_turn(self.user_full)
        self.assertFalse(contract.with_user(self.user_own).search([("id", "=", other.id)]))
        self.sign_in(self.user_own)
        self.assertEqual(self.url_open(contract.access_url).status_code, 200)
        self.assertEqual(self.url_open(other.access_url, allow_redirects=False).status_code, 404)
        # Named, and a contact of somebody else since then.
        self.user_own.partner_id.parent_id = self.beta
        self.assertFalse(contract.with_user(self.user_own).search([("id", "=", contract.id)]))
        self.assertEqual(contract._portal_refusal(self.user_own.partner_id), "contact")

    def test_nobody_named(self):
        """One signature is enough, whoever of the customer makes it."""
        contract = self._create_contract(state="draft")
        contract.action_send()
        self.assertFalse(self._asked(contract))
        self._take_turn(self.user_colleague, contract)
        self.assertEqual(contract.state, "signed")

    # === BAD INPUT === #

    def test_out_of_turn(self):
        self._assert_refused(self.user_own, "signs before you")
        fourth = self._create_contact_user("Almacén", "fourth", self.alfa)
        self._assert_refused(fourth, "Others of your company sign")
        self._take_turn(self.user_full)
        self._assert_refused(self.user_full, "You have signed this document")

    def test_before_the_file_is_made(self):
        self._take_turn(self.user_full, deliver=False)
        self.assertEqual(len(self._asked()), 1)
        self._assert_refused(self.user_own, "come back in a")
        self._deliver()
        self.assertEqual(len(self._asked()), 2)
        self._take_turn(self.user_own)
        self.assertEqual(self._states(), ["signed", "signed", "waiting"])

    def test_page_opened_before_its_turn_was_over(self):
        """Two pages of one signer: the second is told, and changes nothing."""
        self.sign_in(self.user_full)
        page, html = self._open_signing()
        sha256 = html.split('name="sha256" value="')[1][:64]
        self._sign(signing_url=page)
        answer = self.post_form(
            f"{page}/confirm",
            data={"sha256": sha256, "signer_name": "x", "method": "type", "consent": "1"},
            page="/my/documents",
        )
        self.assertIn("You have signed this document", answer.text)
        self.assertEqual(len(self._evidence()), 1)

    def test_declined(self):
        self._take_turn(self.user_full)
        self.sign_in(self.user_own)
        url = self.contract.access_url
        answer = self.post_form(f"{url}/reject", data={"reason": " "}, page=url)
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self._states(), ["signed", "waiting", "waiting"])
        self.post_form(f"{url}/reject", data={"reason": "Falta un anexo"}, page=url)
        self.assertEqual(self._states(), ["signed", "declined", "waiting"])
        self.assertEqual(self.contract.state, "rejected")
        self.assertEqual(self.contract.rejection_note, "Falta un anexo")
        self.assertEqual(self.contract.activity_ids.user_id, self.user_sales)
        told = self.contract.message_ids.filtered(lambda one: "Falta un anexo" in (one.body or ""))
        self.assertEqual(told.partner_ids, self.user_full.partner_id)
        self.assertEqual(len(self._asked()), 2)
        event = self.env["customer.portal.event"].search(
            [("res_model", "=", self.contract._name), ("kind", "=", "reject")]
        )
        self.assertEqual(event.partner_id, self.user_own.partner_id)
        self.assertIn("Falta un anexo", event.detail)
        self._assert_refused(self.user_colleague, "already been rejected")
        page = self.url_open(url).text
        self.assertIn('data-signer="declined"', page)
        self.assertIn('data-signer="stopped"', page)
        with self.assertRaises(UserError):
            self.contract.action_ask_again()

    def test_deadline(self):
        self._take_turn(self.user_full, deliver=False)
        self.contract.expires_on = fields.Date.today() - timedelta(days=1)
        self._deliver()
        self.assertEqual(len(self._asked()), 1)
        self._assert_refused(self.user_own, "expired on")
        with self.assertRaisesRegex(UserError, "Nobody is to sign"):
            self.contract.action_ask_again()
        self.contract.expires_on = fields.Date.today()
        self.contract.action_ask_again()
        self.assertEqual(self._asked()[-1], self.user_own.partner_id)

    def test_document_changed_in_the_middle(self):
        self._take_turn(self.user_full)
        with self.assertRaises(UserError):
            self.contract.name = "Contrato marco 2027"
        with self.assertRaises(UserError):
            self.contract.file = base64.b64encode(make_pdf("Otro"))
        self.contract.flush_recordset()
        self.env.cr.execute(
            "UPDATE customer_portal_document SET name = 'Otro' WHERE id = %s", [self.contract.id]
        )
        self.contract.invalidate_recordset()
        self._assert_refused(self.user_own, "has changed since the first of you signed")

    def test_file_before_was_lost(self):
        self._take_turn(self.user_full)
        delivered = self._evidence()._delivered_file()
        delivered.unlink()
        self.sign_in(self.user_own)
        answer = self.post_form(f"{self.contract.access_url}/sign", page=self.contract.access_url)
        self.assertEqual(answer.status_code, 500)
        self.assertIn("Nothing was signed", answer.text)

    def test_access_lost_in_the_middle(self):
        self.user_own.partner_id.portal_profile_id = self.profile_read_only
        self._take_turn(self.user_full)
        self.assertEqual(len(self._asked()), 1)
        self.assertIn("profile does not let it sign", self.contract.activity_ids.summary)
        self._assert_refused(self.user_own, "does not let you sign")
        with self.assertRaisesRegex(UserError, "profile does not let it sign"):
            self.contract.action_ask_again()
        self.contract.signer_ids[1].partner_id = self._create_contact_user(
            "Suplente", "fourth", self.alfa
        ).partner_id
        self.assertEqual(len(self._asked()), 2)
        self.assertEqual(self.contract.next_signer_id.name, "Suplente (Alfa Suministros SL)")

    def test_access_lost_when_asked_already(self):
        self._take_turn(self.user_full)
        self.sign_in(self.user_own)
        page, html = self._open_signing()
        form = {
            name: html.split(f'name="{name}" value="')[1].split('"')[0]
            for name in ("csrf_token", "sha256")
        }
        form |= {"signer_name": "Delegado", "method": "type", "consent": "1"}
        self.alfa.portal_access = False
        answer = self.url_open(f"{page}/confirm", data=form)
        self.assertNotEqual(answer.status_code, 500)
        self.assertEqual(len(self._evidence()), 1)
        self.assertIn("is switched off", self._obstacle())
        self.alfa.portal_access = True
        self.assertFalse(self._obstacle())
        self.user_own.active = False
        self.assertIn("no user", self._obstacle())

    def _obstacle(self):
        signer = self.contract.signer_ids[1]
        signer.invalidate_recordset(["obstacle"])
        return signer.obstacle

    # === WHAT STAFF DO === #

    def test_who_may_be_named(self):
        with self.assertRaisesRegex(ValidationError, "no contact of"):
            self._create_signed_in_turn(self.user_full | self.user_stranger)
        with self.assertRaisesRegex(ValidationError, "named twice"):
            self.contract.signer_ids.copy({"partner_id": self.user_full.partner_id.id})
        draft = self._create_signed_in_turn(send=False)
        with self.assertRaisesRegex(ValidationError, "no contact of"):
            draft.partner_id = self.beta
        with self.assertRaisesRegex(ValidationError, "to be signed only"):
            draft.to_sign = False

    def test_sent_to_those_who_can_sign_only(self):
        draft = self._create_signed_in_turn(send=False)
        self.user_colleague.partner_id.portal_profile_id = self.profile_read_only
        with self.assertRaisesRegex(UserError, "profile does not let it sign"):
            draft.action_send()
        self.assertEqual(draft.state, "draft")
        self.assertFalse(self._asked(draft))

    def test_named_anew_while_it_is_out(self):
        self._take_turn(self.user_full)
        signers = self.contract.signer_ids
        with self.assertRaisesRegex(UserError, "has answered already"):
            signers[0].partner_id = self.user_sales.partner_id
        with self.assertRaisesRegex(UserError, "has answered already"):
            signers[0].unlink()
        with self.assertRaisesRegex(UserError, "Somebody must be left"):
            signers[1:].unlink()
        signers[1].sequence = 40  # The others come first.
        third = self.user_colleague.partner_id
        self.assertEqual(self.contract.next_signer_id, third)
        self.assertEqual(self._asked()[-1], third)
        self.assertFalse(signers[1].asked_on)
        signers[2].unlink()
        self.assertEqual(self._asked()[-1], self.user_own.partner_id)
        self._take_turn(self.user_own)
        self.assertEqual(self.contract.state, "signed")
        for vals in ({"sequence": 1}, {"partner_id": third.id}):
            with self.assertRaises(UserError):
                signers[1].write(vals)
        with self.assertRaisesRegex(UserError, "before the document is sent"):
            self.env["customer.portal.document.signer"].create(
                {"document_id": self.contract.id, "partner_id": third.id}
            )

    def test_withdrawn_and_sent_again(self):
        self._take_turn(self.user_full)
        self.contract.action_withdraw()
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            self.contract.unlink()
        self.contract.action_reset_to_draft()
        self.assertEqual(self._states(), ["waiting"] * 3)
        self.assertFalse(self.contract.signer_ids.signature_id)
        self.assertEqual(self.contract.portal_signature_state, "none")
        self.contract.file = base64.b64encode(make_pdf("Otra redacción"))
        self.contract.action_send()
        self.sign_in(self.user_full)
        shared = self.url_open(f"{self.contract.access_url}/file").content
        self.assertEqual(shared, self.contract._portal_shared_file())
        for user in self.people:
            self._take_turn(user)
        self.assertEqual(self.contract.state, "signed")
        self.assertEqual(
            self._evidence().sorted("id")[1].document_sha256, evidence_chain.sha256(shared)
        )

    def test_shut_to_customers(self):
        """Who signs is told on the page; the records are staff's."""
        self.sign_in(self.user_full)
        for method, args in (
            ("search_read", [[]]),
            ("write", [self.contract.signer_ids.ids, {"state": "signed"}]),
            ("unlink", [self.contract.signer_ids.ids]),
        ):
            answer = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": "customer.portal.document.signer",
                        "method": method,
                        "args": args,
                        "kwargs": {},
                    }
                },
            ).json()
            self.assertIn("AccessError", answer["error"]["data"]["name"])
        answer = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {
                    "model": "customer.portal.document",
                    "method": "search_read",
                    "args": [[("id", "=", self.contract.id)], ["signer_ids"]],
                    "kwargs": {},
                }
            },
        ).json()
        self.assertIn("AccessError", answer["error"]["data"]["name"])
