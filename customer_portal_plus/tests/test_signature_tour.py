"""In a real browser: a contract is read, asked about, signed with the mouse or rejected, and a
large quote goes through two people's hands. Then the certificate is taken apart."""

import io

import qrcode
from PIL import Image
from pypdf import PdfReader

from odoo.tests import tagged

from ..tools import evidence_chain
from .common.signature import SignatureCase


def read_modules(png, quiet_zone):
    """Return the dark and light modules of the picture of a QR code, as rows of booleans.

    :param bytes png: the picture, of any size
    :param int quiet_zone: modules of white around the code
    :rtype: list[list[bool]]
    """
    picture = Image.open(io.BytesIO(png)).convert("L").point(lambda value: 255 * (value > 127))
    left, top, right, _bottom = Image.eval(picture, lambda value: 255 - value).getbbox()
    # The corner of a code is a dark square, seven modules wide.
    wide = next(x for x in range(left, right) if picture.getpixel((x, top)) > 127) - left
    size = wide / 7
    count = round((right - left) / size)
    assert round(left / size) == quiet_zone
    return [
        [
            picture.getpixel((int(left + (x + 0.5) * size), int(top + (y + 0.5) * size))) < 128
            for x in range(count)
        ]
        for y in range(count)
    ]


@tagged("post_install", "-at_install")
class TestSignatureTour(SignatureCase):
    def test_contracts(self):
        self.contract.name = "TOUR-CONTRACT"
        refused = self._create_contract(name="TOUR-REFUSED")
        self.start_tour(
            "/my/documents",
            "customer_portal_plus.contracts",
            login=self.user_full.login,
            timeout=240,
        )
        self.env.invalidate_all()
        self.assertEqual((self.contract.state, refused.state), ("signed", "rejected"))
        question = self.contract.message_ids.filtered(lambda m: "page two" in (m.body or ""))
        self.assertEqual(question.author_id, self.user_full.partner_id)
        self.assertIn(self.user_sales.partner_id, question.notified_partner_ids)
        self.assertIn("Clause four", refused.rejection_note)

        evidence = self._evidence()
        self.assertEqual(evidence.method, "draw")
        self._deliver()
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        self._check_certificate(evidence, delivered)

    def _check_certificate(self, evidence, delivered):
        """Compare what is printed with what is recorded: words, drawing, and the code."""
        pages = PdfReader(io.BytesIO(delivered)).pages
        text = "".join(page.extract_text() for page in pages[1:]).replace("\n", "")
        for value in (
            "TOUR-CONTRACT",
            self.alfa.name,
            self.user_full.name,
            evidence.document_sha256,
            evidence.version,
            evidence.image_sha256,
            evidence.consent_sha256,
            evidence.hash,
            "Drawn by hand",
            "Password",
            "127.0.0.1",
        ):
            self.assertIn(value, text)
        self.assertEqual(evidence.document_sha256, evidence_chain.sha256(self.pdf))
        pictures = [image.data for page in pages[1:] for image in page.images]
        # No library at hand decodes codes: its modules are compared with those of the address.
        address = evidence._verification_url()
        expected = qrcode.QRCode(border=0)
        expected.add_data(address)
        expected.make()
        codes = [
            picture
            for picture in pictures
            if len(set(Image.open(io.BytesIO(picture)).convert("L").getdata())) == 2
            and Image.open(io.BytesIO(picture)).width == Image.open(io.BytesIO(picture)).height
        ]
        self.assertEqual(len(codes), 1)
        self.assertEqual(read_modules(codes[0], quiet_zone=2), expected.get_matrix())
        self.assertEqual(len(pictures), 2, "the code and the drawing")
        self.sign_in(None)
        path = address.removeprefix(self.contract.get_base_url())
        self.assertIn("Genuine.", self.url_open(path).text)

    def test_two_people(self):
        quote = self._create_order(self.alfa, name="TOUR-LARGE", amount=5000.0)
        for name, user in (
            ("approval_first", self.user_full),
            ("approval_second", self.user_colleague),
        ):
            self.start_tour("/my", f"customer_portal_plus.{name}", login=user.login, timeout=120)
        self.env.invalidate_all()
        self.assertEqual(quote.state, "sale")
        self.assertEqual(self._evidence(quote).sorted("id").mapped("act"), ["approved", "accepted"])
