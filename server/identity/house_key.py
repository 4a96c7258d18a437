"""The key that this front desk signs with what it gives out for longer than a minute: invitations and passes.

It stays in a file beside the store that its owner alone may read, so that what is signed outlives the process. Only
this server ever checks what it signed, so the key is a secret one (HS256) and no other machine has a use for it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from server.errors import KeyUnusable
from server.folders import give_to_owner, sync_folder, write_all

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES: Final = 32
"""HS256 takes a key of the size of its hash (RFC 7518 section 3.2)."""

TOKEN_CHARS_MAX: Final = 4096
"""Of what is signed here nothing is longer."""

SUFFIX: Final = ".house-key"
"""The file stands beside the store."""

_ALGORITHM: Final = "HS256"
_TAG_HEX: Final = 32

Claims = TypeVar("Claims", bound=msgspec.Struct)


class NotOurs(Exception):
    """What was shown was not signed here, or not as this."""


class OtherKey(NotOurs):
    """It was signed by another key, as far as it says itself."""


class HouseKey:
    """Signs and reads. One that was given no file lives as long as the process."""

    def __init__(self, secret: bytes | None = None) -> None:
        """`secret` (32 bytes) is drawn here unless a file or a test gives one."""
        self._take(secret if secret is not None else secrets.token_bytes(KEY_BYTES))

    def keep_beside(self, store: Path) -> bool:
        """Go on with the key beside a store, which is drawn if there is none: whether it was. Raises `KeyUnusable`."""
        file = key_file(store)
        try:
            made = not file.exists()
            self._take(_make(file, store) if made else _read(file))
        except OSError as error:
            raise KeyUnusable(str(file), error.strerror or "cannot be used") from None
        return made

    def take_from(self, store: Path) -> None:
        """Go on with the key beside a store if there is one; none is drawn. Raises `KeyUnusable`."""
        file = key_file(store)
        try:
            if file.exists():
                self._take(_read(file))
        except OSError as error:
            raise KeyUnusable(str(file), error.strerror or "cannot be used") from None

    def sign(self, kind: str, claims: msgspec.Struct) -> str:
        """Sign claims as a compact JWS; `kind` is what it may be taken for (`typ`), and nothing else."""
        header = {"alg": _ALGORITHM, "typ": kind, "kid": self.id}
        return jwt.encode(header, msgspec.to_builtins(claims), self._key)

    def read(self, kind: str, token: str, shape: type[Claims]) -> Claims:
        """Check what was signed as `kind`. Raises `OtherKey` for what names another key, `NotOurs` for all else.

        What that means, and whether it is expired, is the caller's to say.
        """
        if self.kind_of(token) != kind:
            raise NotOurs
        try:
            if jws.extract_compact(token.encode()).headers().get("kid") != self.id:
                # Unproved, and harmless: it only chooses the words of the refusal.
                raise OtherKey
            return msgspec.convert(jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims, shape)
        except (JoseError, msgspec.ValidationError, ValueError, TypeError):
            # TypeError: a header may have anything, and the library takes what is in "crit" for names.
            raise NotOurs from None

    @staticmethod
    def kind_of(token: str) -> str | None:
        """Read what a token says that it is, unproved; None for what is no token."""
        if len(token) > TOKEN_CHARS_MAX or not token.isascii():
            return None
        try:
            kind = jws.extract_compact(token.encode()).headers().get("typ")
        except (JoseError, ValueError, TypeError):
            return None
        return kind if isinstance(kind, str) else None

    def tag(self, subject: str) -> str:
        """Give what stands for a subject in the store: the same each time, and nobody's without this key."""
        return hmac.digest(self._secret, b"tag\n" + subject.encode(), "sha256").hex()[:_TAG_HEX]

    def erasure_tag(self, subject: str, erasure: str) -> str:
        """Give what stands for a subject in one erasure, by its id: another in each, and nobody's without this key."""
        return hmac.digest(self._secret, f"erased\n{erasure}\n{subject}".encode(), "sha256").hex()

    def _take(self, secret: bytes) -> None:
        self._secret = secret
        self._key = OctKey.import_key(secret)
        # Of a random key of 256 bits, a hash tells nothing.
        self.id = hashlib.sha256(b"house key\n" + secret).hexdigest()[:16]


def key_file(store: Path) -> Path:
    """Give where the key of a store is."""
    return store.with_name(store.name + SUFFIX)


def _make(file: Path, store: Path) -> bytes:
    secret = secrets.token_bytes(KEY_BYTES)
    # The mode is there before the first byte is.
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.fchmod(handle, 0o600)
        give_to_owner(handle, store.name)
        write_all(handle, urlsafe_b64encode(secret) + b"\n")
        os.fsync(handle)
        sync_folder(file.parent)
    except OSError:
        # A disk that is full has a file that is cut short, which no later start could take for a key.
        file.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    return secret


def _read(file: Path) -> bytes:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise KeyUnusable(str(file), f"expected a key that its owner alone may read (mode 0600), got {mode:04o}")
    try:
        secret = urlsafe_b64decode(file.read_bytes())
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyUnusable(str(file), f"expected {KEY_BYTES} bytes in base64, got something else")
    return secret
