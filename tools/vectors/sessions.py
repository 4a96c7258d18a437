"""sessions.json: whole conversations, step by step."""

from dataclasses import replace
from typing import Final

from msgspec.structs import replace as with_changes

from protocol.ids import CloseCode, Kind, StateFlag, Tier
from protocol.messages import (
    Ack,
    Budget,
    Bye,
    Clock,
    ClockReply,
    Correction,
    Event,
    Hello,
    Result,
    Resume,
)
from protocol.schema import SCHEMA_HASH
from protocol.snapshot import UNTRACKED, AvatarState, Enter, Frame, Moment, Pose, encode_pose
from tools.vectors.frame import (
    ANN,
    ANN_FACTS,
    BO,
    BO_FACTS,
    EVERYTHING,
    TALKING,
    TICK,
    TIME,
    delta,
    enter_ann,
    full,
)
from tools.vectors.layout import VectorFile
from tools.vectors.messages import OP, WELCOME, raw
from tools.vectors.proofs import proofs
from tools.vectors.record_parts import STANDING
from tools.vectors.steps import HELLO, ROSTER, SAY, Steps, client, closed, dropped, said, server

OTHER_OP: Final = bytes(range(16, 32))
ONE_HAND: Final = replace(STANDING, flags=STANDING.flags & ~StateFlag.LEFT, left=UNTRACKED)


def sessions_file() -> VectorFile:
    """Build sessions.json."""
    return {
        "about": "Whole sessions: sections 2, 5 and 6. The server's address and the ticket come from section 10.",
        "sessions": [{"name": name, "steps": steps} for name, steps in _sessions().items()],
    }


def _pose(sequence: int, state: AvatarState = STANDING) -> bytes:
    return encode_pose(Pose(state, sequence, TIME + sequence * 16))


def _resume(token: str, last_event: int) -> Resume:
    return Resume(version=1, schema=SCHEMA_HASH, token=token, last_event=last_event)


def _joined() -> Steps:
    return [
        client(HELLO, "the ticket is fresh"),
        server(WELCOME, "live; the next event is number 1"),
        server(ROSTER, "everybody in the room, the client too"),
    ]


def _sessions() -> dict[str, Steps]:
    return {
        "join_move_say_leave": _join_move_say_leave(),
        **_resumes(),
        **_refused(),
        **_broken(),
        **proofs(),
        **_operations(),
        **_sights(),
    }


def _join_move_say_leave() -> Steps:
    return [
        *_joined(),
        client(Clock(sent=12.5), "to learn the server's clock"),
        server(ClockReply(sent=12.5, time=TIME), "the client's own comes back"),
        client(_pose(1), "the first pose"),
        server(enter_ann(), "Ann comes into sight; nothing of the client itself"),
        server(Frame(TICK + 1, TIME + 16, records=(delta(0, STANDING, TALKING),)), "Ann speaks: two bytes of state"),
        client(SAY, "an operation with a random id"),
        server(said(2, "Good morning"), "the sender gets it too"),
        server(Result(op=OP, ok=True), "answered once"),
        client(Ack(event=2), "1 and 2 are handled"),
        server(Frame(TICK + 2, TIME + 33, leaves=(0,)), "Ann goes out of sight"),
        server(
            Event(event=3, feature="presence", type="changed", body={"joined": [], "left": [ANN]}),
            "and has left the room",
        ),
        client(Bye(), "leaves for good"),
        closed(CloseCode.NORMAL, "the session has ended: its token is void"),
    ]


