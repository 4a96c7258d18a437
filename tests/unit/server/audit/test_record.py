"""Records have one form in bytes, and their hash chains them."""

from hashlib import sha256

import pytest

from server.audit.record import BEFORE_FIRST, Record, chain_hash, decode, encode, line_of, seconds_between, time_text

RECORD = Record(number=7, time=time_text(0), action="joined", detail={"b": 1, "a": "x"})


def test_the_canonical_form_leaves_defaults_out_and_sorts_the_detail() -> None:
    body = b'{"number":7,"time":"1970-01-01T00:00:00.000000Z","action":"joined","detail":{"a":"x","b":1}}'
    assert encode(RECORD) == body
    assert decode(body) == RECORD


@pytest.mark.parametrize(
    "body",
    [
        b'{"number":7,"time":"","action":"joined","outcome":""}',
        b'{"number":7,"time":"","action":"joined","about":[]}',
        b'{"number":7,"time":"","action":"joined","detail":{}}',
        b'{"time":"","number":7,"action":"joined"}',
        b'{"number":7, "time":"","action":"joined"}',
        b'{"number":7,"time":"","action":"joined","name":"Ann"}',
        b'{"number":7,"time":"","action":"joined","detail":{"b":1,"a":2}}',
        b"{}",
        b"\xff",
    ],
)
def test_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - msgspec's own for what is no JSON
        decode(body)


def test_the_hash_covers_the_one_before() -> None:
    assert chain_hash(BEFORE_FIRST, b"x") == sha256(bytes(32) + b"x").digest()
    assert line_of(bytes(32), b"{}") == b"0" * 64 + b" {}\n"


@pytest.mark.parametrize("time", ["", "soon", "2027-01-15T08:00:00", "2027-01-15"])
def test_what_is_no_time_in_utc_is_no_time_from_another(time: str) -> None:
    other = Record(number=8, time=time, action="joined")
    for earlier, later in ((RECORD, other), (other, RECORD)):
        with pytest.raises(ValueError, match=r"time|isoformat"):
            seconds_between(earlier, later)


def test_times_have_microseconds() -> None:
    assert time_text(1_800_000_000_000_001_999) == "2027-01-15T08:00:00.000001Z"
