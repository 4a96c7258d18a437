"""frame.json: snapshots, one after another."""

from dataclasses import replace
from typing import Final

from protocol.codec import encode_facts
from protocol.ids import FrameFlag, Tier
from protocol.messages import AvatarFacts, ObjectFacts
from protocol.snapshot import (
    AvatarState,
    Enter,
    Frame,
    ObserverView,
    Record,
    age_units,
    delta_record,
    encode_frame,
    first_held,
    full_record,
    mask_for_tier,
    show_in_tier,
)
from tools.vectors.layout import Vector, VectorFile, random_state, seeded, state_json
from tools.vectors.record_parts import STANDING

ANN: Final = 0x1A2B3C4D
BO: Final = 0xFFFFFFFF
CART: Final = 1
ANN_FACTS: Final = encode_facts(AvatarFacts(kind="avatar", name="Ann", role="clinician", avatar="coat-1"))
BO_FACTS: Final = encode_facts(AvatarFacts(kind="avatar", name="Bo Ødegård", role="patient", avatar="plain-2"))
CART_FACTS: Final = encode_facts(ObjectFacts(kind="prop", name="crash cart", model="props/cart.glb"))
TALKING: Final = replace(STANDING, voice=204)
EVERYTHING: Final = show_in_tier(random_state(seeded(20), 0xFF), Tier.FULL)
CART_STATE: Final = AvatarState(flags=1, head=STANDING.head)
TICK: Final = 1000
TIME: Final = 50_000


def frame_file() -> VectorFile:
    """Build frame.json."""
    sequences = _sequences()
    return {
        "about": "Snapshots: section 5.2. Entity ids are decimal.",
        "valid": [_valid(name, frames) for name, frames in sequences.items()],
        "invalid": _invalid(),
    }


def full(alias: int, state: AvatarState, age: int = 0, tier: Tier = Tier.FULL) -> Record:
    """Make the full record of an entity that was still before."""
    return Record(alias, full_record(first_held(state, tier)), age)


def delta(alias: int, held: AvatarState, after: AvatarState, age: int = 0, tier: Tier = Tier.FULL) -> Record:
    """Make the delta record of an entity that changed for the first time since its full record."""
    written = delta_record(first_held(held, tier), show_in_tier(after, tier))
    if written is None:
        raise ValueError("nothing changed")
    return Record(alias, written[0], age)


def enter_ann(tick: int = TICK) -> Frame:
    """Make the frame in which Ann comes into sight as alias 0."""
    return Frame(tick, TIME, enters=(Enter(0, ANN, ANN_FACTS),), records=(full(0, STANDING),))


def _sequences() -> dict[str, list[bytes]]:
    later, last = TICK + 1, TICK + 2
    enter_all = Frame(TICK, TIME, enters=(Enter(0, ANN, ANN_FACTS),), records=(full(0, EVERYTHING),))
    sequences: dict[str, list[Frame]] = {
        "nobody": [Frame(0, 0)],
        "tick_and_time_at_their_ends": [Frame(0xFFFFFFFF, 0xFFFFFFFF), Frame(0, 16)],
        "enter": [enter_ann()],
        "enter_then_nothing_new": [enter_ann(), Frame(later, TIME + 16)],
        "enter_then_delta": [enter_ann(), Frame(later, TIME + 16, records=(delta(0, STANDING, TALKING),))],
        "enter_then_full": [enter_ann(), Frame(TICK + 9, TIME + 150, records=(full(0, TALKING),))],
        "enter_then_leave": [enter_ann(), Frame(later, TIME + 16, leaves=(0,))],
        "two_and_an_object": [
            Frame(
                TICK,
                TIME,
                enters=(Enter(0, ANN, ANN_FACTS), Enter(1, BO, BO_FACTS), Enter(2, CART, CART_FACTS)),
                records=(full(2, CART_STATE), full(0, STANDING), full(1, EVERYTHING)),
            ),
            Frame(
                later, TIME + 16, leaves=(0, 2), records=(delta(1, EVERYTHING, mask_for_tier(EVERYTHING, Tier.UPPER)),)
            ),
        ],
        "alias_leaves_and_enters_in_one_frame": [
            enter_ann(),
            Frame(later, TIME + 16, leaves=(0,), enters=(Enter(0, BO, BO_FACTS),), records=(full(0, EVERYTHING),)),
            Frame(last, TIME + 33, records=(delta(0, EVERYTHING, replace(EVERYTHING, voice=51)),)),
        ],
        "entity_comes_back_under_another_alias": [
            enter_ann(),
            Frame(later, TIME + 16, leaves=(0,)),
            Frame(last, TIME + 33, enters=(Enter(7, ANN, ANN_FACTS),), records=(full(7, TALKING),)),
        ],
        "tier_change_comes_as_a_full_record": [
            enter_all,
            Frame(later, TIME + 16, records=(full(0, EVERYTHING, tier=Tier.UPPER),)),
            Frame(last, TIME + 33, records=(full(0, EVERYTHING, tier=Tier.HEAD),)),
            Frame(TICK + 3, TIME + 50, records=(full(0, EVERYTHING, tier=Tier.PRESENCE),)),
            Frame(TICK + 4, TIME + 66, records=(full(0, EVERYTHING),)),
        ],
        "ages": [
            replace(enter_ann(), ages=True, records=(full(0, STANDING, age_units(TIME, TIME)),)),
            Frame(later, TIME, records=(delta(0, STANDING, TALKING, age_units(TIME, TIME - 13)),), ages=True),
            Frame(last, TIME, records=(full(0, TALKING, age_units(TIME, TIME - 60_000)),), ages=True),
        ],
        "wide": [
            Frame(
                TICK,
                TIME,
                enters=(Enter(0, ANN, ANN_FACTS), Enter(0x1234, BO, BO_FACTS)),
                records=(full(0, STANDING), full(0x1234, STANDING)),
                wide=True,
            ),
            Frame(later, TIME, leaves=(0x1234,), records=(delta(0, STANDING, TALKING, 255),), wide=True, ages=True),
        ],
        "narrow_and_wide_frames_mix": [enter_ann(), Frame(later, TIME, leaves=(0,), wide=True)],
        "greatest_narrow_alias": [
            Frame(TICK, TIME, enters=(Enter(255, ANN, b"\x80"),), records=(full(255, STANDING),))
        ],
    }
    messages = {name: [encode_frame(frame) for frame in frames] for name, frames in sequences.items()}
    flags = FrameFlag.LEAVES | FrameFlag.ENTERS
    messages["counts_of_zero_after_flags"] = [_header(flags) + b"\0\0\0"]
    return messages


