"""What is signed is sealed: quotes and contracts, whatever becomes of the services; how far it has
come is said on the page for anybody and by the command."""

import base64
import io
from datetime import timedelta
from unittest.mock import patch

from pypdf import PdfReader

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.cli.portalverify import verify
from odoo.addons.customer_portal_plus.report.certificate_pdf import read_evidence
from odoo.addons.customer_portal_plus.tests.common.signature import make_pdf, make_signature_png
from odoo.addons.customer_portal_plus.tools import evidence_chain

from ..models import customer_portal_seal_raising
from ..tools import outside, pdf_seal
from ..tools.pdf_inspection import inspect
from .authorities import Authority
from .common import SealCase


@tagged("post_install", "-at_install")
class TestSealDelivery(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa, require_signature=True)

    def _assert_level(self, seal, level):
        """A file is what its record says, and is handed out as it is."""
        [found] = inspect(self._file_of(seal)).seals
        self.assertEqual((found.level, seal.level), (level, level))
        self.assertTrue(inspect(self._file_of(seal)).is_sound)
        evidence = seal.signature_id
        self.assertEqual(evidence._document()._portal_signed_file()[1], self._file_of(seal))
        self.assertEqual(evidence_chain.sha256(self._file_of(seal)), seal.sha256)

    # === LEVELS === #

    def test_quote(self):
        png = make_signature_png()
        drawing = "data:image/png;base64," + base64.b64encode(png).decode()
        seal = self._sign_and_deliver(self.quote, method="draw", drawing=drawing)
        self._assert_level(seal, "b")
        self.assertFalse(seal.is_waiting or seal.problem or seal.stamped_on)
        self.assertFalse(self.services.asked)
        data = self._file_of(seal)
        self.assertEqual(seal.sha256, seal.signature_id.delivered_sha256)
        # The drawing and what was recorded lie in what the seal covers.
        reader = PdfReader(io.BytesIO(data))
        self.assertTrue(reader.pages[-1].images)
        self.assertEqual(read_evidence(data)["hash"], seal.signature_id.hash)
        text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
        self.assertIn(self.certificate.fingerprint, text)
        self.assertIn("a time stamp may be added later", text)
        [found] = inspect(data).seals
        self.assertIn(self.quote.name, found.reason)

    def test_contract_for_the_long_term(self):
        seal = self._sign_and_deliver(level="lta")
        self._assert_level(seal, "lta")
        self.assertEqual(seal.stamped_by, "Sellado de tiempo")
        self.assertTrue(seal.stamped_on)
        self.assertIn("/revoked.crl", self.services.asked)
        message = self.contract.message_ids.filtered("attachment_ids")[:1]
        self.assertEqual(message.attachment_ids.raw, self._file_of(seal))

    def test_quote_accepted_with_one_click(self):
        self.company.portal_seal_level = "t"
        self.quote.require_signature = False
        self.quote._portal_accept_quote(self.user_full.partner_id, facts={})
        self._deliver()
        self._assert_level(self._seal_of(self.quote), "t")

    def test_contract_that_was_sealed_before(self):
        """Its seal stays valid, so nothing is joined to it: the certificate comes beside it."""
        stranger = self.services.authority.issue("Notaría SLP")
        sealed = pdf_seal.seal(self.pdf, stranger)
        contract = self._create_contract(file=base64.b64encode(sealed))
        seal = self._sign_and_deliver(contract, level="t")
        data = self._file_of(seal)
        self.assertTrue(data.startswith(sealed))
        found = inspect(data)
        self.assertTrue(found.is_sound)
        self.assertEqual([one.level for one in found.seals], ["b", "t"])
        files = contract.message_ids.filtered("attachment_ids")[:1].attachment_ids
        certificate = (files - seal.signature_id._delivered_file()).raw
        self.assertTrue(inspect(certificate).is_sound)
        self.assertEqual(read_evidence(certificate)["hash"], seal.signature_id.hash)
        lines = []
        self.assertTrue(verify(self.env, [], lines.append), lines)
        page = self._ask_page(data).text
        self.assertIn("Notaría SLP", page)
        self.assertIn("Genuine.", page)

    def test_contract_that_was_sealed_before_while_sealing_is_off(self):
        self.company.portal_seal_files = False
        sealed = pdf_seal.seal(self.pdf, self.services.authority.issue("Notaría SLP"))
        contract = self._create_contract(file=base64.b64encode(sealed))
        self._sign_and_deliver(contract)
        self.assertEqual(self._evidence(contract)._delivered_file().raw, sealed)

    def test_off(self):
        self.company.portal_seal_files = False
        self.assertFalse(self._sign_and_deliver())
        delivered = self._evidence()._delivered_file().raw
        self.assertEqual(inspect(delivered).seals, ())
        self.assertNotIn("Seal", dict(self._evidence()._certificate_sections()))
        self.assertTrue(verify(self.env, [], lambda line: None))

    # === SERVICES THAT FAIL === #

    def _assert_sealed_without_stamp(self, mode, problem):
        """The customer is served, the evidence says how it is, and the stamp comes later."""
        self.services.mode = mode
        seal = self._sign_and_deliver(level="t")
        self.assertEqual(self.contract.state, "signed")
        self._assert_level(seal, "b")
        self.assertEqual((seal.problem, seal.is_waiting), (problem, True))
        self.assertFalse(seal.stamped_on)
        evidence = seal.signature_id
        rows = dict(dict(evidence._certificate_sections())["Seal"])
        self.assertIn("B-B", rows["Level"])
        self.assertIn("None", rows["Time stamp"])
        self.assertIn("tried again", rows["To come"])
        page = self.url_open(f"/portal/verify/{evidence.code}").text
        self.assertIn("B-B: sealed", page)
        self.assertIn("It is tried again.", page)
        return seal

    def test_service_is_down_and_comes_back(self):
        seal = self._assert_sealed_without_stamp("error", "stamp_down")
        delivered = self._file_of(seal)
        self._raise()
        self.assertEqual((seal.level, seal.tries), ("b", 1))
        # What comes back is looked at as it was at first.
        self.services.mode = "forged"
        self._raise()
        self.assertEqual((seal.problem, seal.is_waiting), ("stamp_garbage", True))
        self.assertEqual(self._file_of(seal), delivered)
        self.services.mode = "good"
        self._raise()
        self._assert_level(seal, "t")
        self.assertFalse(seal.is_waiting or seal.problem or seal.next_try)
        self.assertTrue(self._file_of(seal).startswith(delivered))
        self.assertEqual(evidence_chain.sha256(delivered), seal.signature_id.delivered_sha256)
        rows = dict(dict(seal.signature_id._certificate_sections())["Seal"])
        self.assertEqual(rows["Time stamp by"], "Sellado de tiempo")
        self.assertNotIn("To come", rows)
        lines = []
        self.assertTrue(verify(self.env, [delivered, self._file_of(seal)], lines.append), lines)
        # Both files are known, by anybody.
        Evidence = self.env["customer.portal.signature"]
        for data in (delivered, self._file_of(seal)):
            self.assertEqual(Evidence._find_by_file(data), seal.signature_id)
        self._raise()
        self.assertEqual(seal.tries, 3)

    def test_service_hangs(self):
        self.patch(outside, "TOTAL_SECONDS", 0.5)
        self._assert_sealed_without_stamp("hang", "stamp_down")
        # The next one doesn't wait for it.
        self.services.asked.clear()
        second = self._create_contract()
        self.assertEqual(self._sign_and_deliver(second, level="t").problem, "stamp_down")
        self.assertFalse(self.services.asked)

    def test_service_answers_garbage(self):
        self._assert_sealed_without_stamp("garbage", "stamp_garbage")

    def test_service_stamps_something_else(self):
        self._assert_sealed_without_stamp("other", "stamp_other")

    def test_service_whose_stamp_nobody_signed(self):
        self._assert_sealed_without_stamp("forged", "stamp_garbage")

    def test_no_data_on_revocation(self):
        """A file stays at the level that it can reach, and is tried again."""
        self._import_certificate(Authority("Otra autoridad").issue("Sin lista"))
        seal = self._sign_and_deliver(level="lta")
        self._assert_level(seal, "t")
        self.assertEqual((seal.problem, seal.is_waiting), ("no_path", True))
        # The next one doesn't ask for them again at once.
        self._import_certificate()
        seal.tried_on = fields.Datetime.now()
        self.services.asked.clear()
        second = self._sign_and_deliver(self._create_contract(), level="lta")
        self.assertEqual((second.level, second.problem), ("t", "no_path"))
        self.assertNotIn("/revoked.crl", self.services.asked)

    def test_raised_to_the_long_term(self):
        self.services.mode = "error"
        seal = self._sign_and_deliver(level="lta")
        self.services.mode = "good"
        self._raise()
        self._assert_level(seal, "lta")

    def test_tries_come_to_an_end(self):
        self.services.mode = "error"
        seal = self._sign_and_deliver(level="t")
        first = seal.next_try - seal.tried_on
        self._raise()
        self.assertEqual(first, timedelta(hours=1))
        self.assertAlmostEqual(
            seal.next_try - seal.tried_on, timedelta(hours=2), delta=timedelta(seconds=5)
        )
        seal.tries = 30
        self._raise()
        pause = seal.next_try - seal.tried_on
        self.assertAlmostEqual(pause, timedelta(hours=24), delta=timedelta(seconds=5))
        seal.tries = customer_portal_seal_raising.MAX_TRIES - 1
        self._raise()
        self.assertFalse(seal.is_waiting or seal.next_try)

    # === CERTIFICATES THAT FAIL === #

    def _assert_unsealed(self, problem):
        seal = self._sign_and_deliver()
        self.assertEqual((seal.level, seal.problem), ("none", problem))
        self.assertEqual(inspect(self._file_of(seal)).seals, ())
        rows = dict(dict(seal.signature_id._certificate_sections())["Seal"])
        self.assertEqual(rows, {"Level": "Not sealed yet"})
        return seal

    def test_no_certificate_yet(self):
        self.certificate.action_forget()
        seal = self._assert_unsealed("no_certificate")
        delivered = self._file_of(seal)
        self._import_certificate()
        self._raise()
        self._assert_level(seal, "b")
        self.assertTrue(self._file_of(seal).startswith(delivered))
        self.assertTrue(verify(self.env, [], lambda line: None))

    def test_certificate_has_expired(self):
        self.certificate.sudo().valid_until = "2020-01-01"
        self._assert_unsealed("expired")

    def test_key_of_the_machine_is_lost(self):
        key = self.key_path.read_bytes()
        self.addCleanup(self.key_path.write_bytes, key)
        self.key_path.unlink()
        self._assert_unsealed("no_key")

    @mute_logger("odoo.addons.customer_portal_plus_seal.models.customer_portal_seal")
    def test_file_that_can_not_be_sealed(self):
        with patch.object(pdf_seal, "seal", side_effect=KeyError("/Root")):
            seal = self._assert_unsealed("not_sealed")
        self.assertFalse(seal.is_waiting)

    @mute_logger("odoo.addons.customer_portal_plus_seal.models.customer_portal_seal")
    def test_seal_that_does_not_hold_is_not_kept(self):
        real = pdf_seal.seal
        with patch.object(pdf_seal, "seal", lambda *a, **k: real(*a, **k) + b"x"):
            self._assert_unsealed("not_sealed")

    # === CUT SHORT === #

    def test_cut_short_while_delivering(self):
        """What dies after sealing leaves nothing; the next run does it all."""
        Mixin = type(self.contract)
        self.sign_in(self.user_full)
        self._sign()
        files = self._evidence()._attachment(self._evidence().document_sha256)
        with (
            patch.object(Mixin, "_portal_deliver_signature", side_effect=MemoryError),
            mute_logger("odoo.addons.customer_portal_plus.tools.transactions"),
        ):
            self._deliver()
        self.assertTrue(files)
        self.assertFalse(self._seal_of() or self._evidence().delivered_sha256)
        self._deliver()
        self._assert_level(self._seal_of(), "b")

    def test_cut_short_while_raising(self):
        self.services.mode = "error"
        seal = self._sign_and_deliver(level="t")
        self.services.mode = "good"
        before = self._file_of(seal)
        with (
            patch.object(type(self.contract), "_portal_attach", side_effect=MemoryError),
            mute_logger("odoo.addons.customer_portal_plus.tools.transactions"),
        ):
            self._raise()
        self.assertEqual((seal.level, self._file_of(seal)), ("b", before))
        self._raise()
        self._assert_level(seal, "t")

    def test_document_is_gone(self):
        self.services.mode = "error"
        seal = self._sign_and_deliver(level="t")
        with patch.object(type(seal.signature_id), "_document", lambda evidence: None):
            self._raise()
        self.assertFalse(seal.is_waiting)
        self.assertTrue(verify(self.env, [], lambda line: None))

    # === VERIFYING === #

    def _ask_page(self, data=None, **posted):
        self.sign_in(None)
        files = {"file": ("x.pdf", data)} if data is not None else None
        return self.post_form("/portal/verify/file", posted, page="/portal/verify", files=files)

    def test_page_for_anybody(self):
        seal = self._sign_and_deliver(level="t")
        data = self._file_of(seal)
        page = self._ask_page(data).text
        for words in ("Genuine.", "Intact.", "Pepino Tech", "Sellado de tiempo", "B-T"):
            self.assertIn(words, page)
        page = self._ask_page(data + b"x").text
        self.assertIn("Not genuine.", page)
        self.assertIn('data-seal="altered"', page)
        changed = bytearray(data)
        changed[data.index(b"stream") + 20] ^= 1
        page = self._ask_page(bytes(changed)).text
        self.assertIn("Broken: what it covers was changed.", page)
        self.assertNotIn("Intact.", page)
        stranger = self.services.authority.issue("Forastera SA")
        page = self._ask_page(pdf_seal.seal(self.pdf, stranger)).text
        self.assertIn("Intact, but not by us.", page)
        self.assertIn("Forastera SA", page)
        self.assertIn('data-seal="unsealed"', self._ask_page(make_pdf("Otro")).text)
        self.assertIn('data-seal="unreadable"', self._ask_page(b"x").text)

    def test_digest_alone(self):
        seal = self._sign_and_deliver(level="t")
        page = self._ask_page(sha256=seal.sha256.upper()).text
        self.assertIn("Genuine.", page)
        self.assertIn("B-T: with time stamp", page)
        self.assertIn("Not genuine.", self._ask_page(sha256="0" * 64).text)
        for known, digest in ((True, seal.sha256), (False, "0" * 64), (False, "x"), (False, "")):
            answer = self.post_form("/portal/verify/known", {"sha256": digest}, "/portal/verify")
            self.assertEqual(answer.json(), {"known": known})

    def test_command(self):
        seal = self._sign_and_deliver(level="t")
        data = self._file_of(seal)
        lines = []
        self.assertTrue(verify(self.env, [data], lines.append))
        told = "\n".join(lines)
        self.assertIn("1 seals hold (1 B-T)", told)
        self.assertIn("file 1: sound: B-T by Pepino Tech", told)
        lines.clear()
        self.assertFalse(verify(self.env, [data + b"x"], lines.append))
        self.assertIn("file 1: altered", "\n".join(lines))
        # What was raised is a file of its own, and is missed, too.
        self.services.mode = "error"
        second = self._create_contract()
        raised = self._sign_and_deliver(second, level="t")
        self.services.mode = "good"
        self._raise()
        self.assertEqual(raised.level, "t")
        raised.signature_id._attachment(raised.sha256).unlink()
        lines.clear()
        self.assertFalse(verify(self.env, [], lines.append))
        self.assertIn("is missing or was changed", "\n".join(lines))
