"""Several who sign one file: each seal is an update of the file, and those before stay valid."""

import base64
import io
from unittest.mock import patch

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.cli.portalverify import verify
from odoo.addons.customer_portal_plus.report.certificate_pdf import read_evidence
from odoo.addons.customer_portal_plus.report.paper_pdf import Paper
from odoo.addons.customer_portal_plus.tests.common.signature import make_signature_png

from ..tools.pdf_inspection import inspect
from ..tools.pkcs12_file import asn1_certificate
from ..tools.revocation import NoRevocationData
from ..tools.signature_places import add_places, free_place
from .common import SealCase
from .validators import HAS_OPENSSL, HAS_PDFSIG, run_openssl, run_pdfsig


@tagged("post_install", "-at_install")
class TestSealSigners(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.user_full | cls.user_own | cls.user_colleague
        cls.contract = cls._create_contract(
            state="draft",
            signer_ids=[
                Command.create({"partner_id": person.id, "sequence": place})
                for place, person in enumerate(cls.people.partner_id)
            ],
        )
        cls.contract.action_send()

    def _take_turn(self, user, **posted):
        self.sign_in(user)
        self._sign(signer_name=user.name, **posted)
        self._deliver()
        return self._evidence().sorted("id")[-1]._delivered_file().raw

    def test_each_earlier_seal_stays_valid(self):
        self.company.portal_seal_level = "t"
        drawing = "data:image/png;base64," + base64.b64encode(make_signature_png()).decode()
        first = self._take_turn(self.user_full)
        second = self._take_turn(self.user_own, method="draw", drawing=drawing)
        third = self._take_turn(self.user_colleague)
        self.assertEqual(self.contract.state, "signed")
        self.assertTrue(second.startswith(first))
        self.assertTrue(third.startswith(second))
        for count, file in enumerate((first, second, third), 1):
            found = inspect(file)
            self.assertTrue(found.is_sound)
            self.assertEqual([seal.level for seal in found.seals], ["t"] * count)
        context = ValidationContext(
            trust_roots=[asn1_certificate(self.identity.chain[0])], allow_fetching=False
        )
        seals = PdfFileReader(io.BytesIO(third)).embedded_regular_signatures
        self.assertEqual(len(seals), 3)
        self._assert_valid_for_others(third)
        for seal in seals:
            self.assertTrue(validate_pdf_signature(seal, context).bottom_line)
        for seal, user in zip(inspect(third).seals, self.people, strict=True):
            self.assertIn(user.name, seal.reason)
        # What others have in their hands still is what was recorded.
        lines = []
        self.assertTrue(verify(self.env, [first, second, third], lines.append), lines)

    def test_signatures_are_seen_in_the_file(self):
        """The first one on its certificate, the others where there was room for them."""
        drawing = "data:image/png;base64," + base64.b64encode(make_signature_png()).decode()
        first = self._take_turn(self.user_full, method="draw", drawing=drawing)
        self.assertEqual(free_place(first), "PortalSigner2")
        second = self._take_turn(self.user_own, method="draw", drawing=drawing)
        self.assertEqual(free_place(second), "PortalSigner3")
        third = self._take_turn(self.user_colleague)
        self.assertIsNone(free_place(third))
        pages = PdfReader(io.BytesIO(third)).pages
        self.assertEqual(len(pages), len(PdfReader(io.BytesIO(first)).pages))
        self.assertIn("Signatures that follow", pages[-1].extract_text())
        seen = [
            annotation.get_object()["/AP"]["/N"].get_object()["/Resources"]
            for annotation in pages[-1]["/Annots"]
        ]
        self.assertEqual(len(seen), 2)
        self.assertTrue(all(resources["/XObject"] for resources in seen))

    def test_certificates_beside_the_file(self):
        self._take_turn(self.user_full)
        self._take_turn(self.user_own)
        evidence = self._evidence().sorted("id")[-1]
        message = self.contract.message_ids.filtered("attachment_ids").sorted("id")[-1]
        [beside] = message.attachment_ids - evidence._delivered_file()
        self.assertTrue(inspect(beside.raw).is_sound)
        self.assertEqual(read_evidence(beside.raw)["hash"], evidence.hash)

    def test_somebody_more_than_there_is_room_for(self):
        self._take_turn(self.user_full)
        fourth = self._create_contact_user("Almacén", "fourth", self.alfa)
        self.contract.signer_ids = [
            Command.create({"partner_id": fourth.partner_id.id, "sequence": 9})
        ]
        for user in (self.user_own, self.user_colleague, fourth):
            file = self._take_turn(user)
        found = inspect(file)
        self.assertEqual((len(found.seals), found.is_sound), (4, True))
        self.assertEqual(self.contract.state, "signed")

    def test_service_comes_back_between_two(self):
        """The first file is raised while the second one signs it as it was."""
        self.company.portal_seal_level = "t"
        self.services.mode = "error"
        self._take_turn(self.user_full)
        self.sign_in(self.user_own)
        page, _html = self._open_signing()
        self.services.mode = "good"
        self._raise()
        self._sign(signing_url=page, signer_name="Delegado")
        self._raise()
        self._deliver()
        self._raise()
        file = self._evidence().sorted("id")[-1]._delivered_file().raw
        found = inspect(file)
        self.assertTrue(found.is_sound)
        self.assertEqual(len(found.seals), 2)
        self.assertEqual(found.seals[-1].level, "t")

    def _last_file(self):
        self.env.invalidate_all()
        return self._evidence().sorted("id")[-1]._delivered_file().raw

    def _assert_valid_for_others(self, file):
        """The seals of all who sign hold for programs that are not ours."""
        if HAS_PDFSIG:
            told = run_pdfsig(file)
            self.assertEqual(told.count("Signature is Valid."), len(self.people), told)
        if HAS_OPENSSL:
            found = run_openssl(file, self.identity.chain[0])
            self.assertEqual([kind for kind, _holds in found].count("cms"), len(self.people))
            self.assertTrue(all(holds for _kind, holds in found), found)

    def _assert_sealed_by_all(self, level):
        """The file that everybody gets in the end has the seal of each, in order, at a level."""
        file = self._last_file()
        found = inspect(file)
        self.assertTrue(found.is_sound)
        self.assertEqual([seal.level for seal in found.seals], [level] * len(self.people))
        for seal, user in zip(found.seals, self.people, strict=True):
            self.assertIn(user.name, seal.reason)
        self.assertIsNone(free_place(file))
        self._assert_valid_for_others(file)
        seals = self.Seal.search([("signature_id", "in", self._evidence().ids)])
        self.assertEqual(set(seals.mapped("level")), {level})
        self.assertFalse(any(seals.mapped("is_waiting")))
        lines = []
        self.assertTrue(verify(self.env, [file], lines.append), lines)

    def test_service_is_down_for_the_first(self):
        """The stamp of a later seal is none of the first one: that one gets its own."""
        self.company.portal_seal_level = "t"
        self.services.mode = "error"
        first = self._take_turn(self.user_full)
        self.services.mode = "good"
        self.Seal.search([]).tried_on = "2020-01-01"
        second = self._take_turn(self.user_own)
        self.assertTrue(second.startswith(first))
        self._take_turn(self.user_colleague)
        self._raise()
        self._assert_sealed_by_all("t")

    def test_service_is_down_for_all(self):
        self.company.portal_seal_level = "t"
        self.services.mode = "error"
        for user in self.people:
            self._take_turn(user)
        last = self.Seal.search([("signature_id", "=", self._evidence().sorted("id")[-1].id)])
        self.assertEqual((last.level, last.problem), ("b", "stamp_down"))
        self.services.mode = "good"
        self._raise()
        self._assert_sealed_by_all("t")

    def test_for_the_long_term(self):
        self.company.portal_seal_level = "lta"
        for user in self.people:
            self._take_turn(user)
        self._assert_sealed_by_all("lta")
        # As where the seal of an earlier signer can't be brought to the long term.
        file = self._last_file()
        with (
            patch.object(type(self.Seal), "_lowest_level", lambda seals, found: "t"),
            self.assertRaises(NoRevocationData),
        ):
            self.Seal._checked(file, "lta")

    def _lose_certificate(self):
        """Have nothing to seal with until the certificate is given again."""
        self.certificate.sudo().action_forget()

    def test_nothing_to_seal_with_for_the_first(self):
        """Its places are kept for the others; its seal comes before theirs."""
        self._lose_certificate()
        first = self._take_turn(self.user_full)
        self.assertFalse(inspect(first).seals)
        self.assertEqual(free_place(first), "PortalSigner2")
        self._import_certificate()
        self._take_turn(self.user_own)
        self._take_turn(self.user_colleague)
        self._assert_sealed_by_all("b")
        self.assertTrue(self._last_file().startswith(first))

    def test_nothing_to_seal_with_in_the_middle(self):
        first = self._take_turn(self.user_full)
        self._lose_certificate()
        self.assertEqual(self._take_turn(self.user_own), first)
        self._import_certificate()
        self._take_turn(self.user_colleague)
        self._assert_sealed_by_all("b")
        self.assertTrue(self._last_file().startswith(first))

    def test_nothing_to_seal_with_till_the_end(self):
        """Raised later, in the order in which they signed, whichever is due first."""
        self._lose_certificate()
        for user in self.people:
            self._take_turn(user)
        self.assertEqual(self.contract.state, "signed")
        self.assertFalse(inspect(self._last_file()).seals)
        self._import_certificate()
        seals = self.Seal.search([("signature_id", "in", self._evidence().ids)], order="id")
        for hours, seal in enumerate(reversed(seals)):
            seal.next_try = f"2020-01-01 {hours:02}:00:00"
        with self.enter_registry_test_mode():
            self.env.ref("customer_portal_plus_seal.ir_cron_raise_seals").method_direct_trigger()
        self._assert_sealed_by_all("b")

    def test_earlier_seal_that_is_being_made(self):
        """While another process has the first one, the next waits: its seal would shut that out."""
        self._lose_certificate()
        self._take_turn(self.user_full)
        self._import_certificate()
        lock = "try_lock_for_update"
        with patch.object(type(self.Seal), lock, lambda seals, **options: seals.browse()):
            second = self._take_turn(self.user_own)
        self.assertFalse(inspect(second).seals)
        self._raise()
        self._take_turn(self.user_colleague)
        self._assert_sealed_by_all("b")

    def test_seals_stay_when_sealing_is_switched_off(self):
        first = self._take_turn(self.user_full)
        self.company.portal_seal_files = False
        second = self._take_turn(self.user_own)
        self.assertEqual(second, first)
        message = self.contract.message_ids.filtered("attachment_ids").sorted("id")[-1]
        evidence = self._evidence().sorted("id")[-1]
        self.assertIn(evidence.hash, [
            (read_evidence(file.raw) or {}).get("hash") for file in message.attachment_ids
        ])  # fmt: skip
        self.assertFalse(any(len(inspect(f.raw).seals) > 1 for f in message.attachment_ids))

    def test_many_places(self):
        """More than one page of them."""
        file = add_places(self.pdf, 12, Paper(title="Signatures"), "Signature %s")
        self.assertEqual(len(PdfReader(io.BytesIO(file)).pages), 3)
        self.assertEqual(free_place(file), "PortalSigner2")
