"""``odoo portalverify``: check the chain of signature evidence of a database."""

import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config

REASONS = {
    "payload": "its content was changed after it was sealed",
    "previous": "it does not continue the record before it",
    "gap": "the record is missing from the chain",
    "missing": "a certificate proves the record, the database does not have it",
    "rewritten": "a certificate proves another content",
    "file": "its signed file is missing or was changed",
}


class PortalVerify(Command):
    """Verify the signature evidence of every company of a database.

    The chain of each company is followed from its first record, and compared with the hashes
    printed on the certificates attached to documents and on those in the given folder or files.
    Exit code 1, and the first broken link of each company, if something does not hold.
    """

    name = "portalverify"

    def run(self, cmdargs):
        self.parser.add_argument("-c", "--config", default=None)
        self.parser.add_argument("-d", "--database", required=True)
        self.parser.add_argument(
            "certificates", nargs="*", type=Path, help="signed PDF files, or folders of them"
        )
        known, rest = self.parser.parse_known_args(cmdargs)
        options = ["-d", known.database, *(["-c", known.config] if known.config else []), *rest]
        config.parse_config(options, setup_logging=True)
        files = [content for path in known.certificates for content in _contents(path)]
        with Registry(known.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            sys.exit(0 if verify(env, files) else 1)


def _contents(path):
    paths = sorted(path.rglob("*.pdf")) if path.is_dir() else [path]
    return [one.read_bytes() for one in paths]


def verify(env, files=(), out=print):
    """Verify the chains of all companies and say what was found.

    :param files: contents of certificates in other hands
    :param out: where the words go
    :return: whether all chains hold
    :rtype: bool
    """
    Signature = env["customer.portal.signature"]
    holds = True
    for company in env["res.company"].search([], order="id"):
        heads = Signature._heads_of_files(files, company)
        broken = Signature._verify_chain(company, heads)
        if broken:
            holds = False
            out(f"{company.name}: BROKEN at record {broken.sequence}: {REASONS[broken.reason]}")
        else:
            count = Signature.search_count([("company_id", "=", company.id), ("hash", "!=", False)])
            out(f"{company.name}: {count} records, the chain holds; {len(heads)} files match")
        for is_well, sentence in Signature._verify_files(company):
            holds = holds and is_well
            out(f"{company.name}: {sentence}")
    for is_well, sentence in Signature._verify_files(env["res.company"], files):
        holds = holds and is_well
        out(sentence)
    return holds
