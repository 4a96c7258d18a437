"""The header Authorization; what tokens say is checked against a real provider in tests/integration/identity."""

import json
from typing import cast

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from server.config.identity import IdentitySettings
from server.identity.bearer import TOKEN_CHARS_MAX, BearerTokens, bearer_of
from server.identity.provider import ProviderKeys
from server.identity.refusals import Unauthenticated


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_bearer_token_is_taken_whatever_the_case_of_its_scheme(header: str) -> None:
    assert bearer_of([header]) == "abc"


def test_without_the_header_there_is_no_token() -> None:
    assert bearer_of([]) is None


@pytest.mark.parametrize("headers", [["Basic abc"], ["Bearer"], ["Bearer "], [""], ["Bearer a", "Bearer b"]])
def test_everything_else_proves_nothing(headers: list[str]) -> None:
    with pytest.raises(Unauthenticated):
        bearer_of(headers)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "x" * (TOKEN_CHARS_MAX + 1), "\u00e9"])
async def test_what_is_no_token_never_reaches_the_provider(token: str) -> None:
    keys = ProviderKeys("https://id.example", 30.0, lambda: 0.0)
    with pytest.raises(Unauthenticated):
        await BearerTokens(IdentitySettings(), keys, lambda: 0.0).read(token)
    assert keys.fetches == 0


@pytest.mark.parametrize("subject", ["\ud800", "ann\udfff", "", "x" * 256, 1, ["ann"], None])
async def test_a_subject_that_is_none_is_nobodys(subject: object) -> None:
    key = ECKey.generate_key("P-256")

    class Keys:
        async def find(self, kid: str | None, algorithm: str) -> ECKey:
            assert (kid, algorithm) == (None, "ES256")
            return key

    settings = IdentitySettings(issuer="https://id.example", client_id="web", staff=())
    tokens = BearerTokens(settings, cast("ProviderKeys", Keys()), lambda: 100.0)

    def signed(**claims: object) -> str:
        claims = {"iss": "https://id.example", "aud": "web", "iat": 90, "exp": 200} | claims
        return jws.serialize_compact({"alg": "ES256"}, json.dumps(claims).encode(), key)

    assert (await tokens.read(signed(sub="ann"))).subject == "ann"
    with pytest.raises(Unauthenticated):
        await tokens.read(signed(sub=subject))