def _resumes() -> dict[str, Steps]:
    resumed = with_changes(WELCOME, resumed=True, resume_token="r-2", event=1, tick=2000, time=TIME + 9000)  # noqa: S106 - of nobody
    lost = with_changes(resumed, resumed=False, event=420)
    again = enter_ann(2001, TIME + 9016)
    before = [*_joined(), server(enter_ann(), "Ann comes into sight"), dropped("Wi-Fi roams; event 1 was handled")]
    return {
        "resume_with_the_exact_gap": [
            *before,
            client(_resume("r-1", 1), "within the window, with the token of the last welcome"),
            server(resumed, "live again; the next event is number 2; nobody is in sight"),
            server(said(2, "Cy?", ANN, "Ann"), "said meanwhile"),
            server(said(3, "Are you there?", ANN, "Ann"), "the gap, in order"),
            server(again, "Ann is entered anew"),
            client(Ack(event=3), "all handled"),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
        ],
        "resume_when_nothing_was_missed": [
            *before,
            client(_resume("r-1", 1), "nothing happened meanwhile"),
            server(resumed, "no replay"),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
        ],
        "resume_begins_with_the_whole_tick_and_clock": [
            *before[:-1],
            server(
                Frame(TICK + 1, TIME + 16, records=(delta(0, STANDING, TALKING),), before=Moment(TICK, TIME)),
                "soon after: 1 tick and 16 ms later",
            ),
            before[-1],
            client(_resume("r-1", 1), "the new socket knows of no frame"),
            server(resumed, "live again"),
            server(again, "so tick and clock are whole"),
            server(
                Frame(2002, TIME + 9033, records=(delta(0, STANDING, TALKING),), before=again.moment),
                "1 tick and 17 ms after the first over this socket",
            ),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
        ],
        "resume_after_the_ring_overflowed": [
            *before,
            client(_resume("r-1", 1), "more than 300 events were missed"),
            server(lost, "not resumed: forget the room; numbers go on"),
            server(with_changes(ROSTER, event=421), "as after a fresh join"),
            server(again, "and Ann"),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
        ],
        "resume_with_a_used_token": [
            *before,
            client(_resume("r-1", 1), "the token serves once"),
            server(resumed, "live again, with the next token r-2"),
            dropped("lost again"),
            client(_resume("r-1", 1), "but r-1 was used"),
            closed(CloseCode.REPLAYED, "a new ticket is needed"),
        ],
        "resume_of_an_event_never_sent": [
            *before,
            client(_resume("r-1", 9), "only event 1 was sent"),
            closed(CloseCode.MALFORMED, "beyond what was sent"),
        ],
        "resume_after_bye": [
            *_joined(),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
            client(_resume("r-1", 1), "on a new socket"),
            closed(CloseCode.REPLAYED, "the session has ended"),
        ],
    }


def _refused() -> dict[str, Steps]:
    def refused(hello: Hello | Resume, why: str, code: CloseCode, note: str) -> Steps:
        return [client(hello, why), closed(code, note)]

    return {
        "version_mismatch": refused(
            with_changes(HELLO, version=2, schema="0" * 16), "a client from the future", CloseCode.VERSION, "version"
        ),
        "version_mismatch_with_keys_of_the_future": [
            client(raw(Kind.HELLO, {"version": 2, "schema": "f" * 16, "pass": "eyJ.t.s"}), "keys this version has not"),
            closed(CloseCode.VERSION, "looked at before the other keys"),
        ],
        "schema_mismatch": refused(
            with_changes(HELLO, schema="0" * 16), "the same version, other layouts", CloseCode.VERSION, "both hashes"
        ),
        "schema_mismatch_on_resume": refused(
            with_changes(_resume("r-1", 0), schema="0" * 16),
            "the server was upgraded",
            CloseCode.VERSION,
            "both hashes",
        ),
        "ticket_forged_or_expired": refused(
            with_changes(HELLO, ticket="eyJ.t.x"), "wrong signature", CloseCode.AUTHENTICATION_INVALID, "ticket"
        ),
        "ticket_used": [
            *_joined(),
            client(Bye(), "leaves"),
            closed(CloseCode.NORMAL, "ended"),
            client(HELLO, "the same ticket on a new socket"),
            closed(CloseCode.REPLAYED, "a ticket is for one use"),
        ],
        "room_gone": refused(HELLO, "the room was closed meanwhile", CloseCode.FORBIDDEN, "no such room"),
        "room_full": refused(HELLO, "the room filled up meanwhile", CloseCode.OVERLOADED, "try again later"),
        "nothing_said": [closed(CloseCode.AUTHENTICATION_TIMEOUT, "5 s without a whole message")],
        "pose_before_hello": [
            client(_pose(1), "nobody yet"),
            closed(CloseCode.MALFORMED, "only hello and resume are admitted"),
        ],
        "hello_twice": [
            *_joined(),
            client(HELLO, "once more"),
            closed(CloseCode.MALFORMED, "a live session admits no hello"),
        ],
    }


def _broken() -> dict[str, Steps]:
    return {
        "malformed_pose": [
            *_joined(),
            client(_pose(1), "a sound pose"),
            client(_pose(2)[:-1], "a byte is missing"),
            closed(CloseCode.MALFORMED, "length for the flags"),
        ],
        "malformed_message": [
            *_joined(),
            client(b"\x05\x81\xa4sent\xa11", "a clock of text"),
            closed(CloseCode.MALFORMED, "sent: expected float"),
        ],
        "ack_of_an_event_never_sent": [
            *_joined(),
            client(Ack(event=2), "only event 1 was sent"),
            closed(CloseCode.MALFORMED, "beyond what was sent"),
        ],
        "corrected_to_the_bounds": [
            *_joined(),
            client(
                _pose(1, replace(STANDING, head=replace(STANDING.head, x=4_500, y=1_600, z=-2_000))),
                "half a metre outside the wall at x = 4 m",
            ),
            server(Correction(sequence=1, position=(4_000, 1_600, -2_000), reason="bounds"), "held at the wall"),
            client(_pose(2), "back inside: within the budget, nothing is said"),
        ],
        "superseded": [
            *_joined(),
            closed(CloseCode.SUPERSEDED, "the session was resumed from another socket"),
        ],
        "service_restart": [
            *_joined(),
            closed(CloseCode.SERVICE_RESTART, "come back: a code of reconnection"),
        ],
    }


