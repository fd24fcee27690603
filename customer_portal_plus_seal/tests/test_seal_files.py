"""Seals in files: made, judged by others' programs, and altered in every way."""

import io
from datetime import datetime, timedelta, timezone
from unittest import skipUnless
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from odoo.tests import BaseCase, tagged

from odoo.addons.customer_portal_plus.tests.common.signature import make_pdf
from odoo.addons.customer_portal_plus.tools import push_service

from ..tools import key_file, outside, pdf_inspection, pdf_seal
from ..tools.outside import parse_service_address
from ..tools.pdf_inspection import inspect
from ..tools.pkcs12_file import BadCertificate, Identity, asn1_certificate, make_trial, read_pkcs12
from ..tools.revocation import NoRevocationData
from ..tools.time_stamp import BadStamp, ServiceStamper
from .authorities import PASSWORD, SERVER_AUTH, Authority, make_pkcs12
from .common import SealFixture
from .validators import HAS_OPENSSL, HAS_PDFSIG, run_openssl, run_pdfsig

LOCAL = (
    "http://localhost/tsa", "http://127.0.0.1/tsa", "https://10.0.0.8/tsa", "http://[::1]/tsa",
    "http://169.254.169.254/latest", "http://db.local/tsa", "http://odoo/tsa", "http://127.1/",
    "http://2130706433/", "http://[::ffff:10.0.0.1]/tsa", "http://0x7f000001/",
)  # fmt: skip
BAD = (
    "", None, 7, "tsa.example.com", "ftp://tsa.example.com", "file:///etc/passwd", "//a.example",
    "https://user:secret@tsa.example.com/", "https://tsa.example.com\\@10.0.0.1/",
    "https://tsa.example.com/a b", "https://tsa.example.com/\n", "https://tsa.example.com/ñ",
    "https://tsa.example.com/#a", "https://[/a", "https://tsa.example.com:0/",
    "https://tsa.example.com:99999/", "https://tsa.example.com/" + "a" * 500,
)  # fmt: skip
UNREADABLE = (b"", b"x", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"\x00" * 5000)