def _header(flags: int, kind: int = 0x90) -> bytes:
    return bytes((kind, flags)) + TICK.to_bytes(4, "little") + TIME.to_bytes(4, "little")


def _valid(name: str, messages: list[bytes]) -> Vector:
    view = ObserverView()
    return {"name": name, "frames": [_told(view, message) for message in messages]}


def _told(view: ObserverView, message: bytes) -> Vector:
    changes = view.apply(message)
    return {
        "hex": message.hex(),
        "tick": changes.tick,
        "time": changes.time,
        "left": [held.entity for held in changes.left],
        "ages": {str(update.held.alias): update.age_ms for update in changes.updated},
        "holds": [
            {"alias": alias, "entity": held.entity, "facts": held.facts.hex(), "state": state_json(held.state)}
            for alias, held in sorted(view.entities.items())
        ],
    }


def _invalid() -> list[Vector]:
    first = encode_frame(enter_ann())
    empty = encode_frame(Frame(TICK, TIME))
    two = (full(0, STANDING), full(0, STANDING))
    seen = [first]
    cases: dict[str, tuple[list[bytes], bytes, str]] = {
        "kind_only": ([], b"\x90", "cut short"),
        "another_kind": ([], _header(0, kind=0x91) + b"\0", "kind"),
        "frame_flag_bit_4": ([], _header(0x10) + b"\0", "frame flags"),
        "header_cut_short": ([], empty[:9], "cut short"),
        "record_count_missing": ([], empty[:10], "cut short"),
        "byte_after_the_last_record": ([], empty + b"\0", "bytes after the last record"),
        "record_missing": ([], _header(0) + b"\1", "cut short"),
        "record_of_an_alias_never_entered": ([], encode_frame(Frame(TICK, TIME, records=two[:1])), "alias not live"),
        "record_of_an_alias_that_left": (
            [first, encode_frame(Frame(TICK, TIME, leaves=(0,)))],
            encode_frame(Frame(TICK, TIME, records=two[:1])),
            "alias not live",
        ),
        "record_of_an_alias_that_leaves": (
            seen,
            encode_frame(Frame(TICK, TIME, leaves=(0,), records=two[:1])),
            "alias not live",
        ),
        "two_records_of_an_alias": (seen, encode_frame(Frame(TICK, TIME, records=two)), "alias twice in a frame"),
        "leave_of_an_alias_not_live": ([], encode_frame(Frame(TICK, TIME, leaves=(0,))), "alias not live"),
        "leave_twice": (seen, encode_frame(Frame(TICK, TIME, leaves=(0, 0))), "alias not live"),
        "enter_of_a_live_alias": (seen, first, "alias is live"),
        "enter_twice": (
            [],
            encode_frame(replace(enter_ann(), enters=(Enter(0, ANN, b"\x80"), Enter(0, BO, b"\x80")))),
            "alias is live",
        ),
        "enter_without_a_record": ([], encode_frame(replace(enter_ann(), records=())), "enter without its record"),
        "enter_with_a_delta": (
            [],
            encode_frame(replace(enter_ann(), records=(delta(0, AvatarState(), STANDING),))),
            "enter with a delta",
        ),
        "facts_cut_short": ([], first[:30], "cut short"),
        "age_missing": ([], _with_flag(first, FrameFlag.AGES), "cut short"),
        "wide_flag_on_a_narrow_frame": ([], _with_flag(first, FrameFlag.WIDE), "cut short"),
        "delta_cut_short": (
            seen,
            encode_frame(Frame(TICK, TIME, records=(delta(0, STANDING, TALKING),)))[:-1],
            "cut short",
        ),
        "record_padding_not_zero": (seen, _header(0) + b"\1\0\x20", "the bits after a record are not zero"),
    }
    return [
        {"name": name, "before": [message.hex() for message in before], "hex": data.hex(), "reason": reason}
        for name, (before, data, reason) in cases.items()
    ]


def _with_flag(message: bytes, flag: FrameFlag) -> bytes:
    return message[:1] + bytes((message[1] | flag,)) + message[2:]
