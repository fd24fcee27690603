"""The certificate of the seal: given, judged, kept where nobody reads it."""

import base64
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import file_open, mute_logger

from odoo.addons.customer_portal_plus.tools import push_service

from ..tools import key_file
from .authorities import PASSWORD, SERVER_AUTH, make_pkcs12
from .common import SealCase

ADDON = "customer_portal_plus_seal"


@tagged("post_install", "-at_install")
class TestSealCertificate(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "seal_admin",
            groups="base.group_system",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.Import = cls.env["customer.portal.seal.import"]
        cls.Certificate = cls.env["customer.portal.seal.certificate"]

    # === GIVING === #

    def test_given_by_the_administrator(self):
        certificate = self._import_certificate(env=self.env(user=self.admin))
        self.assertEqual(certificate, self.company.portal_seal_certificate_id)
        self.assertEqual(certificate.subject, "Pepino Tech, S.p.A.")
        self.assertEqual(certificate.issuer, "Autoridad de pruebas")
        self.assertEqual(certificate.fingerprint, self.identity.facts()["fingerprint"])
        self.assertEqual(certificate.state, "ok")
        # The one before has left its key.
        self.assertFalse(self.certificate.is_in_use or self.certificate.sudo().secret)
        self.assertEqual(self.certificate.state, "past")
        self.assertEqual(certificate._identity(), self.identity)

    def test_refused_in_words(self):
        issue = self.services.authority.issue
        good = make_pkcs12(self.identity)
        for words, content, password in (
            ("choose the file", b"", ""),
            ("no PKCS#12 file", b"x", PASSWORD),
            ("no PKCS#12 file", self.identity.certificate, PASSWORD),
            ("password is not that", good, "otra"),
            ("password is not that", good, ""),
            ("password is not that", good, False),
            ("has expired", make_pkcs12(issue("Malo", days=(-10, -1))), PASSWORD),
            ("not valid yet", make_pkcs12(issue("Malo", days=(1, 9))), PASSWORD),
            ("key usage", make_pkcs12(issue("Malo", usages=("key_encipherment",))), PASSWORD),
            ("something else", make_pkcs12(issue("Malo", purposes=[SERVER_AUTH])), PASSWORD),
            ("too large", b"0" * 600_000, PASSWORD),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words) as refused:
                self.Import.create({"pkcs12": base64.b64encode(content), "password": password})
            self.assertIsNone(refused.exception.__cause__)
        self.assertEqual(self.company.portal_seal_certificate_id, self.certificate)
        self.assertTrue(self.certificate._identity())

    def test_base64_that_is_none(self):
        for content in ("%%%", "á", 7, [1], {"a": 1}):
            with self.assertRaises(ValidationError):
                self.Import.create({"pkcs12": content, "password": PASSWORD})
        self.assertTrue(self.certificate._identity())

    def test_neither_file_nor_password_is_kept(self):
        given = self.Import.search([], order="id DESC", limit=1)
        self.assertEqual(given.certificate_id, self.certificate)
        self.assertFalse(given.pkcs12 or given.password)
        self.env.cr.execute("SELECT * FROM customer_portal_seal_import WHERE id = %s", [given.id])
        names = {column.name for column in self.env.cr.description}
        self.assertFalse(names & {"pkcs12", "password", "pkcs12_name"})
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", given._name), ("res_field", "!=", False)])
        )
        self.assertFalse(files)
        with self.assertRaises(AccessError):
            given.with_user(self.admin).write({"password": "x"})

    def test_one_for_trying(self):
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        settings.action_portal_seal_trial()
        certificate = self.company.portal_seal_certificate_id
        self.assertEqual((certificate.is_trial, certificate.state), (True, "trial"))
        self.assertIn("TRIAL", certificate.subject)
        seal = self._sign_and_deliver()
        self.assertEqual(seal.level, "b")
        page = self.url_open(f"/portal/verify/{seal.signature_id.code}").text
        self.assertIn("made for trying; nobody vouches for it", page)

    def test_states(self):
        certificate = self.certificate.sudo()
        for moment, state in (("2020-01-01", "expired"), ("2999-01-01", "ok")):
            certificate.valid_until = moment
            self.assertEqual(certificate.state, state)
        key = self.key_path.read_bytes()
        self.addCleanup(self.key_path.write_bytes, key)
        self.key_path.write_bytes(b"A" * 43 + b"=")
        certificate.invalidate_recordset(["state"])
        self.assertEqual(certificate.state, "no_key")

    def test_expires_soon(self):
        self._import_certificate(self.services.authority.issue("Pronto", days=(-1, 20)))
        self.assertEqual(self.company.portal_seal_certificate_id.state, "soon")

    # === SECRETS === #

    def test_secret_is_encrypted_by_a_key_outside_the_database(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(c)::text FROM customer_portal_seal_certificate c WHERE id = %s",
            [self.certificate.id],
        )
        [row] = self.env.cr.fetchone()
        for part in (base64.b64encode(self.identity.key).decode()[40:80], "PRIVATE", PASSWORD):
            self.assertNotIn(part, row)
        secret = json.loads(row)["secret"]
        opened = json.loads(key_file.decrypt(secret))
        self.assertEqual(base64.b64decode(opened["key"]), self.identity.key)
        self.env.cr.execute("SELECT count(*) FROM ir_config_parameter WHERE value = %s",
                            [self.key_path.read_text()])  # fmt: skip
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_key_of_another_certificate_is_not_used(self):
        other = self._import_certificate(self.services.authority.issue("Otra"))
        other.sudo().fingerprint = "0" * 64
        self.assertIsNone(other._identity())

    def _is_refused(self, act):
        try:
            act()
        except (AccessError, UserError, ValueError):
            return True
        return False

    def test_nobody_reads_the_secret(self):
        for user in (self.admin, self.env.ref("base.user_admin"), self.user_sales, self.user_full):
            Certificate = self.Certificate.with_user(user)
            mine = Certificate.browse(self.certificate.id)
            for act in (
                lambda mine=mine: mine.read(["secret"]),
                lambda mine=mine: mine.export_data(["secret"]),
                lambda mine=mine: mine.mapped("secret"),
                lambda mine=mine: mine.web_read({"secret": {}}),
                lambda mine=mine: mine.write({"secret": "x"}),
                lambda mine=mine: mine.write({"is_in_use": False}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.copy(),
                lambda Model=Certificate: Model.search([("secret", "like", "g")]),
                lambda Model=Certificate: Model.search([], order="secret"),
                lambda Model=Certificate: Model.formatted_read_group([], ["secret"]),
                lambda Model=Certificate: Model.create({"company_id": self.company.id}),
            ):
                self.assertTrue(self._is_refused(act))
        self.assertNotIn("secret", self.certificate.with_user(self.admin).read()[0])
        self.assertNotIn("secret", self.Certificate.with_user(self.admin).fields_get())

    def _assert_refused_over_rpc(self, model, method, *args):
        with (
            mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(JsonRpcException, msg=f"{model}.{method}"),
        ):
            self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{model}/{method}",
                {"model": model, "method": method, "args": args, "kwargs": {}},
            )

    def test_rpc(self):
        names = ["customer.portal.seal.certificate", "customer.portal.seal.import"]
        ids = self.certificate.ids
        for user in (self.user_full, self.user_sales):
            self.sign_in(user)
            self._assert_refused_over_rpc(names[0], "read", ids, ["subject"])
            self._assert_refused_over_rpc(names[0], "search_read", [])
            self._assert_refused_over_rpc(names[0], "action_forget", ids)
            self._assert_refused_over_rpc(names[1], "create", {"pkcs12": "eA==", "password": ""})
            self._assert_refused_over_rpc("customer.portal.seal", "action_try_again", [])
            self._assert_refused_over_rpc("res.config.settings", "action_portal_seal_trial", [])
        for method in ("_identity", "_put_in_use", "_make_trial", "_forget_key", "_read_file"):
            self._assert_refused_over_rpc(names[0], method, ids)
        self.sign_in(self.user_full)
        self._assert_refused_over_rpc("customer.portal.seal", "search_read", [])
        self.assertEqual(self.company.portal_seal_certificate_id, self.certificate)
        self.assertTrue(self.certificate._identity())

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Otra"})
        for values in (
            {"company_id": other.id, "pkcs12": base64.b64encode(make_pkcs12(self.identity))},
        ):
            with self.assertRaises(AccessError):
                self.Import.with_user(self.admin).create({"password": PASSWORD, **values})
        self.assertFalse(other.portal_seal_certificate_id)
        self.assertFalse(other.portal_seal_files)

    def test_certificates_stay(self):
        with self.assertRaises(UserError):
            self.certificate.sudo().unlink()
        self.certificate.with_user(self.admin).action_forget()
        self.assertFalse(self.certificate.is_in_use or self.certificate.sudo().secret)
        self.assertIsNone(self.certificate._identity())

    # === SETTINGS === #

    def test_addresses_in_the_settings(self):
        self.patch(push_service, "is_public_address", lambda address: False)
        for address in ("http://127.0.0.1:9/x", "http://localhost/x", "ftp://a.example.com", "x"):
            with self.assertRaises(ValidationError):
                self.company.portal_seal_stamp_url = address
        self.company.portal_seal_stamp_url = "http://timestamp.example.com/tsr"
        self.assertTrue(self.company.portal_seal_stamp_url)
        for values in ({"portal_seal_level": "lta"}, {"portal_seal_log": True}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.company.write({"portal_seal_stamp_url": False, **values})

    def test_settings_page_shows_no_secret(self):
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        values = settings.read()[0]
        self.assertEqual(values["portal_seal_subject"], "Pepino Tech, S.p.A.")
        self.assertNotIn(self.certificate.sudo().secret, str(values))

    def test_copy_for_trying(self):
        """A neutralized database seals with nothing."""
        self.env.flush_all()
        with file_open(f"{ADDON}/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertFalse(self.company.portal_seal_certificate_id)
        self.assertFalse(self.certificate.sudo().secret or self.company.portal_seal_stamp_url)
