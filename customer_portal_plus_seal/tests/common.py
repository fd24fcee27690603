"""A company that seals, and services that stand for those out there."""

import base64
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.addons.customer_portal_plus.tests.common.signature import SignatureCase
from odoo.addons.customer_portal_plus.tools import push_service

from ..tools import key_file
from .authorities import PASSWORD, Services, make_pkcs12


class SealFixture:
    """For test cases: services at this machine, which count as out there, and a folder of its own
    for the key. One set of keys for all: making them takes most of the time."""

    services = None

    @classmethod
    def _set_up_services(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.key_path = Path(folder.name) / key_file.FILE_NAME
        cls.services = Services()
        cls.addClassCleanup(cls.services.stop)
        for place, name, value in (
            (key_file, "key_path", lambda: cls.key_path),
            (push_service, "is_public_address", lambda address: True),
        ):
            patcher = patch.object(place, name, value)
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.identity = cls.services.authority.issue("Pepino Tech, S.p.A.", crl=cls.services.crl_url)

    @classmethod
    def _import_certificate(cls, identity=None, password=PASSWORD, env=None):
        """Give a certificate as an administrator does; return it."""
        content = make_pkcs12(identity or cls.identity, password)
        values = {"pkcs12": base64.b64encode(content), "password": password}
        return (env or cls.env)["customer.portal.seal.import"].create(values).certificate_id


class SealCase(SealFixture, SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_services()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.certificate = cls._import_certificate()
        cls.company.write(
            {"portal_seal_files": True, "portal_seal_stamp_url": cls.services.stamp_url}
        )
        cls.Seal = cls.env["customer.portal.seal"]

    def setUp(self):
        super().setUp()
        self.services.mode = "good"
        self.services.asked.clear()

    def _sign_and_deliver(self, document=None, level="b", **posted):
        """Sign a document through its page, deliver it, and return the seal of its file."""
        self.company.portal_seal_level = level
        self.sign_in(self.user_full)
        self._sign(document, **posted)
        self._deliver()
        return self._seal_of(document)

    def _seal_of(self, document=None):
        return self.Seal.search([("signature_id", "in", self._evidence(document).ids)])

    def _file_of(self, seal):
        return seal.signature_id._attachment(seal.sha256).raw

    def _raise(self):
        """Do what the scheduled action does, an hour later."""
        self.Seal.search([]).write({"next_try": "2020-01-01", "tried_on": "2020-01-01"})
        with self.enter_registry_test_mode():
            self.env.ref("customer_portal_plus_seal.ir_cron_raise_seals").method_direct_trigger()
        self.env.invalidate_all()
