"""The key that secrets of this addon are encrypted with: a file on the machine of Odoo, so that
whoever has the database alone, or a backup of it, has encrypted bytes and nothing to open them."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from odoo.tools import config

FILE_NAME = "customer_portal_seal.key"


def key_path():
    """Return where the key lies: beside the file stores, never in one, which backups take along.

    :rtype: Path
    """
    return Path(config["data_dir"]) / FILE_NAME


def _make_key(path):
    """Write a new key, whole or not at all; whoever comes second reads that of the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # Read by its owner alone.
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        os.unlink(name)


def encrypt(data):
    """Return a secret as it may lie in the database.

    :param bytes data: the secret
    :rtype: str
    """
    path = key_path()
    if not path.exists():
        _make_key(path)
    return Fernet(path.read_bytes()).encrypt(data).decode()


def decrypt(text):
    """Return a secret.

    :param str text: what ``encrypt`` has returned
    :return: None if this machine has another key, or none
    :rtype: bytes | None
    """
    try:
        return Fernet(key_path().read_bytes()).decrypt(text.encode())
    except (OSError, ValueError, InvalidToken):
        return None
