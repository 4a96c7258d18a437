"""A real OpenID provider (PyPI oidc-provider-mock) as a process of its own: its flows, its HTTP, its keys.

The provider signs with RS256 alone; here with any of the server's algorithms. It does not look at PKCE; here it does,
with Authlib's own extension. It says when somebody signed in, and serves public clients and pages of other origins. Two
addresses are added to its own: `POST /test/rotate` gives it a new key, `POST /test/sign` signs claims that no honest
provider would put together.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).parents[2]
CLIENT = "polyclinic-web"
REDIRECT = "http://127.0.0.1:8080/"
_JSON = {"Content-Type": "application/json"}


class Provider:
    """The process; a context manager."""

    def __init__(self, algorithm: str = "RS256", port: int = 0) -> None:
        self._command = [sys.executable, "-m", "tests.support.oidc_provider", algorithm, str(port)]
        self._process: subprocess.Popen[str] | None = None
        self.issuer = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.issuer = self._process.stdout.readline().strip()
        assert self.issuer.startswith("http://localhost:")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def log_in(self, subject: str, scope: str = "openid profile", **claims: object) -> str:
        """Go the way of a browser, with PKCE; the ID token, in which a name is only if `scope` has `profile`."""
        with httpx.Client(base_url=self.issuer) as client:
            client.put(f"/users/{subject}", json=claims).raise_for_status()
            verifier = secrets.token_urlsafe(48)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            asked = {
                "response_type": "code",
                "client_id": CLIENT,
                "redirect_uri": REDIRECT,
                "scope": scope,
                "state": "s",
                "nonce": secrets.token_urlsafe(8),
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
            answer = client.post("/oauth2/authorize", params=asked, data={"sub": subject})
            code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
            grant = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": REDIRECT,
                "client_id": CLIENT,
                "code_verifier": verifier,
            }
            answer = client.post("/oauth2/token", data=grant, auth=(CLIENT, "any"))
            answer.raise_for_status()
            token: str = answer.json()["id_token"]
            return token

    def claims(self, subject: str, seconds: float = 300.0, **changed: object) -> dict[str, Any]:
        """Give what the provider would say of somebody, good for so long, with some of it changed; None leaves out."""
        now = time.time()
        said = {"iss": self.issuer, "aud": CLIENT, "sub": subject, "iat": now, "exp": now + seconds} | changed
        return {name: value for name, value in said.items() if value is not None}

    def token(self, subject: str, seconds: float = 300.0, **changed: object) -> str:
        """Sign that."""
        return self.sign(self.claims(subject, seconds, **changed))

    def sign(self, claims: dict[str, Any], **header: object) -> str:
        """Sign claims with the provider's key."""
        return self._post("/test/sign", {"claims": claims, "header": header})

    def rotate(self) -> None:
        """Give the provider another key; the one before is forgotten."""
        self._post("/test/rotate", {})

    def _post(self, path: str, body: object) -> str:
        # Python's own JSON, for claims of Infinity and NaN, which httpx refuses to send.
        answer = httpx.post(f"{self.issuer}{path}", content=json.dumps(body), headers=_JSON)
        answer.raise_for_status()
        return answer.text


def main(algorithm: str, port: int) -> None:
    """Serve until killed; the issuer is the one line on standard output."""
    import flask  # noqa: PLC0415 - tests that only start the process do not need it
    import oidc_provider_mock._app as provider  # type: ignore[import-untyped]  # noqa: PLC0415
    import werkzeug.serving  # noqa: PLC0415
    from authlib import jose  # type: ignore[import-untyped]  # noqa: PLC0415
    from authlib.oauth2 import rfc7636  # type: ignore[import-untyped]  # noqa: PLC0415
    from joserfc import jwk, jws, jwt  # noqa: PLC0415

    kinds = {"RS256": ("RSA", 2048), "ES256": ("EC", "P-256"), "ES384": ("EC", "P-384"), "EdDSA": ("OKP", "Ed25519")}
    kind, size = kinds[algorithm]
    kept: list[Any] = []

    def new_key() -> Any:
        return jose.JsonWebKey.generate_key(kind, size, {"kid": secrets.token_hex(4)}, is_private=True)

    class Storage(provider.Storage):  # type: ignore[misc]  # it has no stubs
        def __init__(self) -> None:
            super().__init__()
            self.jwk = new_key()
            kept.append(self)

    def asked(name: str) -> Any:
        return field(default_factory=lambda: flask.request.args.get(name))

    @dataclass(kw_only=True, frozen=True)
    class AuthorizationCode(provider.AuthorizationCode):  # type: ignore[misc]
        code_challenge: str | None = asked("code_challenge")
        code_challenge_method: str | None = asked("code_challenge_method")
        signed_in_at: int = field(default_factory=lambda: int(time.time()))

        def get_auth_time(self) -> int:
            return self.signed_in_at

    class OpenIDCode(provider.OpenIDCode):  # type: ignore[misc]
        def __call__(self, grant: Any) -> None:
            super().__call__(grant)
            rfc7636.CodeChallenge(required=True)(grant)

    provider.AuthorizationCode = AuthorizationCode
    provider.OpenIDCode = OpenIDCode
    for grant in (provider.AuthorizationCodeGrant, provider.RefreshTokenGrant):
        grant.TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "none"]
    provider.Storage = Storage
    provider._JWS_ALG = algorithm
    app = provider.app()

    def rotate() -> str:
        kept[0].jwk = new_key()
        return ""

    def sign() -> str:
        asked = flask.request.get_json()
        private = kept[0].jwk.as_dict(is_private=True)
        header = {"alg": algorithm, "kid": private["kid"]} | asked["header"]
        header = {name: value for name, value in header.items() if value is not None}
        key = jwk.import_key(private)
        if isinstance(asked["claims"], dict):
            return jwt.encode(header, asked["claims"], key, algorithms=[algorithm])
        return jws.serialize_compact(header, json.dumps(asked["claims"]).encode(), key, algorithms=[algorithm])

    def for_pages(answer: Any) -> Any:
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    app.after_request(for_pages)
    app.add_url_rule("/test/rotate", view_func=rotate, methods=["POST"])
    app.add_url_rule("/test/sign", view_func=sign, methods=["POST"])
    server = werkzeug.serving.make_server("localhost", port, app, threaded=True)
    sys.stdout.write(f"http://localhost:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
