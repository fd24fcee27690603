"""Several who sign one file: each seal is an update of the file, and those before stay valid."""

import base64
import io

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
from ..tools.signature_places import add_places, free_place
from .common import SealCase


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

    def test_many_places(self):
        """More than one page of them."""
        file = add_places(self.pdf, 12, Paper(title="Signatures"), "Signature %s")
        self.assertEqual(len(PdfReader(io.BytesIO(file)).pages), 3)
        self.assertEqual(free_place(file), "PortalSigner2")
