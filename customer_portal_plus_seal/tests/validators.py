"""Programs of others that tell whether the seals of a file hold."""

import re
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

HAS_PDFSIG = bool(shutil.which("pdfsig"))
HAS_OPENSSL = bool(shutil.which("openssl"))


def run_pdfsig(pdf):
    """Return what poppler tells of the signatures of a file.

    :rtype: str
    """
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        command = ["pdfsig", "-nocert", file.name]
        return subprocess.run(command, capture_output=True, text=True).stdout


def run_openssl(pdf, root):
    """Return for each signature of a file what it is, and whether OpenSSL finds that it holds.

    Where it lies is read from the bytes, without the library that has put it there.

    :param bytes pdf: the file
    :param bytes root: the certificate that is trusted, DER
    :return: ``cms`` for a seal, ``ts`` for a time stamp, each with a boolean
    :rtype: list[tuple[str, bool]]
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        trusted, content, signature = (Path(folder, name) for name in ("root", "content", "sig"))
        trusted.write_text(ssl.DER_cert_to_PEM_cert(root))
        for match in re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf):
            start, length, after, rest = map(int, match.groups())
            content.write_bytes(pdf[start : start + length] + pdf[after : after + rest])
            # Zeros fill the room that was kept; a signature says itself how long it is.
            digits = pdf[start + length : after].strip(b"<>")
            signature.write_bytes(bytes.fromhex(digits.decode()))
            around = pdf[match.start() - 200 : match.end() + 50] + pdf[after : after + 200]
            kind, command = "cms", "cms -verify -binary -inform DER -purpose any -content"
            if b"/ETSI.RFC3161" in around:
                kind, command = "ts", "ts -verify -token_in -data"
            command = ["openssl", *command.split(), content, "-in", signature, "-CAfile", trusted]
            found.append((kind, not subprocess.run(command, capture_output=True).returncode))
    return found
