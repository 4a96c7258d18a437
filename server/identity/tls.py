"""How the two public ports are protected: by this server's TLS or a proxy's, and in the clear on loopback only."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from server.errors import CertificateUnusable, PlainOffLoopback
from server.identity.certificate_files import read_certificate
from server.identity.certificates import fingerprint, keep_self_signed
from server.identity.local_names import in_address, is_loopback, names_of, network_addresses, own_address

if TYPE_CHECKING:
    from server.config import ServerSettings

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2, those with forward secrecy and authenticated encryption; TLS 1.3 has no others."""

SELF_SIGNED_SUFFIX: Final = ".tls.pem"
"""The certificate of the server's own making stands beside the store."""


@dataclass(frozen=True, slots=True)
class Tls:
    """What both ports speak."""

    context: ssl.SSLContext | None = None
    """None: they speak in the clear."""
    fingerprint: str | None = None
    """SHA-256 of a certificate that nobody vouches for."""

    @property
    def secure(self) -> bool:
        """Whether they speak TLS."""
        return self.context is not None

    @property
    def vouched_for(self) -> bool:
        """Whether they speak TLS with a certificate that is not of this server's own making."""
        return self.secure and self.fingerprint is None

    def ready_line(
        self, host: str, http_port: int, world_port: int, admin: str | None, *, behind_proxy: bool = False
    ) -> str:
        """Say where the server takes people; `admin` is the admin interface's address, if there is one.

        Of one that listens everywhere, where this machine opens it, and then where others on the network do: they are
        to come by the proxy where it stands behind one.
        """
        s = "s" if self.secure else ""
        name = in_address(own_address(host))
        line = f"ready http=http{s}://{name}:{http_port} world=ws{s}://{name}:{world_port}"
        # At the end, where those who read the line for the first two do not look.
        line += "" if admin is None else f" admin={admin}"
        network = [f"http{s}://{in_address(each)}:{http_port}" for each in network_addresses(host)]
        if network and not behind_proxy:
            line += f" network={','.join(network)}"
        return line if self.fingerprint is None else f"{line} fingerprint={self.fingerprint}"


def prepare_tls(settings: ServerSettings) -> Tls:
    """Read the certificate, or make one, if the ports are to speak TLS.

    Raises what `demand_protected` does, and `CertificateUnusable` for files that OpenSSL does not take.
    """
    demand_protected(settings)
    if settings.tls_self_signed:
        return _self_signed(settings)
    if settings.tls_cert is not None:
        return Tls(_context(Path(settings.tls_cert), Path(settings.tls_key or settings.tls_cert)))
    return Tls()


def demand_protected(settings: ServerSettings) -> None:
    """See that the ports can be protected as far as they have to be; nothing is made.

    Raises `PlainOffLoopback` if they would speak in the clear and must not, `CertificateUnusable` for files that are
    none, that do not belong together or whose time is over.
    """
    if settings.tls_cert is not None:
        key = None if settings.tls_key is None else Path(settings.tls_key)
        read_certificate(Path(settings.tls_cert), key, datetime.now(UTC))
    elif settings.tls_key is not None:
        words = "it is a key without its certificate; name that too, with --tls-cert (tls_cert)"
        raise CertificateUnusable(settings.tls_key, words)
    elif not (settings.tls_self_signed or settings.behind_proxy or is_loopback(settings.host)):
        raise PlainOffLoopback(settings.host)


def _self_signed(settings: ServerSettings) -> Tls:
    file = Path(settings.store + SELF_SIGNED_SUFFIX)
    try:
        keep_self_signed(file, [name for name in names_of(settings.host) if name not in {"0.0.0.0", "::"}])  # noqa: S104 - left out
        return Tls(_context(file, file), fingerprint(file.read_bytes()))
    except OSError as error:
        raise CertificateUnusable(str(file), error.strerror or "cannot be used") from error


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A key with a passphrase would have OpenSSL ask for it on a terminal that may not be there.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        raise CertificateUnusable(str(certificate), f"OpenSSL does not take it: {error.reason or error}") from None
    except OSError as error:
        raise CertificateUnusable(f"{certificate} or {key}", error.strerror or "cannot be read") from None
    return context
