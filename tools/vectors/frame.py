"""frame.json: snapshots, one after another."""

from dataclasses import replace
from typing import Final

import msgspec

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
TABLET: Final = 900
ANN_FACTS: Final = encode_facts(AvatarFacts(kind="avatar", name="Ann", role="clinician", avatar="coat-1"))
BO_FACTS: Final = encode_facts(AvatarFacts(kind="avatar", name="Bo Ødegård", role="patient", avatar="plain-2"))
CART_FACTS: Final = encode_facts(ObjectFacts(kind="prop", name="crash cart", model="props/cart.glb"))
TABLET_FACTS: Final = ObjectFacts(kind="prop", name="Tablet", model="tablet", grabbable=True)
TABLET_IN_HAND: Final = msgspec.structs.replace(
    TABLET_FACTS, holder=ANN, hand="right", grip=(20, -35, -110, 1, -12, 400, 7), ownership=1, authority=1
)
TALKING: Final = replace(STANDING, voice=204)
EVERYTHING: Final = show_in_tier(random_state(seeded(20), 0xFF), Tier.FULL)
CART_STATE: Final = AvatarState(flags=1, head=STANDING.head)
TICK: Final = 1000
TIME: Final = 50_000
BEFORE: Final = TICK - 1
Cases = dict[str, tuple[list[bytes], bytes, str]]
"""The frames before, a frame, and what is wrong with it."""


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


def enter_ann(tick: int = TICK, time: int = TIME) -> Frame:
    """Make the frame in which Ann comes into sight as alias 0."""
    return Frame(tick, time, enters=(Enter(0, ANN, ANN_FACTS),), records=(full(0, STANDING),))


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
    sequences |= _soon() | _mapped() | _handled()
    messages = {name: [encode_frame(frame) for frame in frames] for name, frames in sequences.items()}
    flags = FrameFlag.LEAVES | FrameFlag.ENTERS
    messages["counts_of_zero_after_flags"] = [_header(flags) + b"\0\0\0"]
    return messages


def soon_after(first: Frame, *frames: Frame) -> list[Frame]:
    """Make each frame tell what has passed since the one before it."""
    moments = [first.moment, *(frame.moment for frame in frames)]
    return [first, *(replace(frame, before=before) for frame, before in zip(frames, moments, strict=False))]


def _soon() -> dict[str, list[Frame]]:
    talks = Frame(TICK + 1, TIME + 16, records=(delta(0, STANDING, TALKING),))
    near_the_end = Frame(0xFFFFFFFE, 0xFFFFFFF0)
    return {
        "soon": soon_after(enter_ann(), talks, Frame(TICK + 2, TIME + 33)),
        "soon_after_as_long_as_may_be": soon_after(Frame(TICK, TIME), Frame(TICK + 255, TIME + 255)),
        "soon_while_the_clock_stands_still": soon_after(Frame(TICK, TIME), Frame(TICK + 1, TIME)),
        "soon_while_tick_and_time_wrap": soon_after(near_the_end, Frame(0, 0x0F), Frame(3, 0x10)),
        "soon_after_the_longer_header_again": [
            *soon_after(enter_ann(), talks),
            *soon_after(Frame(TICK + 500, TIME + 8000), Frame(TICK + 501, TIME + 8016, leaves=(0,))),
        ],
    }


def _handled() -> dict[str, list[Frame]]:
    lying, held = encode_facts(TABLET_FACTS), encode_facts(TABLET_IN_HAND)
    both = (Enter(0, ANN, ANN_FACTS), Enter(1, TABLET, lying))
    seen = Frame(TICK, TIME, enters=both, records=(full(0, STANDING), full(1, CART_STATE)))
    # What is held has no part of its own.
    grabbed = Frame(
        TICK + 1,
        TIME + 16,
        leaves=(1,),
        enters=(Enter(1, TABLET, held),),
        records=(delta(0, STANDING, TALKING), full(1, AvatarState())),
    )
    anew = encode_facts(msgspec.structs.replace(TABLET_FACTS, ownership=2, authority=2))
    put = Frame(TICK + 2, TIME + 33, leaves=(1,), enters=(Enter(4, TABLET, anew),), records=(full(4, CART_STATE),))
    return {
        "facts_change_under_the_same_alias": [seen, grabbed],
        "facts_change_under_another_alias": [seen, grabbed, put],
        "facts_change_soon": soon_after(seen, grabbed, put),
    }


