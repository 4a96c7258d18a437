"""What is said of certificates and keys that do not serve; each names its file."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.errors import CertificateUnusable
from server.identity.certificate_files import read_certificate
from server.identity.certificates import VALID_DAYS, make_self_signed

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEY = "-----BEGIN PRIVATE KEY-----"


@pytest.fixture
def both(tmp_path: Path) -> Path:
    file = tmp_path / "both.pem"
    file.write_bytes(make_self_signed(["clinic.example"], NOW))
    return file


@pytest.fixture
def certificate(both: Path) -> Path:
    file = both.with_name("cert.pem")
    file.write_text(both.read_text().partition(KEY)[0])
    return file


@pytest.fixture
def key(both: Path) -> Path:
    file = both.with_name("key.pem")
    file.write_text(KEY + both.read_text().partition(KEY)[2])
    return file


def refusal(certificate: Path, key: Path | None = None, now: datetime = NOW) -> str:
    """The one line, without the folder of the tests."""
    with pytest.raises(CertificateUnusable) as refused:
        read_certificate(certificate, key, now)
    assert refused.value.exit_status == 2
    line = str(refused.value)
    assert "\n" not in line
    return line.replace(f"{certificate.parent}/", "")


def test_a_good_one_is_read_with_its_key_beside_it_or_in_it(both: Path, certificate: Path, key: Path) -> None:
    for found in (read_certificate(both, None, NOW), read_certificate(certificate, key, NOW)):
        assert found.not_valid_after_utc == NOW + timedelta(days=VALID_DAYS - 1)


def test_a_file_that_is_not_there_is_named_whichever_it_is(certificate: Path, key: Path) -> None:
    none = certificate.with_name("none.pem")
    assert refusal(none) == "none.pem: cannot be read: No such file or directory"
    assert refusal(certificate, none) == "none.pem: cannot be read: No such file or directory"
    assert refusal(certificate.parent, key).endswith(": cannot be read: Is a directory")


@pytest.mark.parametrize("text", ["", "Dear doctor", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_told_what_one_is(certificate: Path, key: Path, text: str) -> None:
    certificate.write_text(text)
    assert refusal(certificate, key).startswith(
        "cert.pem: there is no certificate in it; name a certificate chain in PEM"
    )


def test_a_key_in_the_place_of_the_certificate_is_told(certificate: Path, key: Path) -> None:
    assert refusal(key, certificate).startswith("key.pem: there is no certificate in it")


def test_a_certificate_without_a_key_asks_for_the_keys_file(certificate: Path) -> None:
    told = "cert.pem: there is no private key in it (PEM); name the file of the key with --tls-key (tls_key)"
    assert refusal(certificate) == told
    assert refusal(certificate, certificate) == "cert.pem: there is no private key in it (PEM)"


def test_a_key_with_a_passphrase_is_told_how_to_take_it_off(certificate: Path, key: Path) -> None:
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    key.write_bytes(locked)
    told = refusal(certificate, key)
    assert told.startswith("key.pem: its key has a passphrase")
    assert told.endswith("openssl pkey -in key.pem")


def test_the_key_of_another_certificate_names_both_files(certificate: Path, key: Path) -> None:
    other = make_self_signed(["clinic.example"], NOW).decode()
    key.write_text(KEY + other.partition(KEY)[2])
    told = (
        "key.pem: it is the key of another certificate than the first in cert.pem; name the key that this was made for"
    )
    assert refusal(certificate, key) == told


def test_one_whose_time_is_over_or_has_not_begun_is_told_when(both: Path) -> None:
    late = refusal(both, now=NOW + timedelta(days=VALID_DAYS - 1))
    assert late == "both.pem: the certificate ended on 2027-06-04 12:00 UTC; renew it"
    early = refusal(both, now=NOW - timedelta(days=2))
    assert early.startswith("both.pem: the certificate begins on 2026-05-03 12:00 UTC; ")


def on_another_curve(pem: str) -> str:
    """Say of a key on P-256 that it is on prime192v2 (ANSI X9.62), which nobody has any more."""
    head, *body, end = pem.strip().splitlines()
    der = base64.b64decode("".join(body))
    curve = bytes.fromhex("06082a8648ce3d0301")
    assert curve + b"\x07" in der
    return f"{head}\n{base64.encodebytes(der.replace(curve + bytes([7]), curve + bytes([2]))).decode()}{end}\n"


def test_a_key_of_a_kind_that_is_of_no_use_is_told(certificate: Path, key: Path) -> None:
    whole = {file: file.read_text() for file in (certificate, key)}
    for file, content in whole.items():
        file.write_text(on_another_curve(content))
        assert refusal(certificate, key).startswith(f"{file.name}: its key is of a kind that is of no use here (Curve ")
        file.write_text(content)
    read_certificate(certificate, key, NOW)