def _operations() -> dict[str, Steps]:
    done = Result(op=OP, ok=True)
    return {
        "operation_repeated": [
            *_joined(),
            client(SAY, "the answer gets lost, say"),
            server(said(2, "Good morning"), "the effect"),
            server(done, "the answer"),
            client(SAY, "once more with the same id"),
            server(done, "the same answer; no second event"),
        ],
        "operation_refused": [
            *_joined(),
            client(with_changes(SAY, body={"text": 5}), "the outer message is sound, the body is not"),
            server(Result(op=OP, ok=False, code="malformed", detail="text: expected str, got int"), "still live"),
            client(with_changes(SAY, op=OTHER_OP, feature="chess"), "no such feature here"),
            server(Result(op=OTHER_OP, ok=False, code="unknown_feature", detail="chess"), "still live"),
            client(with_changes(SAY, op=bytes(16), type="sing"), "no such operation"),
            server(Result(op=bytes(16), ok=False, code="unknown_type", detail="chat.sing"), "still live"),
            client(with_changes(SAY, op=bytes([1] * 16), body={"text": "a" * 501}), "too much"),
            server(Result(op=bytes([1] * 16), ok=False, code="too_long", detail="at most 500"), "still live"),
        ],
    }


def _sights() -> dict[str, Steps]:
    silent = replace(EVERYTHING, voice=0)
    bo = Enter(0, BO, BO_FACTS)
    ann = Enter(0, ANN, ANN_FACTS)
    return {
        "alias_reused_in_one_frame": [
            *_joined(),
            server(enter_ann(), "alias 0 is Ann"),
            server(
                Frame(TICK + 1, TIME + 16, leaves=(0,), enters=(bo,), records=(full(0, EVERYTHING),)),
                "Ann leaves, alias 0 is Bo: leaves come first",
            ),
            server(
                Frame(TICK + 2, TIME + 33, records=(delta(0, EVERYTHING, replace(EVERYTHING, voice=51)),)), "Bo's voice"
            ),
            server(Frame(TICK + 3, TIME + 50, leaves=(0,)), "Bo leaves"),
        ],
        "tier_change": [
            *_joined(),
            server(Frame(TICK, TIME, enters=(ann,), records=(full(0, EVERYTHING),)), "near: everything"),
            server(
                Frame(TICK + 1, TIME + 16, records=(full(0, EVERYTHING, tier=Tier.UPPER),)),
                "farther: no fingers, no face",
            ),
            server(
                Frame(TICK + 2, TIME + 33, records=(delta(0, EVERYTHING, silent, tier=Tier.UPPER),)),
                "deltas within the tier",
            ),
            server(Frame(TICK + 3, TIME + 50, records=(full(0, silent, tier=Tier.HEAD),)), "far: the head alone"),
            server(
                Frame(TICK + 4, TIME + 66, records=(full(0, silent, tier=Tier.PRESENCE),)),
                "the client asked for very little: the head, coarse, turned about the vertical alone",
            ),
            server(Frame(TICK + 5, TIME + 83, records=(full(0, silent),)), "near again"),
        ],
        "budget_lowered_and_lifted": [
            *_joined(),
            server(Frame(TICK, TIME, enters=(ann,), records=(full(0, EVERYTHING),)), "near: everything"),
            client(Budget(kbits=8), "the least there is"),
            server(
                Frame(TICK + 16, TIME + 266, records=(full(0, silent, tier=Tier.PRESENCE),)),
                "rarer and coarser; no leave, no enter",
            ),
            client(Budget(kbits=1_000_000), "no limit any more"),
            server(Frame(TICK + 17, TIME + 283, records=(full(0, silent),)), "everything again"),
        ],
        "skipped_ticks": [
            *_joined(),
            server(enter_ann(), "as Ann stands"),
            server(
                Frame(TICK + 30, TIME + 500, records=(full(0, TALKING),)),
                "the socket was not drained: the newest state, whole, and none of those between",
            ),
        ],
        "hand_lost_and_found": [
            *_joined(),
            server(enter_ann(), "both hands tracked"),
            server(
                Frame(TICK + 1, TIME + 16, records=(delta(0, STANDING, ONE_HAND),)),
                "the left hand vanishes: state alone",
            ),
            server(Frame(TICK + 2, TIME + 33, records=(delta(0, ONE_HAND, STANDING),)), "and is back, absolute"),
        ],
    }