def _mapped() -> dict[str, list[Frame]]:
    enters = (Enter(0, ANN, ANN_FACTS), Enter(9, BO, BO_FACTS), Enter(3, CART, CART_FACTS))
    known = Frame(TICK, TIME, enters=enters, records=(full(0, STANDING), full(3, CART_STATE), full(9, STANDING)))
    two = (delta(0, STANDING, TALKING, 1), delta(9, STANDING, TALKING, 2))
    far = (Enter(0, ANN, ANN_FACTS), Enter(0x0123, BO, BO_FACTS))
    return {
        "map_of_those_who_enter": [replace(known, mapped=True)],
        "map_of_some": [known, Frame(TICK + 1, TIME + 16, records=two, ages=True, mapped=True)],
        "map_of_nobody": [known, Frame(TICK + 1, TIME + 16, mapped=True)],
        "map_of_all_eight_of_a_byte": [
            Frame(
                TICK,
                TIME,
                enters=tuple(Enter(alias, alias + 1, b"\x80") for alias in range(8)),
                records=tuple(full(alias, CART_STATE) for alias in range(8)),
                mapped=True,
            )
        ],
        "map_of_who_leaves_and_comes_back": [
            known,
            Frame(
                TICK + 1, TIME, leaves=(9,), enters=(Enter(9, BO, BO_FACTS),), records=(full(9, TALKING),), mapped=True
            ),
        ],
        "map_in_a_wide_frame": [
            Frame(TICK, TIME, enters=far, records=(full(0, STANDING), full(0x0123, STANDING)), wide=True, mapped=True)
        ],
    }


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
    seen = [encode_frame(enter_ann(BEFORE))]
    cases: Cases = {
        "kind_only": ([], b"\x90", "cut short"),
        "another_kind": ([], _header(0, kind=0x91) + b"\0", "kind"),
        "frame_flag_bit_6": ([], _header(0x40) + b"\0", "frame flags"),
        "header_cut_short": ([], empty[:9], "cut short"),
        "record_count_missing": ([], empty[:10], "cut short"),
        "byte_after_the_last_record": ([], empty + b"\0", "bytes after the last record"),
        "record_missing": ([], _header(0) + b"\1", "cut short"),
        "record_of_an_alias_never_entered": ([], encode_frame(Frame(TICK, TIME, records=two[:1])), "alias not live"),
        "record_of_an_alias_that_left": (
            [encode_frame(enter_ann(BEFORE - 1)), encode_frame(Frame(BEFORE, TIME, leaves=(0,)))],
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
        "record_padding_not_zero": (seen, _header(0) + b"\1\0\x40", "the bits after a record are not zero"),
        **_invalid_soon(),
        **_invalid_maps(),
    }
    return [
        {"name": name, "before": [message.hex() for message in before], "hex": data.hex(), "reason": reason}
        for name, (before, data, reason) in cases.items()
    ]


def _invalid_soon() -> Cases:
    nobody = encode_frame(Frame(TICK, TIME))
    return {
        "soon_in_the_first_frame": ([], bytes((0x90, FrameFlag.SOON, 1, 16, 0)), "nothing was before"),
        "soon_cut_short": ([nobody], bytes((0x90, FrameFlag.SOON, 1)), "cut short"),
        "soon_and_then_nothing": ([nobody], bytes((0x90, FrameFlag.SOON, 1, 16)), "cut short"),
    }


def _invalid_maps() -> Cases:
    first = encode_frame(enter_ann(BEFORE))
    header = _header(FrameFlag.MAP)
    nothing_new = b"\0"
    wide = Frame(BEFORE, TIME, enters=(Enter(256, ANN, ANN_FACTS),), records=(full(256, STANDING),), wide=True)
    missing = replace(enter_ann(), enters=(*enter_ann().enters, Enter(1, BO, b"\x80")), mapped=True)
    return {
        "map_missing": ([first], header, "cut short"),
        "map_longer_than_the_message": ([first], header + b"\x20\1", "cut short"),
        "map_of_a_wide_alias_in_a_narrow_frame": (
            [encode_frame(wide)],
            header + b"\x21" + bytes(32) + b"\1" + nothing_new,
            "a narrow map has 32 bytes at most",
        ),
        "map_whose_last_byte_is_zero": ([first], header + b"\2\1\0" + nothing_new, "the last byte is zero"),
        "map_of_nobody_in_a_byte": ([first], header + b"\1\0", "the last byte is zero"),
        "map_of_an_alias_not_live": ([first], header + b"\1\3" + 2 * nothing_new, "alias not live"),
        "map_of_the_greatest_narrow_alias_not_live": (
            [first],
            header + b"\x20" + bytes(31) + b"\x80" + nothing_new,
            "alias not live",
        ),
        "map_of_an_alias_that_leaves": (
            [first],
            encode_frame(Frame(TICK, TIME, leaves=(0,), records=(full(0, STANDING),), mapped=True)),
            "alias not live",
        ),
        "map_without_one_who_enters": ([], encode_frame(missing), "enter without its record"),
        "map_with_a_delta_of_who_enters": (
            [],
            encode_frame(replace(enter_ann(), records=(delta(0, AvatarState(), STANDING),), mapped=True)),
            "enter with a delta",
        ),
        "map_with_a_record_missing": ([first], header + b"\1\1", "cut short"),
        "map_with_a_record_too_many": ([first], header + b"\1\1" + 2 * nothing_new, "bytes after the last record"),
        "map_with_an_age_missing": ([first], _header(FrameFlag.MAP | FrameFlag.AGES) + b"\1\1\0", "cut short"),
    }


def _with_flag(message: bytes, flag: FrameFlag) -> bytes:
    return message[:1] + bytes((message[1] | flag,)) + message[2:]
