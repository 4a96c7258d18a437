"""A certificate and its key from the files that an operator names, looked at before OpenSSL is given them.

OpenSSL says of most that is wrong with them the same few words, and of a certificate that has ended nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.errors import CertificateUnusable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificatePublicKeyTypes,
        PrivateKeyTypes,
        PublicKeyTypes,
    )

_NO_CERTIFICATE: Final = "there is no certificate in it; name a certificate chain in PEM (-----BEGIN CERTIFICATE-----)"


def read_certificate(certificate: Path, key: Path | None, now: datetime) -> x509.Certificate:
    """Read the first certificate of a chain, and see that it is good `now` and that the key is its own.

    `key` is the file of the key, None: it is in the same file. Raises `CertificateUnusable`, which names the file and
    says what to do.
    """
    try:
        first = x509.load_pem_x509_certificates(_read(certificate))[0]
    except ValueError:
        raise CertificateUnusable(str(certificate), _NO_CERTIFICATE) from None
    own = _read_key(certificate, key).public_key()
    try:
        matches = _spki(own) == _spki(first.public_key())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateUnusable(str(certificate), _of_another_kind(error)) from None
    if not matches:
        words = (
            f"it is the key of another certificate than the first in {certificate}; name the key that this was made for"
        )
        raise CertificateUnusable(str(key or certificate), words)
    if first.not_valid_after_utc <= now:
        words = f"the certificate ended on {first.not_valid_after_utc:%Y-%m-%d %H:%M} UTC; renew it"
        raise CertificateUnusable(str(certificate), words)
    if first.not_valid_before_utc > now:
        begins = f"{first.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        words = f"the certificate begins on {begins}; wait until then, or set this machine's clock right"
        raise CertificateUnusable(str(certificate), words)
    return first


def _read_key(certificate: Path, key: Path | None) -> PrivateKeyTypes:
    file = key or certificate
    try:
        return serialization.load_pem_private_key(_read(file), password=None)
    except TypeError:
        words = f"its key has a passphrase, and nobody is there to type it; write it without: openssl pkey -in {file}"
        raise CertificateUnusable(str(file), words) from None
    except UnsupportedAlgorithm as error:
        raise CertificateUnusable(str(file), _of_another_kind(error)) from None
    except ValueError:
        there = "there is no private key in it (PEM)"
        words = there if key is not None else f"{there}; name the file of the key with --tls-key (tls_key)"
        raise CertificateUnusable(str(file), words) from None


def _of_another_kind(error: Exception) -> str:
    words = " ".join(str(error).split())
    return f"its key is of a kind that is of no use here ({words}); have one made for RSA or the curve P-256"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CertificateUnusable(str(file), f"cannot be read: {error.strerror}") from None


def _spki(key: PublicKeyTypes | CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
