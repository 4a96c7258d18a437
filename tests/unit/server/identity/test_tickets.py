import base64

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from protocol.ids import CloseCode
from server.identity.refusals import TicketError, TicketExpired, TicketInvalid, TicketUsed
from server.identity.tickets import LIFETIME_MAX_SECONDS, TICKET_CHARS_MAX, Claims, TicketDesk

KEY = bytes(range(32))
ANN = Claims(room="lobby", subject="guest-1", name="Ann Ådahl", role="patient", avatar="plain")


def desk(lifetime: float = 60.0) -> TicketDesk:
    return TicketDesk(lifetime, key=KEY)


def signed(payload: dict[str, object], header: dict[str, str] | None = None) -> str:
    return jwt.encode(header or {"alg": "HS256"}, payload, OctKey.import_key(KEY))


def test_a_ticket_gives_back_what_it_was_issued_for() -> None:
    tickets = desk()
    assert tickets.redeem(tickets.issue(ANN, since=5.0), now=5.1) == ANN
    assert (tickets.issued, tickets.redeemed) == (1, 1)


def test_a_ticket_serves_once() -> None:
    tickets = desk()
    ticket = tickets.issue(ANN, since=0.0)
    tickets.redeem(ticket, now=1.0)
    with pytest.raises(TicketUsed) as caught:
        tickets.redeem(ticket, now=2.0)
    assert caught.value.close_code is CloseCode.REPLAYED


def test_two_tickets_for_the_same_person_serve_once_each() -> None:
    tickets = desk()
    first, second = tickets.issue(ANN, since=0.0), tickets.issue(ANN, since=0.0)
    assert first != second
    assert tickets.redeem(second, now=0.1) == tickets.redeem(first, now=0.1) == ANN


@pytest.mark.parametrize("lifetime", [0.5, 60.0])
def test_a_ticket_is_good_until_its_lifetime_is_over_and_no_longer(lifetime: float) -> None:
    tickets = desk(lifetime)
    early, late = tickets.issue(ANN, since=10.0), tickets.issue(ANN, since=10.0)
    assert tickets.redeem(early, now=10.0 + lifetime - 0.001) == ANN
    with pytest.raises(TicketExpired) as caught:
        tickets.redeem(late, now=10.0 + lifetime)
    assert caught.value.close_code is CloseCode.AUTHENTICATION_INVALID


def test_a_used_ticket_that_has_expired_too_counts_as_expired() -> None:
    tickets = desk()
    ticket = tickets.issue(ANN, since=0.0)
    tickets.redeem(ticket, now=1.0)
    with pytest.raises(TicketExpired):
        tickets.redeem(ticket, now=60.0)


def test_used_tickets_are_forgotten_after_they_expired() -> None:
    tickets = desk()
    for second in range(600):
        tickets.redeem(tickets.issue(ANN, since=float(second)), now=second + 0.5)
        assert tickets.remembered <= LIFETIME_MAX_SECONDS + 1
    tickets.redeem(tickets.issue(ANN, since=10_000.0), now=10_000.0)
    assert tickets.remembered == 1


def test_no_used_ticket_is_forgotten_while_it_would_still_be_good() -> None:
    tickets = desk()
    early, late = tickets.issue(ANN, since=0.0), tickets.issue(ANN, since=30.0)
    tickets.redeem(late, now=31.0)
    tickets.redeem(early, now=59.0)
    with pytest.raises(TicketUsed):
        tickets.redeem(late, now=89.9)


@pytest.mark.parametrize(
    "ticket",
    [
        "",
        "ticket",
        "a.b.c",
        "...",
        "\ud800",
        "é" * 40,
        "x" * (TICKET_CHARS_MAX + 1),
        "eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_what_is_no_ticket_is_refused(ticket: str) -> None:
    with pytest.raises(TicketInvalid) as caught:
        desk().redeem(ticket, now=0.0)
    assert caught.value.close_code is CloseCode.AUTHENTICATION_INVALID


@pytest.mark.parametrize("header", ['{"alg":"HS256","crit":1}', '{"alg":"HS256","crit":[[]]}', "[" * 1_400])
def test_a_header_that_is_none_is_refused(header: str) -> None:
    with pytest.raises(TicketInvalid):
        desk().redeem(f"{base64.urlsafe_b64encode(header.encode()).rstrip(b'=').decode()}.e30.AAAA", now=0.0)


def test_a_ticket_of_another_process_is_refused() -> None:
    with pytest.raises(TicketInvalid):
        TicketDesk().redeem(TicketDesk().issue(ANN, since=0.0), now=0.0)


def test_every_changed_character_is_noticed() -> None:
    tickets = desk()
    ticket = tickets.issue(ANN, since=0.0)
    for place in range(0, len(ticket) - 1, 7):
        other = "A" if ticket[place] != "A" else "B"
        with pytest.raises(TicketError):
            tickets.redeem(ticket[:place] + other + ticket[place + 1 :], now=0.0)
    assert tickets.redeem(ticket, now=0.0) == ANN


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_the_ticket_does_not_choose_its_algorithm(algorithm: str) -> None:
    sound: dict[str, object] = {"room": "lobby", "subject": "s", "name": "n", "role": "r", "avatar": "a"}
    sound |= {"jti": "j", "exp": 60.0}
    assert desk().redeem(signed(sound), now=0.0).room == "lobby"
    if algorithm == "none":
        head, body, _ = (part.encode() for part in signed(sound).split("."))
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=")
        ticket = b".".join((head, body, b"")).decode()
    else:
        ticket = jwt.encode({"alg": algorithm}, sound, OctKey.import_key(KEY), algorithms=[algorithm])
    with pytest.raises(TicketInvalid):
        desk().redeem(ticket, now=0.0)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"room": "lobby"},
        {"room": 1, "subject": "s", "name": "n", "role": "r", "avatar": "a", "jti": "j", "exp": 9.0},
        {"room": "l", "subject": "s", "name": "n", "role": "r", "avatar": "a", "jti": "j", "exp": "soon"},
        {"room": "l", "subject": "s", "name": "n", "role": "r", "avatar": "a", "jti": "j", "exp": 9.0, "admin": True},
    ],
)
def test_a_signed_token_with_other_claims_is_no_ticket(payload: dict[str, object]) -> None:
    with pytest.raises(TicketInvalid):
        desk().redeem(signed(payload), now=0.0)


def test_the_longest_facts_still_fit_the_hello_message() -> None:
    widest = "\U0001f469"
    claims = Claims(room="r" * 32, subject="guest-" + "0" * 32, name=widest * 64, role=widest * 64, avatar="a" * 32)
    tickets = desk()
    ticket = tickets.issue(claims, since=1e9)
    assert len(ticket) <= TICKET_CHARS_MAX
    assert tickets.redeem(ticket, now=1e9) == claims


@pytest.mark.parametrize("lifetime", [0.0, -1.0, 60.1, float("nan")])
def test_a_lifetime_the_wire_does_not_allow_is_an_error(lifetime: float) -> None:
    with pytest.raises(ValueError, match="lifetime"):
        TicketDesk(lifetime)
