"""Checkpoints: the size and the Merkle root of the log at a moment, signed with Ed25519 (RFC 8032).

A line is the signature in hex, a space, and the canonical JSON. Hex, because its one form leaves no bit of a line that
could be changed without changing what it says; base64's last character has such bits.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec import Struct

from server.errors import AuditStartError
from server.folders import give_to_owner, write_all

if TYPE_CHECKING:
    from pathlib import Path

SIGNATURE_HEX: Final = 128
"""Characters of a signature at the head of a line."""

LINE_BYTES_MAX: Final = 4_096

_CONTEXT: Final = b"polyclinic audit checkpoint 1\n"
"""Signed before the JSON: what the key signs here can be taken for nothing else."""


class Checkpoint(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the log was."""

    log: str
    """The log's id, drawn when it was made: 32 hex digits."""
    number: int
    """Its place among the checkpoints, from 0."""
    size: int
    """How many records it covers."""
    root: str
    """The RFC 6962 tree hash of their canonical bytes, hex."""
    head: str
    """The chain's hash at the last of them, hex."""
    time: str
    """When it was signed, as records have it."""


_decoder: Final = msgspec.json.Decoder(Checkpoint)


class Signer:
    """The key that signs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public: Final = key.public_key().public_bytes_raw().hex()
        """What a verifier needs, hex."""

    @classmethod
    def make(cls, file: Path) -> Signer:
        """Draw a key and keep it in a new file that its owner alone may read."""
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # The mode is there before the first byte is.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchmod(handle, 0o600)
            give_to_owner(handle)
            write_all(handle, pem)
            os.fsync(handle)
        except OSError:
            # A disk that is full has a file that is cut short, which no later start could take for a key.
            file.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return cls(key)

    @classmethod
    def load(cls, file: Path) -> Signer:
        """Read the key. Raises `AuditStartError` if it is no Ed25519 key or if others may read it."""
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            raise AuditStartError(f"{file}: expected a key that its owner alone may read (mode 0600), got {mode:04o}")
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except ValueError:
            raise AuditStartError(f"{file}: expected an Ed25519 key (PKCS #8, PEM), got something else") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise AuditStartError(f"{file}: expected an Ed25519 key, got one of another kind")
        return cls(key)

    def line_of(self, checkpoint: Checkpoint) -> bytes:
        """Sign a checkpoint; its line."""
        body = msgspec.json.encode(checkpoint)
        return self._key.sign(_CONTEXT + body).hex().encode() + b" " + body + b"\n"


def read_line(line: bytes, public: str) -> Checkpoint:
    """Read a line signed by the key `public` (hex). Raises `ValueError` that says what is wrong with it."""
    signature, space, body = line[:SIGNATURE_HEX], line[SIGNATURE_HEX : SIGNATURE_HEX + 1], line[SIGNATURE_HEX + 1 : -1]
    if not line.endswith(b"\n"):
        raise ValueError("the line is cut short")
    try:
        raw = bytes.fromhex(signature.decode("ascii"))
        checkpoint = _decoder.decode(body)
    except ValueError:
        raise ValueError("this is not a checkpoint") from None
    if space != b" " or raw.hex().encode() != signature or msgspec.json.encode(checkpoint) != body:
        raise ValueError("this is not the canonical form of a checkpoint")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(raw, _CONTEXT + body)
    except (InvalidSignature, ValueError):
        raise ValueError("the log's key did not sign this") from None
    return checkpoint
