"""Sessions that end with the token they came by, or go on over its end (SPEC section 2)."""

from msgspec.structs import replace as with_changes

from protocol.ids import CloseCode
from protocol.messages import Ack, Bye, Refresh, Refreshed, Result
from tools.vectors.messages import OP, WELCOME
from tools.vectors.steps import HELLO, ROSTER, SAY, Steps, client, closed, said, server


def proofs() -> dict[str, Steps]:
    """Build the sessions that end with a token, or go on."""
    began = [
        client(HELLO, "the ticket was bought with a token that ends in 8 s"),
        server(with_changes(WELCOME, expires_in=8.0), "the session ends then, unless it is refreshed"),
        server(ROSTER, "everybody in the room, the client too"),
        client(Ack(event=1), "it is handled"),
    ]
    fresh = client(Refresh(ticket="eyJ.t.t"), "a fresh ticket, bought with a fresh token")
    return {
        "refreshed_before_the_token_ends": [
            *began,
            fresh,
            server(Refreshed(expires_in=300.0), "the session goes on"),
            client(SAY, "nothing else has changed"),
            server(said(2, "Good morning"), "the same entity says it"),
            server(Result(op=OP, ok=True), "answered"),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
        ],
        "not_refreshed": [*began, closed(CloseCode.TOKEN_EXPIRED, "8 s later")],
        "refreshed_with_somebody_elses_ticket": [
            *began,
            fresh,
            closed(CloseCode.AUTHENTICATION_INVALID, "of another person, for another room, or in another role"),
        ],
        "refresh_before_hello": [fresh, closed(CloseCode.MALFORMED, "only hello and resume are admitted")],
    }
