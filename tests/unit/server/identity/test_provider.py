"""Which keys of a provider are taken, and for what."""

import asyncio
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from server.identity.provider import (
    DOCUMENT_BYTES_MAX,
    FRESH_SECONDS,
    ProviderKeys,
    ProviderUnreadable,
    count_keys,
)
from server.identity.refusals import IdentityUnavailable

ISSUER = "https://id.example"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"}).as_dict(private=False)
P256 = ECKey.generate_key("P-256", {"kid": "p256"}).as_dict(private=False)
P384 = ECKey.generate_key("P-384", {"kid": "p384"}).as_dict(private=False)
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"}).as_dict(private=False)


class Web:
    """What the provider's addresses answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: list[dict[str, Any]] = [RSA, P256, P384, ED]
        self.issuer = ISSUER
        self.jwks_uri = f"{ISSUER}/jwks"
        self.asked: list[str] = []
        self.answer: httpx.Response | None = None
        real = httpx.AsyncClient

        def client(**options: Any) -> httpx.AsyncClient:
            return real(**options, transport=httpx.MockTransport(self._handle))

        monkeypatch.setattr("server.identity.provider.httpx.AsyncClient", client)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if self.answer is not None:
            return self.answer
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": self.issuer, "jwks_uri": self.jwks_uri, "more": 1})
        return httpx.Response(200, json={"keys": self.keys})


class Steps:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    return Web(monkeypatch)


@pytest.fixture
def keys(web: Web) -> ProviderKeys:
    return ProviderKeys(ISSUER, 30.0, Steps())


@pytest.mark.parametrize(
    ("kid", "algorithm"), [("rsa", "RS256"), ("p256", "ES256"), ("p384", "ES384"), ("ed", "EdDSA")]
)
async def test_a_key_is_found_by_its_id_for_its_own_algorithm(keys: ProviderKeys, kid: str, algorithm: str) -> None:
    found = await keys.find(kid, algorithm)
    assert found is not None
    assert found.kid == kid
    for other in {"RS256", "ES256", "ES384", "EdDSA"} - {algorithm}:
        assert await keys.find(kid, other) is None


async def test_without_an_id_the_only_key_of_its_kind_will_do_and_two_will_not(web: Web, keys: ProviderKeys) -> None:
    assert await keys.find(None, "RS256") is not None
    web.keys = [RSA, {**RSA, "kid": "other"}]
    assert await ProviderKeys(ISSUER, 30.0, Steps()).find(None, "RS256") is None


@pytest.mark.parametrize(
    "key",
    [
        {**RSA, "use": "enc"},
        {**RSA, "alg": "RS512"},
        {**RSA, "n": RSA["n"][: len(RSA["n"]) // 2]},
        {**OctKey.generate_key(256, {"kid": "rsa"}).as_dict(), "alg": "RS256"},
        {"kty": "RSA", "kid": "rsa", "n": RSA["n"]},
        {"kty": "RSA", "kid": "rsa", "n": 7, "e": []},
        {"kty": "what", "kid": "rsa"},
        {"kid": "rsa"},
    ],
)
async def test_a_key_that_is_weak_or_for_something_else_is_left_out(
    web: Web, keys: ProviderKeys, key: dict[str, Any]
) -> None:
    web.keys = [key, P256]
    assert await keys.find("rsa", "RS256") is None
    assert await keys.find("p256", "ES256") is not None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://evil.example"}),
        httpx.Response(200, content=b"no json"),
        httpx.Response(200, json={"issuer": ISSUER}),
        httpx.Response(200, json=[]),
        httpx.Response(200, content=b" " * (DOCUMENT_BYTES_MAX + 1)),
    ],
)
async def test_what_is_no_document_gives_no_keys(web: Web, keys: ProviderKeys, answer: httpx.Response) -> None:
    web.answer = answer
    with pytest.raises(IdentityUnavailable):
        await keys.find("rsa", "RS256")
    assert not any("evil" in address for address in web.asked)


async def test_keys_over_an_unprotected_connection_are_not_believed(web: Web, keys: ProviderKeys) -> None:
    web.jwks_uri = "http://id.example/jwks"
    with pytest.raises(IdentityUnavailable):
        await keys.find("rsa", "RS256")


async def test_many_who_come_at_once_ask_once(web: Web, keys: ProviderKeys) -> None:
    await asyncio.gather(*(keys.find("rsa", "RS256") for _ in range(50)))
    await asyncio.gather(*(keys.find(f"made-up-{number}", "RS256") for number in range(50)))
    assert len(web.asked) == 2


async def test_keys_are_fetched_before_the_first_token_and_again_when_they_are_old(web: Web) -> None:
    clock = Steps()
    keys = ProviderKeys(ISSUER, 30.0, clock)
    keys.begin()
    await asyncio.sleep(0)
    await keys.refetch()
    assert keys.fetches == 1
    web.keys = [P256]
    clock.now = FRESH_SECONDS
    # The old ones serve meanwhile; nobody waits.
    assert await keys.find("rsa", "RS256") is not None
    await asyncio.sleep(0)
    await keys.refetch()
    assert await keys.find("rsa", "RS256") is None
    await keys.close()


async def test_closing_ends_a_fetch_that_is_under_way(keys: ProviderKeys) -> None:
    await keys.close()
    keys.begin()
    (fetching,) = [task for task in asyncio.all_tasks() if task.get_name() == "identity keys"]
    await keys.close()
    assert fetching.cancelled()


# Asked by hand --------------------------------------------------------------------------------------------------------


async def test_the_keys_of_a_provider_are_counted_by_what_they_sign(web: Web) -> None:
    web.keys = [RSA, {**RSA, "kid": "other"}, ED, {"kty": "oct", "k": "AAAA"}]
    assert await count_keys(ISSUER) == {"RS256": 2, "ES256": 0, "ES384": 0, "EdDSA": 1}


@pytest.mark.parametrize(
    ("answer", "issuer", "jwks_uri", "words"),
    [
        (httpx.Response(404), ISSUER, "", r"configuration answers with status 404$"),
        (httpx.Response(302, headers={"location": "https://else.example"}), ISSUER, "", r"answers with status 302$"),
        (httpx.Response(200, text="<html>"), ISSUER, "", r"no discovery document or no set of keys \("),
        (
            httpx.Response(200, content=b" " * (DOCUMENT_BYTES_MAX + 1)),
            ISSUER,
            "",
            r"answers with more than 262144 bytes$",
        ),
        (None, f"{ISSUER}/", "", r"that of 'https://id\.example/': name it so, letter for letter$"),
        (None, ISSUER, "http://id.example/jwks", r"at 'http://id\.example/jwks', over an unprotected connection$"),
    ],
)
async def test_why_the_keys_cannot_be_read_is_told(
    web: Web, answer: httpx.Response | None, issuer: str, jwks_uri: str, words: str
) -> None:
    web.answer, web.issuer, web.jwks_uri = answer, issuer, jwks_uri
    with pytest.raises(ProviderUnreadable, match=words) as caught:
        await count_keys(ISSUER)
    assert caught.value.asked == f"{ISSUER}/.well-known/openid-configuration"
    assert ("at the provider" if jwks_uri else "`issuer` in [identity]") in caught.value.to_check


@pytest.mark.parametrize(
    ("answer", "jwks_uri"),
    [
        (httpx.Response(200, content=b'{"issuer": "\xff", "jwks_uri": "x"}'), ""),
        (httpx.Response(200, content=b'{"x": ' + b"[" * 100_000), ""),
        (None, "https://[id.example/jwks"),
        (None, "https://id.example:port/jwks"),
    ],
)
async def test_a_document_that_is_none_leaves_the_keys_that_are_known(
    web: Web, keys: ProviderKeys, answer: httpx.Response | None, jwks_uri: str
) -> None:
    web.answer, web.jwks_uri = answer, jwks_uri
    with pytest.raises(IdentityUnavailable):
        await keys.find("rsa", "RS256")
    with pytest.raises(ProviderUnreadable):
        await count_keys(ISSUER)


async def test_a_provider_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(*_: object) -> bytes:
        raise TimeoutError

    monkeypatch.setattr("server.identity.provider._get", late)
    with pytest.raises(ProviderUnreadable, match="no answer within 5 s"):
        await count_keys(ISSUER)
