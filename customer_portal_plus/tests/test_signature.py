"""Signing a document through its pages: evidence, certificate, verification, and all that can
go wrong on the way."""

import base64
import io
import json
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfReadError

from ..cli.portalverify import verify
from ..report import certificate_pdf
from ..report.certificate_pdf import read_evidence
from ..tools import evidence_chain
from .common.signature import SignatureCase, make_pdf, make_signature_png


@tagged("post_install", "-at_install")
class TestSignature(SignatureCase):
    # === SIGNING === #

    def test_sign_by_typed_name(self):
        self.sign_in(self.user_full)
        answer = self._sign()
        self.assertIn("Thank you, it is signed", answer.text)
        self.assertEqual(self.contract.state, "signed")
        evidence = self._evidence()
        self.assertEqual(len(evidence), 1)
        self.assertEqual(evidence.document_sha256, evidence_chain.sha256(self.pdf))
        self.assertEqual(evidence.contact_id, self.user_full.partner_id)
        self.assertEqual(evidence.customer_id, self.alfa)
        self.assertEqual(evidence.signer_name, "Gerencia de Alfa")
        self.assertEqual(evidence.method, "type")
        self.assertEqual(evidence.role, "Full access")
        self.assertEqual(evidence.opened_by, "password")
        self.assertTrue(evidence.user_agent)
        self.assertEqual(evidence.ip_address, "127.0.0.1")
        self.assertIn(self.alfa.name, evidence.consent_text)
        self.assertEqual(
            evidence.consent_sha256, evidence_chain.sha256(evidence.consent_text.encode())
        )
        self.assertEqual(self.contract.portal_signature_state, "valid")

    def test_sign_by_drawing(self):
        self.sign_in(self.user_full)
        png = make_signature_png()
        drawing = "data:image/png;base64," + base64.b64encode(png).decode()
        self._sign(method="draw", drawing=drawing)
        evidence = self._evidence()
        self.assertEqual(evidence.method, "draw")
        self.assertEqual(evidence.image_sha256, evidence_chain.sha256(png))

    def test_responsible_is_told(self):
        self.sign_in(self.user_full)
        self._sign()
        activity = self.contract.activity_ids
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertIn("signed", activity.summary)

    def test_page_links_to_the_frozen_bytes(self):
        self.sign_in(self.user_full)
        page, html = self._open_signing()
        shown = self.url_open(f"{page}/document.pdf")
        self.assertEqual(shown.content, self.pdf)
        self.assertIn(evidence_chain.sha256(shown.content), html)

    # === BAD INPUT === #

    def _assert_not_signed(self, answer, words):
        self.assertIn(answer.status_code, (200, 422))
        self.assertIn(words, answer.text)
        self.assertEqual(self.contract.state, "sent")
        self.assertFalse(self._evidence())

    def test_name_missing_or_too_long(self):
        self.sign_in(self.user_full)
        for name, words in (
            ("", "type your name"),
            ("  \t ", "type your name"),
            ("x" * 5000, "too long"),
        ):
            answer = self._sign(signer_name=name)
            self.assertEqual(answer.status_code, 422)
            self._assert_not_signed(answer, words)

    def test_consent_missing(self):
        self.sign_in(self.user_full)
        self._assert_not_signed(self._sign(consent=None), "tick that you have read")

    def test_bad_pictures(self):
        self.sign_in(self.user_full)
        prefix = "data:image/png;base64,"
        empty = base64.b64encode(make_signature_png(drawn=False)).decode()
        for drawing, words in (
            ("", "sign in the box"),
            ("data:text/html;base64,PHNjcmlwdD4=", "sign in the box"),
            (prefix + "%%%", "must be a picture"),
            (prefix + base64.b64encode(b"<svg onload=alert(1)>").decode(), "must be a picture"),
            (prefix + empty, "signature is empty"),
            (prefix + base64.b64encode(b"\x89PNG" + b"0" * 3_000_000).decode(), "too large"),
        ):
            answer = self._sign(method="draw", drawing=drawing)
            self.assertEqual(answer.status_code, 422, words)
            self._assert_not_signed(answer, words)

    def test_other_digest(self):
        self.sign_in(self.user_full)
        for sha256 in ("0" * 64, "٣", ""):
            self._assert_not_signed(self._sign(sha256=sha256), "no longer at hand")

    def test_changed_meanwhile(self):
        self.sign_in(self.user_full)
        page, _html = self._open_signing()
        self.contract.name = "Contrato marco 2027"
        self._assert_not_signed(self._sign(signing_url=page), "has changed since you opened it")

    def test_expired(self):
        self.contract.expires_on = fields.Date.today() - timedelta(days=1)
        self.sign_in(self.user_full)
        page = self.contract.access_url
        answer = self.post_form(f"{page}/sign", page=page)
        self._assert_not_signed(answer, "expired")

    def test_signed_once(self):
        """The second of two open pages is told, and changes nothing."""
        self.sign_in(self.user_full)
        page, _html = self._open_signing()
        self._sign(signing_url=page)
        answer = self.post_form(
            f"{page}/confirm",
            data={
                "sha256": evidence_chain.sha256(self.pdf),
                "signer_name": "Otra vez",
                "method": "type",
                "consent": "1",
            },
            page="/my/documents",
        )
        self.assertIn("already been signed", answer.text)
        self.assertEqual(len(self._evidence()), 1)

    def test_reject(self):
        self.sign_in(self.user_full)
        page = self.contract.access_url
        answer = self.post_form(f"{page}/reject", data={"reason": " "}, page=page)
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.contract.state, "sent")
        self.post_form(f"{page}/reject", data={"reason": "<b>Precio</b>"}, page=page)
        self.assertEqual(self.contract.state, "rejected")
        self.assertIn("&lt;b&gt;Precio", "".join(self.contract.message_ids.mapped("body")))
        self.assertEqual(self.contract.activity_ids.user_id, self.user_sales)

    # === WALLS === #

    def test_strangers(self):
        """Another customer, a colleague without the right and a guest reach nothing of it."""
        self.sign_in(self.user_full)
        page, _html = self._open_signing()
        self.user_colleague.partner_id.portal_profile_id = self.profile_read_only
        for user in (self.user_stranger, self.user_branch, self.user_colleague, None):
            self.sign_in(user)
            for address in (page, f"{page}/document.pdf"):
                answer = self.url_open(address, allow_redirects=False)
                self.assertEqual(answer.status_code, 404, address)
                self.assertNotIn(b"%PDF", answer.content)
            if user != self.user_colleague:
                for address in ("", "/file"):
                    answer = self.url_open(
                        self.contract.access_url + address, allow_redirects=False
                    )
                    # Of what has no links, a guest is asked who it is.
                    self.assertEqual(answer.status_code, 404 if user else 303)
        self.sign_in(self.user_colleague)
        answer = self.post_form(f"{self.contract.access_url}/sign", page=self.contract.access_url)
        self._assert_not_signed(answer, "does not let you sign")

    def test_tables_are_shut(self):
        self.sign_in(self.user_full)
        self._sign()
        for model in ("customer.portal.signature", "customer.portal.frozen.document"):
            answer = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": model,
                        "method": "search_read",
                        "args": [[]],
                        "kwargs": {},
                    }
                },
            ).json()
            self.assertIn("AccessError", answer["error"]["data"]["name"])

    # === CERTIFICATE AND VERIFICATION === #

    def _signed_and_delivered(self):
        self.sign_in(self.user_full)
        self._sign()
        self._deliver()
        evidence = self._evidence()
        return evidence, evidence._attachment(evidence.delivered_sha256).raw

    def test_certificate(self):
        evidence, delivered = self._signed_and_delivered()
        self.assertEqual(evidence.delivered_sha256, evidence_chain.sha256(delivered))
        pages = PdfReader(io.BytesIO(delivered)).pages
        self.assertIn("Contrato marco", pages[0].extract_text())
        text = "".join(page.extract_text() for page in pages[1:]).replace("\n", "")
        for value in (evidence.document_sha256, evidence.hash, "Gerencia de Alfa", self.alfa.name):
            self.assertIn(value, text)
        self.assertEqual(read_evidence(delivered)["hash"], evidence.hash)

    def test_names_of_any_script(self):
        """What the font lacks is said on the certificate, and shown where its code leads."""
        self.sign_in(self.user_full)
        name = "محمد العربي"
        self._sign(signer_name=name)
        self._deliver()
        evidence = self._evidence()
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        text = PdfReader(io.BytesIO(delivered)).pages[1].extract_text()
        self.assertIn("Some letters can't be printed", text.replace("\n", " "))
        self.assertEqual(read_evidence(delivered)["payload"]["signer_name"], name)
        self.assertIn(name, self.url_open(f"/portal/verify/{evidence.code}").text)
        second = self._create_contract()
        self._sign(second)
        self._deliver()
        evidence = self._evidence(second)
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        self.assertNotIn("Some letters", PdfReader(io.BytesIO(delivered)).pages[1].extract_text())

    @mute_logger("odoo.addons.customer_portal_plus.tools.transactions")
    def test_a_file_that_cannot_be_joined_keeps_no_other_waiting(self):
        second = self._create_contract()
        self.sign_in(self.user_full)
        self._sign()
        self._sign(second)
        join = certificate_pdf.join

        def fail(pdf, certificate, evidence):
            if evidence["payload"]["res_id"] == self.contract.id:
                raise PdfReadError("damaged")
            return join(pdf, certificate, evidence)

        with patch.object(certificate_pdf, "join", fail):
            self._deliver()
        self.assertFalse(self._evidence().delivered_sha256)
        self.assertTrue(self._evidence(second).delivered_sha256)
        self._deliver()
        self.assertTrue(self._evidence().delivered_sha256, "it is tried again")

    @mute_logger("odoo.addons.customer_portal_plus.tools.transactions")
    def test_fifty_that_fail_for_long_keep_none_waiting(self):
        self.sign_in(self.user_full)
        self._sign()
        evidence = self._evidence()
        failing = self.env["customer.portal.signature"].create(
            [{**evidence.copy_data()[0], "code": f"failing-{number}"} for number in range(50)]
        )
        last = evidence.create({**evidence.copy_data()[0], "code": "last"})
        deliver = type(evidence)._deliver

        def fail(waiting):
            if waiting.id in failing.ids:
                raise PdfReadError("damaged")
            return deliver(waiting)

        with patch.object(type(evidence), "_deliver", fail):
            self._deliver()
        self.assertTrue(last.delivered_sha256)
        self.assertFalse(any(failing.mapped("delivered_sha256")))
        cron = self.env.ref("customer_portal_plus.ir_cron_deliver_signatures")
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)])
        self.assertEqual(progress.mapped("done"), [52], "each was tried once")
        self.assertEqual(progress.mapped("remaining"), [0])

    def test_both_sides_get_the_signed_file(self):
        self.user_full.partner_id.portal_mail_message = False  # It wants no mails but this one.
        evidence, delivered = self._signed_and_delivered()
        download = self.url_open(f"{self.contract.access_url}/file")
        self.assertEqual(download.content, delivered)
        message = self.contract.message_ids.filtered("attachment_ids")[:1]
        self.assertIn(self.user_full.partner_id, message.notified_partner_ids)
        self.assertEqual(message.attachment_ids.raw, delivered)
        self.assertTrue(evidence.sequence)

    def test_verification_page(self):
        evidence, delivered = self._signed_and_delivered()
        self.sign_in(None)
        page = self.url_open(f"/portal/verify/{evidence.code}")
        self.assertIn("Genuine.", page.text)
        self.assertIn(evidence.document_sha256, page.text)
        for unknown in ("0" * 32, "x", "../etc", "%25" * 40):
            self.assertIn("Not genuine.", self.url_open(f"/portal/verify?code={unknown}").text)
        for data, words in (
            (self.pdf, "Genuine."),
            (delivered, "Genuine."),
            (delivered + b" ", "Not genuine."),
            (make_pdf("Contrato falso"), "Not genuine."),
            (b"", "choose a file"),
        ):
            answer = self.post_form(
                "/portal/verify/file", page="/portal/verify", files={"file": ("x.pdf", data)}
            )
            self.assertIn(words, answer.text)

    def test_chain_command(self):
        _evidence, delivered = self._signed_and_delivered()
        second = self._create_contract()
        self._sign(second)
        self._deliver()
        lines = []
        self.assertTrue(verify(self.env, [delivered], lines.append))
        self.assertIn("the chain holds", lines[0])
        last = self._evidence(second)
        sequence = last.sequence
        self._forge("DELETE FROM customer_portal_signature WHERE id = %s", [last.id])
        lines.clear()
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn(f"record {sequence}", lines[0])

    def test_tampered_record(self):
        evidence, _delivered = self._signed_and_delivered()
        self._forge(
            "UPDATE customer_portal_signature SET signer_name = 'Otro' WHERE id = %s",
            [evidence.id],
        )
        self.sign_in(None)
        self.assertIn("Not genuine.", self.url_open(f"/portal/verify/{evidence.code}").text)
        lines = []
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn("content was changed", lines[0])

    def test_tampered_file(self):
        """A stored file that was exchanged is not the one that was signed."""
        evidence, delivered = self._signed_and_delivered()
        for sha256, content in (
            (evidence.delivered_sha256, delivered + b" "),
            (evidence.document_sha256, make_pdf("Contrato falso")),
        ):
            attachment = evidence._attachment(sha256)
            before = attachment.raw
            attachment.raw = content
            lines = []
            self.assertFalse(verify(self.env, [], lines.append))
            self.assertIn(f"record {evidence.sequence}: its signed file", lines[0])
            self.sign_in(None)
            answer = self.post_form(
                "/portal/verify/file", page="/portal/verify", files={"file": ("x.pdf", content)}
            )
            self.assertIn("Not genuine.", answer.text)
            attachment.raw = before
        self.assertTrue(verify(self.env, [], lambda line: None))
        evidence._attachment(evidence.delivered_sha256).unlink()
        self.assertFalse(verify(self.env, [], lambda line: None))

    def _three_signed(self):
        """Return three sealed records, and the file that the customer got of the last one."""
        self.sign_in(self.user_full)
        contracts = [self.contract, self._create_contract(), self._create_contract()]
        for contract in contracts:
            self._sign(contract)
            self._deliver()
        records = [self._evidence(contract) for contract in contracts]
        return records, records[-1]._attachment(records[-1].delivered_sha256).raw

    def test_rewritten_from_the_middle(self):
        """All hashes from the middle on fit together again; the certificates do not."""
        (first, second, third), in_other_hands = self._three_signed()
        previous_hash = first.hash
        for record in (second, third):
            if record == second:
                self._forge(
                    "UPDATE customer_portal_signature SET signer_name = 'Otro' WHERE id = %s",
                    [record.id],
                )
            new_hash = evidence_chain.link_hash(record.sequence, previous_hash, record._payload())
            self._forge(
                "UPDATE customer_portal_signature SET previous_hash = %s, hash = %s WHERE id = %s",
                [previous_hash, new_hash, record.id],
            )
            previous_hash = new_hash
        self.assertTrue(second._is_genuine(), "the record fits its own hash")
        lines = []
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn(f"record {second.sequence}: a certificate proves another", lines[0])
        # Who rewrites the files in the database, too, does not have those of the customer.
        self.env["ir.attachment"].search(
            [("description", "=", "customer.portal.signature")]
        ).unlink()
        Signature = self.env["customer.portal.signature"]
        heads = Signature._heads_of_files([in_other_hands], self.company)
        records = Signature.search([("company_id", "=", self.company.id)], order="sequence")
        rows = [
            {
                "sequence": record.sequence,
                "previous_hash": record.previous_hash,
                "hash": record.hash,
                "payload": record._payload(),
            }
            for record in records
        ]
        self.assertIsNone(evidence_chain.verify_chain(rows))
        broken = evidence_chain.verify_chain(rows, heads)
        self.assertEqual((broken.sequence, broken.reason), (third.sequence, "rewritten"))

    def test_removed_from_the_middle(self):
        (_first, second, _third), _delivered = self._three_signed()
        sequence = second.sequence
        self._forge("DELETE FROM customer_portal_signature WHERE id = %s", [second.id])
        lines = []
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn(f"BROKEN at record {sequence}:", lines[0])

    def test_exchanged_places(self):
        (_first, second, third), _delivered = self._three_signed()
        sequences = (second.sequence, third.sequence)
        for record, sequence in ((second, sequences[1]), (third, sequences[0])):
            self._forge(
                "UPDATE customer_portal_signature SET sequence = %s WHERE id = %s",
                [sequence, record.id],
            )
        lines = []
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn(f"BROKEN at record {sequences[0]}:", lines[0])

    def _forge(self, query, parameters):
        """Do what only the owner of the table can: change it with the trigger off."""
        self.env.cr.execute("ALTER TABLE customer_portal_signature DISABLE TRIGGER USER")
        self.env.cr.execute(query, parameters)
        self.env.cr.execute("ALTER TABLE customer_portal_signature ENABLE TRIGGER USER")
        self.env.invalidate_all()

    # === WRITE-ONCE === #

    @mute_logger("odoo.sql_db")
    def test_evidence_is_written_once(self):
        self.sign_in(self.user_full)
        self._sign()
        evidence = self._evidence()
        for query in (
            "UPDATE customer_portal_signature SET signer_name = 'Otro'",
            "UPDATE customer_portal_signature SET ip_address = '10.0.0.1'",
            "DELETE FROM customer_portal_signature",
        ):
            with self.assertRaises(psycopg2.errors.RestrictViolation), self.cr.savepoint():
                self.cr.execute(query)
        evidence.flush_recordset()

    def test_address_can_be_erased_and_the_chain_holds(self):
        evidence, _delivered = self._signed_and_delivered()
        evidence.write({"ip_address": False, "ip_salt": False})
        self.assertTrue(verify(self.env, [], lambda line: None))

    def test_merge_and_deletion_leave_evidence(self):
        evidence, _delivered = self._signed_and_delivered()
        contact = self.user_full.partner_id
        keep = self.env["res.partner"].create({"name": "Gerencia", "parent_id": self.alfa.id})
        self.user_full.unlink()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([keep.id, contact.id], keep)
        evidence.invalidate_recordset()
        self.assertEqual(evidence.contact_id, keep)
        self.assertEqual(evidence.contact_ref, contact.id)
        self.assertTrue(verify(self.env, [], lambda line: None))

    def test_deleted_account_leaves_evidence(self):
        """The contact deletes its account; the job that follows removes user and contact."""
        evidence, _delivered = self._signed_and_delivered()
        user, contact = self.user_full, self.user_full.partner_id
        number, name = contact.id, contact.name
        self.alfa.message_follower_ids.unlink()
        self._delete_account(user)
        evidence.invalidate_recordset()
        self.assertFalse(evidence.contact_id)
        self.assertEqual((evidence.contact_ref, evidence.contact_name), (number, name))
        self.assertTrue(verify(self.env, [], lambda line: None))
        self.sign_in(None)
        self.assertIn("Genuine.", self.url_open(f"/portal/verify/{evidence.code}").text)

    def test_newest_signature_decides(self):
        self.assertEqual(self.contract.portal_signature_state, "none")
        Signature, contact = self.env["customer.portal.signature"], self.user_full.partner_id
        for name in ("Contrato marco 2026", "Contrato marco 2027"):
            self.contract.name = name
            Signature._record(self.contract, contact, self.pdf, "signed", {})
            self.env.flush_all()
            self.contract.invalidate_recordset()
            self.assertEqual(self.contract.portal_signature_state, "valid")
        self.assertEqual(len(self.contract.portal_signature_ids), 2)
        # Back to what was signed before: the newest one is of another version.
        self.contract.name = "Contrato marco 2026"
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.portal_signature_state, "outdated")

    def test_what_is_not_sealed_yet_breaks_no_chain(self):
        self._signed_and_delivered()
        waiting = self.env["customer.portal.signature"]._record(
            self._create_contract(), self.user_full.partner_id, self.pdf, "signed", {}
        )
        self.env.flush_all()
        self.assertFalse(waiting.hash)
        lines = []
        self.assertTrue(verify(self.env, [], lines.append), lines)
        self.assertFalse(waiting._is_genuine())

    def test_refused_by_the_model(self):
        """Without what was shown, or with another digest of it: pages ask before."""
        contact = self.user_full.partner_id
        frozen = self.contract._portal_prepare_signing(contact)
        values = {"signer_name": "Gerencia", "method": "type", "consent_text": "x"}
        for shown, sha256 in (
            (frozen, "0" * 64),
            (frozen, ""),
            (frozen.browse(), frozen.sha256),
            (frozen.browse(), ""),
        ):
            with self.assertRaisesRegex(ValidationError, "no longer at hand"):
                self.contract._portal_sign(shown, contact, sha256, {}, **values)
        for method in ("draw", "upload"):
            with self.assertRaisesRegex(ValidationError, "sign in the box"):
                self.contract._portal_sign(
                    frozen, contact, frozen.sha256, {}, **{**values, "method": method}
                )
        self.assertFalse(self._evidence())
        self.assertTrue(self.contract._portal_sign(frozen, contact, frozen.sha256, {}, **values))

    # === THE RECORD ITSELF === #

    def _record(self, document=None, facts=None, **values):
        """Record a signature without the pages."""
        evidence = self.env["customer.portal.signature"]._record(
            document or self.contract,
            self.user_full.partner_id,
            self.pdf,
            values.pop("act", "signed"),
            facts or {},
            **values,
        )
        self.env.flush_all()
        (document or self.contract).invalidate_recordset()
        return evidence

    def test_length_of_names(self):
        clean = self.contract._portal_check_signer_name
        self.assertEqual(clean("x" * 120), "x" * 120)
        self.assertEqual(clean("  Jefe de \n compras "), "Jefe de compras")
        for name, words in (("x" * 121, "too long: 120"), (" ", "type your"), (None, "type your")):
            with self.assertRaisesRegex(ValidationError, words):
                clean(name)

    def test_what_is_recorded_of_the_request(self):
        contact = self.user_full.partner_id
        facts = {"ip_address": "192.0.2.1", "user_agent": "x" * 501, "opened_by": "password"}
        evidence, other = self._record(facts=facts), self._record(facts=facts)
        self.assertEqual(evidence.user_agent, "x" * 500)
        self.assertEqual((evidence.opened_by, evidence.step_up), ("password", ""))
        self.assertEqual((evidence.image_sha256, evidence.consent_text), ("", ""))
        self.assertEqual(evidence.document_size, len(self.pdf))
        self.assertEqual(evidence.ip_digest, evidence._ip_digest(evidence.ip_salt, "192.0.2.1"))
        self.assertNotEqual(evidence.ip_digest, other.ip_digest, "nobody can tell it is the same")
        self.assertNotEqual(evidence.code, other.code)
        bare = self._record()
        self.assertEqual((bare.ip_address, bare.user_agent, bare.opened_by), ("", "", ""))
        # In the language of the page, else the contact's.
        self.env["res.lang"]._activate_lang("es_ES")
        for page, own, told in (
            ("es_ES", "en_US", "es_ES"), (None, "es_ES", "es_ES"), (None, False, "en_US"),
        ):  # fmt: skip
            contact.lang = own
            signature = self.env["customer.portal.signature"].with_context(lang=page)
            self.assertEqual(
                signature._record(self.contract, contact, self.pdf, "signed", {}).lang, told
            )

    def test_how_long_a_name_may_be(self):
        check = self.contract._portal_check_signer_name
        self.assertEqual(check("  Ana   Gil "), "Ana Gil")
        self.assertEqual(check("x" * 120), "x" * 120)
        for name in ("x" * 121, " ", "", None):
            with self.assertRaises(ValidationError):
                check(name)

    def test_columns_that_may_be_written(self):
        """References that follow merges, the place in the chain, and what expires; no other."""
        evidence, allowed = self._record(), set()
        for name in evidence._fields:
            try:
                with self.cr.savepoint():
                    evidence.write({name: False})
            except UserError:
                continue
            allowed.add(name)
        self.assertEqual(
            allowed,
            {
                "company_id", "contact_id", "customer_id", "sequence", "previous_hash", "hash",
                "delivered_sha256", "ip_address", "ip_salt",
            },
        )  # fmt: skip

    def test_state_while_a_second_person_is_awaited(self):
        self._record(act="approved")
        for awaited, state in ((True, "approval"), (False, "none")):
            with patch.object(
                type(self.contract), "_portal_awaits_second", lambda document, is_so=awaited: is_so
            ):
                self.contract.invalidate_recordset()
                self.assertEqual(self.contract.portal_signature_state, state)
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.portal_signature_state, "none", "documents need one person")
        self._record(act="accepted")
        self.assertEqual(self.contract.portal_signature_state, "valid")

    def test_found_by_code_and_by_file(self):
        """Once it is sealed; in capitals, too, and with blanks around."""
        evidence, delivered = self._signed_and_delivered()
        find = evidence._find_by_code
        for code in (evidence.code, f"  {evidence.code.upper()} "):
            self.assertEqual(find(code), evidence)
        for code in (None, "", evidence.code[:-1], f"{evidence.code}0", "0" * 32):
            self.assertFalse(find(code))
        for data in (self.pdf, delivered):
            self.assertEqual(evidence._find_by_file(data), evidence)
        waiting = self._record(self._create_contract())
        self.assertFalse(find(waiting.code))
        other = make_pdf("Otro")
        self.env["customer.portal.signature"]._record(
            self.contract, self.user_full.partner_id, other, "signed", {}
        )
        self.assertFalse(evidence._find_by_file(other), "not sealed yet")

    def test_what_pages_tell_of_it(self):
        """Nothing before the certificate is there; then who, when, and the file."""
        self.assertIsNone(self.contract._portal_signed_file())
        self.assertIsNone(self.contract._portal_signature_values())
        evidence, delivered = self._signed_and_delivered()
        self.contract.invalidate_recordset()
        name, content = self.contract._portal_signed_file()
        self.assertEqual((name, content), ("Contrato marco 2026 (signed).pdf", delivered))
        told = self.contract._portal_signature_values()
        self.assertEqual(told["name"], "Gerencia de Alfa")
        self.assertEqual(told["verify_url"], f"/portal/verify/{evidence.code}")
        self.assertTrue(told["date"])
        self.assertIs(evidence._image_base64(), False)
        rows = [row for _heading, rows in evidence._certificate_sections() for row in rows]
        self.assertTrue(all(value for _label, value in rows), "what is empty is left out")
        # A later one without a typed name, as a click is: the contact's stands for it.
        png = make_signature_png()
        later = self._record(image=png)
        self.assertEqual(later._image_base64(), base64.b64encode(png))
        later.delivered_sha256 = evidence.delivered_sha256
        self.contract.invalidate_recordset()
        told = self.contract._portal_signature_values()
        self.assertEqual(told["name"], self.user_full.partner_id.name)
        self.assertEqual(self.contract._portal_amount_text(), "")
        self.assertIn("900", self._create_order(self.alfa, amount=900.0)._portal_amount_text())

    def test_files_that_are_lost(self):
        """A document that is there without its files breaks the chain at its place, unless there
        never was a certificate; what is broken before is told first."""
        evidence, delivered = self._signed_and_delivered()
        lost = evidence._first_lost_file
        self.assertIsNone(lost(evidence))
        heads = evidence._heads_of_files([delivered, b"", None, self.pdf], self.company)
        self.assertEqual(heads, [(evidence.sequence, evidence.hash)])
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        self.assertEqual(evidence._heads_of_files([delivered], other), [])
        evidence._attachment(evidence.delivered_sha256).unlink()
        self.assertEqual(lost(evidence), evidence_chain.BrokenLink(evidence.sequence, "file"))
        self.assertIsNone(lost(evidence, before=evidence.sequence))
        self.assertTrue(lost(evidence, before=evidence.sequence + 1))
        # Not delivered yet: the document alone must be there.
        waiting = self._record(self._create_contract())
        self.assertIsNone(lost(waiting))
        waiting._attachment(waiting.document_sha256).unlink()
        self.assertTrue(lost(waiting))
        messages = len(waiting._document().message_ids)
        self.assertEqual(waiting._deliver(), b"")
        self.assertEqual(waiting.delivered_sha256, evidence_chain.sha256(b""))
        self.assertEqual(len(waiting._document().message_ids), messages, "nothing to send")
        self.assertIsNone(lost(waiting))
        self.assertEqual(lost(waiting | evidence).sequence, evidence.sequence)

    def test_evidence_as_json(self):
        """Anybody can compute the hash again from what the delivered file carries."""
        _evidence, delivered = self._signed_and_delivered()
        proof = json.loads(json.dumps(read_evidence(delivered)))
        self.assertEqual(
            proof["hash"],
            evidence_chain.link_hash(proof["sequence"], proof["previous_hash"], proof["payload"]),
        )
