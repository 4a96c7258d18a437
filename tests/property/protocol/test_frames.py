from dataclasses import astuple

from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import MalformedFrame
from protocol.ids import Tier
from protocol.snapshot import (
    Enter,
    Frame,
    Moment,
    ObserverView,
    Record,
    RecordState,
    decode_frame,
    delta_record,
    encode_frame,
    first_held,
    full_record,
    show_in_tier,
)
from tests.support.avatar_states import avatar_states, fixed

counters = st.integers(0, 2**32 - 1)
passed = st.tuples(st.integers(0, 255), st.integers(0, 255))
# Of two bytes of a map.
aliases = st.integers(5, 10)


class Sender:
    """What a server knows of one observer: who is live, as what it was last sent."""

    def __init__(self) -> None:
        self.sent: dict[int, RecordState] = {}
        self.entities: dict[int, int] = {}
        self.last: Moment | None = None

    def frame(self, draw: st.DataObject, tick: int) -> Frame:
        leaves = tuple(alias for alias in sorted(self.sent) if draw.draw(st.integers(0, 3)) == 0)
        for alias in leaves:
            del self.sent[alias], self.entities[alias]
        newcomers = draw.draw(st.sets(aliases, max_size=3)) - set(self.sent)
        enters = tuple(Enter(alias, draw.draw(counters), draw.draw(st.binary(max_size=9))) for alias in newcomers)
        records = [self.record(draw, alias, entered=False) for alias in list(self.sent)]
        self.entities.update({enter.alias: enter.entity for enter in enters})
        records += [self.record(draw, enter.alias, entered=True) for enter in enters]
        kept = tuple(record for record in records if record is not None)
        wide, ages = draw.draw(st.booleans()), draw.draw(st.booleans())
        if not ages:
            kept = tuple(Record(record.alias, record.data) for record in kept)
        mapped = draw.draw(st.booleans())
        if mapped:
            kept = tuple(sorted(kept, key=lambda record: record.alias))
        now, before = self.moment(draw, tick)
        return Frame(now.tick, now.time, leaves, enters, kept, wide, ages, mapped, before)

    def moment(self, draw: st.DataObject, tick: int) -> tuple[Moment, Moment | None]:
        """When the frame is, and the moment it tells that from."""
        now, before = Moment(tick, draw.draw(counters)), None
        if self.last is not None and draw.draw(st.booleans()):
            before = self.last
            now = Moment(*((sum(pair)) & 0xFFFFFFFF for pair in zip(astuple(before), draw.draw(passed), strict=True)))
        self.last = now
        return now, before

    def record(self, draw: st.DataObject, alias: int, *, entered: bool) -> Record | None:
        state = draw.draw(avatar_states)
        if entered or draw.draw(st.booleans()):
            self.sent[alias] = first_held(state, draw.draw(st.sampled_from(Tier)))
            data = full_record(self.sent[alias])
        else:
            written = delta_record(self.sent[alias], show_in_tier(state, self.sent[alias].tier))
            if written is None:
                return None
            data, self.sent[alias] = written
        return Record(alias, data, draw.draw(st.integers(0, 255)))


@fixed
@given(st.data())
def test_an_observer_holds_what_it_was_sent(draw: st.DataObject) -> None:
    sender, view = Sender(), ObserverView()
    for tick in range(draw.draw(st.integers(1, 4))):
        before = {alias: held.record for alias, held in view.entities.items()}
        frame = sender.frame(draw, tick)
        data = encode_frame(frame)
        assert decode_frame(data, before, view.last)[0] == frame
        changes = view.apply(data)
        assert {alias: held.record for alias, held in view.entities.items()} == sender.sent
        assert {alias: held.entity for alias, held in view.entities.items()} == sender.entities
        assert [update.held.alias for update in changes.updated] == [record.alias for record in frame.records]


@fixed
@given(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(lambda tail: b"\x90" + tail)))
def test_any_bytes_are_a_frame_or_malformed(data: bytes) -> None:
    try:
        changes = ObserverView().apply(data)
    except MalformedFrame:
        return
    assert len(changes.entered) == len(changes.updated)


@fixed
@given(st.data())
def test_a_frame_with_a_byte_spoilt_is_a_frame_or_malformed(draw: st.DataObject) -> None:
    sender, view = Sender(), ObserverView()
    view.apply(encode_frame(sender.frame(draw, 1)))
    spoilt = bytearray(encode_frame(sender.frame(draw, 2)))
    spoilt[draw.draw(st.integers(0, len(spoilt) - 1))] ^= draw.draw(st.integers(1, 255))
    try:
        changes = view.apply(bytes(spoilt))
    except MalformedFrame:
        return
    for update in changes.updated:
        assert decode_frame(
            encode_frame(Frame(0, 0, (), (Enter(0, 1, b""),), (Record(0, full_record(update.held.record)),))), {}
        )