@tagged("post_install", "-at_install")
class TestSealFiles(SealFixture, BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_services()
        cls.stamper = ServiceStamper(cls.services.stamp_url)
        cls.pdf = make_pdf("Oferta")
        cls.b = pdf_seal.seal(cls.pdf, cls.identity, name="Pepino", reason="Ana, S00042")
        cls.t = pdf_seal.seal(cls.pdf, cls.identity, cls.stamper)
        cls.lta = cls._lasting(cls.t)
        cls.other = cls.services.authority.issue("Otra SL", crl=cls.services.crl_url)
        cls.two = pdf_seal.seal(cls.t, cls.other)

    @classmethod
    def _lasting(cls, pdf):
        return pdf_seal.add_stamp(pdf_seal.add_revocation(pdf), cls.stamper)

    def setUp(self):
        super().setUp()
        self.services.mode = "good"

    def _levels(self, pdf):
        return [seal.level for seal in inspect(pdf).seals]

    # === LEVELS === #

    def test_levels(self):
        for pdf, levels in (
            (self.b, ["b"]),
            (self.t, ["t"]),
            (self.lta, ["lta"]),
            (pdf_seal.add_revocation(self.t), ["lt"]),
            (self.two, ["t", "b"]),
        ):
            found = inspect(pdf)
            self.assertEqual([seal.level for seal in found.seals], levels)
            self.assertTrue(found.is_sound)

    def test_what_is_told(self):
        [seal] = inspect(self.b).seals
        self.assertEqual(seal.facts()["subject"], "Pepino Tech, S.p.A.")
        self.assertEqual(seal.facts()["issuer"], "Autoridad de pruebas")
        self.assertEqual(seal.facts()["fingerprint"], self.identity.facts()["fingerprint"])
        self.assertEqual(seal.reason, "Ana, S00042")
        self.assertIsNone(seal.stamped_at)
        self.assertLess(datetime.now(timezone.utc) - seal.claimed_at, timedelta(minutes=5))
        [seal] = inspect(self.t).seals
        self.assertEqual(seal.stamped_by, "Sellado de tiempo")
        self.assertLess(datetime.now(timezone.utc) - seal.stamped_at, timedelta(minutes=5))

    def test_raised_by_updates_that_leave_what_was_there(self):
        stamped = pdf_seal.add_stamp(self.b, self.stamper)
        lasting = self._lasting(stamped)
        self.assertTrue(stamped.startswith(self.b))
        self.assertTrue(lasting.startswith(stamped))
        self.assertEqual((self._levels(stamped), self._levels(lasting)), (["t"], ["lta"]))

    def test_each_earlier_seal_stays(self):
        self.assertTrue(self.two.startswith(self.t))
        three = pdf_seal.add_stamp(pdf_seal.seal(self.two, self.identity), self.stamper)
        self.assertEqual(self._levels(three), ["t", "t", "t"])
        self.assertTrue(inspect(three).is_sound)

    def test_keys_of_curves(self):
        identity = self.services.authority.issue(
            "Curva", key=ec.generate_private_key(ec.SECP256R1())
        )
        self.assertEqual(self._levels(pdf_seal.seal(self.pdf, identity, self.stamper)), ["t"])

    # === OTHERS' PROGRAMS === #

    def _assert_valid_for_pyhanko(self, pdf, seals, stamps):
        context = ValidationContext(
            trust_roots=[asn1_certificate(self.identity.chain[0])], allow_fetching=False
        )
        reader = PdfFileReader(io.BytesIO(pdf))
        self.assertEqual(len(reader.embedded_regular_signatures), seals)
        self.assertEqual(len(reader.embedded_timestamp_signatures), stamps)
        for one in reader.embedded_regular_signatures:
            self.assertTrue(validate_pdf_signature(one, context).bottom_line)
        for one in reader.embedded_timestamp_signatures:
            status = validate_pdf_timestamp(one, context)
            self.assertTrue(status.intact and status.valid and status.trusted)

    def test_pyhanko_validates(self):
        self._assert_valid_for_pyhanko(self.b, 1, 0)
        self._assert_valid_for_pyhanko(self.t, 1, 0)
        self._assert_valid_for_pyhanko(self.lta, 1, 1)
        self._assert_valid_for_pyhanko(
            self._lasting(pdf_seal.add_stamp(self.b, self.stamper)), 1, 2
        )
        self._assert_valid_for_pyhanko(self.two, 2, 0)

    @skipUnless(HAS_PDFSIG, "poppler-utils is not installed")
    def test_poppler_validates(self):
        for pdf, seals in ((self.b, 1), (self.t, 1), (self.lta, 1), (self.two, 2)):
            told = run_pdfsig(pdf)
            self.assertEqual(told.count("Signature is Valid."), seals, told)
            self.assertIn("Total document signed", told)
        self.assertIn("Digest Mismatch", run_pdfsig(self._with_one_byte_changed(self.b)))

    @skipUnless(HAS_OPENSSL, "openssl is not installed")
    def test_openssl_validates(self):
        root = self.identity.chain[0]
        for pdf, kinds in (
            (self.b, ["cms"]),
            (self.t, ["cms"]),
            (self.lta, ["cms", "ts"]),
            (self.two, ["cms", "cms"]),
        ):
            self.assertEqual(run_openssl(pdf, root), [(kind, True) for kind in kinds])
        changed = self._with_one_byte_changed(self.lta)
        self.assertEqual(run_openssl(changed, root), [("cms", False), ("ts", False)])

    # === ALTERED === #

    def _with_one_byte_changed(self, pdf):
        changed = bytearray(pdf)
        changed[pdf.index(b"stream") + 20] ^= 1
        return bytes(changed)

    def _with_update(self, pdf, change):
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        change(writer)
        output = io.BytesIO()
        writer.write(output)
        return output.getvalue()

    def test_one_byte(self):
        for pdf in (self.b, self.t, self.lta, self.two):
            found = inspect(self._with_one_byte_changed(pdf))
            self.assertFalse(found.is_sound)
            self.assertFalse(any(seal.is_intact for seal in found.seals))
            self.assertEqual({seal.level for seal in found.seals}, {""})

    def test_update_after_the_seal(self):
        def add_to_catalog(writer):
            writer.root["/Extra"] = generic.pdf_string("x")
            writer.update_root()

        def change_page(writer):
            page = writer.root["/Pages"]["/Kids"][0]
            page["/Rotate"] = generic.NumberObject(180)
            writer.update_container(page)

        for pdf in (self.b, self.t, self.lta):
            for change in (add_to_catalog, change_page):
                found = inspect(self._with_update(pdf, change))
                self.assertFalse(found.is_sound)
                self.assertTrue(found.seals[0].is_intact)
                self.assertTrue(found.seals[0].is_altered)

    def test_bytes_after_the_end(self):
        for more in (b"\n%x\n", b"x", b"garbage" * 400):
            self.assertFalse(inspect(self.b + more).is_sound)
            self.assertFalse(inspect(self.lta + more).is_sound)

    def test_one_of_two_is_broken(self):
        place = self.two.rindex(b"/M (D")
        self.assertGreater(place, len(self.t))
        changed = bytearray(self.two)
        changed[place + 12] ^= 1
        found = inspect(bytes(changed))
        self.assertEqual([seal.is_intact for seal in found.seals], [True, False])
        self.assertEqual([seal.level for seal in found.seals], ["t", ""])
        self.assertFalse(found.is_sound)

    def test_one_of_two_is_no_signature_at_all(self):
        start = self.two.index(b"<3082", len(self.t))
        found = inspect(self.two[: start + 1] + b"0000" + self.two[start + 5 :])
        self.assertFalse(found.is_sound)
        self.assertEqual(len(found.seals), 2)
        self.assertTrue(found.seals[0].is_intact)
        self.assertEqual(found.seals[1].facts(), {})

    def test_update_taken_away(self):
        """What a file was before a later stamp is a whole file of its own, at its own level."""
        self.assertEqual(self._levels(self.lta[: len(self.t)]), ["t"])
        self.assertFalse(inspect(self.b[:-200]).is_sound)

    def test_files_of_strangers(self):
        self.assertEqual(inspect(self.pdf).seals, ())
        self.assertTrue(inspect(self.pdf).is_readable)
        for data in UNREADABLE:
            found = inspect(data)
            self.assertFalse(found.is_readable or found.seals or found.is_sound, data)

    def test_more_seals_than_anybody_has(self):
        with patch.object(pdf_inspection, "MAX_SEALS", 1):
            self.assertTrue(inspect(self.t).is_readable)
            self.assertFalse(inspect(self.two).is_readable)

    # === TIME STAMPS === #

    def _assert_no_stamp(self, mode, problem):
        self.services.mode = mode
        for act in (
            lambda: pdf_seal.seal(self.pdf, self.identity, self.stamper),
            lambda: pdf_seal.add_stamp(self.b, self.stamper),
        ):
            with self.assertRaises(BadStamp) as refused:
                act()
            self.assertEqual(refused.exception.args[0], problem)

    def test_service_that_fails(self):
        self._assert_no_stamp("error", "stamp_down")
        self._assert_no_stamp("garbage", "stamp_garbage")
        self._assert_no_stamp("other", "stamp_other")
        self._assert_no_stamp("refused", "stamp_refused")

    def test_service_that_hangs(self):
        # Odoo's tests let each wait for bytes last ten seconds.
        self.patch(outside, "TOTAL_SECONDS", 0.5)
        self._assert_no_stamp("hang", "stamp_down")
        # Each byte comes in time, and there are many.
        self._assert_no_stamp("trickle", "stamp_down")

    def test_stamp_that_nobody_signed(self):
        self.services.mode = "forged"
        self.assertEqual(self._levels(pdf_seal.seal(self.pdf, self.identity, self.stamper)), ["b"])
        found = inspect(pdf_seal.add_stamp(self.b, self.stamper))
        self.assertEqual([seal.level for seal in found.seals], ["b"])
        self.assertFalse(found.is_sound)

    def test_service_in_a_network_of_our_own(self):
        self.patch(push_service, "is_public_address", lambda address: False)
        self._assert_no_stamp("good", "stamp_down")

    def test_name_that_leads_to_a_network_of_our_own(self):
        """The address reads like one of those out there; where it leads is another thing."""
        asked = []

        def is_public(address):
            asked.append(address)
            return len(asked) == 1

        self.services.asked.clear()
        self.patch(push_service, "is_public_address", is_public)
        with self.assertRaises(BadStamp):
            pdf_seal.add_stamp(self.b, self.stamper)
        self.assertEqual(len(asked), 2)
        self.assertFalse(self.services.asked)

    def test_addresses(self):
        for address in ("http://timestamp.example.com", "https://tsa.example.com:8443/tsr?x=1"):
            self.assertEqual(parse_service_address(address), address)
        for address in BAD:
            self.assertIsNone(parse_service_address(address), address)

    # === LONG TERM === #

    def test_without_data_on_revocation(self):
        other = Authority("Otra autoridad")
        silent = other.issue("Sin lista")
        with self.assertRaisesRegex(NoRevocationData, "no_path"):
            pdf_seal.add_revocation(pdf_seal.seal(self.pdf, silent, self.stamper))
        # The list that it leads to is another authority's.
        unknown = other.issue("Ajeno", crl=self.services.crl_url)
        with self.assertRaisesRegex(NoRevocationData, "no_path"):
            pdf_seal.add_revocation(pdf_seal.seal(self.pdf, unknown, self.stamper))

    def test_authority_that_is_asked_and_fetched(self):
        """By OCSP, and the certificate of who issued it from where it says that it lies."""
        services = self.services
        issued = services.authority.issue(
            "Con todo", ocsp=services.ocsp_url, issuer=services.root_url
        )
        alone = Identity(issued.certificate, issued.key)
        services.asked.clear()
        lasting = self._lasting(pdf_seal.seal(self.pdf, alone))
        self.assertIn("/root.cer", services.asked)
        self.assertIn("/ocsp", services.asked)
        stamped = self._lasting(pdf_seal.seal(self.pdf, alone, self.stamper))
        self.assertEqual((self._levels(lasting), self._levels(stamped)), (["lta"], ["lta"]))

    def test_certificate_that_was_revoked(self):
        authority = self.services.authority
        self.addCleanup(authority.revoked.clear)
        authority.revoked.append(int(self.identity.facts()["serial"], 16))
        with self.assertRaisesRegex(NoRevocationData, "revoked"):
            pdf_seal.add_revocation(self.t)

    # === PKCS#12 === #

    def _assert_refused(self, why, data, password=PASSWORD, **options):
        with self.assertRaises(BadCertificate) as refused:
            read_pkcs12(data, password, **options)
        self.assertEqual(refused.exception.args[0], why)

    def test_pkcs12(self):
        for password in (PASSWORD, ""):
            found = read_pkcs12(make_pkcs12(self.identity, password), password)
            self.assertEqual(found, self.identity)
        self.assertNotIn(repr(self.identity.key), repr(self.identity))

    def test_pkcs12_that_can_not_be_opened(self):
        data = make_pkcs12(self.identity)
        for password in ("", "otra", PASSWORD + " "):
            self._assert_refused("password", data, password)
        for junk in (
            b"",
            b"x",
            self.identity.certificate,
            self.identity.key,
            data[:-40],
            data + b"x",
        ):
            self._assert_refused("no_pkcs12", junk)
        self._assert_refused("too_big", data + b"0" * 300_000)

    def test_pkcs12_that_must_not_seal(self):
        issue = self.services.authority.issue
        for why, options in (
            ("expired", {"days": (-10, -1)}),
            ("not_yet", {"days": (1, 10)}),
            ("key_usage", {"usages": ("key_encipherment",)}),
            ("key_usage", {"usages": ("key_cert_sign", "crl_sign"), "is_authority": True}),
            ("purpose", {"purposes": [SERVER_AUTH]}),
            ("kind_of_key", {"key": rsa.generate_private_key(65537, 1024)}),
            ("kind_of_key", {"key": ed25519.Ed25519PrivateKey.generate()}),
            ("kind_of_key", {"key": ec.generate_private_key(ec.SECP192R1())}),
        ):
            with self.subTest(why=why, options=list(options)):
                self._assert_refused(why, make_pkcs12(issue("Malo", **options)))

    def test_bounds_of_validity(self):
        data = make_pkcs12(self.identity)
        facts = self.identity.facts()
        end = facts["valid_until"].replace(tzinfo=timezone.utc)
        start = facts["valid_from"].replace(tzinfo=timezone.utc)
        second = timedelta(seconds=1)
        self._assert_refused("expired", data, now=end)
        self._assert_refused("not_yet", data, now=start - second)
        self.assertTrue(read_pkcs12(data, PASSWORD, now=end - second))
        self.assertTrue(read_pkcs12(data, PASSWORD, now=start))

    def test_one_for_trying(self):
        trial = make_trial("Pepino Tech, S.p.A. con un nombre que es mucho más largo que lo común")
        self.assertIn("TRIAL Pepino", trial.facts()["subject"])
        self.assertIn("not trusted", trial.facts()["subject"])
        self.assertEqual(self._levels(pdf_seal.seal(self.pdf, trial, self.stamper)), ["t"])

    # === KEY FILE === #

    def test_key_file(self):
        text = key_file.encrypt(b"secreto")
        self.assertEqual(key_file.decrypt(text), b"secreto")
        self.assertNotIn("secreto", text)
        self.assertEqual(self.key_path.stat().st_mode & 0o777, 0o600)
        key = self.key_path.read_bytes()
        self.addCleanup(self.key_path.write_bytes, key)
        # Whoever comes second takes the key of the first.
        key_file._make_key(self.key_path)
        self.assertEqual(self.key_path.read_bytes(), key)
        self.assertEqual(list(self.key_path.parent.iterdir()), [self.key_path])
        for other in (b"", b"x", b"A" * 44):
            self.key_path.write_bytes(other)
            self.assertIsNone(key_file.decrypt(text))
        self.key_path.unlink()
        self.assertIsNone(key_file.decrypt(text))


@tagged("post_install", "-at_install")
class TestServiceAddresses(BaseCase):
    def test_networks_of_our_own(self):
        for address in LOCAL:
            self.assertIsNone(parse_service_address(address), address)
        self.assertTrue(parse_service_address("http://8.8.8.8/tsa"))
