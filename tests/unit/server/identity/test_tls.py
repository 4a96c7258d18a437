"""What the two public ports speak, and where they may not speak in the clear."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from server.config import ServerSettings
from server.errors import CertificateUnusable, PlainOffLoopback
from server.identity import tls
from server.identity.certificates import fingerprint, keep_self_signed
from server.identity.tls import Tls, prepare_tls


def certificate_of(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate that signs itself, and its key, in PEM."""
    name, now = x509.Name([]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = serialization.Encoding.PEM
    return made.public_bytes(pem) + key.private_bytes(pem, *form)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_the_loopback_address_the_ports_may_speak_in_the_clear(host: str) -> None:
    assert not prepare_tls(ServerSettings(host=host)).secure


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "clinic.example"])  # noqa: S104 - refused
def test_elsewhere_they_may_not_unless_a_proxy_speaks_for_them(host: str) -> None:
    with pytest.raises(PlainOffLoopback, match=r"--tls-cert.*--tls-self-signed.*--behind-proxy") as refused:
        prepare_tls(ServerSettings(host=host))
    assert refused.value.exit_status == 2
    assert not prepare_tls(ServerSettings(host=host, behind_proxy=True)).secure


def test_a_certificate_of_its_own_making_stands_beside_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    made = prepare_tls(ServerSettings(host="0.0.0.0", store=str(store), tls_self_signed=True))  # noqa: S104
    file = tmp_path / "store.sqlite3.tls.pem"
    assert made.fingerprint == fingerprint(file.read_bytes())
    assert made.context is not None
    assert made.context.minimum_version is ssl.TLSVersion.TLSv1_2
    again = prepare_tls(ServerSettings(host="0.0.0.0", store=str(store), tls_self_signed=True))  # noqa: S104
    assert again.fingerprint == made.fingerprint


def test_no_cipher_is_without_forward_secrecy_and_authentication(tmp_path: Path) -> None:
    made = prepare_tls(ServerSettings(store=str(tmp_path / "s"), tls_self_signed=True))
    assert made.context is not None
    for cipher in made.context.get_ciphers():
        assert cipher["aead"]
        assert cipher["protocol"] == "TLSv1.3" or cipher["name"].startswith("ECDHE-")


def test_a_certificate_and_its_key_may_be_one_file_or_two(tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    keep_self_signed(both, ["localhost"])
    assert prepare_tls(ServerSettings(tls_cert=str(both))).secure
    certificate, _, key = both.read_text().partition("-----BEGIN PRIVATE KEY-----")
    (tmp_path / "cert.pem").write_text(certificate)
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----" + key)
    two = prepare_tls(ServerSettings(tls_cert=str(tmp_path / "cert.pem"), tls_key=str(tmp_path / "key.pem")))
    assert (two.secure, two.fingerprint, two.vouched_for) == (True, None, True)


def test_a_key_without_its_certificate_is_no_way_to_speak_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(CertificateUnusable, match=r"^key\.pem: it is a key without its certificate; .*--tls-cert"):
        prepare_tls(ServerSettings(tls_key="key.pem"))


def test_a_certificate_too_weak_for_openssl_is_told_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "weak.pem"
    file.write_bytes(certificate_of(rsa.generate_private_key(public_exponent=65537, key_size=1024)))  # noqa: S505 - refused
    with pytest.raises(CertificateUnusable, match=r"weak\.pem: OpenSSL does not take it: EE_KEY_TOO_SMALL"):
        prepare_tls(ServerSettings(tls_cert=str(file)))


def test_a_folder_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(CertificateUnusable, match=r"none/s\.tls\.pem: No such file"):
        prepare_tls(ServerSettings(store=str(tmp_path / "none" / "s"), tls_self_signed=True))


def test_the_ready_line_says_what_is_spoken() -> None:
    plain = Tls().ready_line("127.0.0.1", 1, 2, "http://127.0.0.1:3")
    assert plain == "ready http=http://127.0.0.1:1 world=ws://127.0.0.1:2 admin=http://127.0.0.1:3"
    secure = Tls(ssl.create_default_context(), "AA:BB").ready_line("::1", 1, 2, None)
    assert secure == "ready http=https://[::1]:1 world=wss://[::1]:2 fingerprint=AA:BB"


def test_the_ready_line_of_what_listens_everywhere_has_only_addresses_that_can_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tls, "network_addresses", lambda _host: ("192.0.2.7", "2001:db8::7"))
    line = Tls(None, "AA:BB").ready_line("0.0.0.0", 1, 2, "http://127.0.0.1:3")  # noqa: S104 - told
    assert line == (
        "ready http=http://127.0.0.1:1 world=ws://127.0.0.1:2 admin=http://127.0.0.1:3"
        " network=http://192.0.2.7:1,http://[2001:db8::7]:1 fingerprint=AA:BB"
    )
    assert Tls().ready_line("::", 1, 2, None).startswith("ready http=http://[::1]:1 world=ws://[::1]:2 network=")
    # Nobody is sent past the proxy.
    behind = Tls().ready_line("::", 1, 2, None, behind_proxy=True)
    assert behind == "ready http=http://[::1]:1 world=ws://[::1]:2"
    monkeypatch.setattr(tls, "network_addresses", lambda _host: ())
    assert Tls().ready_line("0.0.0.0", 1, 2, None) == "ready http=http://127.0.0.1:1 world=ws://127.0.0.1:2"  # noqa: S104 - told
