"""Digests and the hash chain of signature evidence, in plain Python.

A record of evidence is a dict of JSON values, its *payload*. A chain gives every payload a
sequence number, the hash of the record before it and its own hash. Nothing here knows Odoo, so
that the chain can be verified by anybody with the payloads and a Python interpreter.
"""

import hashlib
import json
from dataclasses import dataclass

GENESIS = "0" * 64  # What the first record of a chain names as the hash before it.


def sha256(data):
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def canonical(payload):
    """Return the one way of writing a payload down: JSON, keys sorted, no spaces, UTF-8.

    :param dict payload: JSON values only
    :rtype: bytes
    """
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(payload):
    """Return the SHA-256 of a payload's canonical form."""
    return sha256(canonical(payload))


def link_hash(sequence, previous_hash, payload):
    """Return the hash of one record of a chain.

    :param int sequence: place in the chain, from 1
    :param str previous_hash: hash of the record before, ``GENESIS`` for the first
    :param dict payload: what the record says
    """
    return digest({"sequence": sequence, "previous_hash": previous_hash, "payload": payload})


@dataclass(frozen=True)
class BrokenLink:
    """Where a chain stops being believable, and why."""

    sequence: int
    reason: str  # payload | previous | gap | missing | rewritten | file


def verify_chain(rows, heads=()):
    """Return the first broken link of a chain, or None if it holds.

    The rows alone can't tell that the last ones were removed, or that everything from the
    middle on was written anew: both leave a chain that fits together. So the hashes that were
    printed on certificates, in other people's hands, are compared as well.

    :param rows: dicts with ``sequence``, ``previous_hash``, ``hash``, ``payload``, by sequence
    :param heads: pairs of sequence and hash, as printed on certificates
    :rtype: BrokenLink | None
    """
    broken = []
    hashes = {}
    previous_hash = GENESIS
    for expected, row in enumerate(rows, start=1):
        sequence = row["sequence"]
        if sequence != expected:
            broken.append(BrokenLink(expected, "gap"))
            break
        hashes[sequence] = row["hash"]
        if row["previous_hash"] != previous_hash:
            broken.append(BrokenLink(sequence, "previous"))
            break
        if row["hash"] != link_hash(sequence, previous_hash, row["payload"]):
            broken.append(BrokenLink(sequence, "payload"))
            break
        previous_hash = row["hash"]
    first_bad = broken[0].sequence if broken else None
    for sequence, printed_hash in heads:
        if sequence in hashes:
            if hashes[sequence] != printed_hash:
                broken.append(BrokenLink(sequence, "rewritten"))
        elif first_bad is None or sequence < first_bad:
            broken.append(BrokenLink(sequence, "missing"))
    return min(broken, key=lambda link: link.sequence) if broken else None
