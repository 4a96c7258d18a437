"""The certificate of the server's own making."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509

from server.identity.certificates import RENEW_DAYS, VALID_DAYS, fingerprint, keep_self_signed, make_self_signed

NOW = datetime(2026, 5, 1, tzinfo=UTC)
NAMES = ("clinic.local", "192.0.2.7", "localhost", "::1")


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_it_names_every_host_and_address_and_ends_in_time(tmp_path: Path) -> None:
    file = tmp_path / "x.tls.pem"
    keep_self_signed(file, NAMES, NOW)
    certificate = read(file)
    told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert told.get_values_for_type(x509.DNSName) == ["clinic.local", "localhost"]
    assert told.get_values_for_type(x509.IPAddress) == [ip_address("192.0.2.7"), ip_address("::1")]
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=VALID_DAYS)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file)


def test_nobody_else_may_read_its_key(tmp_path: Path) -> None:
    file = tmp_path / "x.tls.pem"
    keep_self_signed(file, NAMES, NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["x.tls.pem"]


def test_it_is_kept_as_long_as_it_serves(tmp_path: Path) -> None:
    file = tmp_path / "x.tls.pem"
    keep_self_signed(file, NAMES, NOW)
    first = file.read_bytes()
    keep_self_signed(file, NAMES[:2], NOW + timedelta(days=100))
    assert file.read_bytes() == first
    keep_self_signed(file, [*NAMES, "192.0.2.8"], NOW)
    second = file.read_bytes()
    assert second != first
    keep_self_signed(file, NAMES, NOW + timedelta(days=VALID_DAYS - RENEW_DAYS))
    assert file.read_bytes() != second


def test_what_is_no_certificate_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "x.tls.pem"
    file.write_text("what is this")
    (tmp_path / "x.tls.pem.new").write_text("left over")
    keep_self_signed(file, NAMES, NOW)
    assert read(file).not_valid_before_utc < NOW


def test_the_fingerprint_is_the_one_that_browsers_show() -> None:
    pem = make_self_signed(NAMES, NOW)
    der = ssl.PEM_cert_to_DER_cert(pem.decode().partition("-----BEGIN PRIVATE")[0])
    assert fingerprint(pem).replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    assert len(fingerprint(pem)) == 32 * 3 - 1
