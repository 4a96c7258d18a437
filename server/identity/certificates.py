"""A certificate of the server's own making, for a first try on a local network: headsets want secure pages.

Nobody vouches for it, so a browser warns once; whoever compares the fingerprint knows that it is this server.
"""

from __future__ import annotations

import hashlib
import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VALID_DAYS: Final = 397
"""Apple's systems take no server certificate that is valid for longer."""

RENEW_DAYS: Final = 30

_COMMON_NAME_CHARS_MAX: Final = 64


def keep_self_signed(file: Path, names: Sequence[str], now: datetime | None = None) -> None:
    """See to it that `file` has a certificate for these names and its key, readable for this user alone.

    One that is there is kept, so that whoever has accepted it need not again, unless it ends soon or lacks a name.
    Raises OSError.
    """
    now = now or datetime.now(UTC)
    if not _still_good(file, names, now):
        pem = make_self_signed(names, now)
        fresh = file.with_name(f"{file.name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            written.write(pem)
        fresh.replace(file)


def make_self_signed(names: Sequence[str], now: datetime) -> bytes:
    """Make a certificate for these host names and addresses; its PEM and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:_COMMON_NAME_CHARS_MAX])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The clock of a headset may be behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS - 1))
        .add_extension(x509.SubjectAlternativeName([_as_alternative(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint(pem: bytes) -> str:
    """Give the SHA-256 of the first certificate in a PEM file, as browsers show it."""
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    first = pem[pem.index(begin) : pem.index(end) + len(end)]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first.decode("ascii"))).digest().hex(":").upper()


def _still_good(file: Path, names: Sequence[str], now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, x509.ExtensionNotFound):
        return False
    lacking = {_as_alternative(each) for each in names} - set(told)
    return not lacking and certificate.not_valid_after_utc - now > timedelta(days=RENEW_DAYS)


def _as_alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
